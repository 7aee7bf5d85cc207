// The nearest name by edit distance.
#include "triage/Words.h"

#include "Registry.h"

#include "llvm/ADT/STLExtras.h"

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

std::vector<llvm::StringRef> ruleIds() {
  std::vector<llvm::StringRef> All;
  for (const Rule &R : allRules())
    All.emplace_back(R.Id);
  return All;
}

bool isRule(llvm::StringRef Id) {
  return llvm::any_of(allRules(), [&](const Rule &R) { return Id == R.Id; });
}

bool matchesRule(llvm::StringRef Pattern, llvm::StringRef Id) {
  return Pattern.consume_back("*") ? Id.starts_with(Pattern) : Pattern == Id;
}

std::string noSuchRule(llvm::StringRef Id) {
  std::string Near = suggestion(Id, ruleIds());
  return ("there is no rule '" + Id + "'").str() + (Near.empty() ? "; `gfplint rules` lists them" : Near);
}

} // namespace gfplint
