// A unified diff of one file, made from its edits: what `fix --dry-run` prints and reports show.
#pragma once

#include "program/Finding.h"

#include "llvm/ADT/ArrayRef.h"

namespace gfplint {

/// Hunks with three lines of context, below `--- a/NAME` and `+++ b/NAME`; empty where both texts are the
/// same. `Edits` are what makes `After` of `Before`: sorted by offset, none overlap.
std::string unifiedDiff(llvm::StringRef Name, llvm::StringRef Before, llvm::StringRef After,
                        llvm::ArrayRef<Edit> Edits);

} // namespace gfplint
