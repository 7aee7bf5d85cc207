// Walks Clang's CFG, not its AST: since 6.10 alloc_hooks() shows each allocating call several times
// in the AST, once of them in a typeof.
#include "lower/FunctionLowering.h"

#include "lower/Annotations.h"
#include "lower/Arms.h"
#include "lower/Conditions.h"
#include "lower/Expressions.h"
#include "lower/Masks.h"
#include "lower/Places.h"

#include "clang/Analysis/CFG.h"
#include "llvm/ADT/SmallPtrSet.h"

#include <map>

namespace gfplint {
namespace {

class FunctionLowering {
public:
  FunctionLowering(UnitContext &Unit, const clang::FunctionDecl &F) : Unit(Unit), F(F), Where(Unit, F) {
    findDiscarded(F.getBody(), Discarded);
    Arms = findArms(Unit, F, Where);
    Operands.Local = [this](const clang::VarDecl &V) { return Where.of(V); };
    Operands.Stored = [this](const clang::Expr &E) { return Where.of(&E); };
    Operands.Call = [this](const clang::CallExpr &C) { return callId(C); };
  }
  std::optional<Function> run();

private:
  uint32_t callId(const clang::CallExpr &C) {
    auto [It, New] = CallIds.try_emplace(&C, 0);
    if (New)
      It->second = ++LastId;
    return It->second;
  }
  void numberBlocks(const clang::CFG &Cfg);
  void lowerBlock(const clang::CFGBlock &B, Block &Out);
  void lowerEdges(const clang::CFGBlock &B, Block &Out);
  void lowerStmt(const clang::Stmt *S, Block &Out);
  void lowerCall(const clang::CallExpr &C, Block &Out);
  void lowerCleanup(const clang::CFGCleanupFunction &C, Block &Out);
  void lowerAssign(const clang::Expr *At, PlaceId Target, bool IsMask, const clang::Expr *Value, Block &Out);
  void lowerReturn(const clang::ReturnStmt &R, Block &Out);
  void lowerTaskFlags(const clang::BinaryOperator &B, Block &Out);
  Arg lowerArg(const clang::Expr *E, bool IsMask);
  /// Gives the call that `Value` is, if any, its target. Returns whether it was one.
  bool bindResult(const clang::Expr *Value, PlaceId Target, bool ToReturn, Block &Out);
  void dropUnusedAssigns(Function &Out) const;

