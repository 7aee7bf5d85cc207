// From a comment's text to the ignores in it.
#include "triage/IgnoreComments.h"

#include "Registry.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"

namespace gfplint {
namespace {

constexpr llvm::StringLiteral Unused = "unused-ignore";
constexpr llvm::StringLiteral HowToWrite = "write 'gfplint-ignore: RULE -- reason'";

bool isWordByte(char C) { return llvm::isAlnum(C) || C == '_' || C == '-'; }

/// A comment's line without what frames it: `/*`, ` * `, `*/`.
llvm::StringRef bare(llvm::StringRef Line, bool First, bool Last) {
  if (First)
    Line = Line.drop_front(2);
  if (Last && Line.ends_with("*/"))
    Line = Line.drop_back(2);
  // In a macro's body lines end with a backslash.
  Line = Line.trim();
  if (Line.ends_with("\\"))
    Line = Line.drop_back().rtrim();
  return Line.ltrim('*').trim();
}

/// Where an ignore begins in a bare line: at its start, or behind other words where a colon shows that
/// it is meant.
size_t findWord(llvm::StringRef Line) {
  for (size_t At = Line.find(IgnoreWord); At != llvm::StringRef::npos; At = Line.find(IgnoreWord, At + 1)) {
    llvm::StringRef Behind = Line.drop_front(At + IgnoreWord.size());
    if (!Behind.empty() && isWordByte(Behind.front()))
      continue;
    if (At == 0 || (!isWordByte(Line[At - 1]) && Behind.ltrim().starts_with(":")))
      return At;
  }
  return llvm::StringRef::npos;
}

bool saysSomething(llvm::StringRef Reason) {
  return llvm::any_of(Reason,
                      [](char C) { return llvm::isAlnum(C) || static_cast<unsigned char>(C) >= 0x80; });
}

/// `Said`: all behind the word.
void parse(llvm::StringRef Said, IgnoreComment &I) {
  Said = Said.trim();
  if (!Said.consume_front(":")) {
    I.Problem = ("a colon is missing; " + HowToWrite).str();
    return;
  }
  auto [Before, Reason] = Said.split("--");
  I.Reason = Reason.ltrim("- \t").rtrim().str();
  llvm::SmallVector<llvm::StringRef, 4> Words;
  llvm::SplitString(Before, Words, ", \t");
  if (Words.empty()) {
    I.Problem = ("it names no rule; " + HowToWrite).str();
    return;
  }
  if (!Said.contains("--") || !saysSomething(I.Reason)) {
    I.Problem = ("it gives no reason; " + HowToWrite).str();
    return;
  }
  for (llvm::StringRef Word : Words) {
    if (rulePage(Word).empty()) {
      I.Problem = noSuchRule(Word);
      return;
    }
    if (Word == Unused)
      I.MayBeUnused = true;
    else if (!llvm::is_contained(I.Rules, Word))
      I.Rules.push_back(Word.str());
  }
}

class Reader {
public:
  Reader(llvm::StringRef Text, std::vector<IgnoreComment> &Out) : Text(Text), Out(Out) {}
  void read(const CodeComment &C);

private:
  void begin(const CodeComment &C, uint32_t Line, llvm::StringRef Word);
  void finish() {
    if (!Said.empty())
      parse(llvm::StringRef(Said).drop_front(), Out.back());
    Said.clear();
  }

  llvm::StringRef Text;
  std::vector<IgnoreComment> &Out;
  /// What the ignore at hand says, behind a space that marks that there is one.
  std::string Said;
};

void Reader::begin(const CodeComment &C, uint32_t Line, llvm::StringRef Word) {
  IgnoreComment I;
  I.Line = Line;
  I.Offset = static_cast<uint32_t>(Word.data() - Text.data());
  size_t LineEnd = Text.take_front(I.Offset).rfind('\n');
  I.Column = I.Offset - (LineEnd == llvm::StringRef::npos ? 0 : static_cast<uint32_t>(LineEnd) + 1) + 1;
  I.Own = C.Own;
  I.Statement = C.Statement;
  I.Conditional = C.Conditional;
  Out.push_back(std::move(I));
}

void Reader::read(const CodeComment &C) {
  if (!C.Text.contains(IgnoreWord))
    return;
  llvm::SmallVector<llvm::StringRef, 8> Lines;
  C.Text.split(Lines, '\n');
  for (size_t N = 0; N < Lines.size(); ++N) {
    llvm::StringRef Rest = bare(Lines[N], N == 0, N + 1 == Lines.size());
    size_t At = findWord(Rest);
    for (; At != llvm::StringRef::npos; At = findWord(Rest)) {
      if (!Said.empty())
        Said += " " + Rest.take_front(At).str();
      finish();
      begin(C, C.Own.First + static_cast<uint32_t>(N), Rest.drop_front(At));
      Rest = Rest.drop_front(At + IgnoreWord.size());
      Said = " ";
    }
    if (!Said.empty())
      Said += " " + Rest.str();
  }
  finish();
}

} // namespace

bool IgnoreComment::names(llvm::StringRef Rule) const { return llvm::is_contained(Rules, Rule); }

std::vector<IgnoreComment> readIgnores(llvm::StringRef Text) {
  std::vector<IgnoreComment> All;
  if (!Text.contains(IgnoreWord))
    return All;
  Reader R(Text, All);
  for (const CodeComment &C : findComments(Text))
    R.read(C);
  return All;
}

} // namespace gfplint
