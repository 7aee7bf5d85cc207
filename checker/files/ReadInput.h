// Reading a file that a user named: a database, a configuration, a patch.
#pragma once

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <string>

namespace gfplint {

/// All bytes of a file, `-` for standard input, of a pipe or of a device, but not of more than `MaxBytes`.
/// The error says why on one line, without the name.
llvm::Expected<std::string> readInput(llvm::StringRef Path, uint64_t MaxBytes);

} // namespace gfplint
