// States of each lock over the blocks of a function; where they differ between paths, over its paths.
#include "program/LockFlow.h"

#include "flow/Forward.h"
#include "flow/Walk.h"
#include "program/Program.h"

#include <algorithm>

namespace gfplint {
namespace {

/// Paths looked at in a function whose locks differ between paths.
constexpr size_t MaxStates = 400;
constexpr size_t MaxBlocks = 48;

/// Which of these may be true of a point, over the paths that come to it.
enum : uint8_t {
  Untouched = 1,
  Held = 2,
  Released = 4,
  Unclear = 8,
  Trying = 16,
  Given = 32, ///< by the caller, as an assertion says
};

/// Preemption and RCU read sides nest, locks do not. What is taken twice is held until the first release:
/// less than is true, never more.
uint8_t afterTake(const LockOperation &L, uint8_t Now) {
  uint8_t To = 0;
  if ((Now & Untouched) != 0)
    To |= Held;
  if ((Now & Released) != 0)
    To |= Untouched;
  if ((Now & Held) != 0)
    To |= L.nests() ? Held : Unclear;
  if ((Now & (Unclear | Trying | Given)) != 0)
    To |= Unclear;
  return To;
}

uint8_t afterRelease(const LockOperation &L, uint8_t Now) {
  uint8_t To = 0;
  if ((Now & (Untouched | Given)) != 0)
    To |= Released;
  if ((Now & Held) != 0)
    To |= Untouched;
  if ((Now & Released) != 0)
    To |= L.nests() ? Released : Unclear;
  if ((Now & (Unclear | Trying)) != 0)
    To |= Unclear;
  return To;
}

uint8_t afterTry(uint8_t Now) {
  return static_cast<uint8_t>((Now & Untouched) != 0 ? Trying : 0) |
         static_cast<uint8_t>((Now & ~Untouched) != 0 ? Unclear : 0);
}

uint8_t afterAssert(uint8_t Now) { return (Now & Untouched) != 0 ? (Now & ~Untouched) | Given : Now; }

uint8_t after(const LockOperation &L, uint8_t Now) {
  if (L.Action == LockAction::Assert)
    return afterAssert(Now);
  uint8_t Then = L.Action == LockAction::Take      ? afterTake(L, Now)
                 : L.Action == LockAction::TryTake ? afterTry(Now)
                                                   : afterRelease(L, Now);
  return L.Maybe ? Then | Now : Then;
}

/// As a caller would name it.
NetLock outside(const Function &F, const LockOperation &L) {
  NetLock Net;
  Net.Function = L.Function;
  if (!L.Nameless && L.Roots.empty()) {
    Net.Path = L.Lock;
    return Net;
  }
  const Place *Root = L.Roots.size() == 1 ? &F.Places[L.Roots.front()] : nullptr;
  llvm::StringRef Path = L.Lock;
  if (Root != nullptr && Root->Kind == PlaceKind::Global) {
    Net.Path = L.Lock;
  } else if (Root != nullptr && Root->Kind == PlaceKind::Param && Path.consume_front(Root->Text) &&
             (Path.empty() || Path.starts_with("->"))) {
    Net.Param = Root->Index;
    Net.Path = Path.str();
  } else {
    Net.Nameless = true;
  }
  return Net;
}

llvm::StringRef lastMember(llvm::StringRef Lock) {
  size_t At = Lock.find_last_of(".>");
  return At == llvm::StringRef::npos ? "" : Lock.substr(At + 1);
}

} // namespace

LockFlow::LockFlow(const Function &F, const Model &Knowledge, const CalleeLocks &Callee, LockSet Which)
    : F(F) {
  std::vector<PlaceId> Guards = guardVariables(F);
  for (const Block &B : F.Blocks)
    for (const Event &E : B.Events)
      for (LockOperation &L : everyLockOperation(F, E, Knowledge, Callee, Guards)) {
        if (Which == LockSet::Atomic && !L.Function->Atomic)
          continue;
        auto Known =
            std::find_if(Locks.begin(), Locks.end(), [&](const LockOperation &T) { return T.same(L); });
        auto Index = static_cast<uint32_t>(Known - Locks.begin());
        if (Known == Locks.end()) {
          Locks.push_back(L);
          Taken.push_back(false);
        }
        Taken[Index] = Taken[Index] || L.Action == LockAction::Take || L.Action == LockAction::TryTake;
        if (L.Action == LockAction::Assert)
          noteAssertion(B, E, Index);
        if (L.Action == LockAction::TryTake)
          Tries.push_back({&E, Index, L.TakenOnZero});
        At[&E].push_back({std::move(L), Index});
      }
  // Only a lock of the same kind can be meant by another name.
  bool Several = false;
  for (uint32_t A = 0; A < Locks.size(); ++A)
    for (uint32_t B = 0; B < A; ++B)
      if (Locks[A].Function->Kind == Locks[B].Function->Kind)
        Several = true;
  if (Several)
    findStrays();
}

/// Marks releases of what the function does not surely hold under that name.
void LockFlow::findStrays() {
  for (uint32_t Index = 0; Index < Locks.size(); ++Index)
    forEachEvent(
        F, states(Index), [&](uint8_t &Now, const Event &E) { pass(Index, Now, E); },
        [&](uint8_t Now, const Event &E) {
          if (auto Here = At.find(&E); Here != At.end())
            for (Step &S : Here->second)
              if (S.Lock == Index && S.Does.Action == LockAction::Release &&
                  (Now & (Untouched | Released)) != 0)
                S.Stray = true;
        });
}

/// An assertion is made only where lockdep is on: `if (debug_locks && !lock_is_held(lock))`. What it says
/// holds on both ways out of its own condition.
void LockFlow::noteAssertion(const Block &In, const Event &E, uint32_t Lock) {
  auto Index = static_cast<uint32_t>(&In - F.Blocks.data());
  for (const Block &B : F.Blocks)
    if (B.Branch && llvm::StringRef(B.Branch->Text).starts_with(E.Typed + "(") &&
        std::any_of(B.Succs.begin(), B.Succs.end(), [&](const Edge &S) { return S.To == Index; }))
      Assertions.push_back({&B, Lock});
}

/// Whether what is released under another name, under which the function does not surely hold it, may be this
/// lock.
bool LockFlow::mayBe(const LockOperation &Lock, const Step &Freed) const {
  if (Freed.Does.Action != LockAction::Release)
    return false;
  if (Freed.Does.Function->AlsoEnds == Lock.Function->Kind)
    return true;
  if (!Freed.Stray || Freed.Does.Function->Kind != Lock.Function->Kind)
    return false;
  llvm::StringRef Member = lastMember(Lock.Lock);
  llvm::StringRef FreedMember = lastMember(Freed.Does.Lock);
  return Member == FreedMember || Member.empty() || FreedMember.empty();
}

void LockFlow::pass(uint32_t Index, uint8_t &Now, const Event &E) const {
  const LockOperation &Lock = Locks[Index];
  // The name means another object from here on.
  if (E.Target != NoPlace && (Now & (Held | Trying | Given)) != 0 &&
      std::find(Lock.Roots.begin(), Lock.Roots.end(), E.Target) != Lock.Roots.end())
    Now = (Now & ~(Held | Trying | Given)) | Unclear;
  auto Here = At.find(&E);
  if (Here == At.end())
    return;
  for (const Step &S : Here->second) {
    if (S.Lock == Index)
      Now = after(S.Does, Now);
    else if (mayBe(Lock, S))
      Now = Now | ((Now & (Held | Given)) != 0 ? Untouched : 0);
  }
}

uint8_t LockFlow::follow(uint32_t Index, const Block &B, const Edge &E, uint8_t Now) const {
  for (const auto &[At, Lock] : Assertions)
    if (At == &B && Lock == Index)
      Now = afterAssert(Now);
  // What a macro tried may have been told apart, joined, and be asked for again.
  bool Open = (Now & Trying) != 0 || Now == (Held | Untouched);
  if (!B.Branch || !Open)
    return Now;
  for (const Try &T : Tries)
    if (T.Lock == Index)
      if (std::optional<bool> Got = lockGot(*T.Call, T.TakenOnZero, *B.Branch, E.Kind))
        return (Now & ~(Trying | Held | Untouched)) | (*Got ? Held : Untouched);
  return Now;
}

std::vector<std::optional<uint8_t>> LockFlow::states(uint32_t Index) const {
  return solveForward<uint8_t>(
      F, Untouched, [&](uint8_t &Now, const Event &E) { pass(Index, Now, E); },
      [&](const Block &B, const Edge &E, uint8_t Now) {
        return std::optional<uint8_t>(follow(Index, B, E, Now));
      },
      joinBits<uint8_t>);
}

std::optional<std::set<LockFlow::WayOut>> LockFlow::waysOut(const std::vector<bool> &Asked) const {
  std::vector<bool> Matter(F.Blocks.size(), false);
  for (size_t I = 0; I < F.Blocks.size(); ++I)
    Matter[I] = std::any_of(F.Blocks[I].Events.begin(), F.Blocks[I].Events.end(), [&](const Event &E) {
      if (E.Kind == EventKind::Return)
        return true;
      auto Here = At.find(&E);
      return Here != At.end() && std::any_of(Here->second.begin(), Here->second.end(),
                                             [&](const Step &S) { return Asked[S.Lock]; });
    });
  using States = std::vector<uint8_t>;
  using Path = Walk<States>::Path;
  Correlation Branches(F, std::move(Matter));
  Walk<States> Ways(F, Branches, MaxStates);
  auto Pass = [&](std::vector<Path> &Paths, const Event &E, size_t) {
    for (Path &Now : Paths) {
      if (E.Kind == EventKind::Return)
        Now.Nonzero = E.Constant          ? std::optional(*E.Constant != 0)
                      : E.From != NoPlace ? Branches.isNonzero(Now.Known, E.From)
                                          : Now.Nonzero;
      Branches.pass(Now.Known, E);
    }
    auto Here = At.find(&E);
    if (Here == At.end())
      return;
    for (const Step &S : Here->second) {
      if (!Asked[S.Lock])
        continue;
      size_t Count = Paths.size();
      for (size_t I = 0; I < Count; ++I) {
        uint8_t Old = Paths[I].Here[S.Lock];
        // Of a handle nothing is known by its being 0 or not: it may be an error.
        bool Tries = S.Does.Action == LockAction::TryTake && !S.Does.Function->IsResult;
        if (Tries || S.Does.Maybe || S.Does.Function->IsResult) {
          Path Not = Paths[I];
          if (Tries) {
            Branches.assume(Not.Known, E, S.Does.TakenOnZero);
            Branches.assume(Paths[I].Known, E, !S.Does.TakenOnZero);
          }
          if (Tries && E.ToReturn) {
            Not.Nonzero = S.Does.TakenOnZero;
            Paths[I].Nonzero = !S.Does.TakenOnZero;
          }
          Paths.push_back(std::move(Not));
        }
        Paths[I].Here[S.Lock] = S.Does.Action == LockAction::Release  ? afterRelease(S.Does, Old)
                                : S.Does.Action == LockAction::Assert ? afterAssert(Old)
                                                                      : afterTake(S.Does, Old);
      }
    }
  };
  std::set<WayOut> Out;
  auto Leave = [&](const Path &Now, size_t) { Out.insert({Now.Here, Now.Nonzero}); };
  if (!Ways.run(States(Locks.size(), Untouched), Pass, Leave))
    return std::nullopt;
  return Out;
}

std::vector<NetLock> LockFlow::nets() const {
  std::vector<uint8_t> Ends(Locks.size(), Untouched);
  std::vector<bool> Differs(Locks.size(), false);
  for (uint32_t Index = 0; Index < Locks.size(); ++Index) {
    std::vector<std::optional<uint8_t>> Start = states(Index);
    if (F.Exit >= Start.size() || !Start[F.Exit])
      return {};
    Ends[Index] = *Start[F.Exit];
    Differs[Index] =
        Ends[Index] != Untouched && Ends[Index] != Held && Ends[Index] != Released && Ends[Index] != Given;
  }
  std::optional<std::set<WayOut>> Ways;
  // Wrappers are small.
  if (F.Blocks.size() <= MaxBlocks && std::find(Differs.begin(), Differs.end(), true) != Differs.end())
    Ways = waysOut(Differs);
  std::vector<NetLock> Nets;
  auto Add = [&](NetLock Net, LockAction Action, bool Maybe, bool OnZero = false) {
    Net.Action = Action;
    Net.Maybe = Maybe;
    Net.TakenOnZero = OnZero;
    if (std::find(Nets.begin(), Nets.end(), Net) == Nets.end())
      Nets.push_back(std::move(Net));
  };
  for (uint32_t Index = 0; Index < Locks.size(); ++Index) {
    bool Apart = Ways && Differs[Index];
    uint8_t End = Apart ? 0 : Ends[Index];
    // Whether a path with, or without, the lock taken may return 0, or something else.
    bool HeldOnZero = false, HeldOnOther = false, FreeOnZero = false, FreeOnOther = false;
    for (const WayOut &W : Apart ? *Ways : std::set<WayOut>()) {
      End |= W.States[Index];
      bool IsHeld = W.States[Index] == Held;
      (IsHeld ? HeldOnZero : FreeOnZero) |= !W.Nonzero.value_or(false);
      (IsHeld ? HeldOnOther : FreeOnOther) |= W.Nonzero.value_or(true);
    }
    NetLock Net = outside(F, Locks[Index]);
    bool Told = Apart && (End & ~(Untouched | Held | Given)) == 0 && (End & Held) != 0 && End != Held;
    if (Told && !HeldOnZero && !FreeOnOther) {
      Add(Net, LockAction::TryTake, false, false);
      continue;
    }
    if (Told && !HeldOnOther && !FreeOnZero) {
      Add(Net, LockAction::TryTake, false, true);
      continue;
    }
    if ((End & Held) != 0)
      Add(Net, LockAction::Take, End != Held);
    // Who takes and releases a lock, but not on the same conditions as far as can be seen, leaves his
    // caller's alone.
    if (End == Released || ((End & Released) != 0 && !Taken[Index]))
      Add(Net, LockAction::Release, End != Released);
  }
  return Nets;
}

const Event *LockFlow::taker(uint32_t Lock, uint32_t Line) const {
  const Event *First = nullptr;
  const Event *Last = nullptr;
  auto Before = [](const Event *A, const Event *B) {
    return std::tuple(A->Where.At.Line, A->Id) < std::tuple(B->Where.At.Line, B->Id);
  };
  for (const auto &[E, Steps] : At)
    for (const Step &S : Steps) {
      if (S.Does.Action == LockAction::Release || S.Lock != Lock)
        continue;
      if (First == nullptr || Before(E, First))
        First = E;
      if (E->Where.At.Line <= Line && (Last == nullptr || Before(Last, E)))
        Last = E;
    }
  return Last != nullptr ? Last : First;
}

/// A lock that only a wrapper takes is believed where something releases one of its kind.
bool LockFlow::believed(uint32_t Index) const {
  bool Plain = false;
  bool Ends = false;
  for (const auto &[E, Steps] : At)
    for (const Step &S : Steps) {
      bool SameKind = S.Does.Function->Kind == Locks[Index].Function->Kind;
      Ends = Ends || (SameKind && S.Does.Action == LockAction::Release);
      Plain =
          Plain || (S.Lock == Index && S.Does.Action != LockAction::Release &&
                    (S.Does.Action == LockAction::Assert || nameOfKey(E->Callee) == S.Does.Function->Name));
    }
  return Plain || Ends;
}

std::map<uint32_t, LockFlow::AtCall> LockFlow::atCalls() const {
  std::map<uint32_t, AtCall> Calls;
  for (uint32_t Index = 0; Index < Locks.size(); ++Index) {
    bool Believed = believed(Index);
    forEachEvent(
        F, states(Index), [&](uint8_t &Now, const Event &E) { pass(Index, Now, E); },
        [&](uint8_t Now, const Event &E) {
          if (E.Kind != EventKind::Call)
            return;
          if (Believed && (Now & (Held | Given)) != 0 && (Now & ~(Held | Given)) == 0)
            Calls[E.Id].Held.push_back(Index);
          if ((Now & Released) != 0)
            Calls[E.Id].DropsCallers = true;
        });
  }
  return Calls;
}

} // namespace gfplint
