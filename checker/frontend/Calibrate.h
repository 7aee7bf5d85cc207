// The names and values of the GFP flags in one tree, read from the tree itself.
#pragma once

#include "frontend/Parse.h"

#include "gfp/Mask.h"
#include "llvm/Support/Error.h"

namespace gfplint {

/// Compiles a virtual file that includes <linux/gfp.h> under the entry's own flags and evaluates
/// every `__GFP_*` and `GFP_*` macro that it finds there: right for the plain macros of 6.1, the enum
/// bits since 6.10, and any configuration.
llvm::Expected<FlagTable> calibrate(Parser &P, const Entry &E);

} // namespace gfplint
