// Traces and wording that the rules share.
#include "Support.h"

#include <algorithm>

namespace gfplint {

/// Arrivals that are not exact are used only where they surely lack direct reclaim.
std::string maskText(const Program &P, const Arrival &A) {
  return A.Must == A.May ? P.spell(A.Must) : "a mask without __GFP_DIRECT_RECLAIM";
}

std::vector<TraceStep> traceOf(const Program &P, const Arrival &A, FunctionId In, const Event &Call) {
  std::vector<TraceStep> Trace;
  std::string Origin = A.Origin ? P.name(*A.Origin).str() : "";
  Trace.push_back(
      {A.Chosen.At, Origin, (A.Must == A.May ? P.spell(A.ChosenMask) : "the mask") + " is chosen here"});
  for (const Arrival::Step &S : A.Way) {
    std::string Parameter;
    if (std::optional<FunctionId> To = P.callee(*S.Call); To && S.Argument < P.function(*To).Params.size())
      Parameter = P.function(*To).Params[S.Argument].Name;
    std::string Text = "handed to " + calleeName(*S.Call) + "()";
    if (!Parameter.empty())
      Text += " as '" + Parameter + "'";
    if (!S.Call->Indirect.empty())
      Text += " through " + S.Call->Indirect;
    Trace.push_back({S.Call->Where.At, P.name(S.In).str(), Text});
  }
  if (!A.Field.empty())
    Trace.push_back({Call.Where.At, P.name(In).str(), "read from " + A.Field + ", where it was stored"});
  Trace.push_back(
      {Call.Where.At, P.name(In).str(), "arrives at " + calleeName(Call) + "() as " + maskText(P, A)});
  return Trace;
}

std::string doubtsOf(const Arrival &A) {
  std::string Text;
  if (!A.Field.empty())
    Text += "; assumes that the mask stored in " + A.Field + " is the one read here";
  if (A.Targets > 1)
    Text += "; assumes that the function pointer, which may hold " + std::to_string(A.Targets) +
            " functions, holds this one";
  return Text;
}

Severity withDoubts(Severity Sure, const Arrival &A) {
  bool Doubt = !A.Field.empty() || A.Targets > 1;
  return Doubt ? std::min(Sure, Severity::Warning) : Sure;
}

void forEachAllocation(const Program &P, AllocatorFamily Family,
                       const std::function<void(FunctionId, const Event &, unsigned)> &Ask) {
  for (FunctionId Id : P.callersWithMask(Family))
    for (const Block &B : P.function(Id).Blocks)
      for (const Event &E : B.Events) {
        const Allocator *A = E.Kind == EventKind::Call ? P.allocator(E) : nullptr;
        if (A == nullptr || A->Family != Family)
          continue;
        if (std::optional<unsigned> MaskArg = Program::maskArgument(E, *A))
          Ask(Id, E, *MaskArg);
      }
}

TraceStep branchStep(const BranchTaken &B, const Function &F) {
  const char *Taken = B.Taken == EdgeKind::True    ? "' is true"
                      : B.Taken == EdgeKind::False ? "' is false"
                                                   : "' selects this case";
  return {B.Branch->At, F.Name, "'" + B.Branch->Text + Taken};
}

std::vector<Arrival> onePerWay(std::vector<Arrival> All) {
  std::vector<Arrival> Kept;
  auto SameWay = [](const Arrival &A, const Arrival &B) {
    return A.Origin == B.Origin && A.Scopes == B.Scopes && A.Field == B.Field &&
           sureRestriction(A.Must, A.May) == sureRestriction(B.Must, B.May) &&
           A.Chosen.At.Line == B.Chosen.At.Line && A.Chosen.At.File == B.Chosen.At.File &&
           std::equal(A.Way.begin(), A.Way.end(), B.Way.begin(), B.Way.end(),
                      [](const Arrival::Step &X, const Arrival::Step &Y) { return X.Call == Y.Call; });
  };
  for (Arrival &A : All)
    if (std::none_of(Kept.begin(), Kept.end(), [&](const Arrival &K) { return SameWay(K, A); }))
      Kept.push_back(std::move(A));
  return Kept;
}

Loc maskPlace(const Event &Call, unsigned Argument) {
  const std::optional<MaskExpr> &Passed = Call.Args[Argument].Mask;
  return Passed && Passed->Where.At.valid() ? Passed->Where.At : Call.Where.At;
}

Finding arrivalFinding(const Program &P, const char *Rule, Severity Level, FunctionId In, const Event &Call,
                       unsigned Argument, const Arrival &A) {
  Finding F;
  F.Rule = Rule;
  F.Level = withDoubts(Level, A);
  F.At = maskPlace(Call, Argument);
  F.Function = P.name(In).str();
  F.Mask = maskText(P, A);
  F.Trace = traceOf(P, A, In, Call);
  F.Identity = calleeName(Call) + " " + F.Mask + " from " + (A.Origin ? P.key(*A.Origin).str() : A.Field);
  return F;
}

} // namespace gfplint
