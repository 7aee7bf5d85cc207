// Which contents of files have an ignore: looking at a tree's files again costs the time of a lookup each.
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>

namespace gfplint {

/// Pure values; where its bytes are kept is the caller's business.
class MentionIndex {
public:
  /// The first bytes of a content's hash. The lowest bit is not used.
  using Key = uint64_t;
  static Key keyOf(llvm::ArrayRef<uint8_t> Hash);

  MentionIndex() = default;
  /// From bytes(); what is no such thing is as if nothing were known.
  explicit MentionIndex(llvm::StringRef Bytes);

  /// Whether this content has the word; nothing where it was not looked at yet.
  [[nodiscard]] std::optional<bool> has(Key K);
  void add(Key K, bool HasWord);
  /// Whether anything was added.
  [[nodiscard]] bool changed() const { return Changed; }
  /// Sorted: the same knowledge is the same bytes. Contents that nobody asked for in this run are left out
  /// where there are many.
  [[nodiscard]] std::string bytes() const;

private:
  struct Fact {
    bool HasWord = false;
    bool Asked = false;
  };
  std::unordered_map<Key, Fact> Known;
  bool Changed = false;
};

} // namespace gfplint
