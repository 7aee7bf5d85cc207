// The nearest name by edit distance.
#include "triage/Words.h"

#include "llvm/ADT/Twine.h"

#include <algorithm>

namespace gfplint {

std::string suggestion(llvm::StringRef Word, llvm::ArrayRef<llvm::StringRef> Names) {
  llvm::StringRef Nearest;
  // More than a third of a word wrong is another word.
  unsigned Least = std::max<unsigned>(1, static_cast<unsigned>(Word.size() / 3)) + 1;
  for (llvm::StringRef Name : Names) {
    unsigned Distance = Word.edit_distance(Name, /*AllowReplacements=*/true, Least);
    if (Distance < Least) {
      Least = Distance;
      Nearest = Name;
    }
  }
  return Nearest.empty() ? "" : ("; did you mean '" + Nearest + "'?").str();
}

} // namespace gfplint
