// The JSON of a compile_commands.json, taken apart, with nothing interpreted.
#pragma once

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace gfplint {

/// One object of the database.
struct RawEntry {
  std::string Directory;
  std::string File;
  /// The compiler call, split into words; the first is the compiler.
  std::vector<std::string> Words;
};

/// Hands each entry to `Take`, in the file's order. An error is one line without the file's name:
/// what is wrong, where, and what to do.
llvm::Error forEachRawEntry(llvm::StringRef Json, llvm::function_ref<void(RawEntry)> Take);

} // namespace gfplint
