// Which function bodies of headers are worth parsing: headers are most of the cost of a unit.
#pragma once

#include "clang/AST/Decl.h"
#include "clang/Basic/SourceManager.h"

#include "llvm/ADT/DenseMap.h"

namespace gfplint {

/// Decides by the text of a body alone, so that the answer is the same in every unit. A body is
/// parsed where it may allocate, open a scope or lock, and wherever its text cannot be seen.
class BodyFilter {
public:
  /// Whether Clang may leave the body of `D` out. `D` stands right before its body.
  bool maySkip(const clang::FunctionDecl &D, const clang::SourceManager &Sources);

private:
  bool isSharedHeader(clang::FileID File, const clang::SourceManager &Sources);
  llvm::DenseMap<unsigned, bool> Shared;
};

} // namespace gfplint
