// Words that users get wrong, and what they may have meant.
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <string>

namespace gfplint {

/// `; did you mean 'NAME'?` with the nearest of the names, or nothing where none is near.
std::string suggestion(llvm::StringRef Word, llvm::ArrayRef<llvm::StringRef> Names);

} // namespace gfplint
