// Works on the line as it will be, and remembers which byte of it was where.
#include "fix/LineLength.h"

#include <algorithm>
#include <set>

namespace gfplint {
namespace {

/// Where a new line would rather end, as most of the kernel's do.
constexpr size_t UsualLength = 80;

struct Byte {
  char C;
  /// Its place in the old text; nothing in what an edit puts there.
  std::optional<uint32_t> Was;
};

struct NewLine {
  std::vector<Byte> Bytes;

  [[nodiscard]] std::string text(size_t From, size_t To) const {
    std::string Out;
    for (size_t I = From; I < To; ++I)
      Out += Bytes[I].C;
    return Out;
  }
};

NewLine afterEdits(llvm::StringRef Text, uint32_t Begin, uint32_t End, llvm::ArrayRef<Edit> Edits) {
  NewLine L;
  for (uint32_t At = Begin; At < End;) {
    auto It = std::find_if(Edits.begin(), Edits.end(),
                           [&](const Edit &E) { return E.At.Offset == At && E.Length > 0; });
    if (It == Edits.end()) {
      L.Bytes.push_back({Text[At], At});
      ++At;
      continue;
    }
    for (char C : It->Text)
      L.Bytes.push_back({C, std::nullopt});
    At += It->Length;
  }
  return L;
}

/// Columns of the bracket that is open at the byte, counted from 0; nothing where none is.
std::optional<size_t> openBracket(const NewLine &L, size_t LineStart, size_t Indent, size_t At,
                                  std::vector<size_t> &Open) {
  for (size_t I = LineStart; I < At; ++I) {
    if (L.Bytes[I].C == '(')
      Open.push_back(Indent + columnsOf(L.text(LineStart, I)));
    else if (L.Bytes[I].C == ')' && !Open.empty())
      Open.pop_back();
  }
  return Open.empty() ? std::nullopt : std::optional(Open.back());
}

} // namespace

size_t columnsOf(llvm::StringRef Line) {
  size_t At = 0;
  for (char C : Line)
    At = C == '\t' ? (At / 8 + 1) * 8 : At + 1;
  return At;
}

std::vector<Edit> breakLongLines(llvm::StringRef Text, llvm::ArrayRef<Edit> Edits) {
  std::vector<Edit> Breaks;
  std::set<uint32_t> Seen;
  std::string NewLineText = Text.contains("\r\n") ? "\r\n" : "\n";
  for (const Edit &E : Edits) {
    if (E.Length == 0 || E.Text.empty() || llvm::StringRef(E.Text).contains('\n') ||
        Text.substr(E.At.Offset, E.Length).contains('\n'))
      continue;
    size_t Before = Text.rfind('\n', E.At.Offset);
    auto Begin = static_cast<uint32_t>(Before == llvm::StringRef::npos ? 0 : Before + 1);
    auto End = static_cast<uint32_t>(std::min(Text.find_first_of("\r\n", E.At.Offset), Text.size()));
    if (!Seen.insert(Begin).second)
      continue;
    NewLine L = afterEdits(Text, Begin, End, Edits);
    std::string Whole = L.text(0, L.Bytes.size());
    if (columnsOf(Whole) <= MaxLineLength || Whole.find_first_of("\"'") != std::string::npos ||
        Whole.find("/*") != std::string::npos || Whole.find("//") != std::string::npos)
      continue;
    std::vector<Edit> Here;
    std::vector<size_t> Open;
    size_t Start = 0;
    size_t Indent = 0;
    bool Fits = false;
    while (!(Fits = Indent + columnsOf(L.text(Start, L.Bytes.size())) <= MaxLineLength)) {
      std::optional<size_t> Best;
      for (size_t Limit : {UsualLength, MaxLineLength}) {
        for (size_t I = Start + 1; I < L.Bytes.size(); ++I) {
          bool MayBreak =
              L.Bytes[I].C == ' ' && L.Bytes[I].Was && (L.Bytes[I - 1].C == ',' || L.Bytes[I - 1].C == '|');
          std::vector<size_t> Brackets = Open;
          if (MayBreak && Indent + columnsOf(L.text(Start, I)) <= Limit &&
              openBracket(L, Start, Indent, I, Brackets))
            Best = I;
        }
        if (Best)
          break;
      }
      if (!Best)
        break;
      std::optional<size_t> Bracket = openBracket(L, Start, Indent, *Best, Open);
      Indent = *Bracket + 1;
      Here.push_back({{E.At.File, E.At.Line, 0, *L.Bytes[*Best].Was},
                      1,
                      NewLineText + std::string(Indent / 8, '\t') + std::string(Indent % 8, ' ')});
      Here.back().At.Column = Here.back().At.Offset - Begin + 1;
      Start = *Best + 1;
    }
    if (Fits)
      Breaks.insert(Breaks.end(), Here.begin(), Here.end());
  }
  return Breaks;
}

} // namespace gfplint
