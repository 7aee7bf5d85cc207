// Names of locks are carried from a wrapper to its caller by putting the argument in place of the
// parameter.
#include "program/Locks.h"

#include "flow/Forward.h"
#include "program/Program.h"

#include <algorithm>

namespace gfplint {
namespace {

std::vector<PlaceId> rootsOf(const Function &F, PlaceId At) {
  const Place &P = F.Places[At];
  if (P.Kind == PlaceKind::Field)
    return P.Roots;
  return {At};
}

std::optional<LockOperation> known(const Function &F, const Event &Call, const LockFunction &Op) {
  LockOperation L;
  L.Function = &Op;
  L.Action = Op.Action;
  PlaceId At = NoPlace;
  if (Op.IsResult)
    At = Call.Target;
  else if (Op.LockArg && *Op.LockArg < Call.Args.size())
    At = Call.Args[*Op.LockArg].Var;
  else if (!Op.LockArg)
    return L;
  if (At == NoPlace)
    return std::nullopt;
  L.Lock = F.Places[At].Text;
  L.Roots = rootsOf(F, At);
  return L;
}

std::optional<LockOperation> wrapped(const Function &F, const Event &Call, const NetLock &Net) {
  LockOperation L;
  L.Function = Net.Function;
  L.Action = Net.Action;
  if (!Net.Param) {
    L.Lock = Net.Path;
    return L;
  }
  const Arg *A = *Net.Param < Call.Args.size() ? &Call.Args[*Net.Param] : nullptr;
  if (A == nullptr || A->Var == NoPlace)
    return std::nullopt;
  L.Lock = F.Places[A->Var].Text;
  L.Roots = rootsOf(F, A->Var);
  llvm::StringRef Path = Net.Path;
  if (A->ByAddress && Path.consume_front("->"))
    L.Lock += ".";
  L.Lock += Path;
  return L;
}

/// Which of these may be true of a point, over the paths that come to it.
enum : uint8_t { Untouched = 1, Held = 2, Released = 4, Unclear = 8 };

std::optional<NetLock> outside(const Function &F, const LockOperation &L) {
  NetLock Net;
  Net.Function = L.Function;
  if (L.Roots.empty() || (L.Roots.size() == 1 && F.Places[L.Roots.front()].Kind == PlaceKind::Global)) {
    Net.Path = L.Lock;
    return Net;
  }
  if (L.Roots.size() != 1 || F.Places[L.Roots.front()].Kind != PlaceKind::Param)
    return std::nullopt;
  const Place &Root = F.Places[L.Roots.front()];
  Net.Param = Root.Index;
  llvm::StringRef Path = L.Lock;
  if (!Path.consume_front(Root.Text) || !(Path.empty() || Path.starts_with("->")))
    return std::nullopt;
  Net.Path = Path.str();
  return Net;
}

} // namespace

std::vector<LockOperation> lockOperations(const Function &F, const Event &Call, const Model &Knowledge,
                                          const CalleeLocks &Callee) {
  std::vector<LockOperation> All;
  if (Call.Kind != EventKind::Call || Call.Callee.empty())
    return All;
  if (const LockFunction *Op = Knowledge.lockFunction(nameOfKey(Call.Callee))) {
    if (std::optional<LockOperation> L = known(F, Call, *Op))
      All.push_back(std::move(*L));
    return All;
  }
  if (const std::vector<NetLock> *Below = Callee(Call))
    for (const NetLock &Net : *Below)
      if (std::optional<LockOperation> L = wrapped(F, Call, Net))
        All.push_back(std::move(*L));
  return All;
}

namespace {

/// The locks that a function touches, and what becomes of each.
class Touched {
public:
  Touched(const Function &F, const Model &Knowledge, const CalleeLocks &Callee);
  [[nodiscard]] const std::vector<LockOperation> &locks() const { return Locks; }
  /// The states of one of them at the start of each block.
  [[nodiscard]] std::vector<std::optional<uint8_t>> states(const LockOperation &Lock) const;
  void pass(const LockOperation &Lock, uint8_t &Now, const Event &E) const;

private:
  const Function &F;
  std::vector<LockOperation> Locks;
  std::map<const Event *, std::vector<LockOperation>> At;
};

Touched::Touched(const Function &F, const Model &Knowledge, const CalleeLocks &Callee) : F(F) {
  for (const Block &B : F.Blocks)
    for (const Event &E : B.Events)
      for (LockOperation &L : lockOperations(F, E, Knowledge, Callee)) {
        if (std::none_of(Locks.begin(), Locks.end(), [&](const LockOperation &T) { return T.same(L); }))
          Locks.push_back(L);
        At[&E].push_back(std::move(L));
      }
}

void Touched::pass(const LockOperation &Lock, uint8_t &Now, const Event &E) const {
  if (E.Target != NoPlace && std::find(Lock.Roots.begin(), Lock.Roots.end(), E.Target) != Lock.Roots.end())
    Now = Unclear;
  auto Here = At.find(&E);
  if (Here == At.end())
    return;
  for (const LockOperation &L : Here->second) {
    if (!L.same(Lock))
      continue;
    if (L.Action == LockAction::TryTake)
      Now = Unclear;
    else if (L.Action == LockAction::Take)
      Now = Now == Untouched ? Held : Now == Released ? Untouched : Unclear;
    else
      Now = Now == Held ? Untouched : Now == Untouched ? Released : Unclear;
  }
}

std::vector<std::optional<uint8_t>> Touched::states(const LockOperation &Lock) const {
  return solveForward<uint8_t>(
      F, Untouched, [&](uint8_t &Now, const Event &E) { pass(Lock, Now, E); },
      [](const Block &, const Edge &, uint8_t Now) { return std::optional(Now); }, joinBits<uint8_t>);
}

} // namespace

std::vector<NetLock> netLocks(const Function &F, const Model &Knowledge, const CalleeLocks &Callee) {
  Touched All(F, Knowledge, Callee);
  std::vector<NetLock> Nets;
  for (const LockOperation &Lock : All.locks()) {
    std::optional<NetLock> Net = outside(F, Lock);
    if (!Net)
      continue;
    std::vector<std::optional<uint8_t>> Start = All.states(Lock);
    if (F.Exit >= Start.size() || !Start[F.Exit])
      continue;
    uint8_t End = *Start[F.Exit];
    if (End != Held && End != Released)
      continue;
    Net->Action = End == Held ? LockAction::Take : LockAction::Release;
    if (std::find(Nets.begin(), Nets.end(), *Net) == Nets.end())
      Nets.push_back(std::move(*Net));
  }
  return Nets;
}

std::map<uint32_t, std::vector<LockOperation>> heldLocks(const Function &F, const Model &Knowledge,
                                                         const CalleeLocks &Callee) {
  Touched All(F, Knowledge, Callee);
  std::map<uint32_t, std::vector<LockOperation>> At;
  for (const LockOperation &Lock : All.locks()) {
    std::vector<std::optional<uint8_t>> Start = All.states(Lock);
    for (size_t I = 0; I < F.Blocks.size(); ++I) {
      if (!Start[I])
        continue;
      uint8_t Now = *Start[I];
      for (const Event &E : F.Blocks[I].Events) {
        if (E.Kind == EventKind::Call && Now == Held)
          At[E.Id].push_back(Lock);
        All.pass(Lock, Now, E);
      }
    }
  }
  return At;
}

} // namespace gfplint
