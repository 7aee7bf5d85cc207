// From what Clang knows of a unit that it has parsed to findings.
#include "tidy/ParsedUnit.h"

#include "compile_db/Database.h"
#include "frontend/Calibrate.h"
#include "lower/Lower.h"
#include "model/Loader.h"
#include "program/InMemory.h"
#include "triage/IgnoreComments.h"
#include "triage/Triage.h"

#include "clang/Basic/FileManager.h"
#include "clang/Basic/SourceManager.h"
#include "clang/Lex/HeaderSearch.h"
#include "clang/Lex/PreprocessorOptions.h"
#include "llvm/Support/Path.h"

namespace gfplint {
namespace {

/// Absolute, without `.` and `..`.
std::string absolute(const clang::FileManager &Files, llvm::StringRef Name) {
  llvm::SmallString<256> Path(Name);
  Files.makeAbsolutePath(Path);
  llvm::sys::path::remove_dots(Path, /*remove_dot_dot=*/true);
  return Path.str().str();
}

/// As much of the unit's command as tells where its kernel is.
Entry entryOf(const clang::Preprocessor &Pp, const clang::SourceManager &Sources) {
  Entry E;
  const clang::FileManager &Files = Sources.getFileManager();
  if (clang::OptionalFileEntryRef Main = Sources.getFileEntryRefForID(Sources.getMainFileID()))
    E.File = absolute(Files, Main->getName());
  E.Directory = absolute(Files, ".");
  for (const auto &Folder : Pp.getHeaderSearchInfo().getHeaderSearchOpts().UserEntries) {
    E.Args.emplace_back(Folder.Group == clang::frontend::System ? "-isystem" : "-I");
    E.Args.push_back(Folder.Path);
  }
  for (const std::string &Header : Pp.getPreprocessorOpts().Includes) {
    E.Args.emplace_back("-include");
    E.Args.push_back(Header);
  }
  E.Args.push_back(E.File);
  return E;
}

bool hasFlags(const clang::Preprocessor &Pp) {
  const clang::IdentifierInfo *Name = Pp.getIdentifierInfo("__GFP_DIRECT_RECLAIM");
  return Name != nullptr && Pp.getMacroInfo(Name) != nullptr;
}

} // namespace

llvm::Expected<std::shared_ptr<const TreeFacts>> KnownTrees::facts(const KernelTree &Tree,
                                                                   const TidyOptions &Options) {
  std::shared_ptr<const TreeFacts> &Slot = Known[{Tree.SourceRoot, Tree.Version, Options}];
  if (Slot)
    return Slot;
  llvm::Expected<std::vector<ModelSource>> Sources = modelSources(Options.Models);
  if (!Sources)
    return llvm::createStringError("option Models: " + llvm::toString(Sources.takeError()));
  TreeFacts Facts;
  bool Forced = Options.Version.has_value();
  llvm::Expected<Model> Loaded =
      loadModel(*Sources, viewTree(Tree.SourceRoot, Forced ? Options.Version : Tree.Version, Forced));
  if (!Loaded)
    return Loaded.takeError();
  Facts.Knowledge = std::move(*Loaded);
  if (std::string File = findConfig(Tree.SourceRoot); !File.empty()) {
    llvm::Expected<Config> Read = readConfig(File);
    if (!Read)
      return Read.takeError();
    Facts.Settings = std::move(*Read);
  }
  Slot = std::make_shared<const TreeFacts>(std::move(Facts));
  return Slot;
}

void ParsedUnit::watch(clang::Preprocessor &Of) {
  if (Pp != nullptr)
    return;
  Pp = &Of;
  Words.watch(Of);
}

llvm::Error ParsedUnit::lower(clang::ASTContext &Ast) {
  Lowered = true;
  Empty = true;
  if (!hasFlags(*Pp))
    return llvm::Error::success();
  Entry E = entryOf(*Pp, Ast.getSourceManager());
  Tree = findKernelTree(E);
  File = displayPath(E.File, Tree.SourceRoot);
  llvm::Expected<Calibration> Found = calibrateLike(*Pp, E.Directory);
  if (!Found)
    return Found.takeError();
  Flags = flagTable(*Found);
  const clang::SourceManager &Sources = Ast.getSourceManager();
  for (unsigned I = 0, N = Sources.local_sloc_entry_size(); I != N; ++I) {
    const clang::SrcMgr::SLocEntry &One = Sources.getLocalSLocEntry(I);
    if (!One.isFile())
      continue;
    if (clang::OptionalFileEntryRef Of = One.getFile().getContentCache().OrigEntry)
      // A file that is read again and again has its first place.
      Places.try_emplace(displayPath(absolute(Sources.getFileManager(), Of->getName()), Tree.SourceRoot),
                         Sources.getFileID(clang::SourceLocation::getFromRawEncoding(
                             static_cast<clang::SourceLocation::UIntTy>(One.getOffset()))));
  }
  LowerOptions Options{Flags, Tree.SourceRoot};
  for (const Part &One : lowerParsed(Ast, Words, Options, Files))
    Parts.push_back(encode(One, Files));
  Empty = false;
  return llvm::Error::success();
}

llvm::Expected<ParsedUnit::View> ParsedUnit::link(const TidyOptions &Options) const {
  View Seen;
  llvm::Expected<std::shared_ptr<const TreeFacts>> Facts = Trees.facts(Tree, Options);
  if (!Facts)
    return Facts.takeError();
  Seen.Facts = std::move(*Facts);
  FileTable Own = Files;
  llvm::Expected<LinkInput> Input = linkInput(Parts, Own);
  if (!Input)
    return Input.takeError();
  Seen.Linked = std::make_unique<Program>(std::move(Input->Parts), std::move(Own), std::move(Input->Load),
                                          Seen.Facts->Knowledge, Flags);
  return Seen;
}

/// As the command line does it for one file.
void ParsedUnit::sortOut(Report &R, const TreeFacts &Facts, llvm::ArrayRef<const Rule *> Ran,
                         bool Failed) const {
  TriageInput In;
  In.Settings = &Facts.Settings;
  In.Partial = true;
  In.tookPart(Ran, Facts.Knowledge);
  In.Asked = [&](FileId Of) { return isOwn(R, Of) && !(Failed && R.Files->name(Of) == File); };
  In.MayHaveIgnore = [&](FileId Of) {
    auto Text = R.Texts.find(diskPath(R, Of));
    return Text != R.Texts.end() && llvm::StringRef(Text->second).contains(IgnoreWord);
  };
  triage(R, In);
}

Report ParsedUnit::run(const View &Seen, ScopeStyle Style, clang::ASTContext &Ast) const {
  const clang::SourceManager &Sources = Ast.getSourceManager();
  Report R;
  R.Entries = R.Analysed = 1;
  R.Files = &Seen.Linked->Files;
  R.SourceRoot = Tree.SourceRoot;
  if (llvm::sys::path::is_absolute(File))
    R.OwnFiles.insert(File);
  std::vector<const Rule *> Every;
  for (const Rule &One : allRules())
    Every.push_back(&One);
  std::vector<const Rule *> Running = rulesThatRun(Seen.Facts->Settings, "", Every);
  R.Findings = runRules(*Seen.Linked, Running);
  // What was parsed need not be what is on disk: an editor's overlay.
  std::set<FileId> Fixed;
  for (const Finding &F : R.Findings)
    if (F.Suggested) {
      for (const Edit &E : F.Suggested->Edits)
        Fixed.insert(E.At.File);
      for (const ScopeInsertion &S : F.Suggested->Scopes)
        Fixed.insert(S.NameAt.File);
      for (const StatementChange &C : F.Suggested->Changes)
        Fixed.insert(C.NameAt.File);
    }
  for (FileId Of = 1; Of < R.Files->size(); ++Of)
    if (auto Place = Places.find(R.Files->name(Of).str()); Place != Places.end())
      if (std::optional<llvm::StringRef> Text = Sources.getBufferDataOrNone(Place->second);
          Text && (Fixed.contains(Of) || Text->contains(IgnoreWord)))
        R.Texts.try_emplace(diskPath(R, Of), Text->str());
  sortOut(R, *Seen.Facts, Running, Ast.getDiagnostics().hasUncompilableErrorOccurred());
  placeFixes(R, Style);
  return R;
}

llvm::Expected<const Report *> ParsedUnit::findings(clang::ASTContext &Ast, const TidyOptions &Options) {
  if (!Lowered)
    if (llvm::Error E = lower(Ast))
      return E;
  if (Empty)
    return nullptr;
  auto It = Views.find(Options);
  if (It == Views.end()) {
    llvm::Expected<View> Seen = link(Options);
    // An empty view: the error is told once.
    It = Views.emplace(Options, Seen ? std::move(*Seen) : View()).first;
    if (!Seen)
      return Seen.takeError();
    It->second.Found = run(It->second, Options.Style, Ast);
  }
  return It->second.Linked ? &It->second.Found : nullptr;
}

clang::SourceLocation ParsedUnit::location(const Report &R, Loc At,
                                           const clang::SourceManager &Sources) const {
  auto Place = Places.find(R.Files->name(At.File).str());
  return Place == Places.end() ? clang::SourceLocation() : Sources.getComposedLoc(Place->second, At.Offset);
}

bool ParsedUnit::isOffered(const Report &R, const Edit &E) {
  return !Offered.emplace(R.Files->name(E.At.File), E.At.Offset, E.Length, E.Text).second;
}

} // namespace gfplint
