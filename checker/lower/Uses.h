// Every restricted mask that was typed in a unit, and what is done with it.
#pragma once

#include "lower/UnitContext.h"

#include "clang/Lex/Preprocessor.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallVector.h"

#include <memory>

namespace gfplint {

/// Words that the preprocessor sees: in macro bodies, and in text that it skips.
class WordRecorder {
public:
  /// Installs the callbacks that fill this; it must outlive the preprocessing.
  void watch(clang::Preprocessor &Pp);

  struct Word {
    clang::SourceLocation At;
    std::string Name;
  };
  std::vector<Word> InMacros;
  std::vector<clang::SourceRange> Skipped;
};

/// Lists the uses in the unit's declarations, then the words that the AST does not show. Also
/// fills in the ops tables and masks of initialisers, and the functions whose address escapes.
void lowerUses(UnitContext &Context, const WordRecorder &Words, Part &Out);

/// GFP_NOFS, GFP_NOIO or GFP_NOWAIT.
bool isRestrictedWord(llvm::StringRef Name);

} // namespace gfplint
