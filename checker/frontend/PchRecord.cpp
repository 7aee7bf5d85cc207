// Preprocessor callbacks over the headers of a PCH.
#include "frontend/PchRecord.h"

#include "clang/Basic/FileManager.h"
#include "clang/Lex/PPCallbacks.h"
#include "llvm/Support/Path.h"

#include <algorithm>
#include <set>

namespace gfplint {
namespace {

/// Appends a number where it is not the last one already.
void addOnce(std::vector<uint32_t> &List, uint32_t Number) {
  if (List.empty() || List.back() != Number)
    List.push_back(Number);
}

/// Text without comments, with continued lines joined.
std::string withoutComments(llvm::StringRef Text) {
  std::string Out;
  for (size_t I = 0; I < Text.size(); ++I) {
    if (Text.substr(I).starts_with("/*")) {
      size_t End = Text.find("*/", I + 2);
      I = End == llvm::StringRef::npos ? Text.size() : End + 1;
    } else if (Text.substr(I).starts_with("//")) {
      I = std::min(Text.find('\n', I), Text.size());
      Out += '\n';
    } else if (Text.substr(I).starts_with("\\\n")) {
      ++I;
    } else {
      Out += Text[I];
    }
  }
  return Out;
}

/// What the text between `#ifndef NAME`, or `#ifdef NAME`, and its `#endif` does.
enum class BlockKind {
  Other,
  Defines,   ///< `#define NAME ...` and nothing else
  Undefines, ///< `#undef NAME`, possibly that and `#define NAME ...`
};

BlockKind kindOfBlock(llvm::StringRef Block, llvm::StringRef Name) {
  std::string Plain = withoutComments(Block);
  llvm::SmallVector<llvm::StringRef, 4> Lines;
  llvm::StringRef(Plain).split(Lines, '\n');
  unsigned Defines = 0;
  unsigned Undefines = 0;
  for (llvm::StringRef Line : Lines) {
    Line = Line.trim();
    // The `#` of the #endif may be seen here.
    if (Line.empty() || Line == "#")
      continue;
    if (!Line.consume_front("#"))
      return BlockKind::Other;
    Line = Line.ltrim();
    bool Undefine = Line.consume_front("undef");
    if ((!Undefine && !Line.consume_front("define")) || !Line.ltrim().consume_front(Name))
      return BlockKind::Other;
    ++(Undefine ? Undefines : Defines);
  }
  if (Undefines == 1 && Defines <= 1)
    return BlockKind::Undefines;
  return Undefines == 0 && Defines == 1 ? BlockKind::Defines : BlockKind::Other;
}

} // namespace

class PchRecordCallbacks : public clang::PPCallbacks {
public:
  PchRecordCallbacks(PchRecord &Record, clang::Preprocessor &Pp)
      : Record(Record), Pp(Pp), Sources(Pp.getSourceManager()) {}

