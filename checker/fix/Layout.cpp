// A reader of kernel C's statements: the keywords, balanced brackets, and `name(...) {` for macros that
// are loops.
#include "fix/Layout.h"

#include "clang/Basic/LangOptions.h"
#include "clang/Lex/Lexer.h"

#include <algorithm>

namespace gfplint {
namespace {

struct Word {
  clang::tok::TokenKind Kind = clang::tok::eof;
  uint32_t Begin = 0;
  uint32_t End = 0;
  llvm::StringRef Text;
};

llvm::Error lost(llvm::StringRef Text, uint32_t Offset, const llvm::Twine &What) {
  return llvm::createStringError("line " + llvm::Twine(Text.take_front(Offset).count('\n') + 1) + ": " +
                                 What);
}

/// The tokens of Text between two bytes, without those of directives.
std::vector<Word> lex(llvm::StringRef Text, uint32_t From, uint32_t To) {
  clang::LangOptions Options;
  Options.C99 = true;
  Options.LineComment = true;
  clang::Lexer Lexer(clang::SourceLocation::getFromRawEncoding(1), Options, Text.data(), Text.data() + From,
                     Text.data() + Text.size());
  std::vector<Word> Words;
  bool Directive = false;
  clang::Token T;
  for (bool Last = false; !Last;) {
    Last = Lexer.LexFromRawLexer(T);
    if (T.is(clang::tok::eof))
      break;
    auto Begin = static_cast<uint32_t>(T.getLocation().getRawEncoding() - 1);
    if (Begin > To)
      break;
    if (T.isAtStartOfLine())
      Directive = T.is(clang::tok::hash);
    if (!Directive)
      Words.push_back({T.getKind(), Begin, Begin + T.getLength(), Text.substr(Begin, T.getLength())});
  }
  return Words;
}

bool isTypeWord(llvm::StringRef W) {
  static constexpr llvm::StringLiteral All[] = {
      "struct", "union",  "enum",   "unsigned", "signed",   "int",         "long",     "short",
      "char",   "void",   "const",  "static",   "volatile", "bool",        "register", "float",
      "double", "typeof", "extern", "__typeof", "_Bool",    "__auto_type", "u8",       "__typeof__"};
  return std::find(std::begin(All), std::end(All), W) != std::end(All);
}

/// Declarations that a macro makes, as the kernel names them.
bool isDeclaringMacro(llvm::StringRef W) {
  return W.starts_with("DEFINE_") || W.starts_with("DECLARE_") || W.ends_with("_ONSTACK") ||
         W.ends_with("_ON_STACK") || W == "LIST_HEAD" || W == "HLIST_HEAD" || W == "LLIST_HEAD";
}

} // namespace

class LayoutReader {
public:
  LayoutReader(Layout &Out, std::vector<Word> Words) : Out(Out), Words(std::move(Words)) {}
  llvm::Error read();

private:
  using Kind = StatementKind;
  [[nodiscard]] bool atEnd() const { return Next >= Words.size(); }
  [[nodiscard]] llvm::StringRef word(size_t Ahead = 0) const {
    return Next + Ahead < Words.size() ? Words[Next + Ahead].Text : llvm::StringRef();
  }
  [[nodiscard]] bool isName(size_t Ahead = 0) const {
    return Next + Ahead < Words.size() && Words[Next + Ahead].Kind == clang::tok::raw_identifier;
  }
  uint32_t add(Kind K, uint32_t Parent) {
    Out.All.push_back({K, Words[Next].Begin, Words[Next].End, Parent, false});
    return static_cast<uint32_t>(Out.All.size() - 1);
  }
  void end(uint32_t Index) { Out.All[Index].End = Words[Next - 1].End; }
  llvm::Error fail(const llvm::Twine &What) {
    return lost(Out.Text, Words[std::min(Next, Words.size() - 1)].Begin, What);
  }
  /// Over one bracketed group.
  bool skipBrackets();
  /// Over everything up to and with the next `;` that is in no bracket.
  bool skipToSemicolon();
  [[nodiscard]] bool looksLikeDeclaration() const;
  llvm::Error statement(uint32_t Parent);
  llvm::Error compound(uint32_t Parent);
  llvm::Error branch(uint32_t Parent);
  llvm::Error loop(uint32_t Parent, Kind K);
  llvm::Error doLoop(uint32_t Parent);
  llvm::Error simple(uint32_t Parent);

