// The statements of one function as its text has them: where lines can be put, and where not.
//
// It is read from the tokens of the text alone, without headers, so that `check` can show a fix without
// parsing the file again. What it takes for a statement is checked by Clang before anything is written.
#pragma once

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace gfplint {

enum class StatementKind : uint8_t {
  Compound,
  Declaration,
  Expression,
  Branch, ///< `if`, with its arms
  Loop,   ///< `for`, `while`, `do`, and macros like list_for_each_entry()
  Switch,
  Label, ///< `name:`, `case x:` and `default:`, without what follows
  Return,
  Jump, ///< goto, break, continue
  Empty,
};

/// Bytes from Begin to End of the text; End is behind the `;` or `}`.
struct TextStatement {
  StatementKind Kind = StatementKind::Empty;
  uint32_t Begin = 0;
  uint32_t End = 0;
  /// Its place among the function's statements; NoParent for the body.
  uint32_t Parent = 0;
  /// A Branch with an `else`.
  bool HasElse = false;
};
inline constexpr uint32_t NoStatement = ~0U;

class Layout {
public:
  /// `NameAt` is the function's name, `BraceAt` its closing brace. An error, on one line, where the text
  /// cannot be followed: `#else` within the body may do that.
  static llvm::Expected<Layout> read(llvm::StringRef Text, uint32_t NameAt, uint32_t BraceAt);

  [[nodiscard]] uint32_t size() const { return static_cast<uint32_t>(All.size()); }
  [[nodiscard]] const TextStatement &operator[](uint32_t Index) const { return All[Index]; }
  /// The whole body; its first statement is number 1.
  [[nodiscard]] const TextStatement &body() const { return All.front(); }
  /// The smallest statement around the byte that is no block; NoStatement where there is none. The
  /// condition of a Branch is in the Branch.
  [[nodiscard]] uint32_t at(uint32_t Offset) const;
  /// Whether it stands by itself in a block, so that another may be put before or after it.
  [[nodiscard]] bool inBlock(uint32_t Index) const {
    return All[All[Index].Parent].Kind == StatementKind::Compound;
  }
  /// Statements of a block, in order.
  [[nodiscard]] std::vector<uint32_t> children(uint32_t Index) const;
  /// The last declaration at the head of a block; NoStatement where it begins with something else.
  [[nodiscard]] uint32_t lastDeclaration(uint32_t Block) const;
  [[nodiscard]] llvm::StringRef text(uint32_t Index) const {
    return Text.slice(All[Index].Begin, All[Index].End);
  }
  /// What the line of the byte begins with: tabs and blanks.
  [[nodiscard]] llvm::StringRef indent(uint32_t Offset) const;
  /// Whether nothing but the indent stands before the byte on its line.
  [[nodiscard]] bool startsLine(uint32_t Offset) const;
  /// The first byte of the line behind the byte's own.
  [[nodiscard]] uint32_t nextLine(uint32_t Offset) const;
  /// Whether the function has the word, in its parameters or its body.
  [[nodiscard]] bool usesName(llvm::StringRef Name) const;

private:
  friend class LayoutReader;
  llvm::StringRef Text;
  std::vector<TextStatement> All;
  std::vector<llvm::StringRef> Words;
};

} // namespace gfplint
