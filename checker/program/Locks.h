// Which locks a call takes or releases, as the calling function names them: those of functions that the
// model knows, and those of wrappers around them.
#pragma once

#include "ir/Ir.h"
#include "model/Model.h"

#include <functional>
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
  /// TryTake: it is taken where, and only where, the function returns 0; else where it returns something
  /// else.
  bool TakenOnZero = false;
  /// Not on every path.
  bool Maybe = false;
  /// Reached neither through a parameter nor through a global variable.
  bool Nameless = false;
  friend bool operator==(const NetLock &, const NetLock &) = default;
};

/// What is known of the function that a call calls; null where nothing is.
using CalleeLocks = std::function<const std::vector<NetLock> *(const Event &Call)>;

/// Whether a branch that goes `Way` tells that the lock, which `Take` tried for, was got; nothing where the
/// branch is about something else.
std::optional<bool> lockGot(const Event &Take, bool TakenOnZero, const Condition &C, EdgeKind Way);

/// Variables whose lives end in a call: `guard(spinlock)(&lock)`.
std::vector<PlaceId> guardVariables(const Function &F);

/// All that a call does to locks, also to those that have no name in the function, and on some paths only.
/// `Guards` are the function's guardVariables().
std::vector<LockOperation> everyLockOperation(const Function &F, const Event &Call, const Model &Knowledge,
                                              const CalleeLocks &Callee, const std::vector<PlaceId> &Guards);

/// What a call does to locks. Nothing is said of locks that have no name in the function, nor of those that a
/// wrapper takes or releases on some of its paths.
std::vector<LockOperation> lockOperations(const Function &F, const Event &Call, const Model &Knowledge,
                                          const CalleeLocks &Callee);

} // namespace gfplint
