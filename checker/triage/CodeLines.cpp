// One pass over the bytes of a file.
#include "triage/CodeLines.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

#include <algorithm>
#include <optional>

namespace gfplint {
namespace {

class Scan {
public:
  explicit Scan(llvm::StringRef Text) : Text(Text) {}
  std::vector<CodeComment> run();

private:
  /// A comment whose statement may be still to come.
  struct Waiting {
    bool Alone = false;
    /// The statement that it stands in or behind.
    std::optional<size_t> Here;
    /// The first statement that begins behind it.
    size_t Next = 0;
  };
  enum class Bracket : char {
    Round,
    Block,
    Initialiser,
    /// An initialiser in an initialiser or an argument: one piece with what is around it.
    Inner,
  };

  [[nodiscard]] char peek(size_t Ahead = 0) const {
    return At + Ahead < Text.size() ? Text[At + Ahead] : '\0';
  }
  /// The length of a backslash with its line end, 0 where there is none.
  [[nodiscard]] size_t continuation() const {
    if (peek() != '\\')
      return 0;
    return peek(1) == '\n' ? 2 : peek(1) == '\r' && peek(2) == '\n' ? 3 : 0;
  }
  void newLine() {
    ++Line;
    LineBegin = At + 1;
    CodeOnLine = false;
  }
  void skipTo(size_t End);
  void blockComment();
  void lineComment();
  void addComment(size_t Begin, uint32_t FirstLine, bool Alone);
  void quoted(char Quote);
  void directive();
  void condition(llvm::StringRef Word, llvm::StringRef Rest);
  void restOfDirective();
  void code(char C);
  void touch();
  void endStatement() { Open.reset(); }
  void open(char C);
  void close(char C);
  void link();

