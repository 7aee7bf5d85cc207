// Paths as text: absolute, without `.` and `..`.
#pragma once

#include "llvm/ADT/StringRef.h"

#include <string>

namespace gfplint {

/// `Path`, taken relative to `Base` where it is relative, without `.`, `..` and a slash at its end.
/// Looks at the text alone: links are not followed.
std::string absolutePath(llvm::StringRef Path, llvm::StringRef Base);

/// Whether `Path` is `Folder` or lies below it: by whole names, so that fs/ext4 is not inside fs/ext.
/// Both as absolutePath() returns them.
bool isInside(llvm::StringRef Path, llvm::StringRef Folder);

} // namespace gfplint
