// What a function makes of a mask that it is handed: whether it looks at it, keeps it, or only allocates.
#pragma once

#include "program/Program.h"

namespace gfplint {

struct MaskFate {
  /// What would be decided otherwise if bits of the mask changed, in words: `foo() tests it for __GFP_IO`.
  /// Empty where nothing is.
  std::vector<std::string> Obstacles;
  /// Bits that tests ask for, changed or not, and who does.
  Mask Tested;
  std::string TestedBy;
  /// It reaches vmalloc or kvmalloc, which allocate page tables without it.
  bool ReachesVmalloc = false;
  /// The called function itself allocates with it what is not the value that it returns.
  bool MakesMore = false;
};

/// Follows argument `Argument` of the call while the callee's body stands in a header or in the file of
/// `In`; what others make of the mask is not known, and an obstacle.
MaskFate fateOf(const Program &P, FunctionId In, const Event &Call, unsigned Argument, Mask Changed);

} // namespace gfplint
