// One pass over the tokens: directives as they come, and, in headers, the text outside of functions cut
// into declarations.
#include "engine/SourceScan.h"

#include "engine/TextTokens.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/xxhash.h"

#include <algorithm>

namespace gfplint {
namespace {

using Kind = TextToken::Kind;

constexpr Word PositionalMark = 0x9e3779b97f4a7c15;

void sortOnce(std::vector<Word> &Words) {
  std::sort(Words.begin(), Words.end());
  Words.erase(std::unique(Words.begin(), Words.end()), Words.end());
}

/// What stands before the name of a function or a variable, or cannot be one.
bool isKeyword(llvm::StringRef Name) {
  static constexpr llvm::StringLiteral Names[] = {"static", "extern", "inline", "const", "struct", "union",
                                                  "enum", "typedef", "unsigned", "signed", "void", "volatile",
                                                  "_Static_assert", "static_assert"};
  return std::find(std::begin(Names), std::end(Names), Name) != std::end(Names);
}

bool isAttribute(llvm::StringRef Name) { return Name.starts_with("__attribute") || Name == "__aligned"; }

class Scanner {
public:
  Scanner(llvm::StringRef Text, bool IsHeader, ScannedText &Out)
      : Tokens(Text), IsHeader(IsHeader), Out(Out) {}
  void run();

private:
  /// A declaration outside of functions, so far.
  struct Chunk {
    std::vector<Word> Words;
    std::string Name;
    bool Empty = true;
    /// It began as `NAME(`.
    bool Invocation = false;
    bool Initialised = false;
    bool Enum = false;
    bool Type = false;
    /// `NAME(x)(...)`.
    bool MadeName = false;
    bool InFunction = false;
  };

  void directive();
  void define();
  void macroBody(llvm::StringRef Name, llvm::ArrayRef<llvm::StringRef> Params);
  void include();
  void conditional(llvm::StringRef Name);
  void structure(const TextToken &T);
  void header(const TextToken &T);
  void openBrace();
  void endChunk();
  void body(TextBody::Kind Is, llvm::StringRef Name, std::vector<Word> &Words);

