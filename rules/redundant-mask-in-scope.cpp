// GFP_NOFS, GFP_NOIO or GFP_NOWAIT where every way in is already inside a scope that says as much.
#include "Registry.h"
#include "Support.h"

#include "program/ScopeRewrite.h"

namespace gfplint {
namespace {

/// Where the scope was opened: here, or as far up as one shortest way shows it.
std::vector<TraceStep> opened(const Program &P, FunctionId Id, const Event &Call, Restriction R) {
  std::vector<TraceStep> Way;
  constexpr size_t MaxSteps = 8;
  FunctionId In = Id;
  const Event *At = &Call;
  while (Way.size() < MaxSteps) {
    for (const OpenScope &S : P.scopes(In).at(At->Id))
      if (ScopeSet{S.Kind}.implies(R)) {
        Way.insert(Way.begin(),
                   {S.SavedAt, P.name(In).str(), "the " + scopeName(S.Kind).str() + " scope is opened here"});
        return Way;
      }
    std::vector<CallSite> Callers = P.callers(In);
    if (Callers.empty())
      break;
    const Event *Above = P.event(Callers.front());
    if (Above == nullptr)
      break;
    Way.insert(Way.begin(),
               {Above->Where.At, P.name(Callers.front().Caller).str(), "calls " + P.name(In).str() + "()"});
    In = Callers.front().Caller;
    At = Above;
  }
  return Way;
}

} // namespace

void redundantMaskInScope(const Program &P, std::vector<Finding> &Out) {
  for (FunctionId Id : P.restricting()) {
    const Function &F = P.function(Id);
    ScopeRewrites Rewrites(P, Id);
    for (const RestrictedArgument &S : Rewrites.sites()) {
      // Without direct reclaim the mask says more than any scope of a released kernel.
      if (S.Forbids == Restriction::NoWait)
        continue;
      ScopeSet Here = P.scopes(Id).kindsAt(S.Call->Id);
      if (!(Here | P.inherited(Id)).implies(S.Forbids))
        continue;
      Finding N;
      N.Rule = "redundant-mask-in-scope";
      N.Level = Severity::Warning;
      N.At = maskPlace(*S.Call, S.Argument);
      N.Function = F.Name;
      N.Mask = P.spell(S.Passed);
      N.Message = N.Mask + " is passed to " + calleeName(*S.Call) + "() inside a scope that says as much" +
                  (Here.implies(S.Forbids) ? "" : ", which all callers hold");
      N.Trace = opened(P, Id, *S.Call, S.Forbids);
      N.Suggested = Rewrites.advice(*S.Call, S.Argument, S.Forbids).Rewrite;
      N.Identity = calleeName(*S.Call) + " " + N.Mask;
      Out.push_back(std::move(N));
    }
  }
}

} // namespace gfplint