  UnitContext &Unit;
  const clang::FunctionDecl &F;
  Places Where;
  MaskOperands Operands;
  uint32_t LastId = 0;
  llvm::DenseMap<const clang::CallExpr *, uint32_t> CallIds;
  llvm::SmallPtrSet<const clang::Expr *, 32> Discarded;
  llvm::DenseMap<const clang::Expr *, PlaceId> Arms;
  llvm::DenseMap<const clang::CFGBlock *, uint32_t> Numbers;
  std::vector<const clang::CFGBlock *> Order;
};

void FunctionLowering::numberBlocks(const clang::CFG &Cfg) {
  std::vector<const clang::CFGBlock *> Stack = {&Cfg.getEntry()};
  while (!Stack.empty()) {
    const clang::CFGBlock *B = Stack.back();
    Stack.pop_back();
    if (!Numbers.try_emplace(B, static_cast<uint32_t>(Order.size())).second)
      continue;
    Order.push_back(B);
    if (B->hasNoReturnElement())
      continue;
    for (auto It = B->succ_rbegin(); It != B->succ_rend(); ++It)
      if (const clang::CFGBlock *Next = It->getReachableBlock())
        Stack.push_back(Next);
  }
}

Arg FunctionLowering::lowerArg(const clang::Expr *E, bool IsMask) {
  Arg A;
  if (IsMask) {
    A.Mask = lowerMask(Unit, E, Operands);
    A.Var = Where.of(E);
    return A;
  }
  if (std::optional<llvm::APSInt> Value = constantValue(E, Unit.Ast)) {
    A.Constant = Value->isSigned() ? Value->getSExtValue() : static_cast<int64_t>(Value->getZExtValue());
    constantNames(Unit, E, A.Names);
    return A;
  }
  const clang::Expr *Inner = strip(E);
  if (const auto *Address = llvm::dyn_cast<clang::UnaryOperator>(Inner);
      Address != nullptr && Address->getOpcode() == clang::UO_AddrOf) {
    A.ByAddress = true;
    Inner = strip(Address->getSubExpr());
  }
  if (const auto *Ref = llvm::dyn_cast<clang::DeclRefExpr>(Inner))
    if (const auto *Callee = llvm::dyn_cast<clang::FunctionDecl>(Ref->getDecl())) {
      A.Function = Unit.key(*Callee);
      return A;
    }
  A.Var = Where.of(Inner);
  if (const auto *Nested = llvm::dyn_cast<clang::CallExpr>(Inner); Nested != nullptr && A.Var == NoPlace)
    A.Result = callId(*Nested);
  return A;
}

void FunctionLowering::lowerCall(const clang::CallExpr &C, Block &Out) {
  const clang::FunctionDecl *Callee = C.getDirectCallee();
  if (Callee != nullptr && Callee->getBuiltinID() != 0 && Callee->getName().starts_with("__builtin"))
    return;
  Event E;
  E.Kind = EventKind::Call;
  E.Id = callId(C);
  E.Where = Unit.site(&C);
  if (Callee != nullptr) {
    E.Callee = Unit.key(*Callee);
    E.Typed = Unit.typedName(C.getCallee()->getBeginLoc(), stableName(Callee->getName()));
  } else if (const auto *Member = llvm::dyn_cast<clang::MemberExpr>(strip(C.getCallee()))) {
    E.Typed = Member->getMemberDecl()->getNameAsString();
    if (const auto *Field = llvm::dyn_cast<clang::FieldDecl>(Member->getMemberDecl()))
      E.Indirect = UnitContext::fieldName(*Field);
  } else {
    const clang::Expr *Pointer = strip(C.getCallee());
    if (const auto *Deref = llvm::dyn_cast<clang::UnaryOperator>(Pointer);
        Deref != nullptr && Deref->getOpcode() == clang::UO_Deref)
      Pointer = strip(Deref->getSubExpr());
    if (const auto *Member = llvm::dyn_cast<clang::MemberExpr>(Pointer))
      if (const auto *Field = llvm::dyn_cast<clang::FieldDecl>(Member->getMemberDecl()))
        E.Indirect = UnitContext::fieldName(*Field);
    E.Typed = Unit.text(C.getCallee());
  }
  const clang::FunctionProtoType *Proto = nullptr;
  if (clang::QualType T = C.getCallee()->getType(); !T.isNull()) {
    if (const auto *Pointer = T->getAs<clang::PointerType>())
      T = Pointer->getPointeeType();
    Proto = T->getAs<clang::FunctionProtoType>();
  }
  for (unsigned I = 0; I < C.getNumArgs(); ++I) {
    bool Named = Proto == nullptr || I < Proto->getNumParams();
    bool IsMask = Proto != nullptr && Named && isMaskType(Proto->getParamType(I));
    Arg A = lowerArg(C.getArg(I), IsMask || isMaskExpr(C.getArg(I)));
    // Behind `...` stands no parameter: a text or a number there says nothing.
    if (Named || A.Var != NoPlace || A.Mask || !A.Function.empty())
      E.Args.push_back(std::move(A));
  }
  E.Discarded = Discarded.contains(&C);
  Out.Events.push_back(std::move(E));
}

void FunctionLowering::lowerCleanup(const clang::CFGCleanupFunction &C, Block &Out) {
  Event E;
  E.Kind = EventKind::Call;
  E.Cleanup = true;
  E.Id = ++LastId;
  E.Callee = Unit.key(*C.getFunctionDecl());
  E.Typed = C.getFunctionDecl()->getNameAsString();
  E.Where = Unit.site(C.getVarDecl()->getSourceRange());
  Arg A;
  A.Var = Where.of(*C.getVarDecl());
  A.ByAddress = true;
  E.Args.push_back(std::move(A));
  E.Discarded = true;
  Out.Events.push_back(std::move(E));
}

bool FunctionLowering::bindResult(const clang::Expr *Value, PlaceId Target, bool ToReturn, Block &Out) {
  const auto *Call = llvm::dyn_cast<clang::CallExpr>(strip(Value));
  if (Call == nullptr)
    return false;
  uint32_t Id = callId(*Call);
  for (auto It = Out.Events.rbegin(); It != Out.Events.rend(); ++It)
    if (It->Kind == EventKind::Call && It->Id == Id) {
      It->ToReturn = It->ToReturn || ToReturn;
      if (Target != NoPlace)
        It->Target = Target;
      return true;
    }
  return false;
}

void FunctionLowering::lowerAssign(const clang::Expr *At, PlaceId Target, bool IsMask,
                                   const clang::Expr *Value, Block &Out) {
  if (Target == NoPlace)
    return;
  Event E;
  E.Target = Target;
  E.Where = Unit.site(At);
  if (IsMask) {
    E.Kind = EventKind::AssignMask;
    E.Value = lowerMask(Unit, Value, Operands);
    Out.Events.push_back(std::move(E));
    return;
  }
  // Each arm has been assigned, or will be, where it stands.
  if (const auto *Choice = llvm::dyn_cast<clang::ConditionalOperator>(strip(Value));
      Choice != nullptr && !constantValue(Value, Unit.Ast))
    return;
  if (bindResult(Value, Target, false, Out))
    return;
  E.Kind = EventKind::Assign;
  if (std::optional<llvm::APSInt> Constant = constantValue(Value, Unit.Ast))
    E.Constant =
        Constant->isSigned() ? Constant->getSExtValue() : static_cast<int64_t>(Constant->getZExtValue());
  else if (strip(Value)->isNullPointerConstant(Unit.Ast, clang::Expr::NPC_NeverValueDependent) !=
           clang::Expr::NPCK_NotNull)
    E.Constant = 0;
  else if (const auto *Not = llvm::dyn_cast<clang::UnaryOperator>(strip(Value));
           Not != nullptr && Not->getOpcode() == clang::UO_LNot && !testsMask(Not->getSubExpr())) {
    E.From = Where.of(Not->getSubExpr());
    E.Negated = true;
  } else {
    E.From = Where.of(Value);
    if (testsMask(Value))
      if (Condition C = lowerCondition(Unit, Value, Where, Operands); C.Test)
        E.Branch = std::move(C);
  }
  Out.Events.push_back(std::move(E));
}

void FunctionLowering::lowerReturn(const clang::ReturnStmt &R, Block &Out) {
  Event E;
  E.Kind = EventKind::Return;
  E.Where = Unit.site(R.getSourceRange());
  if (const clang::Expr *Value = R.getRetValue()) {
    bindResult(Value, NoPlace, true, Out);
    if (isMaskType(F.getReturnType()))
      E.Value = lowerMask(Unit, Value, Operands);
    else if (std::optional<llvm::APSInt> Constant = constantValue(Value, Unit.Ast))
      E.Constant =
          Constant->isSigned() ? Constant->getSExtValue() : static_cast<int64_t>(Constant->getZExtValue());
    else
      E.From = Where.of(Value);
  }
  Out.Events.push_back(std::move(E));
}

/// `current->flags |= PF_...` and `current->flags &= ~PF_...`.
void FunctionLowering::lowerTaskFlags(const clang::BinaryOperator &B, Block &Out) {
  const clang::Expr *Value = B.getRHS();
  Event E;
  E.Kind = EventKind::TaskFlags;
  E.Where = Unit.site(&B);
  if (B.getOpcode() == clang::BO_AndAssign) {
    E.Negated = true;
    Value = llvm::cast<clang::UnaryOperator>(strip(Value))->getSubExpr();
  }
  E.Args.push_back(lowerArg(Value, false));
  Out.Events.push_back(std::move(E));
}

void FunctionLowering::lowerStmt(const clang::Stmt *S, Block &Out) {
  if (const auto *Call = llvm::dyn_cast<clang::CallExpr>(S)) {
    lowerCall(*Call, Out);
  } else if (const auto *Decls = llvm::dyn_cast<clang::DeclStmt>(S)) {
    for (const clang::Decl *D : Decls->decls())
      if (const auto *V = llvm::dyn_cast<clang::VarDecl>(D);
          V != nullptr && V->hasInit() && V->hasLocalStorage())
        lowerAssign(V->getInit(), Where.of(*V), holdsMask(V->getType(), V->getInit()), V->getInit(), Out);
  } else if (const auto *B = llvm::dyn_cast<clang::BinaryOperator>(S); B != nullptr && B->isAssignmentOp()) {
    bool IsMask = holdsMask(B->getLHS()->IgnoreParens()->getType(), B->getRHS());
    PlaceId Target = Where.of(B->getLHS());
    if (!B->isCompoundAssignmentOp()) {
      lowerAssign(B, Target, IsMask, B->getRHS(), Out);
    } else if (setsTaskFlags(*B)) {
      lowerTaskFlags(*B, Out);
    } else if (Target != NoPlace) {
      Event E;
      E.Target = Target;
      E.Where = Unit.site(B);
      E.Kind = IsMask ? EventKind::AssignMask : EventKind::Assign;
      if (IsMask)
        E.Value = lowerMaskOperation(Unit, clang::BinaryOperator::getOpForCompoundAssignment(B->getOpcode()),
                                     B->getLHS(), B->getRHS(), Operands);
      Out.Events.push_back(std::move(E));
    }
  } else if (const auto *U = llvm::dyn_cast<clang::UnaryOperator>(S);
             U != nullptr && U->isIncrementDecrementOp()) {
    if (PlaceId Target = Where.of(U->getSubExpr()); Target != NoPlace) {
      Event E;
      E.Kind = EventKind::Assign;
      E.Target = Target;
      E.Where = Unit.site(U);
      Out.Events.push_back(std::move(E));
    }
  } else if (const auto *R = llvm::dyn_cast<clang::ReturnStmt>(S)) {
    lowerReturn(*R, Out);
  }
  if (const auto *E = llvm::dyn_cast<clang::Expr>(S))
    if (auto It = Arms.find(E); It != Arms.end())
      lowerAssign(E, It->second, false, E, Out);
}

void FunctionLowering::lowerEdges(const clang::CFGBlock &B, Block &Out) {
  if (B.hasNoReturnElement())
    return;
  const clang::Stmt *Terminator = B.getTerminatorStmt();
  bool Switch = llvm::isa_and_nonnull<clang::SwitchStmt>(Terminator);
  const clang::Expr *Cond = nullptr;
  if (Terminator != nullptr && !llvm::isa<clang::GCCAsmStmt, clang::IndirectGotoStmt>(Terminator)) {
    if (Switch)
      Cond = llvm::cast<clang::SwitchStmt>(Terminator)->getCond();
    else if (B.succ_size() == 2)
      Cond = B.getLastCondition();
  }
  if (Cond != nullptr)
    Out.Branch = lowerCondition(Unit, Cond, Where, Operands);
  unsigned Index = 0;
  for (const auto &Succ : B.succs()) {
    unsigned Position = Index++;
    const clang::CFGBlock *Next = Succ.getReachableBlock();
    if (Next == nullptr)
      continue;
    Edge E;
    E.To = Numbers.lookup(Next);
    if (Cond != nullptr && !Switch) {
      E.Kind = Position == 0 ? EdgeKind::True : EdgeKind::False;
    } else if (Switch) {
      E.Kind = EdgeKind::Default;
      if (const auto *Case = llvm::dyn_cast_or_null<clang::CaseStmt>(Next->getLabel())) {
        std::optional<llvm::APSInt> Low = constantValue(Case->getLHS(), Unit.Ast);
        std::optional<llvm::APSInt> High =
            Case->getRHS() != nullptr ? constantValue(Case->getRHS(), Unit.Ast) : Low;
        if (Low && High && Position + 1 < B.succ_size()) {
          E.Kind = EdgeKind::Case;
          E.CaseLow = Low->getExtValue();
          E.CaseHigh = High->getExtValue();
        }
      }
    }
    Out.Succs.push_back(E);
  }
}

void FunctionLowering::lowerBlock(const clang::CFGBlock &B, Block &Out) {
  for (const clang::CFGElement &Element : B) {
    if (auto S = Element.getAs<clang::CFGStmt>())
      lowerStmt(S->getStmt(), Out);
    else if (auto C = Element.getAs<clang::CFGCleanupFunction>())
      lowerCleanup(*C, Out);
  }
  lowerEdges(B, Out);
}

/// Assignments to variables that no condition, call or return reads say nothing to anyone, unless
/// they put a variable's value where others can find it.
void FunctionLowering::dropUnusedAssigns(Function &Out) const {
  std::vector<bool> Used(Out.Places.size(), false);
  auto Use = [&](PlaceId Id) {
    if (Id == NoPlace)
      return;
    Used[Id] = true;
    // `q->lock` is another lock once q is assigned to.
    for (PlaceId Root : Out.Places[Id].Roots)
      Used[Root] = true;
  };
  for (const Block &B : Out.Blocks) {
    for (const Event &E : B.Events) {
      for (const Arg &A : E.Args)
        Use(A.Var);
      Use(E.From);
    }
    if (B.Branch)
      for (PlaceId Id : B.Branch->Reads)
        Use(Id);
  }
  for (Block &B : Out.Blocks)
    std::erase_if(B.Events, [&](const Event &E) {
      bool Publishes = E.Kind == EventKind::Assign && E.From != NoPlace &&
                       Out.Places[E.From].Kind == PlaceKind::Local &&
                       Out.Places[E.Target].Kind != PlaceKind::Local;
      return E.Kind == EventKind::Assign && !Used[E.Target] && !Publishes;
    });
}

std::optional<Function> FunctionLowering::run() {
  clang::CFG::BuildOptions Options;
  Options.setAllAlwaysAdd();
  Options.AddImplicitDtors = true;
  Options.PruneTriviallyFalseEdges = true;
  std::unique_ptr<clang::CFG> Cfg = clang::CFG::buildCFG(&F, F.getBody(), &Unit.Ast, Options);
  if (Cfg == nullptr)
    return std::nullopt;
  numberBlocks(*Cfg);

  Function Out;
  Out.Name = stableName(F.getName());
  Out.Key = Unit.key(F);
  Out.Static = F.getFormalLinkage() != clang::Linkage::External;
  Out.At = Unit.locate(Unit.Sources.getFileLoc(F.getLocation()));
  Out.End = Unit.locate(Unit.Sources.getFileLoc(F.getBodyRBrace()));
  Out.InHeader =
      Unit.Sources.getFileID(Unit.Sources.getFileLoc(F.getLocation())) != Unit.Sources.getMainFileID();
  for (const clang::ParmVarDecl *P : F.parameters())
    Out.Params.push_back({P->getNameAsString(), isMaskType(P->getType())});
  Out.ReturnsMask = isMaskType(F.getReturnType());
  Out.Blocks.resize(Order.size());
  for (Event &Said : entryEvents(Unit, F, Where)) {
    Said.Id = ++LastId;
    Out.Blocks.front().Events.push_back(std::move(Said));
  }
  for (size_t I = 0; I < Order.size(); ++I)
    lowerBlock(*Order[I], Out.Blocks[I]);
  if (auto It = Numbers.find(&Cfg->getExit()); It != Numbers.end()) {
    Out.Exit = It->second;
  } else {
    Out.Exit = static_cast<uint32_t>(Out.Blocks.size());
    Out.Blocks.emplace_back();
  }
  Out.Places = Where.take();
  dropUnusedAssigns(Out);
  return Out;
}

} // namespace

std::optional<Function> lowerFunction(UnitContext &Unit, const clang::FunctionDecl &F) {
  return FunctionLowering(Unit, F).run();
}

} // namespace gfplint
