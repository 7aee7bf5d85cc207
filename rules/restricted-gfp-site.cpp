// Every call that passes GFP_NOFS, GFP_NOIO or GFP_NOWAIT: what is left to move to scopes.
#include "Registry.h"
#include "Support.h"

namespace gfplint {
namespace {

std::string advice(const Program &P, Restriction R, ScopeSet Active) {
  if (Active.implies(R))
    return "a scope that is active here already implies it";
  std::optional<ScopeKind> Scope = scopeFor(R);
  if (!Scope || !P.Knowledge.hasScope(*Scope))
    return "this kernel has no scope that could replace it";
  std::string Save = "memalloc_" + scopeName(*Scope).str() + "_save()";
  return "a " + Save + " scope around the section that reclaim must not enter again could replace it";
}

} // namespace

void restrictedGfpSite(const Program &P, std::vector<Finding> &Out) {
  for (FunctionId Id : P.restricting()) {
    const Function &F = P.function(Id);
    for (const Block &B : F.Blocks)
      for (const Event &E : B.Events) {
        if (E.Kind != EventKind::Call)
          continue;
        for (unsigned I = 0; I < E.Args.size(); ++I) {
          if (!E.Args[I].Mask || E.Args[I].Mask->Complement)
            continue;
          for (const ResolvedTerm &T : P.masks(Id).argument(E.Id, I)) {
            if (T.From.Kind != SourceKind::Constant || !T.Range.isExact())
              continue;
            std::optional<Restriction> R = restrictedMask(T.Range.Must.Set);
            if (!R)
              continue;
            Finding N;
            N.Rule = "restricted-gfp-site";
            N.Level = Severity::Note;
            const Site &Where = E.Args[I].Mask->Where;
            N.At = Where.At.valid() ? Where.At : E.Where.At;
            N.Function = F.Name;
            N.Mask = P.spell(T.Range.Must.Set);
            N.Message = N.Mask + " is passed to " + calleeName(E) +
                        "(): " + advice(P, *R, P.scopes(Id).kindsAt(E.Id) | P.inherited(Id));
            N.Identity = calleeName(E) + " " + N.Mask;
            if (T.Chosen.At != Where.At)
              N.Trace.push_back({T.Chosen.At, F.Name, "the mask is chosen here"});
            Out.push_back(std::move(N));
          }
        }
      }
  }
}

} // namespace gfplint
