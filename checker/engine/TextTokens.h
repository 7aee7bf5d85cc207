// C tokens over raw bytes: just what telling identifiers apart from comments and literals takes.
#pragma once

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringRef.h"

namespace gfplint {

struct TextToken {
  enum class Kind : uint8_t {
    End,
    Identifier,
    /// A number or a literal.
    Value,
    /// `##` is one token, all other punctuation is single characters.
    Punctuation,
    /// The `#` of a directive.
    Directive,
    /// The end of a directive's line.
    Line,
  };
  Kind Is = Kind::End;
  llvm::StringRef Text;

  [[nodiscard]] bool is(char C) const { return Is == Kind::Punctuation && Text.size() == 1 && Text[0] == C; }
  [[nodiscard]] bool is(llvm::StringRef Name) const { return Is == Kind::Identifier && Text == Name; }
};

class TextTokens {
public:
  explicit TextTokens(llvm::StringRef Text) : At(Text.begin()), End(Text.end()) {}

  TextToken next() {
    skipSpace();
    if (At == End)
      return InDirective ? line() : TextToken();
    const char *Begin = At;
    char C = *At++;
    if (C == '\n')
      return line();
    if (isWordBegin(C)) {
      while (At != End && isWordPart(*At))
        ++At;
      LineBegins = false;
      return {TextToken::Kind::Identifier, {Begin, static_cast<size_t>(At - Begin)}};
    }
    if (C == '#' && LineBegins) {
      InDirective = true;
      LineBegins = false;
      return {TextToken::Kind::Directive, {Begin, 1}};
    }
    LineBegins = false;
    if (llvm::isDigit(C)) {
      while (At != End && (isWordPart(*At) || *At == '.'))
        ++At;
      return {TextToken::Kind::Value, {Begin, static_cast<size_t>(At - Begin)}};
    }
    if (C == '"' || C == '\'') {
      for (; At != End && *At != C && *At != '\n'; ++At)
        if (*At == '\\' && At + 1 != End)
          ++At;
      if (At != End && *At == C)
        ++At;
      return {TextToken::Kind::Value, {Begin, static_cast<size_t>(At - Begin)}};
    }
    if (C == '#' && At != End && *At == '#')
      ++At;
    return {TextToken::Kind::Punctuation, {Begin, static_cast<size_t>(At - Begin)}};
  }

  /// The next character as it stands; 0 at the end.
  [[nodiscard]] char at() const { return At == End ? '\0' : *At; }

  /// The rest of a directive's line, as it stands.
  llvm::StringRef restOfLine() {
    const char *Begin = At;
    while (At != End && *At != '\n')
      ++At;
    return {Begin, static_cast<size_t>(At - Begin)};
  }

private:
  static bool isWordBegin(char C) {
    return (C >= 'a' && C <= 'z') || (C >= 'A' && C <= 'Z') || C == '_' || C == '$';
  }
  static bool isWordPart(char C) { return isWordBegin(C) || (C >= '0' && C <= '9'); }
  TextToken line() {
    InDirective = false;
    LineBegins = true;
    return {TextToken::Kind::Line, {}};
  }
  /// Stops at the end of a directive's line.
  void skipSpace() {
    while (At != End) {
      char C = *At;
      if (C == '\n') {
        if (InDirective)
          return;
        LineBegins = true;
        ++At;
      } else if (C == ' ' || C == '\t' || C == '\r' || C == '\f' || C == '\v') {
        ++At;
      } else if (C == '\\' && At + 1 != End && (At[1] == '\n' || At[1] == '\r')) {
        At += At[1] == '\r' && At + 2 != End && At[2] == '\n' ? 3 : 2;
      } else if (C == '/' && At + 1 != End && At[1] == '*') {
        llvm::StringRef Rest(At + 2, static_cast<size_t>(End - At - 2));
        size_t Close = Rest.find("*/");
        At = Close == llvm::StringRef::npos ? End : At + 2 + Close + 2;
      } else if (C == '/' && At + 1 != End && At[1] == '/') {
        while (At != End && *At != '\n')
          ++At;
      } else {
        return;
      }
    }
  }

  const char *At;
  const char *End;
  bool LineBegins = true;
  bool InDirective = false;
};

} // namespace gfplint
