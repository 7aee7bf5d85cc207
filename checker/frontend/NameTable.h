// Names with a text each, kept as one text, so that reading 100,000 of them back costs nothing.
#pragma once

#include "llvm/ADT/StringRef.h"

#include <string>
#include <utility>
#include <vector>

namespace gfplint {

class NameTable {
public:
  NameTable() = default;
  /// Names are given once each, in any order; neither they nor their texts have tabs or newlines.
  explicit NameTable(std::vector<std::pair<std::string, std::string>> Entries);
  /// `Text` is another table's text().
  static NameTable fromText(std::string Text);

  [[nodiscard]] bool contains(llvm::StringRef Name) const { return lineOf(Name) != llvm::StringRef::npos; }
  /// The name's text; empty for a name that is not there.
  [[nodiscard]] llvm::StringRef operator[](llvm::StringRef Name) const;
  /// `name TAB text` lines, sorted by name.
  [[nodiscard]] const std::string &text() const { return Lines; }
  friend bool operator==(const NameTable &, const NameTable &) = default;

private:
  [[nodiscard]] size_t lineOf(llvm::StringRef Name) const;
  std::string Lines;
};

} // namespace gfplint
