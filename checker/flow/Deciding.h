// Which branches of a function decide anything about the blocks that somebody looks at.
#pragma once

#include "ir/Ir.h"

#include <vector>

namespace gfplint {

/// For each block whether its branch decides which of the blocks of `Matter`, or which end of the function,
/// is come to next, possibly through other such branches. All ways out of any other branch come to the
/// same one. (A weakly control-closed set in the sense of Danicic et al., 2011.)
std::vector<bool> decidingBranches(const Function &F, const std::vector<bool> &Matter);

} // namespace gfplint
