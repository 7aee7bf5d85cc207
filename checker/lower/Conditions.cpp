// Negation, comparison with a constant, and tests of mask bits, taken apart.
#include "lower/Conditions.h"

#include "lower/Expressions.h"

#include "clang/AST/RecursiveASTVisitor.h"
#include "llvm/ADT/Hashing.h"
#include "llvm/Support/xxhash.h"

#include <algorithm>
#include <limits>

namespace gfplint {
namespace {

class FindReads : public clang::RecursiveASTVisitor<FindReads> {
public:
  FindReads(Places &Where, Condition &C) : Where(Where), C(C) {}
  // NOLINTBEGIN(readability-identifier-naming): the names are Clang's.
  bool VisitDeclRefExpr(clang::DeclRefExpr *E) {
    if (llvm::isa<clang::VarDecl>(E->getDecl()))
      note(Where.of(E));
    return true;
  }
  bool VisitMemberExpr(clang::MemberExpr *E) {
    note(Where.of(E));
    return true;
  }
  bool VisitCallExpr(clang::CallExpr *) {
    C.HasCall = true;
    return true;
  }
  // NOLINTEND(readability-identifier-naming)

private:
  void note(PlaceId Id) {
    if (Id != NoPlace && std::find(C.Reads.begin(), C.Reads.end(), Id) == C.Reads.end())
      C.Reads.push_back(Id);
  }
  Places &Where;
  Condition &C;
};

bool isComparison(const clang::BinaryOperator *B) { return B->isComparisonOp(); }

/// A null pointer counts as 0.
std::optional<int64_t> smallConstant(const clang::Expr *E, const clang::ASTContext &Ast) {
  if (std::optional<llvm::APSInt> Value = constantValue(E, Ast))
    return Value->isSigned() ? Value->getSExtValue() : static_cast<int64_t>(Value->getZExtValue());
  const clang::Expr *Inner = strip(E);
  if (std::optional<llvm::APSInt> Value = constantValue(Inner, Ast); Value && *Value == 0)
    return 0;
  return std::nullopt;
}

/// `X & bits`, with X the followed value.
std::optional<MaskTest> bitTest(UnitContext &Unit, const clang::Expr *E, const MaskOperands &Operands) {
  const auto *And = llvm::dyn_cast<clang::BinaryOperator>(strip(E));
  if (And == nullptr || And->getOpcode() != clang::BO_And || !isMaskExpr(And))
    return std::nullopt;
  for (auto [Value, Bits] :
       {std::pair(And->getLHS(), And->getRHS()), std::pair(And->getRHS(), And->getLHS())}) {
    std::optional<llvm::APSInt> Constant = constantValue(Bits, Unit.Ast);
    if (!Constant)
      continue;
    MaskTest T;
    T.Operand = lowerMask(Unit, Value, Operands);
    T.Bits = Unit.Options.Flags.fromValue(Constant->getZExtValue() & 0xffffffffU);
    return T;
  }
  return std::nullopt;
}

void lowerComparison(UnitContext &Unit, const clang::BinaryOperator *B, Condition &C, Places &Where,
                     const MaskOperands &Operands) {
  const clang::Expr *Left = B->getLHS();
  const clang::Expr *Right = B->getRHS();
  clang::BinaryOperatorKind Op = B->getOpcode();
  std::optional<int64_t> Value = smallConstant(Right, Unit.Ast);
  if (!Value) {
    Value = smallConstant(Left, Unit.Ast);
    if (!Value)
      return;
    std::swap(Left, Right);
    Op = clang::BinaryOperator::reverseComparisonOp(Op);
  }
  if (Op == clang::BO_NE) {
    C.Negated = !C.Negated;
    Op = clang::BO_EQ;
  }
  if (Op == clang::BO_EQ && isMaskExpr(Left)) {
    Mask Wanted = Unit.Options.Flags.fromValue(static_cast<uint64_t>(*Value) & 0xffffffffU);
    if (std::optional<MaskTest> T = bitTest(Unit, Left, Operands)) {
      T->Kind = Wanted == T->Bits ? MaskTestKind::All : MaskTestKind::Equal;
      T->Value = Wanted;
      C.Test = std::move(T);
    } else {
      MaskTest Whole;
      Whole.Operand = lowerMask(Unit, Left, Operands);
      Whole.Kind = MaskTestKind::Equal;
      Whole.Bits = Mask::all();
      Whole.Value = Wanted;
      C.Test = std::move(Whole);
    }
    return;
  }
  PlaceId Place = Where.of(Left);
  if (const auto *Call = llvm::dyn_cast<clang::CallExpr>(strip(Left));
      Call != nullptr && *Value == 0 && Op == clang::BO_EQ) {
    C.CallResult = Operands.Call(*Call);
    C.Negated = !C.Negated;
    return;
  }
  if (Place == NoPlace)
    return;
  C.Compared = Place;
  C.Value = *Value;
  C.Op = Op == clang::BO_EQ ? CompareOp::Eq : CompareOp::Lt;
  // `x <= 4` is `x < 5`, `x > 4` is not.
  if (Op == clang::BO_LE || Op == clang::BO_GT) {
    if (*Value == std::numeric_limits<int64_t>::max())
      C.Compared = NoPlace;
    else
      ++C.Value;
  }
  if (Op == clang::BO_GT || Op == clang::BO_GE)
    C.Negated = !C.Negated;
}

/// `c ? 1 : 0`, as trylock macros end, is `c`; nothing where it is something else. `Negates` is flipped for
/// `c ? 0 : 1`.
const clang::Expr *asItsCondition(const clang::Expr *E, const clang::ASTContext &Ast, bool &Negates) {
  const auto *Choice = llvm::dyn_cast<clang::ConditionalOperator>(E);
  if (Choice == nullptr)
    return nullptr;
  std::optional<llvm::APSInt> Yes = constantValue(strip(Choice->getTrueExpr()), Ast);
  std::optional<llvm::APSInt> No = constantValue(strip(Choice->getFalseExpr()), Ast);
  if (!Yes || !No || (*Yes == 0) == (*No == 0))
    return nullptr;
  Negates = Negates != (*Yes == 0);
  return strip(Choice->getCond());
}

} // namespace

Condition lowerCondition(UnitContext &Unit, const clang::Expr *E, Places &Where,
                         const MaskOperands &Operands) {
  Condition C;
  C.At = Unit.site(E).At;
  C.Text = Unit.text(E);
  E = strip(E);
  for (;;) {
    const auto *Not = llvm::dyn_cast<clang::UnaryOperator>(E);
    if (Not != nullptr && Not->getOpcode() == clang::UO_LNot) {
      C.Negated = !C.Negated;
      E = strip(Not->getSubExpr());
    } else if (const clang::Expr *Inner = asItsCondition(E, Unit.Ast, C.Negated)) {
      E = Inner;
    } else {
      break;
    }
  }
  FindReads(Where, C).TraverseStmt(const_cast<clang::Expr *>(E));

  const auto *Binary = llvm::dyn_cast<clang::BinaryOperator>(E);
  if (Binary != nullptr && Binary->isLogicalOp()) {
    C.IsAnd = Binary->getOpcode() == clang::BO_LAnd;
    C.Parts.push_back(lowerCondition(Unit, Binary->getLHS(), Where, Operands));
    C.Parts.push_back(lowerCondition(Unit, Binary->getRHS(), Where, Operands));
  } else if (Binary != nullptr && isComparison(Binary)) {
    lowerComparison(Unit, Binary, C, Where, Operands);
  } else if (std::optional<MaskTest> T = bitTest(Unit, E, Operands)) {
    C.Test = std::move(T);
  } else if (const auto *Call = llvm::dyn_cast<clang::CallExpr>(E)) {
    C.CallResult = Operands.Call(*Call);
  } else if (PlaceId Id = Where.of(E); Id != NoPlace) {
    C.Compared = Id;
    C.Op = CompareOp::Eq;
    C.Value = 0;
    C.Negated = !C.Negated;
    if (isMaskExpr(E))
      C.Test = MaskTest{lowerMask(Unit, E, Operands), MaskTestKind::Equal, Mask::all(), {}};
  }

  // The printed expression and the places in it tell two conditions apart; negation was taken off
  // above, and `!=` is printed as `==`.
  std::string Printed;
  if (C.Compared != NoPlace)
    Printed = std::string(C.Op == CompareOp::Eq ? "== " : "< ") + std::to_string(C.Value) + "#" +
              std::to_string(C.Compared);
  else if (Binary != nullptr && (Binary->getOpcode() == clang::BO_NE || Binary->getOpcode() == clang::BO_EQ))
    Printed = Unit.uniqueText(Binary->getLHS()) + " == " + Unit.uniqueText(Binary->getRHS());
  else
    Printed = Unit.uniqueText(E);
  for (PlaceId Id : C.Reads)
    Printed += "#" + std::to_string(Id);
  C.Key = llvm::xxh3_64bits(llvm::StringRef(Printed));
  return C;
}

} // namespace gfplint