  Layout &Out;
  std::vector<Word> Words;
  size_t Next = 0;
};

bool LayoutReader::skipBrackets() {
  int Depth = 0;
  do {
    if (atEnd())
      return false;
    llvm::StringRef W = word();
    if (W == "(" || W == "[" || W == "{")
      ++Depth;
    else if (W == ")" || W == "]" || W == "}")
      --Depth;
    ++Next;
  } while (Depth > 0);
  return Depth == 0;
}

bool LayoutReader::skipToSemicolon() {
  while (!atEnd()) {
    llvm::StringRef W = word();
    if (W == ";") {
      ++Next;
      return true;
    }
    if (W == "(" || W == "[" || W == "{") {
      if (!skipBrackets())
        return false;
    } else if (W == "}" || W == ")" || W == "]") {
      return false;
    } else {
      ++Next;
    }
  }
  return false;
}

bool LayoutReader::looksLikeDeclaration() const {
  if (!isName())
    return false;
  llvm::StringRef First = word();
  if (isTypeWord(First) || (isDeclaringMacro(First) && word(1) == "("))
    return true;
  // `gfp_t gfp;`, `struct_t *a = b;`, `CLASS(name, var)(args);` and `guard(mutex)(&lock);` after its own
  // form.
  if ((First == "CLASS" || First == "guard") && word(1) == "(")
    return true;
  size_t I = 1;
  while (word(I) == "*")
    ++I;
  if (!isName(I))
    return false;
  llvm::StringRef After = word(I + 1);
  return After == ";" || After == "," || After == "=" || After == "[" || (I == 1 && isName(I + 1));
}

llvm::Error LayoutReader::compound(uint32_t Parent) {
  uint32_t Self = add(Kind::Compound, Parent);
  ++Next;
  while (!atEnd() && word() != "}")
    if (llvm::Error E = statement(Self))
      return E;
  if (atEnd())
    return fail("a block does not end");
  ++Next;
  end(Self);
  return llvm::Error::success();
}

llvm::Error LayoutReader::branch(uint32_t Parent) {
  uint32_t Self = add(Kind::Branch, Parent);
  ++Next;
  if (word() != "(" || !skipBrackets())
    return fail("no condition after 'if'");
  if (llvm::Error E = statement(Self))
    return E;
  if (word() == "else") {
    Out.All[Self].HasElse = true;
    ++Next;
    if (llvm::Error E = statement(Self))
      return E;
  }
  end(Self);
  return llvm::Error::success();
}

llvm::Error LayoutReader::loop(uint32_t Parent, Kind K) {
  uint32_t Self = add(K, Parent);
  ++Next;
  if (word() != "(" || !skipBrackets())
    return fail("no '(' where one was expected");
  if (llvm::Error E = statement(Self))
    return E;
  end(Self);
  return llvm::Error::success();
}

llvm::Error LayoutReader::doLoop(uint32_t Parent) {
  uint32_t Self = add(Kind::Loop, Parent);
  ++Next;
  if (llvm::Error E = statement(Self))
    return E;
  if (word() != "while" || !skipToSemicolon())
    return fail("'do' without 'while'");
  end(Self);
  return llvm::Error::success();
}

/// Declarations and expressions, and macros that are loops.
llvm::Error LayoutReader::simple(uint32_t Parent) {
  if (isName() && word(1) == "(" && !isDeclaringMacro(word())) {
    size_t Start = Next;
    ++Next;
    if (!skipBrackets())
      return fail("brackets do not pair");
    bool Loop = word() == "{" || isName();
    Next = Start;
    if (Loop)
      return loop(Parent, Kind::Loop);
  }
  uint32_t Self = add(looksLikeDeclaration() ? Kind::Declaration : Kind::Expression, Parent);
  if (!skipToSemicolon())
    return fail("a statement does not end");
  end(Self);
  return llvm::Error::success();
}

llvm::Error LayoutReader::statement(uint32_t Parent) {
  if (atEnd())
    return fail("a statement is missing");
  llvm::StringRef W = word();
  if (W == "{")
    return compound(Parent);
  if (W == ";") {
    uint32_t Self = add(Kind::Empty, Parent);
    ++Next;
    end(Self);
    return llvm::Error::success();
  }
  if (!isName())
    return simple(Parent);
  if (W == "if")
    return branch(Parent);
  if (W == "while" || W == "for")
    return loop(Parent, Kind::Loop);
  if (W == "switch")
    return loop(Parent, Kind::Switch);
  if (W == "do")
    return doLoop(Parent);
  if (W == "else")
    return fail("'else' without 'if'");
  bool Case = W == "case";
  if (Case || (word(1) == ":" && word(2) != ":")) {
    uint32_t Self = add(Kind::Label, Parent);
    // `case A ? B : C:` is nobody's style.
    while (!atEnd() && word() != ":")
      ++Next;
    ++Next;
    end(Self);
    // A label is part of no arm: what follows is.
    return word() == "}" ? llvm::Error::success() : statement(Parent);
  }
  if (W == "return" || W == "goto" || W == "break" || W == "continue") {
    uint32_t Self = add(W == "return" ? Kind::Return : Kind::Jump, Parent);
    if (!skipToSemicolon())
      return fail("a statement does not end");
    end(Self);
    return llvm::Error::success();
  }
  return simple(Parent);
}

llvm::Error LayoutReader::read() {
  // Over the parameters, and attributes after them.
  while (!atEnd() && word() != "{") {
    if (word() == "(") {
      if (!skipBrackets())
        return fail("the parameters do not end");
    } else {
      ++Next;
    }
  }
  if (atEnd())
    return llvm::createStringError("the function has no body here");
  if (llvm::Error E = compound(NoStatement))
    return E;
  if (Next != Words.size())
    return fail("the braces do not pair up to the function's last");
  for (const Word &W : Words)
    if (W.Kind == clang::tok::raw_identifier)
      Out.Words.push_back(W.Text);
  std::sort(Out.Words.begin(), Out.Words.end());
  return llvm::Error::success();
}

llvm::Expected<Layout> Layout::read(llvm::StringRef Text, uint32_t NameAt, uint32_t BraceAt) {
  if (NameAt >= BraceAt || BraceAt >= Text.size() || Text[BraceAt] != '}')
    return llvm::createStringError("the file changed since it was analysed");
  Layout Out;
  Out.Text = Text;
  std::vector<Word> Words = lex(Text, NameAt, BraceAt);
  if (Words.empty() || Words.back().Text != "}")
    return llvm::createStringError("the function's last brace is not in this text");
  if (llvm::Error E = LayoutReader(Out, std::move(Words)).read())
    return E;
  return Out;
}

uint32_t Layout::at(uint32_t Offset) const {
  uint32_t Found = NoStatement;
  for (uint32_t I = 1; I < All.size(); ++I)
    if (All[I].Kind != StatementKind::Compound && All[I].Begin <= Offset && Offset < All[I].End)
      Found = I;
  return Found;
}

std::vector<uint32_t> Layout::children(uint32_t Index) const {
  std::vector<uint32_t> Found;
  for (uint32_t I = Index + 1; I < All.size(); ++I)
    if (All[I].Parent == Index)
      Found.push_back(I);
  return Found;
}

uint32_t Layout::lastDeclaration(uint32_t Block) const {
  uint32_t Last = NoStatement;
  for (uint32_t I : children(Block)) {
    if (All[I].Kind != StatementKind::Declaration)
      break;
    Last = I;
  }
  return Last;
}

llvm::StringRef Layout::indent(uint32_t Offset) const {
  size_t Line = Text.rfind('\n', Offset);
  Line = Line == llvm::StringRef::npos ? 0 : Line + 1;
  return Text.slice(Line, Text.find_first_not_of(" \t", Line));
}

bool Layout::startsLine(uint32_t Offset) const {
  size_t Line = Text.take_front(Offset).rfind('\n');
  Line = Line == llvm::StringRef::npos ? 0 : Line + 1;
  return Text.slice(Line, Offset).trim(" \t").empty();
}

uint32_t Layout::nextLine(uint32_t Offset) const {
  size_t End = Text.find('\n', Offset);
  return static_cast<uint32_t>(End == llvm::StringRef::npos ? Text.size() : End + 1);
}

bool Layout::usesName(llvm::StringRef Name) const {
  return std::binary_search(Words.begin(), Words.end(), Name);
}

} // namespace gfplint