  TextTokens Tokens;
  bool IsHeader;
  ScannedText &Out;
  Chunk Now;
  unsigned Depth = 0;
  unsigned Parens = 0;
  TextToken Last;
  TextToken BeforeLast;
  /// Of the declaration that is being read: the struct that may be initialised.
  llvm::StringRef Tag;
  bool AtInitialiser = false;
  struct Conditional {
    unsigned Depth;
    unsigned Parens;
    bool Guard;
  };
  llvm::SmallVector<Conditional, 8> Conditionals;
  bool SawToken = false;
};

void Scanner::body(TextBody::Kind Is, llvm::StringRef Name, std::vector<Word> &Words) {
  sortOnce(Words);
  if (Words.empty())
    return;
  auto Begin = static_cast<uint32_t>(Out.BodyWords.size());
  Out.BodyWords.insert(Out.BodyWords.end(), Words.begin(), Words.end());
  Out.Bodies.push_back({Is, Name.str(), Begin, static_cast<uint32_t>(Out.BodyWords.size())});
}

void Scanner::include() {
  llvm::StringRef Rest = Tokens.restOfLine().ltrim();
  if (Rest.empty() || (Rest[0] != '"' && Rest[0] != '<'))
    return;
  bool Quoted = Rest[0] == '"';
  llvm::StringRef Name = Rest.drop_front().take_until([&](char C) { return C == (Quoted ? '"' : '>'); });
  bool Always =
      std::all_of(Conditionals.begin(), Conditionals.end(), [](const Conditional &C) { return C.Guard; });
  Out.Includes.push_back({Name.str(), Quoted, Always});
}

void Scanner::conditional(llvm::StringRef Name) {
  if (Name.starts_with("if")) {
    Conditionals.push_back({Depth, Parens, Name == "ifndef" && !SawToken});
  } else if (Name.starts_with("el") && !Conditionals.empty()) {
    // Each branch continues what stood before all of them.
    Depth = Conditionals.back().Depth;
    Parens = Conditionals.back().Parens;
    Conditionals.back().Guard = false;
  } else if (Name == "endif" && !Conditionals.empty()) {
    Conditionals.pop_back();
  }
}

void Scanner::macroBody(llvm::StringRef Name, llvm::ArrayRef<llvm::StringRef> Params) {
  std::vector<Word> Words;
  auto IsParam = [&](llvm::StringRef Text) { return llvm::is_contained(Params, Text); };
  auto PieceOf = [&](const TextToken &T) {
    bool Stands = T.Is == Kind::Identifier ? !IsParam(T.Text) && T.Text != "__VA_ARGS__" : T.Is == Kind::Value;
    return Stands ? T.Text.str() : std::string();
  };
  Paste Joined;
  TextToken Before;
  bool Joins = false;
  for (TextToken T = Tokens.next(); T.Is != Kind::Line && T.Is != Kind::End; T = Tokens.next()) {
    if (T.Is == Kind::Punctuation && T.Text == "##") {
      if (Joined.Pieces.empty())
        Joined.Pieces.push_back(PieceOf(Before));
      Joins = true;
      continue;
    }
    if (Joins) {
      Joined.Pieces.push_back(PieceOf(T));
    } else if (!Joined.Pieces.empty()) {
      Joined.Macro = Name.str();
      Out.Pastes.push_back(std::move(Joined));
      Joined = {};
    }
    Joins = false;
    if (T.Is == Kind::Identifier && !IsParam(T.Text))
      Words.push_back(wordOf(T.Text));
    Before = T;
  }
  if (!Joined.Pieces.empty()) {
    Joined.Macro = Name.str();
    Out.Pastes.push_back(std::move(Joined));
  }
  if (IsHeader)
    body(TextBody::Kind::Macro, Name, Words);
  else
    Out.Words.insert(Out.Words.end(), Words.begin(), Words.end());
}

void Scanner::define() {
  TextToken Name = Tokens.next();
  if (Name.Is != Kind::Identifier) {
    Tokens.restOfLine();
    return;
  }
  if (!IsHeader)
    Out.Words.push_back(wordOf(Name.Text));
  llvm::SmallVector<llvm::StringRef, 8> Params;
  if (Tokens.at() == '(') {
    for (TextToken T = Tokens.next(); T.Is != Kind::Line && T.Is != Kind::End && !T.is(')'); T = Tokens.next())
      if (T.Is == Kind::Identifier)
        Params.push_back(T.Text);
  }
  macroBody(Name.Text, Params);
}

void Scanner::directive() {
  TextToken Name = Tokens.next();
  if (Name.Is == Kind::Line)
    return;
  if (Name.is("define")) {
    // The guard's own #define comes first.
    define();
    SawToken = true;
    return;
  }
  if (Name.is("include"))
    include();
  else if (Name.Is == Kind::Identifier)
    conditional(Name.Text);
  SawToken = true;
  for (TextToken T = Tokens.next(); T.Is != Kind::Line && T.Is != Kind::End;)
    T = Tokens.next();
}

/// Structs and how they are initialised, at any depth.
void Scanner::structure(const TextToken &T) {
  bool NamesTag = Last.is("struct") || Last.is("union");
  if (NamesTag && T.Is == Kind::Identifier)
    Tag = T.Text;
  if (T.is('{') && Last.Is == Kind::Identifier && (BeforeLast.is("struct") || BeforeLast.is("union")))
    Out.Tags.push_back(wordOf(Last.Text));
  // `typedef struct { ... } name;`
  if (T.is(';') && Last.Is == Kind::Identifier && BeforeLast.is('}'))
    Out.Tags.push_back(wordOf(Last.Text));
  if (T.is('{') && (Last.is('=') || AtInitialiser)) {
    AtInitialiser = true;
  } else if (AtInitialiser) {
    AtInitialiser = false;
    if (!T.is('.') && !T.is('[') && !T.is('}') && !Tag.empty()) {
      Word Marked = positionalWord(Tag);
      (IsHeader ? Now.Words : Out.Words).push_back(Marked);
    }
  }
  if (T.is(';'))
    Tag = {};
}

void Scanner::endChunk() {
  if (IsHeader) {
    if (Now.Enum)
      body(TextBody::Kind::Macro, Now.Name, Now.Words);
    else if (Now.InFunction || Now.Initialised || Now.Invocation)
      body(Now.MadeName ? TextBody::Kind::Template : TextBody::Kind::Code, Now.Name, Now.Words);
  }
  Now = Chunk();
  Parens = 0;
}

void Scanner::openBrace() {
  bool OfTag = Last.is("struct") || Last.is("union") || Last.is("enum") || BeforeLast.is("struct") ||
               BeforeLast.is("union") || BeforeLast.is("enum");
  if (Depth > 0)
    return;
  if (OfTag || (Now.Type && Now.Name.empty() && !Now.Initialised)) {
    Now.Enum = Last.is("enum") || BeforeLast.is("enum");
    Now.Type = true;
  } else if (!Now.Initialised) {
    Now.InFunction = true;
  }
}

void Scanner::header(const TextToken &T) {
  if (T.is('{')) {
    openBrace();
    ++Depth;
    return;
  }
  if (T.is('}')) {
    Depth -= Depth > 0 ? 1 : 0;
    if (Depth == 0 && Now.InFunction)
      endChunk();
    return;
  }
  if (Depth == 0) {
    if (T.is('(')) {
      // A function's name, or a macro that stands where a declaration would.
      if (Parens == 0 && Last.Is == Kind::Identifier && !isKeyword(Last.Text) && !isAttribute(Last.Text)) {
        Now.Name = Last.Text.str();
        Now.MadeName = false;
      }
      if (Parens == 0 && Last.is(')') && !Now.Name.empty())
        Now.MadeName = true;
      ++Parens;
    } else if (T.is(')')) {
      Parens -= Parens > 0 ? 1 : 0;
    } else if (T.is(';')) {
      if (Parens == 0)
        endChunk();
      return;
    } else if (T.is('=') && Parens == 0) {
      Now.Initialised = true;
      if (Last.Is == Kind::Identifier)
        Now.Name = Last.Text.str();
    }
    if (Now.Empty && T.Is == Kind::Identifier && !isKeyword(T.Text) && Tokens.at() == '(')
      Now.Invocation = true;
    if (T.is("struct") || T.is("union") || T.is("enum") || T.is("typedef"))
      Now.Type = Now.Type || Parens == 0;
    Now.Empty = false;
  }
  if (T.Is != Kind::Identifier)
    return;
  if (Now.Enum && Depth == 1 && (Last.is('{') || Last.is(','))) {
    body(TextBody::Kind::Macro, Now.Name, Now.Words);
    Now.Words.clear();
    Now.Name = T.Text.str();
    return;
  }
  // Parameters and types of a plain declaration say nothing of what it does.
  if (Now.InFunction || Now.Initialised || Now.Invocation || Now.Enum)
    Now.Words.push_back(wordOf(T.Text));
}

void Scanner::run() {
  for (TextToken T = Tokens.next(); T.Is != Kind::End; T = Tokens.next()) {
    if (T.Is == Kind::Directive) {
      directive();
      continue;
    }
    if (T.Is == Kind::Line)
      continue;
    SawToken = true;
    structure(T);
    if (IsHeader)
      header(T);
    else if (T.Is == Kind::Identifier)
      Out.Words.push_back(wordOf(T.Text));
    BeforeLast = Last;
    Last = T;
  }
  endChunk();
  sortOnce(Out.Words);
  sortOnce(Out.Tags);
}

} // namespace

Word wordOf(llvm::StringRef Identifier) { return llvm::xxh3_64bits(Identifier); }

Word positionalWord(llvm::StringRef Tag) { return wordOf(Tag) ^ PositionalMark; }

ScannedText scanText(llvm::StringRef Text, bool IsHeader) {
  ScannedText Out;
  Scanner(Text, IsHeader, Out).run();
  return Out;
}

} // namespace gfplint
