// What rules/compiler/flags.yaml says of each word of a compiler call.
#pragma once

#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Error.h"

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace gfplint {

/// What becomes of a word.
struct FlagDecision {
  bool Drop = false;
  /// The next word belongs to it and shares its fate.
  bool TakesArgument = false;
};

/// Whole words and beginnings of words, each with a decision.
class WordTable {
public:
  void addWhole(llvm::StringRef Word, FlagDecision Decision);
  void addPrefix(llvm::StringRef Prefix, FlagDecision Decision);
  /// A whole word wins over a prefix, a longer prefix over a shorter one; nothing fits: keep.
  [[nodiscard]] FlagDecision decide(llvm::StringRef Word) const;

private:
  struct Prefix {
    std::string Text;
    FlagDecision Decision;
  };
  llvm::StringMap<FlagDecision> Whole;
  /// By the prefix's second character (0 where it has none), the longest first.
  std::array<std::vector<Prefix>, 256> Prefixes;
};

struct FlagRules {
  /// Words of a compile.
  WordTable Words;
  /// Words that stand behind -Xclang.
  WordTable BehindXclang;
  /// Words that Kbuild hands to sparse alone.
  WordTable OfSparse;
  llvm::StringMap<bool> Launchers;
  /// Clang's target by sparse's name of the machine.
  llvm::StringMap<std::string> Targets;
  /// Macros that get the same value in every command.
  llvm::StringMap<bool> EvenOut;
};

/// Reads the text of a flags.yaml; `Name` is for errors, which are one line `name:line:column: what`.
llvm::Expected<FlagRules> parseFlagRules(llvm::StringRef Text, llvm::StringRef Name);

/// The rules as compiled in.
const FlagRules &builtinFlagRules();

} // namespace gfplint
