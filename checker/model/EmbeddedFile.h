// A file compiled into the program by EmbedFiles.cmake.
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

namespace gfplint {

struct EmbeddedFile {
  /// The base name.
  llvm::StringRef Name;
  llvm::StringRef Text;
};

} // namespace gfplint
