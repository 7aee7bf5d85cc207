// Stretches of a function over which it holds a lock or a transaction: where a scope could be opened before
// it is taken and closed after it is released.
#pragma once

#include "program/Program.h"

namespace gfplint {

/// Every path that comes to Take goes on over exactly one of Releases, or, where the lock was not got,
/// through the arm of one of Failures.
struct LockRegion {
  const Event *Take = nullptr;
  std::vector<const Event *> Releases;
  /// Branches that are taken where, and only where, the lock was not got.
  std::vector<const Condition *> Failures;
  /// `mutex`, `rwsem`, `transaction`, ...
  std::string Kind;
  /// As the source names it; empty where the lock has no name (rcu).
  std::string Lock;
  /// The result of Take is the lock: a handle.
  bool IsHandle = false;
  /// The scope that whoever takes it opens.
  std::optional<ScopeKind> Opens;
  /// Calls that are surely made with the lock taken, by Event::Id, in the order of the blocks.
  std::vector<const Event *> Inside;

  [[nodiscard]] bool covers(const Event &Call) const;
};

/// The regions of the function's locks under which sleeping is allowed, in the order of the blocks. A lock
/// whose ends cannot all be seen has none.
std::vector<LockRegion> lockRegions(const Program &P, FunctionId Id);

} // namespace gfplint
