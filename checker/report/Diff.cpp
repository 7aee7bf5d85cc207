// A unified diff with three lines of context, made from the edits themselves.
#include "report/Diff.h"

#include "llvm/ADT/ArrayRef.h"

#include <algorithm>

namespace gfplint {
namespace {

constexpr size_t Context = 3;

std::vector<llvm::StringRef> linesOf(llvm::StringRef Text) {
  std::vector<llvm::StringRef> Lines;
  while (!Text.empty()) {
    size_t End = Text.find('\n');
    size_t Length = End == llvm::StringRef::npos ? Text.size() : End + 1;
    Lines.push_back(Text.take_front(Length));
    Text = Text.drop_front(Length);
  }
  return Lines;
}

struct Line {
  char Mark;
  llvm::StringRef Text;
};

/// All lines of both texts, marked ' ', '-' or '+': the lines that an edit touches are replaced, all
/// others stay.
std::vector<Line> markLines(llvm::StringRef Before, llvm::StringRef After, llvm::ArrayRef<Edit> Edits) {
  std::vector<Line> Out;
  auto MarkAll = [&](char Sign, llvm::ArrayRef<llvm::StringRef> Lines) {
    for (llvm::StringRef L : Lines)
      Out.push_back({Sign, L});
  };
  auto Mark = [&](char Sign, llvm::StringRef Text) { MarkAll(Sign, linesOf(Text)); };
  size_t Old = 0; // what is marked of each so far
  size_t New = 0;
  for (size_t I = 0; I < Edits.size();) {
    size_t Begin = Before.rfind('\n', Edits[I].At.Offset);
    if (Begin != llvm::StringRef::npos && Begin == Edits[I].At.Offset)
      Begin = Begin == 0 ? llvm::StringRef::npos : Before.rfind('\n', Begin - 1);
    Begin = std::max(Old, Begin == llvm::StringRef::npos ? 0 : Begin + 1);
    size_t End = Begin;
    ptrdiff_t Grown = 0;
    // Edits on touching lines are one change.
    for (; I < Edits.size() && (End == Begin || Edits[I].At.Offset < End); ++I) {
      size_t Last = Edits[I].At.Offset + Edits[I].Length;
      size_t Newline = Before.find('\n', Last);
      End = std::max(End, Newline == llvm::StringRef::npos ? Before.size() : Newline + 1);
      Grown += static_cast<ptrdiff_t>(Edits[I].Text.size()) - static_cast<ptrdiff_t>(Edits[I].Length);
    }
    Mark(' ', Before.slice(Old, Begin));
    New += Begin - Old;
    size_t NewEnd = New + (End - Begin) + Grown;
    std::vector<llvm::StringRef> Was = linesOf(Before.slice(Begin, End));
    std::vector<llvm::StringRef> Is = linesOf(After.slice(New, NewEnd));
    // What is put before or behind a line leaves the line as it was.
    size_t Same = 0;
    while (Same < Was.size() && Same < Is.size() && Was[Same] == Is[Same])
      ++Same;
    size_t Tail = 0;
    while (Same + Tail < Was.size() && Same + Tail < Is.size() &&
           Was[Was.size() - 1 - Tail] == Is[Is.size() - 1 - Tail])
      ++Tail;
    MarkAll(' ', llvm::ArrayRef(Was).take_front(Same));
    MarkAll('-', llvm::ArrayRef(Was).drop_front(Same).drop_back(Tail));
    MarkAll('+', llvm::ArrayRef(Is).drop_front(Same).drop_back(Tail));
    MarkAll(' ', llvm::ArrayRef(Was).take_back(Tail));
    Old = End;
    New = NewEnd;
  }
  Mark(' ', Before.substr(Old));
  return Out;
}

void writeHunk(const std::vector<Line> &Lines, size_t Begin, size_t End, std::string &Out) {
  size_t OldStart = 1;
  size_t NewStart = 1;
  for (size_t I = 0; I < Begin; ++I) {
    OldStart += Lines[I].Mark != '+';
    NewStart += Lines[I].Mark != '-';
  }
  size_t OldCount = 0;
  size_t NewCount = 0;
  std::string Body;
  for (size_t I = Begin; I < End; ++I) {
    OldCount += Lines[I].Mark != '+';
    NewCount += Lines[I].Mark != '-';
    Body += Lines[I].Mark;
    Body += Lines[I].Text;
    if (!Lines[I].Text.ends_with("\n"))
      Body += "\n\\ No newline at end of file\n";
  }
  Out += "@@ -" + std::to_string(OldCount == 0 ? OldStart - 1 : OldStart) + "," + std::to_string(OldCount) +
         " +" + std::to_string(NewCount == 0 ? NewStart - 1 : NewStart) + "," + std::to_string(NewCount) +
         " @@\n" + Body;
}

} // namespace

std::string unifiedDiff(llvm::StringRef Name, llvm::StringRef Before, llvm::StringRef After,
                        llvm::ArrayRef<Edit> Edits) {
  if (Before == After)
    return "";
  std::string Out = "--- a/" + Name.str() + "\n+++ b/" + Name.str() + "\n";
  std::vector<Line> Lines = markLines(Before, After, Edits);
  size_t I = 0;
  while (I < Lines.size()) {
    if (Lines[I].Mark == ' ') {
      ++I;
      continue;
    }
    size_t Begin = I >= Context ? I - Context : 0;
    size_t End = I;
    // A gap of no more than two contexts joins two changes into one hunk.
    for (size_t K = I; K < Lines.size() && K <= End + 2 * Context; ++K)
      if (Lines[K].Mark != ' ')
        End = K;
    size_t Stop = std::min(Lines.size(), End + 1 + Context);
    writeHunk(Lines, Begin, Stop, Out);
    I = Stop;
  }
  return Out;
}

} // namespace gfplint
