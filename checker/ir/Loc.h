// Where something stands in the source: pure values, and the table of file names behind them.
#pragma once

#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"

#include <compare>
#include <cstdint>
#include <string>
#include <vector>

namespace gfplint {

/// A file's number in a FileTable. 0 means no file.
using FileId = uint32_t;

/// One place in a file. Lines and columns count from 1, offsets are bytes from 0; line 0 means that
/// there is no place.
struct Loc {
  FileId File = 0;
  uint32_t Line = 0;
  uint32_t Column = 0;
  uint32_t Offset = 0;

  [[nodiscard]] bool valid() const { return Line != 0; }
  friend auto operator<=>(const Loc &, const Loc &) = default;
};

/// A piece of source as a reader sees it (`At`: in a macro, where the outermost macro is used) and
/// as somebody typed it (`Spelled`, `Length` bytes; Length 0 where it was typed nowhere in one
/// piece, for instance by a macro that adds `| __GFP_ZERO`).
struct Site {
  Loc At;
  Loc Spelled;
  uint32_t Length = 0;

  friend auto operator<=>(const Site &, const Site &) = default;
};

/// File names by number. Names are as the report shows them: relative to the kernel's source root
/// where they lie inside it, else absolute.
class FileTable {
public:
  FileTable() { Names.emplace_back(); }
  FileId intern(llvm::StringRef Name) {
    auto [It, New] = Ids.try_emplace(Name, static_cast<FileId>(Names.size()));
    if (New)
      Names.push_back(Name.str());
    return It->second;
  }
  [[nodiscard]] llvm::StringRef name(FileId Id) const { return Names[Id]; }
  [[nodiscard]] size_t size() const { return Names.size(); }

private:
  std::vector<std::string> Names;
  llvm::StringMap<FileId> Ids;
};

} // namespace gfplint
