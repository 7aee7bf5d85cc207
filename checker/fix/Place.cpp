// The kernel's own style: the token with the other declarations, one comment, a tab an indent.
#include "fix/Place.h"

#include "fix/LineLength.h"
#include "fix/LinePlacer.h"
#include "report/SourceTexts.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

#include <algorithm>
#include <map>

namespace gfplint {
namespace {

/// A comment's line that is longer becomes several.
constexpr size_t MaxColumns = 80;

class ScopePlacer : private LinePlacer {
public:
  ScopePlacer(llvm::StringRef Text, const ScopeInsertion &S, Layout Lines)
      : LinePlacer(Text, S.NameAt.File, std::move(Lines)), S(S) {}
  llvm::Expected<std::vector<Edit>> run(ScopeStyle Style);

private:
  llvm::Error chooseName();
  [[nodiscard]] uint32_t aboveComment(uint32_t Line) const;
  [[nodiscard]] bool lastsToEndOfBlock() const;
  [[nodiscard]] bool endsWhatIsLeft(uint32_t Index, uint32_t Block) const;
  llvm::Error open(llvm::StringRef How);
  [[nodiscard]] bool isAssigned(uint32_t Statement, Loc Call) const;
  llvm::Error endBehind(Loc Call);
  llvm::Error endInArm(const FailedArm &A);
  void include();
  [[nodiscard]] std::string comment(llvm::StringRef Indent) const;
  [[nodiscard]] std::string restore() const { return S.Restore + "(" + Name + ");"; }

