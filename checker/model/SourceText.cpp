// C read as text: comments, function bodies and token sequences.
#include "model/SourceText.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"

namespace gfplint {
namespace {

bool isWordChar(char C) { return llvm::isAlnum(C) || C == '_'; }

void blank(std::string &Text, size_t From, size_t To) {
  for (size_t I = From; I < To && I < Text.size(); ++I)
    if (Text[I] != '\n')
      Text[I] = ' ';
}

/// Past the literal that begins at `At`; an unclosed one ends with its line.
size_t endOfLiteral(llvm::StringRef Text, size_t At) {
  char Quote = Text[At];
  for (size_t I = At + 1; I < Text.size(); ++I) {
    if (Text[I] == '\\')
      ++I;
    else if (Text[I] == Quote || Text[I] == '\n')
      return I + 1;
  }
  return Text.size();
}

/// The first token at or after `At` (a word, or one other character), which moves past it; empty at
/// the end.
llvm::StringRef nextToken(llvm::StringRef Text, size_t &At) {
  while (At < Text.size() && llvm::isSpace(Text[At]))
    ++At;
  size_t Begin = At;
  if (At == Text.size())
    return {};
  if (!isWordChar(Text[At]))
    return Text.substr(At++, 1);
  while (At < Text.size() && isWordChar(Text[At]))
    ++At;
  return Text.slice(Begin, At);
}

/// Past the bracket that closes the one at `At`.
size_t endOfBrackets(llvm::StringRef Text, size_t At) {
  char Open = Text[At];
  char Close = Open == '(' ? ')' : '}';
  unsigned Depth = 0;
  for (size_t I = At; I < Text.size(); ++I) {
    if (Text[I] == Open)
      ++Depth;
    else if (Text[I] == Close && --Depth == 0)
      return I + 1;
  }
  return Text.size();
}

/// Where the next whole word `Word` is at or after `From`.
size_t findWord(llvm::StringRef Text, llvm::StringRef Word, size_t From) {
  for (size_t At = Text.find(Word, From); At != llvm::StringRef::npos; At = Text.find(Word, At + 1)) {
    bool Begins = At == 0 || !isWordChar(Text[At - 1]);
    size_t End = At + Word.size();
    if (Begins && (End == Text.size() || !isWordChar(Text[End])))
      return At;
  }
  return llvm::StringRef::npos;
}

/// Whether the line of `At` begins in column 1 and is no directive.
bool onOutermostLine(llvm::StringRef Text, size_t At) {
  size_t LineEnd = Text.rfind('\n', At);
  char First = Text[LineEnd == llvm::StringRef::npos ? 0 : LineEnd + 1];
  return isWordChar(First);
}

/// The brace of a definition whose parameter list ends before `At`: attributes may stand between.
std::optional<size_t> braceAfter(llvm::StringRef Text, size_t At) {
  while (true) {
    size_t Before = At;
    llvm::StringRef Token = nextToken(Text, At);
    if (Token == "{")
      return At - 1;
    if (Token == "(")
      At = endOfBrackets(Text, At - 1);
    else if (Token.empty() || !isWordChar(Text[At - 1]) || At == Before)
      return std::nullopt;
  }
}

} // namespace

std::string blankComments(llvm::StringRef Text) {
  std::string Out = Text.str();
  for (size_t I = 0; I < Text.size();) {
    llvm::StringRef Rest = Text.substr(I);
    size_t End = I + 1;
    if (Rest.starts_with("/*")) {
      size_t Close = Text.find("*/", I + 2);
      End = Close == llvm::StringRef::npos ? Text.size() : Close + 2;
      blank(Out, I, End);
    } else if (Rest.starts_with("//")) {
      End = std::min(Text.find('\n', I), Text.size());
      blank(Out, I, End);
    } else if (Text[I] == '"' || Text[I] == '\'') {
      End = endOfLiteral(Text, I);
      blank(Out, I + 1, End - 1);
    }
    I = End;
  }
  return Out;
}

std::optional<llvm::StringRef> functionBody(llvm::StringRef Blanked, llvm::StringRef Name) {
  for (size_t At = findWord(Blanked, Name, 0); At != llvm::StringRef::npos;
       At = findWord(Blanked, Name, At + 1)) {
    size_t After = At + Name.size();
    if (!onOutermostLine(Blanked, At) || nextToken(Blanked, After) != "(")
      continue;
    if (std::optional<size_t> Brace = braceAfter(Blanked, endOfBrackets(Blanked, After - 1)))
      return Blanked.slice(*Brace, endOfBrackets(Blanked, *Brace));
  }
  return std::nullopt;
}

bool hasTokens(llvm::StringRef Blanked, llvm::StringRef Words) {
  llvm::SmallVector<llvm::StringRef, 8> Wanted;
  size_t At = 0;
  for (llvm::StringRef Token = nextToken(Words, At); !Token.empty(); Token = nextToken(Words, At))
    Wanted.push_back(Token);
  if (Wanted.empty())
    return false;
  bool FirstIsWord = isWordChar(Wanted[0][0]);
  for (size_t Start = 0; (Start = Blanked.find(Wanted[0], Start)) != llvm::StringRef::npos; ++Start) {
    if (FirstIsWord && Start > 0 && isWordChar(Blanked[Start - 1]))
      continue;
    size_t Next = Start;
    size_t Matched = 0;
    while (Matched < Wanted.size() && nextToken(Blanked, Next) == Wanted[Matched])
      ++Matched;
    if (Matched == Wanted.size())
      return true;
  }
  return false;
}

} // namespace gfplint
