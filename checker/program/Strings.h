// Strings by number, each once: keys, names and fields of a whole program.
#pragma once

#include "ir/Index.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Allocator.h"

#include <optional>

namespace gfplint {

class Strings {
public:
  StringId intern(llvm::StringRef Text) {
    auto [It, New] = Ids.try_emplace(Text, static_cast<StringId>(Texts.size()));
    if (New)
      Texts.push_back(It->getKey());
    return It->second;
  }
  [[nodiscard]] std::optional<StringId> find(llvm::StringRef Text) const {
    auto It = Ids.find(Text);
    return It == Ids.end() ? std::nullopt : std::optional(It->second);
  }
  /// Stays valid as long as the table.
  [[nodiscard]] llvm::StringRef operator[](StringId Id) const { return Texts[Id]; }
  [[nodiscard]] size_t size() const { return Texts.size(); }

private:
  llvm::StringMap<StringId, llvm::BumpPtrAllocator> Ids;
  std::vector<llvm::StringRef> Texts;
};

} // namespace gfplint
