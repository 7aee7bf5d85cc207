// Where comments of a C file stand, and which statement each belongs to: enough of a lexer to know strings,
// comments, brackets and directives, and no preprocessor.
#pragma once

#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <vector>

namespace gfplint {

/// Lines, counted from 1, both ends included.
struct LineRange {
  uint32_t First = 0;
  uint32_t Last = 0;
  [[nodiscard]] bool holds(uint32_t Line) const { return First <= Line && Line <= Last; }
  friend bool operator==(const LineRange &, const LineRange &) = default;
};

struct CodeComment {
  /// With its `/*` and `*/`, or from `//` to the end of the line.
  llvm::StringRef Text;
  /// Of its first byte.
  uint32_t Offset = 0;
  LineRange Own;
  /// The statement that it belongs to: the one that it stands in or behind; where it stands alone on its
  /// lines, the one that begins on the line below, or below further comments. {0, 0} where there is none.
  LineRange Statement;
  /// Inside `#if`, other than a header's guard: whether the compiler saw it depends on the configuration.
  bool Conditional = false;
};

/// All comments of a file, in order. A statement ends at `;`, `{` or `}`, an element of an initialiser at its
/// comma. The text must outlive the result.
std::vector<CodeComment> findComments(llvm::StringRef Text);

} // namespace gfplint
