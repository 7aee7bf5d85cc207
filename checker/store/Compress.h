// Bytes made small for the store: zstd where LLVM has it and it helps, else as they are.
#pragma once

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <string>

namespace gfplint {

std::string compress(llvm::StringRef Raw);

/// What was given to compress(); an error for bytes that it never returned.
llvm::Expected<std::string> uncompress(llvm::StringRef Packed);

} // namespace gfplint
