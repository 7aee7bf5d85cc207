// Numbering of variables and field paths.
#include "lower/Places.h"

#include "clang/AST/RecursiveASTVisitor.h"

#include <algorithm>

namespace gfplint {
namespace {

class FindEscapes : public clang::RecursiveASTVisitor<FindEscapes> {
public:
  explicit FindEscapes(llvm::DenseMap<const clang::VarDecl *, bool> &Found) : Found(Found) {}
  // NOLINTNEXTLINE(readability-identifier-naming): the name is Clang's.
  bool VisitUnaryOperator(const clang::UnaryOperator *U) {
    if (U->getOpcode() != clang::UO_AddrOf)
      return true;
    if (const auto *Ref = llvm::dyn_cast<clang::DeclRefExpr>(U->getSubExpr()->IgnoreParens()))
      if (const auto *V = llvm::dyn_cast<clang::VarDecl>(Ref->getDecl()))
        Found[V] = true;
    return true;
  }

private:
  llvm::DenseMap<const clang::VarDecl *, bool> &Found;
};

} // namespace

Places::Places(UnitContext &Unit, const clang::FunctionDecl &F) : Unit(Unit) {
  FindEscapes(Escaping).TraverseStmt(F.getBody());
  for (const clang::ParmVarDecl *P : F.parameters())
    of(*P);
}

PlaceId Places::add(const std::string &Key, Place P) {
  auto [It, New] = Paths.try_emplace(Key, static_cast<PlaceId>(All.size()));
  if (New)
    All.push_back(std::move(P));
  return It->second;
}

PlaceId Places::of(const clang::VarDecl &V) {
  auto [It, New] = Variables.try_emplace(&V, NoPlace);
  if (!New)
    return It->second;
  Place P;
  P.Text = stableName(V.getName());
  if (const auto *Param = llvm::dyn_cast<clang::ParmVarDecl>(&V)) {
    P.Kind = PlaceKind::Param;
    P.Index = Param->getFunctionScopeIndex();
  } else if (!V.hasLocalStorage()) {
    P.Kind = PlaceKind::Global;
    P.Field = Unit.variableName(V);
  }
  P.AddressTaken = Escaping.lookup(&V);
  // Two variables of one name in different blocks are different places.
  std::string Key = P.Text + "#" + std::to_string(Variables.size());
  PlaceId Id = add(Key, std::move(P));
  Variables[&V] = Id;
  return Id;
}

PlaceId Places::named(const std::string &Text, const std::string &Field, std::vector<PlaceId> Roots) {
  Place P;
  P.Kind = PlaceKind::Field;
  P.Text = Text;
  P.Field = Field;
  P.Roots = std::move(Roots);
  return add("named " + Text, std::move(P));
}

std::optional<std::string> Places::path(const clang::Expr *E, std::vector<PlaceId> &Roots) {
  E = strip(E);
  if (const auto *Ref = llvm::dyn_cast<clang::DeclRefExpr>(E)) {
    const auto *V = llvm::dyn_cast<clang::VarDecl>(Ref->getDecl());
    if (V == nullptr)
      return std::nullopt;
    PlaceId Id = of(*V);
    if (std::find(Roots.begin(), Roots.end(), Id) == Roots.end())
      Roots.push_back(Id);
    return stableName(V->getName()) + "#" + std::to_string(Id);
  }
  if (const auto *Member = llvm::dyn_cast<clang::MemberExpr>(E)) {
    std::optional<std::string> Base = path(Member->getBase(), Roots);
    if (!Base)
      return std::nullopt;
    return *Base + (Member->isArrow() ? "->" : ".") + Member->getMemberDecl()->getNameAsString();
  }
  if (const auto *Unary = llvm::dyn_cast<clang::UnaryOperator>(E);
      Unary != nullptr && (Unary->getOpcode() == clang::UO_Deref || Unary->getOpcode() == clang::UO_AddrOf)) {
    std::optional<std::string> Base = path(Unary->getSubExpr(), Roots);
    if (!Base)
      return std::nullopt;
    return (Unary->getOpcode() == clang::UO_Deref ? "*" : "&") + *Base;
  }
  if (const auto *Subscript = llvm::dyn_cast<clang::ArraySubscriptExpr>(E)) {
    std::optional<std::string> Base = path(Subscript->getBase(), Roots);
    std::optional<std::string> Index;
    if (std::optional<llvm::APSInt> Constant = constantValue(Subscript->getIdx(), Unit.Ast))
      Index = std::to_string(Constant->getExtValue());
    else
      Index = path(Subscript->getIdx(), Roots);
    if (!Base || !Index)
      return std::nullopt;
    return *Base + "[" + *Index + "]";
  }
  return std::nullopt;
}

PlaceId Places::of(const clang::Expr *E) {
  E = strip(E);
  if (const auto *Ref = llvm::dyn_cast<clang::DeclRefExpr>(E)) {
    const auto *V = llvm::dyn_cast<clang::VarDecl>(Ref->getDecl());
    return V != nullptr ? of(*V) : NoPlace;
  }
  Place P;
  P.Kind = PlaceKind::Field;
  std::optional<std::string> Key = path(E, P.Roots);
  if (!Key)
    return NoPlace;
  // The key without the numbers that tell variables apart.
  bool InNumber = false;
  for (char C : *Key) {
    if (C == '#')
      InNumber = true;
    else if (InNumber && (C < '0' || C > '9'))
      InNumber = false;
    if (!InNumber)
      P.Text += C;
  }
  if (const auto *Member = llvm::dyn_cast<clang::MemberExpr>(E))
    if (const auto *Field = llvm::dyn_cast<clang::FieldDecl>(Member->getMemberDecl()))
      P.Field = UnitContext::fieldName(*Field);
  return add(*Key, std::move(P));
}

} // namespace gfplint
