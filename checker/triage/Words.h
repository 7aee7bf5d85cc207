// Words that users get wrong, and what they may have meant.
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <string>
#include <vector>

namespace gfplint {

/// `; did you mean 'NAME'?` with the nearest of the names, or nothing where none is near.
std::string suggestion(llvm::StringRef Word, llvm::ArrayRef<llvm::StringRef> Names);

std::vector<llvm::StringRef> ruleIds();
bool isRule(llvm::StringRef Id);

/// Whether a rule's id is the pattern, or of its family where that ends in `*`.
bool matchesRule(llvm::StringRef Pattern, llvm::StringRef Id);

/// `there is no rule 'ID'; did you mean 'OTHER'?`
std::string noSuchRule(llvm::StringRef Id);

} // namespace gfplint
