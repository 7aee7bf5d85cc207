// Names of locks are carried from a wrapper to its caller by putting the argument in place of the
// parameter. A lock that lives in a guard's variable bears the variable's name.
#include "program/Locks.h"

#include "program/Program.h"

#include <algorithm>

namespace gfplint {
namespace {

void nameBy(const Function &F, PlaceId At, LockOperation &L) {
  L.Lock = F.Places[At].Text;
  L.Roots = F.Places[At].Kind == PlaceKind::Field ? F.Places[At].Roots : std::vector<PlaceId>{At};
}

/// `spinlock_check(lock)` is the lock.
PlaceId lockBehind(const Function &F, const Event &Call, unsigned Argument, const Model &Knowledge) {
  if (Argument >= Call.Args.size())
    return NoPlace;
  const Arg &A = Call.Args[Argument];
  if (A.Result == 0)
    return A.Var;
  for (const Block &B : F.Blocks)
    for (const Event &E : B.Events)
      if (E.Kind == EventKind::Call && E.Id == A.Result)
        return Knowledge.returnsItsLock(nameOfKey(E.Callee)) && !E.Args.empty() ? E.Args.front().Var
                                                                                : NoPlace;
  return NoPlace;
}

LockOperation known(const Function &F, const Event &Call, const LockFunction &Op, const Model &Knowledge) {
  LockOperation L;
  L.Function = &Op;
  L.Action = Op.Action;
  L.TakenOnZero = Op.TakenOnZero;
  PlaceId At = NoPlace;
  if (Op.IsResult)
    At = Call.Target;
  else if (Op.LockArg)
    At = lockBehind(F, Call, *Op.LockArg, Knowledge);
  if (At != NoPlace)
    nameBy(F, At, L);
  else
    L.Nameless = Op.IsResult || Op.LockArg;
  return L;
}

LockOperation wrapped(const Function &F, const Event &Call, const NetLock &Net) {
  LockOperation L;
  L.Function = Net.Function;
  L.Action = Net.Action;
  L.TakenOnZero = Net.TakenOnZero;
  L.Maybe = Net.Maybe;
  L.Nameless = Net.Nameless;
  if (!Net.Param) {
    L.Lock = Net.Path;
    return L;
  }
  const Arg *A = *Net.Param < Call.Args.size() ? &Call.Args[*Net.Param] : nullptr;
  if (A == nullptr || A->Var == NoPlace) {
    L.Nameless = true;
    return L;
  }
  nameBy(F, A->Var, L);
  llvm::StringRef Path = Net.Path;
  if (A->ByAddress && Path.consume_front("->"))
    L.Lock += ".";
  L.Lock += Path;
  return L;
}

/// `lockdep_assert_held(&p->lock)` asks for `&p->lock->dep_map`.
std::optional<LockOperation> asserted(const Function &F, const Event &Call, const Model &Knowledge) {
  PlaceId At = Call.Args.empty() ? NoPlace : Call.Args.front().Var;
  const LockFunction *Op = At != NoPlace ? Knowledge.assertion(Call.Typed, F.Places[At].Field) : nullptr;
  if (Op == nullptr)
    return std::nullopt;
  LockOperation L;
  L.Function = Op;
  L.Action = LockAction::Assert;
  if (!Op->LockArg)
    return L;
  nameBy(F, At, L);
  llvm::StringRef Lock = L.Lock;
  // A spinlock has the map in an anonymous member.
  Lock = Lock.substr(0, Lock.find_last_of(".-")).rtrim(".->");
  Lock.consume_front("&");
  L.Lock = Lock.str();
  return L;
}

} // namespace

/// Variables whose lives end in a call: `guard(spinlock)(&lock)`.
std::vector<PlaceId> guardVariables(const Function &F) {
  std::vector<PlaceId> Guards;
  for (const Block &B : F.Blocks)
    for (const Event &E : B.Events)
      if (E.Cleanup && !E.Args.empty() && E.Args.front().Var != NoPlace)
        Guards.push_back(E.Args.front().Var);
  return Guards;
}

std::vector<LockOperation> everyLockOperation(const Function &F, const Event &Call, const Model &Knowledge,
                                              const CalleeLocks &Callee, const std::vector<PlaceId> &Guards) {
  std::vector<LockOperation> All;
  if (Call.Kind != EventKind::Call || Call.Callee.empty())
    return All;
  if (const LockFunction *Op = Knowledge.lockFunction(nameOfKey(Call.Callee))) {
    All.push_back(known(F, Call, *Op, Knowledge));
    return All;
  }
  if (Knowledge.asksForLock(nameOfKey(Call.Callee))) {
    if (std::optional<LockOperation> L = asserted(F, Call, Knowledge))
      All.push_back(std::move(*L));
    return All;
  }
  const std::vector<NetLock> *Below = Callee(Call);
  if (Below == nullptr)
    return All;
  bool Guarded = std::find(Guards.begin(), Guards.end(), Call.Target) != Guards.end();
  for (const NetLock &Net : *Below) {
    LockOperation L = wrapped(F, Call, Net);
    // The variable holds the lock to the end of its life; the destructor asks whether it does.
    if (Guarded && L.Action != LockAction::Release)
      nameBy(F, Call.Target, L);
    if (Call.Cleanup && L.Action == LockAction::Release && Call.Args.front().Var != NoPlace) {
      nameBy(F, Call.Args.front().Var, L);
      L.Maybe = false;
    }
    L.Nameless = L.Nameless && L.Lock.empty();
    All.push_back(std::move(L));
  }
  return All;
}

std::optional<bool> lockGot(const Event &Take, bool TakenOnZero, const Condition &C, EdgeKind Way) {
  if (Way != EdgeKind::True && Way != EdgeKind::False)
    return std::nullopt;
  if (!C.Parts.empty()) {
    if (((Way == EdgeKind::True) != C.Negated) != C.IsAnd)
      return std::nullopt;
    for (const Condition &Part : C.Parts)
      if (std::optional<bool> Got =
              lockGot(Take, TakenOnZero, Part, C.IsAnd ? EdgeKind::True : EdgeKind::False))
        return Got;
    return std::nullopt;
  }
  bool Holds = (Way == EdgeKind::True) != C.Negated;
  if (C.CallResult == Take.Id)
    return Holds != TakenOnZero;
  if (C.Compared == NoPlace || C.Compared != Take.Target || C.Value != 0)
    return std::nullopt;
  if (C.Op == CompareOp::Eq)
    return Holds == TakenOnZero;
  // `if (err < 0)`: such a function returns 0 or an error.
  return TakenOnZero ? std::optional(!Holds) : std::nullopt;
}

std::vector<LockOperation> lockOperations(const Function &F, const Event &Call, const Model &Knowledge,
                                          const CalleeLocks &Callee) {
  std::vector<LockOperation> All = everyLockOperation(F, Call, Knowledge, Callee, {});
  std::erase_if(
      All, [](const LockOperation &L) { return L.Maybe || L.Nameless || L.Action == LockAction::Assert; });
  return All;
}

} // namespace gfplint
