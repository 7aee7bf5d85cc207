// Types are compared as they are written: `struct foo *` is another type than `foo_t`.
#include "fix/ReturnValue.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"

#include <algorithm>

namespace gfplint {
namespace {

constexpr llvm::StringLiteral UsualNames[] = {"ret", "err", "error", "rc", "retval", "result", "res"};

bool isWordChar(char C) { return llvm::isAlnum(C) || C == '_'; }

/// A type as written: its words, and how many `*`.
struct WrittenType {
  std::string Words;
  size_t Stars = 0;
};

/// `static noinline struct foo *` before the name, without what is no type.
llvm::Expected<WrittenType> returnType(llvm::StringRef Text, uint32_t NameAt) {
  llvm::StringRef Head = Text.take_front(NameAt);
  size_t Start = 0;
  for (llvm::StringRef End : {";", "}", "*/"})
    if (size_t At = Head.rfind(End); At != llvm::StringRef::npos)
      Start = std::max(Start, At + End.size());
  for (size_t At = Head.find('#', Start); At != llvm::StringRef::npos; At = Head.find('#', Start))
    Start = std::min(Head.find('\n', At), Head.size());
  WrittenType Type;
  llvm::StringRef Rest = Head.drop_front(Start);
  while (!(Rest = Rest.ltrim()).empty()) {
    if (Rest.consume_front("*")) {
      ++Type.Stars;
      continue;
    }
    llvm::StringRef Word = Rest.take_while(isWordChar);
    if (Word.empty())
      return llvm::createStringError("the function's return type is not plainly written");
    Rest = Rest.drop_front(Word.size());
    bool NoType = Word == "static" || Word == "inline" || Word == "extern" || Word == "asmlinkage" ||
                  Word == "noinline" || Word == "notrace" || Word == "noinline_for_stack" ||
                  Word.starts_with("__");
    if (!NoType)
      Type.Words += (Type.Words.empty() ? "" : " ") + Word.str();
  }
  if (Type.Words.empty() || (Type.Words == "void" && Type.Stars == 0))
    return llvm::createStringError("the function's return type is not plainly written");
  return Type;
}

/// Whether the declaration makes a variable of the type and name.
bool declares(llvm::StringRef Declaration, const WrittenType &Type, llvm::StringRef Name) {
  llvm::StringRef Rest = Declaration;
  llvm::SmallVector<llvm::StringRef, 4> Words;
  llvm::StringRef(Type.Words).split(Words, ' ');
  for (llvm::StringRef Word : Words) {
    Rest = Rest.ltrim();
    if (!Rest.consume_front(Word) || Rest.empty() || isWordChar(Rest.front()))
      return false;
  }
  Rest = Rest.rtrim("; \t\r\n");
  while (!Rest.empty()) {
    int Depth = 0;
    size_t End = 0;
    for (; End < Rest.size() && (Depth > 0 || Rest[End] != ','); ++End)
      Depth += llvm::StringRef("([{").contains(Rest[End])   ? 1
               : llvm::StringRef(")]}").contains(Rest[End]) ? -1
                                                            : 0;
    llvm::StringRef One = Rest.take_front(End).ltrim();
    Rest = Rest.drop_front(std::min(End + 1, Rest.size()));
    size_t Stars = 0;
    while (One.consume_front("*")) {
      ++Stars;
      One = One.ltrim();
    }
    llvm::StringRef Declared = One.take_while(isWordChar);
    llvm::StringRef After = One.drop_front(Declared.size()).ltrim();
    if (Declared == Name && Stars == Type.Stars && (After.empty() || After.starts_with("=")))
      return true;
  }
  return false;
}

} // namespace

llvm::Expected<ResultVariable> resultVariable(llvm::StringRef Text, const Layout &Lines, uint32_t NameAt) {
  llvm::Expected<WrittenType> Type = returnType(Text, NameAt);
  if (!Type)
    return Type.takeError();
  for (llvm::StringRef Name : UsualNames)
    for (uint32_t I : Lines.children(0))
      if (Lines[I].Kind == StatementKind::Declaration && declares(Lines.text(I), *Type, Name))
        return ResultVariable{Name.str(), ""};
  for (llvm::StringRef Name : UsualNames)
    if (!Lines.usesName(Name))
      return ResultVariable{Name.str(), Type->Words + " " + std::string(Type->Stars, '*') + Name.str() + ";"};
  return llvm::createStringError("no name is free for the returned value");
}

bool isPlainValue(llvm::StringRef Return) {
  for (size_t At = Return.find('('); At != llvm::StringRef::npos; At = Return.find('(', At + 1)) {
    size_t Begin = At;
    while (Begin > 0 && isWordChar(Return[Begin - 1]))
      --Begin;
    llvm::StringRef Called = Return.slice(Begin, At);
    if (!Called.empty() && Called != "return" && Called != "PTR_ERR" && Called != "ERR_PTR" &&
        Called != "ERR_CAST" && Called != "PTR_ERR_OR_ZERO")
      return false;
  }
  return true;
}

} // namespace gfplint