  const ScopeInsertion &S;
  std::string Name;
};

/// As the file's other scopes of the kind are named, else as the kernel's mostly are.
llvm::Error ScopePlacer::chooseName() {
  std::vector<std::string> Names;
  std::string Call = " = " + S.Save + "()";
  for (size_t At = Text.find(Call); At != llvm::StringRef::npos; At = Text.find(Call, At + 1)) {
    size_t Begin = At;
    while (Begin > 0 && (llvm::isAlnum(Text[Begin - 1]) || Text[Begin - 1] == '_'))
      --Begin;
    llvm::StringRef Used = Text.slice(Begin, At);
    if (!Used.empty() && !Text.take_front(Begin).ends_with(".") && !Text.take_front(Begin).ends_with(">"))
      Names.push_back(Used.str());
  }
  Names.insert(Names.end(), {S.Kind + "_flags", S.Kind + "_flag", S.Kind + "_saved"});
  for (std::string &N : Names)
    if (!Lines.usesName(N)) {
      Name = std::move(N);
      return llvm::Error::success();
    }
  return llvm::createStringError("no name is free for the token");
}

std::string ScopePlacer::comment(llvm::StringRef Indent) const {
  const char *Must = S.Kind == "nofs"   ? "not enter the file system"
                     : S.Kind == "noio" ? "not start I/O"
                                        : "not wait for memory";
  bool Call = llvm::StringRef(S.Why).ends_with("()");
  const char *In =
      llvm::StringRef(S.Why).ends_with(" transaction") ? "Allocations in " : "Allocations under ";
  // What the masks said; whether reclaim really takes the lock is for people to know.
  std::string Words = (Call ? "" : In) + S.Why + " must " + Must;
  std::string One = Indent.str() + "/* " + Words + " */";
  if (columnsOf(One) <= MaxColumns)
    return One + NewLine;
  size_t Break = Words.find(" must ");
  std::string I = Indent.str();
  return I + "/*" + NewLine + I + " * " + Words.substr(0, Break) + NewLine + I + " * " +
         Words.substr(Break + 1) + NewLine + I + " */" + NewLine;
}

/// The start of the comment that ends on the line before this one, or of this line.
uint32_t ScopePlacer::aboveComment(uint32_t Line) const {
  llvm::StringRef Head = Text.take_front(Line);
  if (!Head.rtrim(" \t\r\n").ends_with("*/") || Head.rtrim(" \t").ends_with("\n\n") ||
      Head.rtrim(" \t").ends_with("\n\r\n"))
    return Line;
  size_t Opens = Head.rfind("/*");
  if (Opens == llvm::StringRef::npos || !Lines.startsLine(static_cast<uint32_t>(Opens)))
    return Line;
  return static_cast<uint32_t>(Opens - Lines.indent(static_cast<uint32_t>(Opens)).size());
}

/// Whether nothing but leaving the function comes after the statement.
bool ScopePlacer::endsWhatIsLeft(uint32_t Index, uint32_t Block) const {
  if (Lines[Index].Kind == StatementKind::Return)
    return true;
  uint32_t Parent = Lines[Index].Parent;
  std::vector<uint32_t> Beside = Lines.children(Parent);
  auto Next = std::find(Beside.begin(), Beside.end(), Index) + 1;
  while (Next != Beside.end() && Lines[*Next].Kind == StatementKind::Label)
    ++Next;
  if (Next != Beside.end())
    return Lines[*Next].Kind == StatementKind::Return && isPlainValue(Lines.text(*Next));
  return Parent == Block;
}

/// A guard ends with its block: that must be where the scope is to end, too.
bool ScopePlacer::lastsToEndOfBlock() const {
  uint32_t At = Lines.at(S.Before.Offset);
  if (At == NoStatement || !Lines.inBlock(At))
    return false;
  uint32_t Block = Lines[At].Parent;
  return std::all_of(S.After.begin(), S.After.end(), [&](const Loc &Call) {
    uint32_t End = Lines.at(Call.Offset);
    return End != NoStatement && endsWhatIsLeft(End, Block);
  });
}

llvm::Error ScopePlacer::open(llvm::StringRef How) {
  uint32_t At = Lines.at(S.Before.Offset);
  if (At == NoStatement)
    return refuse(S.Before, "no statement is seen here");
  const TextStatement &Begin = Lines[At];
  bool Fits = Begin.Kind == StatementKind::Expression || Begin.Kind == StatementKind::Branch ||
              Begin.Kind == StatementKind::Switch;
  if (!Fits || !Lines.inBlock(At) || !Lines.startsLine(Begin.Begin))
    return refuse(S.Before, "a scope cannot be opened before this statement");
  std::string Indent = Lines.indent(Begin.Begin).str();
  uint32_t Line = aboveComment(Begin.Begin - static_cast<uint32_t>(Indent.size()));
  insert(Line, comment(Indent) + Indent + How.str() + NewLine);
  return llvm::Error::success();
}

/// `err = end(trans);`
bool ScopePlacer::isAssigned(uint32_t Statement, Loc Call) const {
  llvm::StringRef Target = Text.slice(Lines[Statement].Begin, Call.Offset).rtrim();
  if (!Target.consume_back("=") || Target.find_first_of("=(?&|<!+") != llvm::StringRef::npos)
    return false;
  int Depth = 0;
  for (uint32_t I = Call.Offset; I < Lines[Statement].End; ++I) {
    Depth += Text[I] == '(' ? 1 : Text[I] == ')' ? -1 : 0;
    if (Depth == 0 && Text[I] == ')')
      return Text.slice(I + 1, Lines[Statement].End).trim() == ";";
  }
  return false;
}

llvm::Error ScopePlacer::endBehind(Loc Call) {
  uint32_t At = Lines.at(Call.Offset);
  if (At != NoStatement && Lines[At].Kind == StatementKind::Return && Lines.startsLine(Lines[At].Begin)) {
    llvm::Error E = computeBefore(At, restore(), S.NameAt, S.BraceAt);
    return E ? refuse(Call, llvm::toString(std::move(E))) : llvm::Error::success();
  }
  bool Whole = At != NoStatement && Lines[At].Kind == StatementKind::Expression &&
               (Lines[At].Begin == Call.Offset || Call == S.Before || isAssigned(At, Call));
  if (!Whole)
    return refuse(Call, "a scope cannot be ended behind this statement");
  std::string Indent = Lines.indent(Lines[At].Begin).str();
  uint32_t Next = Lines.nextLine(Lines[At].End);
  std::string Rest = Text.slice(Lines[At].End, Next).trim().str();
  if (!Rest.empty() && !llvm::StringRef(Rest).starts_with("/*"))
    return refuse(Call, "more than one statement stands on this line");
  std::string Line = Indent + restore() + NewLine;
  if (!Lines.inBlock(At)) {
    if (llvm::Error E = brace(At))
      return refuse(Call, llvm::toString(std::move(E)));
    Line += Lines.indent(Lines[Lines[At].Parent].Begin).str() + "}" + NewLine;
  } else if (!Lines.startsLine(Lines[At].Begin)) {
    return refuse(Call, "more than one statement stands on this line");
  }
  insert(Next, std::move(Line));
  return llvm::Error::success();
}

llvm::Error ScopePlacer::endInArm(const FailedArm &A) {
  uint32_t If = Lines.at(A.Condition.Offset);
  if (If == NoStatement || Lines[If].Kind != StatementKind::Branch)
    return refuse(A.Condition, "where the lock is not got the scope cannot be ended");
  uint32_t Arm = If + 1;
  llvm::StringRef Condition = Text.slice(Lines[If].Begin, Lines[Arm].Begin).trim();
  Condition.consume_front("if");
  Condition = Condition.trim();
  if (Condition != "(" + A.Text + ")")
    return refuse(A.Condition, "the condition asks for more than whether the lock was got");
  uint32_t End = Lines[Arm].End;
  uint32_t Last = Arm;
  bool Leaves = false;
  for (uint32_t I = Arm; I < Lines.size() && Lines[I].Begin < End; ++I) {
    if (Leaves)
      return refuse(A.Condition, "the arm on which the lock was not got is left in more than one place");
    if (Lines[I].Parent == Arm || I == Arm)
      Last = I;
    Leaves = Lines[I].Kind == StatementKind::Return || Lines[I].Kind == StatementKind::Jump;
    if (Leaves && Last != I)
      return refuse(A.Condition, "the arm on which the lock was not got is left in more than one place");
  }
  if (Last == Arm && Lines[Arm].Kind == StatementKind::Compound)
    return refuse(A.Condition, "the arm on which the lock was not got is empty");
  if (Leaves) {
    if (Lines[Last].Kind == StatementKind::Return)
      return putBefore({A.Condition.File, A.Condition.Line, 0, Lines[Last].Begin}, restore(), S.NameAt,
                       S.BraceAt);
    llvm::Error E = putBeforeStatement(Last, restore());
    return E ? refuse(A.Condition, llvm::toString(std::move(E))) : llvm::Error::success();
  }
  if (Lines[Arm].Kind != StatementKind::Compound || !Lines.startsLine(Lines[Arm].End - 1))
    return refuse(A.Condition, "where the lock is not got the scope cannot be ended");
  uint32_t Brace = Lines[Arm].End - 1;
  insert(Brace - static_cast<uint32_t>(Lines.indent(Brace).size()),
         Lines.indent(Lines[Last].Begin).str() + restore() + NewLine);
  return llvm::Error::success();
}

/// Among its like, in alphabetical order where the file keeps one.
void ScopePlacer::include() {
  std::string Line = "#include <" + S.Header + ">";
  llvm::StringRef Folder = llvm::StringRef(S.Header).take_front(S.Header.find('/') + 1);
  size_t LastLike = llvm::StringRef::npos;
  size_t Last = llvm::StringRef::npos;
  size_t Place = llvm::StringRef::npos;
  llvm::StringRef LastName;
  bool Sorted = true;
  bool OwnSeen = false;
  unsigned Depth = 0;
  for (size_t At = 0; At < Text.size();) {
    size_t Next = Lines.nextLine(static_cast<uint32_t>(At));
    llvm::StringRef L = Text.slice(At, Next).trim();
    if (L.starts_with("#if"))
      ++Depth;
    else if (L.starts_with("#endif"))
      Depth -= Depth > 0;
    else if (L.starts_with("#include") && At < S.NameAt.Offset) {
      if (L.starts_with(Line))
        return;
      if (Depth == 0) {
        Last = Next;
        // What comes behind the file's own headers is there for a reason.
        OwnSeen = OwnSeen || (L.starts_with("#include \"") && LastLike != llvm::StringRef::npos);
        if (!OwnSeen && L.starts_with("#include <" + Folder.str())) {
          Sorted = Sorted && LastName <= L;
          LastName = L;
          if (Place == llvm::StringRef::npos && L > llvm::StringRef(Line))
            Place = At;
          LastLike = Next;
        }
      }
    }
    At = Next;
  }
  size_t At = LastLike != llvm::StringRef::npos ? LastLike : Last;
  if (Sorted && Place != llvm::StringRef::npos)
    At = Place;
  if (At != llvm::StringRef::npos)
    insert(static_cast<uint32_t>(At), Line + NewLine);
}

llvm::Expected<std::vector<Edit>> ScopePlacer::run(ScopeStyle Style) {
  include();
  if (Style == ScopeStyle::Guard && !S.Guard.empty() && lastsToEndOfBlock()) {
    if (llvm::Error E = open(S.Guard))
      return E;
    return std::move(Edits);
  }
  if (llvm::Error E = chooseName())
    return E;
  if (llvm::Error E = declare(Name, S.NameAt, S.BraceAt))
    return E;
  if (llvm::Error E = open(Name + " = " + S.Save + "();"))
    return E;
  for (const Loc &Call : S.After)
    if (llvm::Error E = endBehind(Call))
      return E;
  for (const FailedArm &A : S.Failures)
    if (llvm::Error E = endInArm(A))
      return E;
  return std::move(Edits);
}

/// In the file of the first edit, which is the finding's.
void breakLines(llvm::StringRef Text, Fix &X) {
  FileId File = X.Edits.front().At.File;
  std::vector<Edit> InFile;
  llvm::copy_if(X.Edits, std::back_inserter(InFile), [&](const Edit &E) { return E.At.File == File; });
  std::vector<Edit> Breaks = breakLongLines(Text, InFile);
  X.Edits.insert(X.Edits.end(), Breaks.begin(), Breaks.end());
}

} // namespace

llvm::Expected<std::vector<Edit>> placeScope(llvm::StringRef Text, const ScopeInsertion &S,
                                             ScopeStyle Style) {
  llvm::Expected<Layout> Lines = Layout::read(Text, S.NameAt.Offset, S.BraceAt.Offset);
  if (!Lines)
    return Lines.takeError();
  return ScopePlacer(Text, S, std::move(*Lines)).run(Style);
}

llvm::Expected<std::vector<Edit>> placeChange(llvm::StringRef Text, const StatementChange &C) {
  llvm::Expected<Layout> Lines = Layout::read(Text, C.NameAt.Offset, C.BraceAt.Offset);
  if (!Lines)
    return Lines.takeError();
  LinePlacer Placer(Text, C.NameAt.File, std::move(*Lines));
  llvm::Error E = llvm::Error::success();
  switch (C.What) {
  case StatementChange::Kind::PutBefore:
    E = C.At == C.BraceAt ? Placer.putAtEnd(C.BraceAt, C.Text)
                          : Placer.putBefore(C.At, C.Text, C.NameAt, C.BraceAt);
    break;
  case StatementChange::Kind::Declare:
    E = Placer.declare(C.Text, C.NameAt, C.BraceAt);
    break;
  case StatementChange::Kind::Remove:
    E = Placer.remove(C.At);
    break;
  case StatementChange::Kind::Argument:
    E = Placer.setArgument(C.At, C.Text);
    break;
  case StatementChange::Kind::Callee:
    E = Placer.setCallee(C.At, C.Text);
    break;
  }
  if (E)
    return E;
  return Placer.take();
}

void placeFixes(Report &R, ScopeStyle Style) {
  SourceTexts Texts(R);
  auto TextOf = [&](FileId File) -> llvm::Expected<llvm::StringRef> {
    if (std::optional<llvm::StringRef> Text = Texts.text(File))
      return *Text;
    return llvm::createStringError("the file cannot be read");
  };
  for (Finding &F : R.Findings) {
    if (!F.Suggested)
      continue;
    Fix &X = *F.Suggested;
    std::vector<ScopeInsertion> Scopes = std::move(X.Scopes);
    std::vector<StatementChange> Changes = std::move(X.Changes);
    X.Scopes.clear();
    X.Changes.clear();
    bool Whole = true;
    auto Place = [&](FileId File, const auto &How) {
      llvm::Expected<llvm::StringRef> Text = TextOf(File);
      llvm::Expected<std::vector<Edit>> Placed =
          Text ? How(*Text) : llvm::Expected<std::vector<Edit>>(Text.takeError());
      if (Placed) {
        X.Edits.insert(X.Edits.end(), Placed->begin(), Placed->end());
        return;
      }
      Whole = false;
      X.Title += "; left to you: " + llvm::toString(Placed.takeError());
    };
    for (const ScopeInsertion &S : Scopes)
      Place(S.NameAt.File, [&](llvm::StringRef Text) { return placeScope(Text, S, Style); });
    for (const StatementChange &C : Changes)
      Place(C.NameAt.File, [&](llvm::StringRef Text) { return placeChange(Text, C); });
    // Two changes of one function may declare the same variable. Insertions at one place keep their order.
    for (size_t I = 0; I < X.Edits.size(); ++I)
      X.Edits.erase(std::remove(X.Edits.begin() + static_cast<ptrdiff_t>(I) + 1, X.Edits.end(), X.Edits[I]),
                    X.Edits.end());
    for (const Edit &E : X.Edits)
      if (Whole && !isOwn(R, E.At.File)) {
        Whole = false;
        X.Title += "; left to you: " + R.Files->name(E.At.File).str() + " lies outside the source root";
      }
    if (Whole && !X.Edits.empty()) {
      if (llvm::Expected<llvm::StringRef> Text = TextOf(X.Edits.front().At.File))
        breakLines(*Text, X);
      else
        llvm::consumeError(Text.takeError());
    }
    if (!Whole) {
      X.Kind = Applicability::Display;
      X.Edits.clear();
      X.Effects.clear();
    }
  }
}

} // namespace gfplint
