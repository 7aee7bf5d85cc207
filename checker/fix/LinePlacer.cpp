// Whole lines, so that what stands beside a statement stays where it is.
#include "fix/LinePlacer.h"

#include "fix/LineLength.h"

#include "fix/ReturnValue.h"

#include "llvm/ADT/StringExtras.h"

namespace gfplint {

Loc LinePlacer::loc(uint32_t Offset) const {
  llvm::StringRef Head = Text.take_front(Offset);
  size_t Line = Head.rfind('\n');
  return {File, static_cast<uint32_t>(Head.count('\n') + 1),
          static_cast<uint32_t>(Line == llvm::StringRef::npos ? Offset + 1 : Offset - Line), Offset};
}

llvm::Error LinePlacer::brace(uint32_t Index) {
  const TextStatement &Arm = Lines[Index];
  const TextStatement &If = Lines[Arm.Parent];
  if (If.Kind != StatementKind::Branch || If.HasElse || !Lines.startsLine(Arm.Begin))
    return llvm::createStringError("the statement stands in no block of its own");
  // Behind the condition's last word, before what may be a comment.
  size_t Head = Text.take_front(Arm.Begin).rfind(')');
  if (Head == llvm::StringRef::npos || Head < If.Begin ||
      Text.slice(Head + 1, Arm.Begin).find_first_not_of(" \t\r\n") != llvm::StringRef::npos)
    return llvm::createStringError("a comment stands between a condition and its statement");
  insert(static_cast<uint32_t>(Head + 1), " {");
  return llvm::Error::success();
}

llvm::Error LinePlacer::putBeforeStatement(uint32_t Index, llvm::StringRef Line) {
  const TextStatement &Then = Lines[Index];
  std::string Indent = Lines.indent(Then.Begin).str();
  insert(Then.Begin - static_cast<uint32_t>(Indent.size()), Indent + Line.str() + NewLine);
  return closeArm(Index);
}

llvm::Error LinePlacer::closeArm(uint32_t Index) {
  if (Lines.inBlock(Index))
    return llvm::Error::success();
  if (llvm::Error E = brace(Index))
    return E;
  insert(Lines.nextLine(Lines[Index].End),
         Lines.indent(Lines[Lines[Index].Parent].Begin).str() + "}" + NewLine);
  return llvm::Error::success();
}

/// Keeps what is behind an open bracket below it when the line's head changes its width.
void LinePlacer::shift(uint32_t From, uint32_t To, int Columns) {
  for (uint32_t Line = Lines.nextLine(From); Line < To; Line = Lines.nextLine(Line)) {
    llvm::StringRef Indent = Lines.indent(Line);
    int Width = static_cast<int>(columnsOf(Indent)) + Columns;
    // Only what was aligned.
    if (!Indent.contains(' ') || Width <= 0)
      continue;
    auto New = static_cast<size_t>(Width);
    Edits.push_back({loc(Line), static_cast<uint32_t>(Indent.size()),
                     std::string(New / 8, '\t') + std::string(New % 8, ' ')});
  }
}

llvm::Error LinePlacer::computeBefore(uint32_t Index, llvm::StringRef Line, Loc NameAt, Loc BraceAt) {
  const TextStatement &Return = Lines[Index];
  if (!Result) {
    llvm::Expected<ResultVariable> Found = resultVariable(Text, Lines, NameAt.Offset);
    if (!Found)
      return Found.takeError();
    Result = std::move(*Found);
    if (!Result->Declaration.empty())
      if (llvm::Error E = declareLine(Result->Declaration, NameAt, BraceAt))
        return E;
  }
  constexpr llvm::StringLiteral Keyword = "return ";
  if (!Lines.text(Index).starts_with(Keyword))
    return llvm::createStringError("the returned value does not stand on the line of its 'return'");
  uint32_t Next = Lines.nextLine(Return.End);
  if (!Text.slice(Return.End, Next).trim().empty())
    return llvm::createStringError("the statement shares its line with something else");
  std::string Head = Result->Name + " = ";
  Edits.push_back({loc(Return.Begin), static_cast<uint32_t>(Keyword.size()), Head});
  shift(Return.Begin, Return.End, static_cast<int>(Head.size()) - static_cast<int>(Keyword.size()));
  std::string Indent = Lines.indent(Return.Begin).str();
  std::string Lines2 = Indent + Line.str() + NewLine + Indent + "return " + Result->Name + ";" + NewLine;
  if (!Lines.inBlock(Index)) {
    if (llvm::Error E = brace(Index))
      return E;
    Lines2 += Lines.indent(Lines[Return.Parent].Begin).str() + "}" + NewLine;
  }
  insert(Next, std::move(Lines2));
  return llvm::Error::success();
}

llvm::Error LinePlacer::putBefore(Loc Return, llvm::StringRef Line, Loc NameAt, Loc BraceAt) {
  uint32_t At = Lines.at(Return.Offset);
  if (At == NoStatement || Lines[At].Kind != StatementKind::Return || !Lines.startsLine(Lines[At].Begin))
    return refuse(Return, "a scope cannot be ended before this way out");
  llvm::Error E =
      isPlainValue(Lines.text(At)) ? putBeforeStatement(At, Line) : computeBefore(At, Line, NameAt, BraceAt);
  return E ? refuse(Return, llvm::toString(std::move(E))) : llvm::Error::success();
}

llvm::Error LinePlacer::declare(llvm::StringRef Name, Loc NameAt, Loc BraceAt) {
  if (Lines.usesName(Name))
    return refuse(NameAt, "the function has a " + Name + " already");
  return declareLine("unsigned int " + Name.str() + ";", NameAt, BraceAt);
}

llvm::Error LinePlacer::declareLine(llvm::StringRef Declaration, Loc NameAt, Loc BraceAt) {
  std::string Line = Declaration.str() + NewLine;
  uint32_t Last = Lines.lastDeclaration(0);
  uint32_t Before = Last != NoStatement ? Lines[Last].End : Lines.body().Begin;
  uint32_t At = Lines.nextLine(Before);
  if (At > BraceAt.Offset || !Lines.startsLine(Lines.at(At) == NoStatement ? At : Lines[Lines.at(At)].Begin))
    return refuse(NameAt, "the declarations share a line with something else");
  if (Last != NoStatement)
    insert(At, Lines.indent(Lines[Last].Begin).str() + Line);
  else
    insert(At, "\t" + Line + NewLine);
  return llvm::Error::success();
}

llvm::Error LinePlacer::putAtEnd(Loc Brace, llvm::StringRef Line) {
  if (!Lines.startsLine(Brace.Offset))
    return refuse(Brace, "the closing brace shares its line with something else");
  std::string Indent = Lines.indent(Brace.Offset).str();
  insert(Brace.Offset - static_cast<uint32_t>(Indent.size()), Indent + "\t" + Line.str() + NewLine);
  return llvm::Error::success();
}

llvm::Error LinePlacer::remove(Loc Call) {
  uint32_t At = Lines.at(Call.Offset);
  if (At == NoStatement || Lines[At].Kind != StatementKind::Expression || Lines[At].Begin != Call.Offset)
    return refuse(Call, "the call is not a statement of its own");
  uint32_t Next = Lines.nextLine(Lines[At].End);
  bool Alone = Lines.inBlock(At) && Lines.startsLine(Lines[At].Begin) &&
               Text.slice(Lines[At].End, Next).trim().empty();
  if (!Alone)
    return refuse(Call, "the statement shares its line or its arm with something else");
  uint32_t Begin = Lines[At].Begin - static_cast<uint32_t>(Lines.indent(Lines[At].Begin).size());
  Edits.push_back({loc(Begin), Next - Begin, ""});
  return llvm::Error::success();
}

llvm::Error LinePlacer::setArgument(Loc Call, llvm::StringRef Value) {
  uint32_t At = Lines.at(Call.Offset);
  size_t Open = Text.find('(', Call.Offset);
  if (At == NoStatement || Open == llvm::StringRef::npos || Open >= Lines[At].End)
    return refuse(Call, "no argument is seen here");
  size_t Close = Open;
  for (int Depth = 0; Close < Lines[At].End; ++Close) {
    Depth += Text[Close] == '(' ? 1 : Text[Close] == ')' ? -1 : 0;
    if (Depth == 0)
      break;
  }
  if (Close >= Lines[At].End)
    return refuse(Call, "no argument is seen here");
  Edits.push_back(
      {loc(static_cast<uint32_t>(Open + 1)), static_cast<uint32_t>(Close - Open - 1), Value.str()});
  return llvm::Error::success();
}

llvm::Error LinePlacer::setCallee(Loc Call, llvm::StringRef Name) {
  llvm::StringRef Rest = Text.substr(Call.Offset);
  llvm::StringRef Old = Rest.take_while([](char C) { return llvm::isAlnum(C) || C == '_'; });
  if (Old.empty() || !Rest.drop_front(Old.size()).ltrim().starts_with("("))
    return refuse(Call, "no call is seen here");
  Edits.push_back({loc(Call.Offset), static_cast<uint32_t>(Old.size()), Name.str()});
  return llvm::Error::success();
}

} // namespace gfplint
