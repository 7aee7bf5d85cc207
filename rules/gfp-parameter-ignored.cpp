// A function that is told how to allocate, and allocates otherwise.
#include "Registry.h"
#include "Support.h"

#include <algorithm>

namespace gfplint {
namespace {

/// Callers that are asked for what they pass.
constexpr size_t MaxCallers = 64;

bool asksParameter(const MaskExpr &M, unsigned Param) {
  return std::any_of(M.Terms.begin(), M.Terms.end(), [&](const MaskTerm &T) {
    return (T.From.Kind == SourceKind::Param && T.From.Index == Param) || T.From.Kind == SourceKind::Local;
  });
}

bool asksParameter(const Function &F, const Condition &C, unsigned Param) {
  if (C.Test && asksParameter(C.Test->Operand, Param))
    return true;
  for (PlaceId Id : C.Reads)
    if (F.Places[Id].Kind == PlaceKind::Param && F.Places[Id].Index == Param)
      return true;
  return std::any_of(C.Parts.begin(), C.Parts.end(),
                     [&](const Condition &Part) { return asksParameter(F, Part, Param); });
}

/// Whether any branch of the function depends on the mask: then it may well be heeded.
bool isTested(const Function &F, unsigned Param) {
  for (const Block &B : F.Blocks) {
    if (B.Branch && asksParameter(F, *B.Branch, Param))
      return true;
    for (const Event &E : B.Events)
      if (E.Branch && asksParameter(F, *E.Branch, Param))
        return true;
  }
  return false;
}

/// A mask that says anything of how to look for memory has one of these.
constexpr Mask HowToReclaim{Flag::DirectReclaim, Flag::KswapdReclaim, Flag::High, Flag::Atomic};

class IgnoredParameters {
public:
  IgnoredParameters(const Program &P, FunctionId Id, std::vector<Finding> &Out)
      : P(P), Id(Id), F(P.function(Id)), Out(Out) {}
  void run();

private:
  [[nodiscard]] std::optional<Finding> contradicted(const Event &Call, unsigned MaskArg, Mask Passed,
                                                    unsigned Param) const;

  const Program &P;
  FunctionId Id;
  const Function &F;
  std::vector<Finding> &Out;
};

/// A caller that asks for less than the call allows.
std::optional<Finding> IgnoredParameters::contradicted(const Event &Call, unsigned MaskArg, Mask Passed,
                                                       unsigned Param) const {
  ScopeSet Here = P.scopes(Id).kindsAt(Call.Id) | P.inherited(Id);
  std::vector<CallSite> Callers = P.callers(Id, 1);
  if (Callers.size() > MaxCallers)
    Callers.resize(MaxCallers);
  for (const CallSite &C : Callers) {
    const Event *Above = P.event(C);
    if (Above == nullptr || Param >= Above->Args.size() || !P.masks(C.Caller).reached(Above->Id))
      continue;
    const std::vector<ParamGuard> &Guards = P.masks(Id).guards(Call.Id);
    bool Comes = std::all_of(Guards.begin(), Guards.end(), [&](const ParamGuard &G) {
      return G.Param < Above->Args.size() && Above->Args[G.Param].Constant &&
             G.met(*Above->Args[G.Param].Constant);
    });
    if (!Comes)
      continue;
    for (const Arrival &A : arrivals(P, C.Caller, *Above, Param)) {
      std::optional<Restriction> Asked = sureRestriction(A.Must, A.May);
      // Modifiers that the function adds to a mask of its own: `GFP_KERNEL | gfp`.
      if (!A.May.hasAny(HowToReclaim))
        continue;
      if (!Asked || *Asked <= restrictionOf(Passed) || (A.Scopes | Here).implies(*Asked) || A.Targets > 1 ||
          !A.Field.empty())
        continue;
      Finding N;
      N.Rule = "gfp-parameter-ignored";
      N.Level = Severity::Warning;
      N.At = maskPlace(Call, MaskArg);
      N.Function = F.Name;
      N.Mask = P.spell(Passed);
      N.Message = calleeName(Call) + "() gets " + N.Mask + " here, though " + F.Name + "() is called with " +
                  maskText(P, A) + " as '" + F.Params[Param].Name + "'";
      N.Trace = traceOf(P, A, C.Caller, *Above);
      N.Trace.push_back({Call.Where.At, F.Name, calleeName(Call) + "() is called with " + N.Mask});
      N.Identity = calleeName(Call) + " " + N.Mask;
      return N;
    }
  }
  return std::nullopt;
}

void IgnoredParameters::run() {
  std::vector<unsigned> Params;
  for (unsigned I = 0; I < F.Params.size(); ++I)
    if (F.Params[I].IsMask && !isTested(F, I))
      Params.push_back(I);
  if (Params.size() != 1)
    return;
  for (const Block &B : F.Blocks)
    for (const Event &E : B.Events) {
      const Allocator *A = E.Kind == EventKind::Call ? P.allocator(E) : nullptr;
      std::optional<unsigned> MaskArg = A != nullptr ? Program::maskArgument(E, *A) : std::nullopt;
      if (!MaskArg || !P.masks(Id).reached(E.Id))
        continue;
      const std::vector<ResolvedTerm> &Terms = P.masks(Id).argument(E.Id, *MaskArg);
      if (Terms.size() != 1 || Terms.front().From.Kind != SourceKind::Constant ||
          !Terms.front().Range.isExact())
        continue;
      Mask Passed = Terms.front().Range.Must.Set;
      if (!Passed.has(Flag::DirectReclaim))
        continue;
      if (std::optional<Finding> N = contradicted(E, *MaskArg, Passed, Params.front()))
        Out.push_back(std::move(*N));
    }
}

} // namespace

void gfpParameterIgnored(const Program &P, std::vector<Finding> &Out) {
  for (FunctionId Id : P.callersOfAllocators())
    if (P.takesMask(Id) && !P.isAllocator(Id))
      IgnoredParameters(P, Id, Out).run();
}

} // namespace gfplint
