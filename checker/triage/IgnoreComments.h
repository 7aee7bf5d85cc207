// `gfplint-ignore: RULE[, RULE] -- reason` in the comments of a file.
#pragma once

#include "triage/CodeLines.h"

#include <string>
#include <vector>

namespace gfplint {

/// The word that every ignore has: a text without it has none.
constexpr llvm::StringLiteral IgnoreWord = "gfplint-ignore";

struct IgnoreComment {
  /// Of the word in the file; lines and columns count from 1, the offset from 0.
  uint32_t Line = 0;
  uint32_t Column = 0;
  uint32_t Offset = 0;
  /// Without `unused-ignore`.
  std::vector<std::string> Rules;
  std::string Reason;
  /// It names `unused-ignore`: it may stand there without a finding.
  bool MayBeUnused = false;
  /// Why it does not count, and what to write; empty where it does.
  std::string Problem;
  /// The lines of its comment and of the statement that this belongs to.
  LineRange Own;
  LineRange Statement;
  /// See CodeComment.
  bool Conditional = false;

  /// Whether findings on the line are meant.
  [[nodiscard]] bool covers(uint32_t At) const { return Own.holds(At) || Statement.holds(At); }
  [[nodiscard]] bool names(llvm::StringRef Rule) const;
};

/// All ignores of a file's text, in order, those with a problem included.
std::vector<IgnoreComment> readIgnores(llvm::StringRef Text);

} // namespace gfplint