  llvm::StringRef Text;
  size_t At = 0;
  uint32_t Line = 1;
  size_t LineBegin = 0;
  bool CodeOnLine = false;
  /// Any code or directive yet.
  bool Begun = false;
  char Previous = '\0';
  /// What stood before the last outermost bracket: behind `= (struct s)` comes an initialiser.
  char BeforeRound = '\0';
  std::vector<Bracket> Brackets;
  std::vector<LineRange> Statements;
  std::optional<size_t> Open;
  /// For each open #if whether it counts.
  std::vector<bool> Conditions;
  /// The name that a header's guard would define next.
  llvm::StringRef Guard;
  bool InDefine = false;
  std::vector<CodeComment> Comments;
  std::vector<Waiting> Links;
};

void Scan::skipTo(size_t End) {
  for (; At < End; ++At)
    if (Text[At] == '\n')
      newLine();
}

void Scan::addComment(size_t Begin, uint32_t FirstLine, bool Alone) {
  CodeComment C;
  C.Text = Text.slice(Begin, At);
  C.Offset = static_cast<uint32_t>(Begin);
  C.Own = {FirstLine, Line};
  C.Conditional = llvm::is_contained(Conditions, true);
  Waiting W;
  W.Alone = Alone;
  if (Open)
    W.Here = Open;
  else if (!Alone && !Statements.empty() && Statements.back().Last == FirstLine)
    W.Here = Statements.size() - 1;
  W.Next = Statements.size();
  Comments.push_back(C);
  Links.push_back(W);
}

void Scan::blockComment() {
  size_t Begin = At;
  uint32_t FirstLine = Line;
  bool Alone = !CodeOnLine;
  size_t End = Text.find("*/", At + 2);
  skipTo(End == llvm::StringRef::npos ? Text.size() : End + 2);
  addComment(Begin, FirstLine, Alone);
}

void Scan::lineComment() {
  size_t Begin = At;
  uint32_t FirstLine = Line;
  bool Alone = !CodeOnLine;
  while (At < Text.size() && Text[At] != '\n') {
    size_t Joined = continuation();
    skipTo(At + std::max<size_t>(Joined, 1));
  }
  addComment(Begin, FirstLine, Alone);
}

/// A string or character; one that is not ended goes to the end of the line.
void Scan::quoted(char Quote) {
  ++At;
  while (At < Text.size() && Text[At] != '\n' && Text[At] != Quote) {
    size_t Joined = continuation();
    skipTo(std::min(Text.size(), At + (Joined != 0 ? Joined : Text[At] == '\\' ? 2 : 1)));
  }
  if (peek() == Quote)
    ++At;
  touch();
  Previous = Quote;
}

void Scan::touch() {
  CodeOnLine = true;
  Begun = true;
  Guard = "";
  if (!Open) {
    Open = Statements.size();
    Statements.push_back({Line, Line});
  }
  Statements[*Open].Last = Line;
}

void Scan::open(char C) {
  if (C != '{') {
    if (Brackets.empty() || Brackets.back() != Bracket::Round)
      BeforeRound = Previous;
    Brackets.push_back(Bracket::Round);
    return;
  }
  // In the kernel's style only functions and structs are at the margin: what went wrong before is forgotten.
  if (At == LineBegin)
    Brackets.clear();
  bool InPiece = !Brackets.empty() && Brackets.back() != Bracket::Block;
  Bracket B = Bracket::Block;
  if (InPiece && Previous != '(')
    B = Bracket::Inner;
  else if (Previous == '=' || (Previous == ')' && BeforeRound == '='))
    B = Bracket::Initialiser;
  Brackets.push_back(B);
  if (B != Bracket::Inner)
    endStatement();
}

void Scan::close(char C) {
  if (C != '}') {
    if (!Brackets.empty() && Brackets.back() == Bracket::Round)
      Brackets.pop_back();
    return;
  }
  if (At == LineBegin)
    Brackets.clear();
  while (!Brackets.empty() && Brackets.back() == Bracket::Round)
    Brackets.pop_back();
  Bracket B = Brackets.empty() ? Bracket::Block : Brackets.back();
  if (!Brackets.empty())
    Brackets.pop_back();
  if (B == Bracket::Block)
    endStatement();
}

void Scan::code(char C) {
  touch();
  bool InInitialiser = !Brackets.empty() && Brackets.back() == Bracket::Initialiser;
  bool InBlock = Brackets.empty() || Brackets.back() == Bracket::Block;
  if (C == '(' || C == '[' || C == '{')
    open(C);
  else if (C == ')' || C == ']' || C == '}')
    close(C);
  else if ((C == ';' && (InBlock || InInitialiser)) || (C == ',' && InInitialiser))
    endStatement();
  Previous = C;
  ++At;
}

void Scan::condition(llvm::StringRef Word, llvm::StringRef Rest) {
  if (Word == "if" || Word == "ifdef" || Word == "ifndef") {
    bool First = !Begun && Word == "ifndef";
    Guard = First ? Rest.take_while([](char C) { return llvm::isAlnum(C) || C == '_'; }) : "";
    Conditions.push_back(true);
  } else if (Word == "endif") {
    Guard = "";
    if (!Conditions.empty())
      Conditions.pop_back();
  }
}

/// What a directive has beside comments is of no interest.
void Scan::restOfDirective() {
  while (At < Text.size() && Text[At] != '\n') {
    if (peek() == '/' && peek(1) == '*') {
      blockComment();
      continue;
    }
    if (peek() == '/' && peek(1) == '/') {
      lineComment();
      return;
    }
    size_t Joined = continuation();
    if (Joined != 0) {
      skipTo(At + Joined);
      CodeOnLine = true;
      continue;
    }
    ++At;
  }
}

/// At a `#` that is the first of its line. A directive may stand in the middle of a statement.
void Scan::directive() {
  llvm::StringRef Rest = Text.drop_front(At + 1).take_until([](char C) { return C == '\n'; }).ltrim(" \t");
  llvm::StringRef Word = Rest.take_while(llvm::isAlpha);
  Rest = Rest.drop_front(Word.size()).ltrim(" \t");
  if (Word == "define") {
    if (!Guard.empty() && Rest.take_while([](char C) { return llvm::isAlnum(C) || C == '_'; }) == Guard)
      Conditions.back() = false;
    Guard = "";
  } else {
    condition(Word, Rest);
  }
  CodeOnLine = true;
  Begun = true;
  ++At;
  if (Word != "define" || InDefine)
    return restOfDirective();
  // A macro's body has statements of its own.
  auto Outside = std::pair(Open, std::move(Brackets));
  Open.reset();
  Brackets = {};
  InDefine = true;
  touch();
  while (At < Text.size() && Text[At] != '\n') {
    char C = peek();
    if (size_t Joined = continuation(); Joined != 0)
      skipTo(At + Joined);
    else if (C == '/' && peek(1) == '*')
      blockComment();
    else if (C == '/' && peek(1) == '/')
      lineComment();
    else if (C == '"' || C == '\'')
      quoted(C);
    else if (llvm::isSpace(C))
      ++At;
    else
      code(C);
  }
  InDefine = false;
  std::tie(Open, Brackets) = std::move(Outside);
}

/// Each comment's statement, now that all are known.
void Scan::link() {
  uint32_t End = 0;
  for (size_t I = Comments.size(); I-- > 0;) {
    CodeComment &C = Comments[I];
    // Comments below one another count as one.
    bool Joins = I + 1 < Comments.size() && Links[I + 1].Alone && !Links[I + 1].Here &&
                 Links[I + 1].Next == Links[I].Next && Comments[I + 1].Own.First <= C.Own.Last + 1;
    if (!Joins)
      End = C.Own.Last;
    if (Links[I].Here)
      C.Statement = Statements[*Links[I].Here];
    else if (Links[I].Alone && Links[I].Next < Statements.size() &&
             Statements[Links[I].Next].First <= End + 1)
      C.Statement = Statements[Links[I].Next];
  }
}

std::vector<CodeComment> Scan::run() {
  while (At < Text.size()) {
    char C = peek();
    if (C == '\n') {
      newLine();
      ++At;
    } else if (size_t Joined = continuation(); Joined != 0) {
      skipTo(At + Joined);
    } else if (llvm::isSpace(C)) {
      ++At;
    } else if (C == '/' && peek(1) == '*') {
      blockComment();
    } else if (C == '/' && peek(1) == '/') {
      lineComment();
    } else if (C == '"' || C == '\'') {
      quoted(C);
    } else if (C == '#' && !CodeOnLine) {
      directive();
    } else {
      code(C);
    }
  }
  link();
  return std::move(Comments);
}

} // namespace

std::vector<CodeComment> findComments(llvm::StringRef Text) { return Scan(Text).run(); }

} // namespace gfplint
