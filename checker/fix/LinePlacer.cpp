// Whole lines, so that what stands beside a statement stays where it is.
#include "fix/LinePlacer.h"

#include "llvm/ADT/StringExtras.h"

namespace gfplint {
namespace {

/// Whether a returned value is the same after the scope was ended: it calls nothing but the macros around
/// error pointers.
bool isPlainValue(llvm::StringRef Return) {
  for (size_t At = Return.find('('); At != llvm::StringRef::npos; At = Return.find('(', At + 1)) {
    size_t Begin = At;
    while (Begin > 0 && (llvm::isAlnum(Return[Begin - 1]) || Return[Begin - 1] == '_'))
      --Begin;
    llvm::StringRef Called = Return.slice(Begin, At);
    if (!Called.empty() && Called != "return" && Called != "PTR_ERR" && Called != "ERR_PTR" &&
        Called != "ERR_CAST" && Called != "PTR_ERR_OR_ZERO")
      return false;
  }
  return true;
}

} // namespace

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

llvm::Error LinePlacer::putBefore(Loc Return, llvm::StringRef Line) {
  uint32_t At = Lines.at(Return.Offset);
  if (At == NoStatement || Lines[At].Kind != StatementKind::Return || !Lines.startsLine(Lines[At].Begin))
    return refuse(Return, "a scope cannot be ended before this way out");
  if (!isPlainValue(Lines.text(At)))
    return refuse(Return, "the returned value is computed by a call");
  std::string Indent = Lines.indent(Lines[At].Begin).str();
  insert(Lines[At].Begin - static_cast<uint32_t>(Indent.size()), Indent + Line.str() + NewLine);
  if (Lines.inBlock(At))
    return llvm::Error::success();
  if (llvm::Error E = brace(At))
    return refuse(Return, llvm::toString(std::move(E)));
  insert(Lines.nextLine(Lines[At].End), Lines.indent(Lines[Lines[At].Parent].Begin).str() + "}" + NewLine);
  return llvm::Error::success();
}

llvm::Error LinePlacer::declare(llvm::StringRef Name, Loc NameAt, Loc BraceAt) {
  if (Lines.usesName(Name))
    return refuse(NameAt, "the function has a " + Name + " already");
  std::string Line = "unsigned int " + Name.str() + ";" + NewLine;
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

} // namespace gfplint
