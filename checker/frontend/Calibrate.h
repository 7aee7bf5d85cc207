// The names and values of the GFP flags in one tree, read from the tree itself.
#pragma once

#include "frontend/Parse.h"

#include "gfp/Mask.h"
#include "llvm/Support/Error.h"

namespace gfplint {

/// What a tree's <linux/gfp.h> says.
struct Calibration {
  std::vector<std::pair<std::string, uint64_t>> Values;
  /// The files that were read; absolute.
  std::vector<std::string> Files;
};

/// Compiles a virtual file that includes <linux/gfp.h> under the entry's own flags and evaluates
/// every `__GFP_*` and `GFP_*` macro that it finds there: right for the plain macros of 6.1, the enum
/// bits since 6.10, and any configuration.
llvm::Expected<Calibration> calibrate(Parser &P, const Entry &E);

/// The same with the options of a unit that is being compiled.
llvm::Expected<Calibration> calibrateLike(const clang::Preprocessor &Unit, llvm::StringRef Directory);

/// The table of what calibrate() found.
FlagTable flagTable(const Calibration &C);

} // namespace gfplint
