// Which locks a call takes or releases, as the calling function names them: those of functions that the
// model knows, and those of wrappers around them.
#pragma once

#include "ir/Ir.h"
#include "model/Model.h"

#include <functional>
#include <map>
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

  /// Whether both are about one lock.
  [[nodiscard]] bool same(const LockOperation &Other) const {
    return Function->Kind == Other.Function->Kind && Lock == Other.Lock && Roots == Other.Roots;
  }
};

/// A lock that a function takes and leaves held on every path, or releases without having taken it.
struct NetLock {
  const LockFunction *Function = nullptr;
  LockAction Action = LockAction::Take;
  /// The parameter that the lock is reached through, and how: `->i_rwsem`; no parameter for a global.
  std::optional<unsigned> Param;
  std::string Path;
  friend bool operator==(const NetLock &, const NetLock &) = default;
};

/// What is known of the function that a call calls; null where nothing is.
using CalleeLocks = std::function<const std::vector<NetLock> *(const Event &Call)>;

/// Locks whose argument has no name in the function are left out.
std::vector<LockOperation> lockOperations(const Function &F, const Event &Call, const Model &Knowledge,
                                          const CalleeLocks &Callee);

/// What the function does to its caller's locks.
std::vector<NetLock> netLocks(const Function &F, const Model &Knowledge, const CalleeLocks &Callee);

/// The locks that are surely held at each call, by Event::Id, in the order in which the function names them.
/// A lock that is only tried for is left out.
std::map<uint32_t, std::vector<LockOperation>> heldLocks(const Function &F, const Model &Knowledge,
                                                         const CalleeLocks &Callee);

} // namespace gfplint
