// The algebra of gfp expressions: constants, variables, `|`, `&`, `~`, `?:`.
#include "lower/Masks.h"

namespace gfplint {
namespace {

/// More values than this in one expression are not told apart.
constexpr size_t MaxTerms = 16;

using Terms = std::vector<MaskTerm>;

/// The value of a term over every incoming mask.
Mask leastOf(const MaskTerm &T) { return T.Range.Must.apply({}); }
Mask mostOf(const MaskTerm &T) { return T.Range.May.apply(Mask::all()); }

class Lowering {
public:
  Lowering(UnitContext &Unit, const MaskOperands &Operands) : Unit(Unit), Operands(Operands) {}

  Terms terms(const clang::Expr *E);
  Terms combine(clang::BinaryOperatorKind Op, const Terms &Left, const Terms &Right,
                const clang::Expr *Whole);

private:
  MaskTerm term(Source From, MaskRange Range, const clang::Expr *E) {
    return {std::move(From), Range, Unit.site(E)};
  }
  Terms unknown(const clang::Expr *E) {
    return {term({SourceKind::Unknown, 0, ""}, MaskRange::unknown(), E)};
  }

  UnitContext &Unit;
  const MaskOperands &Operands;
};

Terms Lowering::terms(const clang::Expr *E) {
  const clang::Expr *Inner = strip(E);
  if (std::optional<llvm::APSInt> Value = constantValue(Inner, Unit.Ast)) {
    Mask M = Unit.Options.Flags.fromValue(Value->getZExtValue() & 0xffffffffU);
    return {term({SourceKind::Constant, 0, ""}, MaskRange::constant(M), E)};
  }
  if (const auto *Choice = llvm::dyn_cast<clang::ConditionalOperator>(Inner)) {
    if (std::optional<llvm::APSInt> Known = constantValue(Choice->getCond(), Unit.Ast))
      return terms(*Known != 0 ? Choice->getTrueExpr() : Choice->getFalseExpr());
    Terms All = terms(Choice->getTrueExpr());
    Terms Other = terms(Choice->getFalseExpr());
    All.insert(All.end(), Other.begin(), Other.end());
    return All.size() > MaxTerms ? unknown(E) : All;
  }
  if (const auto *Choice = llvm::dyn_cast<clang::BinaryConditionalOperator>(Inner)) {
    Terms All = terms(Choice->getCommon());
    Terms Other = terms(Choice->getFalseExpr());
    All.insert(All.end(), Other.begin(), Other.end());
    return All.size() > MaxTerms ? unknown(E) : All;
  }
  if (const auto *Opaque = llvm::dyn_cast<clang::OpaqueValueExpr>(Inner))
    return Opaque->getSourceExpr() != nullptr ? terms(Opaque->getSourceExpr()) : unknown(E);
  if (const auto *Binary = llvm::dyn_cast<clang::BinaryOperator>(Inner)) {
    switch (Binary->getOpcode()) {
    case clang::BO_Or:
    case clang::BO_And:
      return combine(Binary->getOpcode(), terms(Binary->getLHS()), terms(Binary->getRHS()), E);
    case clang::BO_Assign:
      return terms(Binary->getRHS());
    default:
      return unknown(E);
    }
  }
  if (const auto *Unary = llvm::dyn_cast<clang::UnaryOperator>(Inner);
      Unary != nullptr && Unary->getOpcode() == clang::UO_Not) {
    Terms All = terms(Unary->getSubExpr());
    for (MaskTerm &T : All)
      if (!T.Range.isConstant())
        T = unknown(E).front();
      else
        T.Range = T.Range.complement();
    return All;
  }
  if (const auto *Ref = llvm::dyn_cast<clang::DeclRefExpr>(Inner)) {
    const auto *Variable = llvm::dyn_cast<clang::VarDecl>(Ref->getDecl());
    if (Variable == nullptr)
      return unknown(E);
    if (!Variable->hasLocalStorage())
      return {term({SourceKind::Field, Operands.Stored(*Inner), Unit.variableName(*Variable)},
                   MaskRange::identity(), E)};
    if (PlaceId Id = Operands.Local(*Variable); Id != NoPlace)
      return {term({SourceKind::Local, Id, ""}, MaskRange::identity(), E)};
    return unknown(E);
  }
  if (const auto *Member = llvm::dyn_cast<clang::MemberExpr>(Inner))
    if (const auto *Field = llvm::dyn_cast<clang::FieldDecl>(Member->getMemberDecl()))
      return {term({SourceKind::Field, Operands.Stored(*Inner), UnitContext::fieldName(*Field)},
                   MaskRange::identity(), E)};
  if (const auto *Call = llvm::dyn_cast<clang::CallExpr>(Inner))
    if (const clang::FunctionDecl *Callee = Call->getDirectCallee())
      return {term({SourceKind::Return, Operands.Call(*Call), Unit.key(*Callee)}, MaskRange::identity(), E)};
  return unknown(E);
}

Terms Lowering::combine(clang::BinaryOperatorKind Op, const Terms &Left, const Terms &Right,
                        const clang::Expr *Whole) {
  bool Or = Op == clang::BO_Or;
  Terms All;
  for (const MaskTerm &L : Left) {
    for (const MaskTerm &R : Right) {
      // One side stays the followed value, the other acts on it as far as it is known.
      bool FollowRight = L.Range.isConstant() ? true : L.From.Kind == SourceKind::Unknown;
      const MaskTerm &Followed = FollowRight ? R : L;
      const MaskTerm &Other = FollowRight ? L : R;
      MaskTerm T = Followed;
      T.Range = Or ? Followed.Range.orBetween(leastOf(Other), mostOf(Other))
                   : Followed.Range.andBetween(leastOf(Other), mostOf(Other));
      // Where one of several values was chosen, its own place says more than the whole does.
      if (Left.size() == 1 && Right.size() == 1)
        T.Chosen = Unit.site(Whole);
      else if (Left.size() > 1 && Right.size() == 1)
        T.Chosen = L.Chosen;
      All.push_back(std::move(T));
    }
  }
  return All.size() > MaxTerms ? unknown(Whole) : All;
}

/// The part of a mask that somebody typed: kcalloc's macro adds `| __GFP_ZERO` to it.
const clang::Expr *typedPart(UnitContext &Unit, const clang::Expr *E) {
  const clang::Expr *Inner = E->IgnoreParenImpCasts();
  if (Unit.site(Inner).Length > 0)
    return Inner;
  const auto *Or = llvm::dyn_cast<clang::BinaryOperator>(Inner);
  if (Or == nullptr || Or->getOpcode() != clang::BO_Or)
    return nullptr;
  const clang::Expr *Left = typedPart(Unit, Or->getLHS());
  return Left != nullptr ? Left : typedPart(Unit, Or->getRHS());
}

MaskExpr wrap(UnitContext &Unit, const clang::Expr *E, Terms All) {
  MaskExpr M;
  M.Terms = std::move(All);
  M.Where = Unit.site(E);
  if (M.Where.Length == 0)
    if (const clang::Expr *Part = typedPart(Unit, E))
      M.Where.At = Unit.site(Part).At;
  M.Text = Unit.text(E);
  const auto *Outer = llvm::dyn_cast_or_null<clang::UnaryOperator>(strip(E));
  M.Complement = Outer != nullptr && Outer->getOpcode() == clang::UO_Not;
  return M;
}

} // namespace

MaskExpr lowerMask(UnitContext &Unit, const clang::Expr *E, const MaskOperands &Operands) {
  return wrap(Unit, E, Lowering(Unit, Operands).terms(E));
}

MaskExpr lowerMaskOperation(UnitContext &Unit, clang::BinaryOperatorKind Op, const clang::Expr *Left,
                            const clang::Expr *Right, const MaskOperands &Operands) {
  Lowering L(Unit, Operands);
  if (Op != clang::BO_Or && Op != clang::BO_And) {
    MaskExpr M = wrap(Unit, Right, {});
    M.Terms = {{{SourceKind::Unknown, 0, ""}, MaskRange::unknown(), Unit.site(Right)}};
    return M;
  }
  return wrap(Unit, Right, L.combine(Op, L.terms(Left), L.terms(Right), Right));
}

} // namespace gfplint
