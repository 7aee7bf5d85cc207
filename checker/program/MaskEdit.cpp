// Text is found by the places that the IR keeps of what was typed.
#include "program/MaskEdit.h"

#include <algorithm>

namespace gfplint {
namespace {

bool comesFrom(const MaskExpr &M, PlaceId Variable) {
  return std::any_of(M.Terms.begin(), M.Terms.end(), [&](const MaskTerm &T) {
    return T.From.Kind == SourceKind::Local && T.From.Index == Variable;
  });
}

bool tests(const Condition &C, PlaceId Variable) {
  return (C.Test && comesFrom(C.Test->Operand, Variable)) ||
         std::any_of(C.Parts.begin(), C.Parts.end(),
                     [&](const Condition &Part) { return tests(Part, Variable); });
}

/// The variable's only value, where nothing but the arguments of `Together` reads it.
const MaskExpr *onlyValue(const Function &F, PlaceId Variable,
                          llvm::ArrayRef<const RestrictedArgument *> Together) {
  if (F.Places[Variable].Kind != PlaceKind::Local || F.Places[Variable].AddressTaken)
    return nullptr;
  const MaskExpr *Only = nullptr;
  for (const Block &B : F.Blocks) {
    if (B.Branch && tests(*B.Branch, Variable))
      return nullptr;
    for (const Event &E : B.Events) {
      if (E.Branch && tests(*E.Branch, Variable))
        return nullptr;
      if (E.Target == Variable) {
        if (E.Kind != EventKind::AssignMask || !E.Value || Only != nullptr)
          return nullptr;
        Only = &*E.Value;
      } else if (E.Value && comesFrom(*E.Value, Variable)) {
        return nullptr;
      }
      for (unsigned I = 0; I < E.Args.size(); ++I) {
        bool Reads = E.Args[I].Mask ? comesFrom(*E.Args[I].Mask, Variable) : E.Args[I].Var == Variable;
        if (Reads && std::none_of(Together.begin(), Together.end(), [&](const RestrictedArgument *S) {
              return S->Call == &E && S->Argument == I;
            }))
          return nullptr;
      }
    }
  }
  return Only;
}

} // namespace

std::optional<Edit> kernelEdit(const Program &P, FunctionId Id, const RestrictedArgument &S,
                               llvm::ArrayRef<const RestrictedArgument *> Together) {
  const Function &F = P.function(Id);
  const MaskExpr *Typed = &*S.Call->Args[S.Argument].Mask;
  if (Typed->Terms.size() == 1 && Typed->Terms.front().From.Kind == SourceKind::Local)
    Typed = onlyValue(F, Typed->Terms.front().From.Index, Together);
  if (Typed == nullptr || Typed->Terms.size() != 1 ||
      Typed->Terms.front().From.Kind != SourceKind::Constant || !Typed->Terms.front().Range.isExact() ||
      Typed->Complement)
    return std::nullopt;
  const Site &Whole = Typed->Where;
  if (Whole.Length == 0 || Whole.Spelled.File != F.At.File || Whole.Spelled.Offset < F.At.Offset ||
      Whole.Spelled.Offset > F.End.Offset)
    return std::nullopt;
  const MaskUse *Word = nullptr;
  for (const MaskUse &U : P.uses())
    if (U.Kind != UseKind::MacroBody && U.Kind != UseKind::NotCompiled &&
        U.Where.Spelled.File == Whole.Spelled.File && U.Where.Spelled.Offset >= Whole.Spelled.Offset &&
        U.Where.Spelled.Offset < Whole.Spelled.Offset + Whole.Length)
      Word = &U;
  std::optional<Mask> Named = Word != nullptr ? P.Flags.named(Word->Word) : std::nullopt;
  if (Named && Word->Where.Length == Word->Word.size()) {
    // GFP_NOWAIT has __GFP_NOWARN in it since 16f5dfbc851b.
    Mask Lost = *Named - masks::Kernel;
    bool Said = Lost.empty() || llvm::StringRef(Typed->Text).contains("__GFP_NOWARN");
    return Edit{Word->Where.Spelled, Word->Where.Length, Said ? "GFP_KERNEL" : P.spell(masks::Kernel | Lost)};
  }
  return Edit{Whole.Spelled, Whole.Length, P.spell(kernelForm(Typed->Terms.front().Range.Must.Set))};
}

} // namespace gfplint
