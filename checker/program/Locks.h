// Which locks a call takes or releases, as the calling function names them: those of functions that the
// model knows, and those of wrappers around them.
#pragma once

#include "ir/Ir.h"
#include "model/Model.h"

#include <functional>
#include <map>
#include <set>
#include <vector>

namespace gfplint {

/// A lock and what is done to it, in the terms of one function.
struct LockOperation {
  /// The model's function, at the bottom of wrappers.
  const LockFunction *Function = nullptr;
  LockAction Action = LockAction::Take;
  /// As the source of the function would name it; empty where the lock has no name (rcu).
  std::string Lock;
  /// The variables that the name goes through.
  std::vector<PlaceId> Roots;
  /// TryTake: it is taken where the result is 0.
  bool TakenOnZero = false;
  /// On some ways through a wrapper only.
  bool Maybe = false;
  /// The lock has a name that the function does not know: a wrapper found it by itself.
  bool Nameless = false;

  /// It can be taken several times: it has no object.
  [[nodiscard]] bool nests() const { return !Function->LockArg && !Function->IsResult; }
  /// Whether both are about one lock, or, where it has no known name, about locks of one kind.
  [[nodiscard]] bool same(const LockOperation &Other) const {
    return Function->Kind == Other.Function->Kind && Nameless == Other.Nameless && Lock == Other.Lock &&
           Roots == Other.Roots;
  }
};

/// A lock that a function takes and leaves held, or releases without having taken it.
struct NetLock {
  const LockFunction *Function = nullptr;
  LockAction Action = LockAction::Take;
  /// The parameter that the lock is reached through, and how: `->i_rwsem`; no parameter for a global.
  std::optional<unsigned> Param;
  std::string Path;
  /// TryTake: it is taken where, and only where, the function returns 0; else where it returns something else.
  bool TakenOnZero = false;
  /// Not on every path.
  bool Maybe = false;
  /// Reached neither through a parameter nor through a global variable.
  bool Nameless = false;
  friend bool operator==(const NetLock &, const NetLock &) = default;
};

/// What is known of the function that a call calls; null where nothing is.
using CalleeLocks = std::function<const std::vector<NetLock> *(const Event &Call)>;

enum class LockSet : uint8_t { All, Atomic };

/// Whether a branch that goes `Way` tells that the lock, which `Take` tried for, was got; nothing where the
/// branch is about something else.
std::optional<bool> lockGot(const Event &Take, bool TakenOnZero, const Condition &C, EdgeKind Way);

/// Each lock that a function touches, what becomes of it, and where it is surely held.
class LockFlow {
public:
  /// All must outlive this.
  LockFlow(const Function &F, const Model &Knowledge, const CalleeLocks &Callee, LockSet Which);

  /// In the order in which the function names them.
  [[nodiscard]] const std::vector<LockOperation> &locks() const { return Locks; }
  /// What the function does to its caller's locks. Where that differs between paths, they are told apart.
  [[nodiscard]] std::vector<NetLock> nets() const;
  /// A call that takes the lock with this index in locks(): of several the last before the line, else the
  /// first.
  [[nodiscard]] const Event *taker(uint32_t Lock, uint32_t Line) const;

  struct AtCall {
    /// Indices of locks() that are surely held.
    std::vector<uint32_t> Held;
    /// Some way here released a lock that the function had not taken.
    bool DropsCallers = false;
  };
  /// By Event::Id; calls without anything to say are left out.
  [[nodiscard]] std::map<uint32_t, AtCall> atCalls() const;

private:
  struct Step {
    LockOperation Does;
    /// Index into Locks.
    uint32_t Lock = 0;
    /// It releases what the function does not surely hold under this name.
    bool Stray = false;
  };
  [[nodiscard]] std::vector<std::optional<uint8_t>> states(uint32_t Lock) const;
  void pass(uint32_t Lock, uint8_t &Now, const Event &E) const;
  [[nodiscard]] uint8_t follow(uint32_t Lock, const Block &B, const Edge &E, uint8_t Now) const;
  [[nodiscard]] bool mayBe(const LockOperation &Lock, const Step &Released) const;
  /// How some path leaves the function: the state of each lock, and whether it returns something else than 0.
  struct WayOut {
    std::vector<uint8_t> States;
    std::optional<bool> Nonzero;
    friend auto operator<=>(const WayOut &, const WayOut &) = default;
  };
  /// Of the locks that are asked about; nothing where there are too many paths.
  [[nodiscard]] std::optional<std::set<WayOut>> waysOut(const std::vector<bool> &Asked) const;

  void findStrays();
  [[nodiscard]] bool believed(uint32_t Lock) const;
  void noteAssertion(const Block &In, const Event &E, uint32_t Lock);

  const Function &F;
  /// Blocks whose branch is part of an assertion of the lock.
  std::vector<std::pair<const Block *, uint32_t>> Assertions;
  std::vector<LockOperation> Locks;
  /// Whether something in the function takes the lock by this name.
  std::vector<bool> Taken;
  std::map<const Event *, std::vector<Step>> At;
};

/// What a call does to locks. Nothing is said of locks that have no name in the function, nor of those that a
/// wrapper takes or releases on some of its paths.
std::vector<LockOperation> lockOperations(const Function &F, const Event &Call, const Model &Knowledge,
                                          const CalleeLocks &Callee);

} // namespace gfplint