  void InclusionDirective(clang::SourceLocation Hash, const clang::Token &, llvm::StringRef, bool,
                          clang::CharSourceRange, clang::OptionalFileEntryRef File, llvm::StringRef,
                          llvm::StringRef, const clang::Module *, bool,
                          clang::SrcMgr::CharacteristicKind) override {
    if (!File)
      return;
    uint32_t To = Record.fileOf(Sources, *File);
    if (Sources.getFileID(Sources.getFileLoc(Hash)) == Sources.getMainFileID())
      return;
    // What is in no file is the command's own `-include`.
    std::optional<uint32_t> From = Record.fileAt(Sources, Hash);
    std::vector<uint32_t> &List = From ? Record.Seen.Files[*From].Includes : Record.Seen.Always;
    if (std::find(List.begin(), List.end(), To) == List.end())
      List.push_back(To);
  }
  void MacroDefined(const clang::Token &Name, const clang::MacroDirective *Directive) override {
    const clang::MacroInfo *Info = Directive->getMacroInfo();
    PchRecord::Macro &M = macro(Name, Info);
    ++M.Definitions;
    std::optional<uint32_t> File = Record.fileAt(Sources, Name.getLocation());
    // Defined again to the same effect: who sees the one might see the other.
    bool Gone = M.TakenBackIn && M.TakenBackIn != File;
    M.TakenBackIn.reset();
    M.Lost |= Gone;
    bool Same = !M.Infos.empty() && meansTheSame(*M.Infos.back(), *Info, Pp);
    M.Varies |= !M.Infos.empty() && !Same;
    if (Same && !Gone)
      if (auto First = Record.DefinedIn.find(M.Infos.back()); First != Record.DefinedIn.end()) {
        PchRecord::Definers All = First->second;
        if (File)
          All.Later.push_back(*File);
        Record.DefinedIn[Info] = std::move(All);
      }
    M.Infos.push_back(Info);
    llvm::StringRef Spelled = Name.getIdentifierInfo()->getName();
    auto Missed = Record.Misses.find(Info->isFunctionLike() ? (Spelled + "(").str() : Spelled.str());
    if (!File || Missed == Record.Misses.end())
      return;
    for (uint32_t Earlier : Missed->getValue())
      if (Earlier != *File)
        M.Order.insert({Earlier, *File});
  }
  void MacroUndefined(const clang::Token &Name, const clang::MacroDefinition &,
                      const clang::MacroDirective *) override {
    // Whatever it was, or was not.
    llvm::StringRef Spelled = Name.getIdentifierInfo()->getName();
    std::optional<uint32_t> File = Record.fileAt(Sources, Name.getLocation());
    Record.addReader(Spelled, File);
    Record.addReader(Spelled + "(", File);
    PchRecord::Macro &M = Record.Macros[Spelled];
    ++M.Definitions;
    M.Varies = true;
    M.TakenBackIn = File;
    if (File)
      std::erase_if(M.Order, [&](const auto &Pair) { return Pair.second == *File; });
  }
  void MacroExpands(const clang::Token &Name, const clang::MacroDefinition &Is, clang::SourceRange Range,
                    const clang::MacroArgs *) override {
    if (Pp.isParsingIfOrElifDirective()) {
      ++macro(Name, Is.getMacroInfo()).Tests;
      return;
    }
    if (isItself(*Name.getIdentifierInfo(), *Is.getMacroInfo()))
      return Record.read(Sources, Name.getIdentifierInfo()->getName(), Range.getBegin(), nullptr);
    Record.read(Sources, Name.getIdentifierInfo()->getName(), Range.getBegin(), Is.getMacroInfo());
    clang::SourceLocation At = Sources.getFileLoc(Range.getBegin());
    if (std::optional<uint32_t> File = Record.fileAt(Sources, At))
      macro(Name, Is.getMacroInfo()).Expansions.push_back({*File, Sources.getFileOffset(At)});
  }
  void Defined(const clang::Token &Name, const clang::MacroDefinition &Is, clang::SourceRange) override {
    ++macro(Name, Is.getMacroInfo()).Tests;
  }
  void If(clang::SourceLocation, clang::SourceRange, ConditionValueKind) override { Open.emplace_back(); }
  void Ifdef(clang::SourceLocation, const clang::Token &Name, const clang::MacroDefinition &Is) override {
    open(Name, Is, BlockKind::Undefines);
  }
  void Ifndef(clang::SourceLocation, const clang::Token &Name, const clang::MacroDefinition &Is) override {
    open(Name, Is, BlockKind::Defines);
  }
  void Elifdef(clang::SourceLocation, const clang::Token &Name, const clang::MacroDefinition &Is) override {
    ++macro(Name, Is.getMacroInfo()).Tests;
  }
  void Elifndef(clang::SourceLocation, const clang::Token &Name, const clang::MacroDefinition &Is) override {
    ++macro(Name, Is.getMacroInfo()).Tests;
  }
  void Endif(clang::SourceLocation At, clang::SourceLocation) override {
    if (Open.empty())
      return;
    Block B = std::move(Open.back());
    Open.pop_back();
    if (B.Name.empty() || Sources.getFileID(B.Begin) != Sources.getFileID(At))
      return;
    llvm::StringRef Text = Sources.getBufferData(Sources.getFileID(At));
    unsigned Begin = Sources.getFileOffset(B.Begin);
    if (kindOfBlock(Text.slice(Begin, Sources.getFileOffset(At)), B.Name) != B.Harmless)
      return;
    PchRecord::Macro &M = Record.Macros[B.Name];
    if (B.Harmless == BlockKind::Defines)
      M.Default = Record.fileAt(Sources, At);
    --M.Tests;
  }

private:
  struct Block {
    std::string Name;
    clang::SourceLocation Begin;
    /// With this in it, the test of the name changes nothing else.
    BlockKind Harmless = BlockKind::Other;
  };
  void open(const clang::Token &Name, const clang::MacroDefinition &Is, BlockKind Harmless) {
    ++macro(Name, Is.getMacroInfo()).Tests;
    Open.push_back({Name.getIdentifierInfo()->getName().str(), Name.getEndLoc(), Harmless});
  }
  PchRecord::Macro &macro(const clang::Token &Name, const clang::MacroInfo *Is) {
    Record.read(Sources, Name.getIdentifierInfo()->getName(), Name.getLocation(), Is);
    return Record.Macros[Name.getIdentifierInfo()->getName()];
  }

