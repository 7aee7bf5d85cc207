// C read as text: enough to ask a kernel tree what a function does without a compiler.
#pragma once

#include "llvm/ADT/StringRef.h"

#include <optional>
#include <string>

namespace gfplint {

/// The text with comments and the insides of string and character literals replaced by spaces; of
/// the same length, with the same line ends.
std::string blankComments(llvm::StringRef Text);

/// The body, braces included, of the definition of `Name` in blanked text. A definition is found by
/// the kernel's style: the line that has the name begins in column 1. Nothing where the file only
/// declares or calls it.
std::optional<llvm::StringRef> functionBody(llvm::StringRef Blanked, llvm::StringRef Name);

/// Whether blanked text has the C tokens of `Words` one after another, however they are spaced.
bool hasTokens(llvm::StringRef Blanked, llvm::StringRef Words);

} // namespace gfplint
