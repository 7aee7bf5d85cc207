// Lines, columns and regions of the files that a report names, in the units that its forms want.
#pragma once

#include "report/SourceTexts.h"

#include <vector>

namespace gfplint {

/// A piece of one file. Lines and columns count from 1; the end is behind the last byte, or character.
struct Region {
  uint32_t Line = 0;
  uint32_t Column = 0;
  uint32_t EndLine = 0;
  uint32_t EndColumn = 0;
};

class SourceLines {
public:
  explicit SourceLines(const Report &R) : Texts(R) {}

  /// The line of a place, without its end; empty where the file cannot be read.
  llvm::StringRef line(Loc At) { return line(At.File, At.Line); }
  /// The word or the sign at a place, columns in bytes. One byte where the file cannot be read.
  Region wordAt(Loc At);
  /// What an edit replaces, columns in bytes; nothing where the file cannot be read or is too short.
  std::optional<Region> region(const Edit &E);
  /// A region with columns in bytes, with columns in characters: Unicode's code points, and bytes that are no
  /// UTF-8. As it is where the file cannot be read.
  Region inCharacters(FileId File, Region Bytes);
  /// All edits as one, with the text between them; they are of one file, in order, and region() has each.
  Edit asOne(llvm::ArrayRef<Edit> Edits);

private:
  llvm::StringRef line(FileId File, uint32_t Line);
  /// Where each line begins; empty where the file cannot be read.
  const std::vector<uint32_t> &starts(FileId File);

  SourceTexts Texts;
  std::map<FileId, std::vector<uint32_t>> Starts;
};

/// How many characters the bytes are; one that is no UTF-8 counts as one.
uint32_t characters(llvm::StringRef Bytes);

/// A fix's edits by file and place. Those that touch are joined: for other tools, two insertions at one place
/// have no order.
std::vector<Edit> joinedEdits(const Report &R, const Fix &X);

} // namespace gfplint