  PchRecord &Record;
  clang::Preprocessor &Pp;
  clang::SourceManager &Sources;
  std::vector<Block> Open;
};

uint32_t PchRecord::fileOf(const clang::SourceManager &Sources, clang::FileEntryRef Entry) {
  auto [It, New] = Numbers.try_emplace(Entry.getUID(), static_cast<uint32_t>(Seen.Files.size()));
  if (New) {
    llvm::SmallString<256> Path(Entry.getName());
    Sources.getFileManager().makeAbsolutePath(Path);
    llvm::sys::path::remove_dots(Path, /*remove_dot_dot=*/true);
    Seen.Files.emplace_back().Path = Path.str().str();
  }
  return It->second;
}

std::optional<uint32_t> PchRecord::fileAt(const clang::SourceManager &Sources, clang::SourceLocation At) {
  clang::FileID Id = Sources.getFileID(Sources.getFileLoc(At));
  if (Id == LastId)
    return LastFile;
  LastId = Id;
  clang::OptionalFileEntryRef Entry = Sources.getFileEntryRefForID(Id);
  LastFile = Id == Sources.getMainFileID() || !Entry ? std::nullopt : std::optional(fileOf(Sources, *Entry));
  return LastFile;
}

void PchRecord::watch(clang::Preprocessor &Pp) {
  Pp.addPPCallbacks(std::make_unique<PchRecordCallbacks>(*this, Pp));
  Pp.setTokenWatcher([this, &Pp](const clang::Token &T) {
    // Only before a parenthesis could a macro with parameters take the place of a name.
    if (T.is(clang::tok::l_paren) && Last != nullptr) {
      std::optional<uint32_t> File = fileAt(Pp.getSourceManager(), LastAt);
      addReader(Last->getName() + "(", File);
      addMiss(Last->getName() + "(", File);
    }
    Last = T.isAnnotation() ? nullptr : T.getIdentifierInfo();
    LastAt = T.getLocation();
    if (Last == nullptr)
      return;
    std::optional<uint32_t> File = fileAt(Pp.getSourceManager(), LastAt);
    addReader(Last->getName(), File);
    addMiss(Last->getName(), File);
  });
}

void PchRecord::addMiss(const llvm::Twine &Name, std::optional<uint32_t> File) {
  llvm::SmallString<64> Buffer;
  if (File)
    addOnce(Misses[Name.toStringRef(Buffer)], *File);
}

void PchRecord::addReader(const llvm::Twine &Name, std::optional<uint32_t> File) {
  llvm::SmallString<64> Buffer;
  if (File)
    addOnce(Readers[Name.toStringRef(Buffer)], *File);
}

void PchRecord::read(const clang::SourceManager &Sources, llvm::StringRef Name, clang::SourceLocation At,
                     const clang::MacroInfo *Is) {
  std::optional<uint32_t> File = fileAt(Sources, At);
  if (!File)
    return;
  addReader(Name, File);
  addReader(Name + "(", File);
  if (Is == nullptr) {
    addMiss(Name, File);
    return addMiss(Name + "(", File);
  }
  auto [It, New] = DefinedIn.try_emplace(Is);
  if (New)
    It->second.First = fileAt(Sources, Is->getDefinitionLoc());
  std::optional<uint32_t> From = It->second.First;
  if (!From || *From == *File || llvm::is_contained(It->second.Later, *File))
    return;
  Macro &M = Macros[Name];
  M.Crosses = true;
  if (M.Default) {
    M.Needs.insert({*File, *From});
  } else {
    Needs.resize(Seen.Files.size());
    Needs[*File].insert(*From);
  }
}

/// Which files matter to a file by having come before it, or by not having.
void PchRecord::listOrder() {
  Needs.resize(Seen.Files.size());
  for (size_t I = 0; I < Needs.size(); ++I)
    Seen.Files[I].Needs.assign(Needs[I].begin(), Needs[I].end());
  std::vector<std::set<uint32_t>> Precedes(Seen.Files.size());
  for (const auto &Entry : Macros)
    for (auto [Earlier, Definer] : Entry.getValue().Order)
      Precedes[Earlier].insert(Definer);
  for (size_t I = 0; I < Precedes.size(); ++I)
    Seen.Files[I].Precedes.assign(Precedes[I].begin(), Precedes[I].end());
}

std::string PchRecord::marksOf(llvm::StringRef Name) const {
  auto It = Macros.find(Name);
  const Macro M = It != Macros.end() ? It->getValue() : Macro();
  std::string Marks;
  if (M.Definitions > 0 && !M.Varies && !Misses.contains(Name) && !Misses.contains((Name + "(").str()))
    Marks += SharedHeaders::SteadyMark;
  if (!M.Crosses)
    Marks += SharedHeaders::LocalMark;
  return Marks;
}

/// Turns the readers of each name into text.
void PchRecord::listNames() {
  std::vector<std::pair<std::string, std::string>> Names;
  for (auto &Entry : Readers) {
    std::vector<uint32_t> &List = Entry.getValue();
    std::sort(List.begin(), List.end());
    List.erase(std::unique(List.begin(), List.end()), List.end());
    std::string Text = marksOf(Entry.getKey());
    size_t Marks = Text.size();
    for (uint32_t File : List)
      Text += (Text.size() == Marks ? "" : " ") + std::to_string(File);
    Names.emplace_back(Entry.getKey().str(), std::move(Text));
  }
  Seen.Names = NameTable(std::move(Names));
}

bool meansTheSame(const clang::MacroInfo &A, const clang::MacroInfo &B, clang::Preprocessor &Pp) {
  if (A.isFunctionLike() != B.isFunctionLike() || A.getNumParams() != B.getNumParams() ||
      A.getNumTokens() != B.getNumTokens())
    return false;
  bool Attributes = false;
  for (unsigned I = 0; I < A.getNumTokens(); ++I) {
    const clang::Token &X = A.getReplacementToken(I);
    const clang::Token &Y = B.getReplacementToken(I);
    std::string Left = Pp.getSpelling(X);
    std::string Right = Pp.getSpelling(Y);
    Attributes |= Left == "__attribute__";
    bool Same = Left == Right || (Attributes && X.getIdentifierInfo() != nullptr &&
                                  llvm::StringRef(Left).trim('_') == llvm::StringRef(Right).trim('_'));
    if (X.getKind() != Y.getKind() || !Same)
      return false;
  }
  return std::equal(A.param_begin(), A.param_end(), B.param_begin());
}

bool isItself(const clang::IdentifierInfo &Name, const clang::MacroInfo &Macro) {
  return Macro.isObjectLike() && Macro.getNumTokens() == 1 &&
         Macro.getReplacementToken(0).getIdentifierInfo() == &Name;
}

bool isFormatPrefix(const clang::MacroInfo &Macro, clang::Preprocessor &Pp) {
  if (Macro.getNumTokens() == 0 || Macro.getNumParams() != 1)
    return false;
  auto IsString = [](const clang::Token &T) { return T.is(clang::tok::string_literal); };
  auto IsText = [&](const clang::Token &T) {
    const clang::IdentifierInfo *Id = T.getIdentifierInfo();
    const clang::MacroInfo *Inner = Id != nullptr ? Pp.getMacroInfo(Id) : nullptr;
    return IsString(T) || (Inner != nullptr && Inner->isObjectLike() && Inner->getNumTokens() > 0 &&
                           std::all_of(Inner->tokens_begin(), Inner->tokens_end(), IsString));
  };
  auto IsParam = [&](const clang::Token &T) {
    return T.getIdentifierInfo() != nullptr && Macro.getParameterNum(T.getIdentifierInfo()) >= 0;
  };
  auto IsConstant = [&](const clang::Token &T) {
    const clang::IdentifierInfo *Id = T.getIdentifierInfo();
    return IsText(T) || T.is(clang::tok::numeric_constant) ||
           (Id != nullptr && (Id->isStr("__func__") || Id->isStr("__FUNCTION__") || Id->isStr("__LINE__")));
  };
  const auto *Param = std::find_if_not(Macro.tokens_begin(), Macro.tokens_end(), IsText);
  if (Param == Macro.tokens_end() || !IsParam(*Param))
    return false;
  for (const auto *T = std::next(Param); T != Macro.tokens_end(); std::advance(T, 2))
    if (!T->is(clang::tok::comma) || std::next(T) == Macro.tokens_end() || !IsConstant(*std::next(T)))
      return false;
  return true;
}

SharedHeaders PchRecord::finish(clang::Preprocessor &Pp,
                                const std::function<bool(llvm::StringRef, uint32_t)> &IsLowered) {
  listNames();
  for (const auto &Entry : Macros) {
    const Macro &M = Entry.getValue();
    bool Once = M.Definitions == 1;
    bool Prefix = !M.Infos.empty() && llvm::all_of(M.Infos, [&](const clang::MacroInfo *Info) {
      return isFormatPrefix(*Info, Pp);
    });
    bool Lost = M.Lost || M.TakenBackIn;
    if (!M.Default || M.Tests != 0 || (!Once && (!Prefix || Lost))) {
      Needs.resize(Seen.Files.size());
      for (auto [File, From] : M.Needs)
        Needs[File].insert(From);
      continue;
    }
    std::set<uint32_t> Where;
    for (const Expansion &E : M.Expansions)
      if (!Where.contains(E.File) && IsLowered(Seen.Files[E.File].Path, E.Offset))
        Where.insert(E.File);
    Seen.Overridable[Entry.getKey()] = {*M.Default, std::vector<uint32_t>(Where.begin(), Where.end()), Prefix,
                                        Once};
  }
  listOrder();
  return std::move(Seen);
}

} // namespace gfplint
