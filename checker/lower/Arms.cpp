// One walk over the body.
#include "lower/Arms.h"

#include "lower/Expressions.h"

#include "clang/AST/RecursiveASTVisitor.h"

namespace gfplint {
namespace {

class FindArms : public clang::RecursiveASTVisitor<FindArms> {
public:
  FindArms(UnitContext &Unit, Places &Where) : Unit(Unit), Where(Where) {}
  // NOLINTBEGIN(readability-identifier-naming): the names are Clang's.
  bool VisitVarDecl(const clang::VarDecl *V) {
    if (V->hasInit() && V->hasLocalStorage() && isChoice(V->getInit()) &&
        !holdsMask(V->getType(), V->getInit()))
      add(V->getInit(), Where.of(*V));
    return true;
  }
  bool VisitBinaryOperator(const clang::BinaryOperator *B) {
    if (B->getOpcode() == clang::BO_Assign && isChoice(B->getRHS()) &&
        !holdsMask(B->getLHS()->IgnoreParens()->getType(), B->getRHS()))
      add(B->getRHS(), Where.of(B->getLHS()));
    return true;
  }
  // NOLINTEND(readability-identifier-naming)

  llvm::DenseMap<const clang::Expr *, PlaceId> Found;

private:
  [[nodiscard]] bool isChoice(const clang::Expr *Value) const {
    return llvm::isa<clang::ConditionalOperator>(strip(Value)) && !constantValue(Value, Unit.Ast);
  }
  void add(const clang::Expr *Value, PlaceId Target) {
    if (Target == NoPlace)
      return;
    const auto *Choice = llvm::cast<clang::ConditionalOperator>(strip(Value));
    for (const clang::Expr *Arm : {Choice->getTrueExpr(), Choice->getFalseExpr()}) {
      if (isChoice(Arm))
        add(Arm, Target);
      else
        Found[strip(Arm)] = Target;
    }
  }

  UnitContext &Unit;
  Places &Where;
};

} // namespace

llvm::DenseMap<const clang::Expr *, PlaceId> findArms(UnitContext &Unit, const clang::FunctionDecl &F,
                                                      Places &Where) {
  FindArms Finder(Unit, Where);
  Finder.TraverseStmt(F.getBody());
  return std::move(Finder.Found);
}

} // namespace gfplint
