// Stretches of a function over which it holds a lock: where a scope could be opened before the lock is
// taken and closed after it is released.
#pragma once

#include "program/Program.h"

namespace gfplint {

/// Every path that comes to Take leaves the function over exactly one of Releases, or, where the lock was
/// not got, over one of Returns.
struct LockRegion {
  const Event *Take = nullptr;
  std::vector<const Event *> Releases;
  std::vector<const Event *> Returns;
  /// `mutex`, `rwsem`, ...
  std::string Kind;
  /// As the source names it; empty where the lock has no name (rcu).
  std::string Lock;
  /// Calls that are surely made with the lock taken, by Event::Id, in the order of the blocks.
  std::vector<const Event *> Inside;

  [[nodiscard]] bool covers(const Event &Call) const;
};

/// The regions of the function's locks under which sleeping is allowed, in the order of the blocks. A lock
/// whose ends cannot all be seen has none.
std::vector<LockRegion> lockRegions(const Function &F, const Model &Knowledge);

} // namespace gfplint
