// A flag of the task that a function sets and takes back by hand: the ways out on which it stays set.
#pragma once

#include "flow/Walk.h"

#include <functional>

namespace gfplint {

enum class FlagChange : uint8_t { None, Set, Cleared };

struct FlagLeftSet {
  const Event *Set = nullptr;
  /// The return statement, or the closing brace.
  Loc At;
  std::vector<BranchTaken> Way;
};

/// Each way out once, of several paths to it a shortest one. `Change` says what an event does to the flag.
/// Nothing where the function has too many paths.
std::optional<std::vector<FlagLeftSet>> flagLeftSet(const Function &F,
                                                    const std::function<FlagChange(const Event &)> &Change);

/// Whether every event that takes the flag back is come to with the flag set by the function on every path,
/// and no path leaves with it set.
bool alwaysSetWhereCleared(const Function &F, const std::function<FlagChange(const Event &)> &Change);

} // namespace gfplint
