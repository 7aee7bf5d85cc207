// Looking at expressions without lowering them.
#include "lower/Expressions.h"

namespace gfplint {

bool isMaskExpr(const clang::Expr *E) {
  E = E->IgnoreParenImpCasts();
  if (isMaskType(E->getType()))
    return true;
  if (const auto *B = llvm::dyn_cast<clang::BinaryOperator>(E))
    switch (B->getOpcode()) {
    case clang::BO_And:
    case clang::BO_Or:
    case clang::BO_Xor:
      return isMaskExpr(B->getLHS()) || isMaskExpr(B->getRHS());
    default:
      return false;
    }
  if (const auto *U = llvm::dyn_cast<clang::UnaryOperator>(E))
    return U->getOpcode() == clang::UO_Not && isMaskExpr(U->getSubExpr());
  return false;
}

bool holdsMask(clang::QualType Type, const clang::Expr *Value) {
  if (isMaskType(Type))
    return true;
  if (!Type->isIntegerType() || Type->isBooleanType() || !isMaskExpr(Value))
    return false;
  const auto *Outer = llvm::dyn_cast<clang::BinaryOperator>(strip(Value));
  return Outer == nullptr || Outer->getOpcode() != clang::BO_And;
}

bool testsMask(const clang::Expr *E) {
  E = strip(E);
  if (const auto *Not = llvm::dyn_cast<clang::UnaryOperator>(E);
      Not != nullptr && Not->getOpcode() == clang::UO_LNot)
    return testsMask(Not->getSubExpr());
  if (const auto *B = llvm::dyn_cast<clang::BinaryOperator>(E); B != nullptr && B->isComparisonOp())
    return isMaskExpr(B->getLHS()) || isMaskExpr(B->getRHS());
  return isMaskExpr(E);
}

/// Calls whose value nothing looks at.
void findDiscarded(const clang::Stmt *S, llvm::SmallPtrSetImpl<const clang::Expr *> &Found) {
  if (S == nullptr)
    return;
  auto Note = [&](const clang::Stmt *Child) {
    if (const auto *E = llvm::dyn_cast_or_null<clang::Expr>(Child))
      Found.insert(E->IgnoreParenCasts());
  };
  if (const auto *Block = llvm::dyn_cast<clang::StmtExpr>(S)) {
    const clang::CompoundStmt *Body = Block->getSubStmt();
    for (const clang::Stmt *Child : Body->body()) {
      if (Child != Body->body_back())
        Note(Child);
      findDiscarded(Child, Found);
    }
    return;
  }
  if (llvm::isa<clang::CompoundStmt, clang::LabelStmt, clang::SwitchCase>(S))
    for (const clang::Stmt *Child : S->children())
      Note(Child);
  if (const auto *If = llvm::dyn_cast<clang::IfStmt>(S)) {
    Note(If->getThen());
    Note(If->getElse());
  } else if (const auto *For = llvm::dyn_cast<clang::ForStmt>(S)) {
    Note(For->getInit());
    Note(For->getInc());
    Note(For->getBody());
  } else if (const auto *While = llvm::dyn_cast<clang::WhileStmt>(S)) {
    Note(While->getBody());
  } else if (const auto *Do = llvm::dyn_cast<clang::DoStmt>(S)) {
    Note(Do->getBody());
  }
  for (const clang::Stmt *Child : S->children())
    findDiscarded(Child, Found);
}

bool setsTaskFlags(const clang::BinaryOperator &B) {
  if (B.getOpcode() == clang::BO_AndAssign) {
    const auto *Not = llvm::dyn_cast<clang::UnaryOperator>(strip(B.getRHS()));
    if (Not == nullptr || Not->getOpcode() != clang::UO_Not)
      return false;
  } else if (B.getOpcode() != clang::BO_OrAssign) {
    return false;
  }
  const auto *Member = llvm::dyn_cast<clang::MemberExpr>(strip(B.getLHS()));
  const auto *Field = Member != nullptr ? llvm::dyn_cast<clang::FieldDecl>(Member->getMemberDecl()) : nullptr;
  return Field != nullptr && UnitContext::fieldName(*Field) == "task_struct.flags";
}

/// Macro names that stand for the constants of an expression.
void constantNames(const UnitContext &Unit, const clang::Expr *E, std::vector<std::string> &Names) {
  E = E->IgnoreParenCasts();
  if (const auto *B = llvm::dyn_cast<clang::BinaryOperator>(E);
      B != nullptr && B->getOpcode() == clang::BO_Or) {
    constantNames(Unit, B->getLHS(), Names);
    constantNames(Unit, B->getRHS(), Names);
    return;
  }
  if (!llvm::isa<clang::IntegerLiteral>(E))
    return;
  std::string Name = Unit.typedName(E->getBeginLoc(), "");
  // The innermost macro names the constant; typedName climbs to the outermost, which is the same
  // for flags as they are written in calls.
  if (!Name.empty())
    Names.push_back(Name);
}

} // namespace gfplint
