// Lines that an edit makes too long are broken as the kernel breaks them.
#pragma once

#include "program/Finding.h"

#include "llvm/ADT/ArrayRef.h"

namespace gfplint {

/// checkpatch.pl's --max-line-length.
inline constexpr size_t MaxLineLength = 100;

/// The columns of a line as checkpatch.pl counts them: a tab goes on to the next multiple of 8.
size_t columnsOf(llvm::StringRef Line);

/// For each line of the text on which `Edits` replace something, and which is longer than MaxLineLength
/// then: edits that break it behind a comma or a `|`, below the bracket that is open there. A line that
/// cannot be broken so, because of a string or a comment for instance, stays as it is.
std::vector<Edit> breakLongLines(llvm::StringRef Text, llvm::ArrayRef<Edit> Edits);

} // namespace gfplint
