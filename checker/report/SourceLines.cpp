// A file's lines are found once; columns are counted when they are asked for.
#include "report/SourceLines.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/ConvertUTF.h"

#include <algorithm>

namespace gfplint {

uint32_t characters(llvm::StringRef Bytes) {
  uint32_t Count = 0;
  const auto *At = reinterpret_cast<const llvm::UTF8 *>(Bytes.begin());
  const auto *End = reinterpret_cast<const llvm::UTF8 *>(Bytes.end());
  for (; At < End; ++Count)
    At += std::max(1U, llvm::getUTF8SequenceSize(At, End));
  return Count;
}

const std::vector<uint32_t> &SourceLines::starts(FileId File) {
  auto [It, New] = Starts.try_emplace(File);
  if (std::optional<llvm::StringRef> Text = New ? Texts.text(File) : std::nullopt) {
    It->second.push_back(0);
    for (size_t At = Text->find('\n'); At != llvm::StringRef::npos; At = Text->find('\n', At + 1))
      It->second.push_back(static_cast<uint32_t>(At + 1));
  }
  return It->second;
}

llvm::StringRef SourceLines::line(FileId File, uint32_t Line) {
  const std::vector<uint32_t> &Begins = starts(File);
  if (Line == 0 || Line > Begins.size())
    return "";
  return Texts.text(File)
      ->drop_front(Begins[Line - 1])
      .take_until([](char C) { return C == '\n'; })
      .rtrim('\r');
}

Region SourceLines::wordAt(Loc At) {
  llvm::StringRef Rest = line(At).drop_front(std::min<size_t>(At.Column - 1, line(At).size()));
  auto InWord = [](char C) { return llvm::isAlnum(C) || C == '_'; };
  size_t Length = Rest.take_while(InWord).size();
  // A sign may be one of several bytes.
  if (Length == 0 && !Rest.empty())
    Length = std::max(1U, llvm::getUTF8SequenceSize(reinterpret_cast<const llvm::UTF8 *>(Rest.begin()),
                                                    reinterpret_cast<const llvm::UTF8 *>(Rest.end())));
  return {At.Line, At.Column, At.Line, At.Column + static_cast<uint32_t>(std::max<size_t>(1, Length))};
}

std::optional<Region> SourceLines::region(const Edit &E) {
  const std::vector<uint32_t> &Begins = starts(E.At.File);
  uint64_t End = uint64_t(E.At.Offset) + E.Length;
  if (Begins.empty() || End > Texts.text(E.At.File)->size())
    return std::nullopt;
  auto Place = [&](uint32_t Offset) {
    auto Line =
        static_cast<uint32_t>(std::upper_bound(Begins.begin(), Begins.end(), Offset) - Begins.begin());
    return std::pair(Line, Offset - Begins[Line - 1] + 1);
  };
  auto [Line, Column] = Place(E.At.Offset);
  auto [EndLine, EndColumn] = Place(static_cast<uint32_t>(End));
  return Region{Line, Column, EndLine, EndColumn};
}

Region SourceLines::inCharacters(FileId File, Region Bytes) {
  auto Convert = [&](uint32_t Line, uint32_t Column) {
    llvm::StringRef Text = line(File, Line);
    // What is behind the line's text is counted as it is: the line's end, or all of an unknown line.
    uint32_t Behind = Column - 1 > Text.size() ? Column - 1 - static_cast<uint32_t>(Text.size()) : 0;
    return characters(Text.take_front(Column - 1)) + Behind + 1;
  };
  return {Bytes.Line, Convert(Bytes.Line, Bytes.Column), Bytes.EndLine,
          Convert(Bytes.EndLine, Bytes.EndColumn)};
}

Edit SourceLines::asOne(llvm::ArrayRef<Edit> Edits) {
  Edit All = Edits.front();
  llvm::StringRef Text = *Texts.text(All.At.File);
  for (const Edit &E : Edits.drop_front()) {
    uint32_t End = All.At.Offset + All.Length;
    All.Text += Text.slice(End, E.At.Offset).str() + E.Text;
    All.Length = E.At.Offset + E.Length - All.At.Offset;
  }
  return All;
}

std::vector<Edit> joinedEdits(const Report &R, const Fix &X) {
  std::vector<Edit> Sorted = X.Edits;
  std::stable_sort(Sorted.begin(), Sorted.end(), [&](const Edit &A, const Edit &B) {
    return std::pair(R.Files->name(A.At.File), A.At.Offset) <
           std::pair(R.Files->name(B.At.File), B.At.Offset);
  });
  std::vector<Edit> Joined;
  for (Edit &E : Sorted) {
    if (!Joined.empty() && Joined.back().At.File == E.At.File &&
        Joined.back().At.Offset + Joined.back().Length == E.At.Offset) {
      Joined.back().Length += E.Length;
      Joined.back().Text += E.Text;
    } else {
      Joined.push_back(std::move(E));
    }
  }
  return Joined;
}

} // namespace gfplint
