// From what Clang knows of a unit that it has parsed to findings.
#include "tidy/ParsedUnit.h"

#include "compile_db/Database.h"
#include "frontend/Calibrate.h"
#include "lower/Lower.h"
#include "model/Loader.h"
#include "program/InMemory.h"

#include "clang/Basic/FileManager.h"
#include "clang/Basic/SourceManager.h"
#include "clang/Lex/HeaderSearch.h"
#include "clang/Lex/PreprocessorOptions.h"
#include "llvm/Support/MemoryBuffer.h"
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

llvm::Expected<std::shared_ptr<const Model>> TreeKnowledge::of(const KernelTree &Tree,
                                                               const TidyOptions &Options) {
  std::shared_ptr<const Model> &Slot = Known[{Tree.SourceRoot, Tree.Version, Options}];
  if (Slot)
    return Slot;
  std::vector<ModelSource> Sources = builtinModelSources();
  for (const std::string &File : Options.Models) {
    auto Buffer = llvm::MemoryBuffer::getFile(File);
    if (!Buffer)
      return llvm::createStringError("option Models: " + File + ": " + Buffer.getError().message());
    Sources.push_back({File, (*Buffer)->getBuffer().str()});
  }
  bool Forced = Options.Version.has_value();
  llvm::Expected<Model> Loaded =
      loadModel(Sources, viewTree(Tree.SourceRoot, Forced ? Options.Version : Tree.Version, Forced));
  if (!Loaded)
    return Loaded.takeError();
  Slot = std::make_shared<const Model>(std::move(*Loaded));
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
  llvm::Expected<std::shared_ptr<const Model>> Knowledge = Trees.of(Tree, Options);
  if (!Knowledge)
    return Knowledge.takeError();
  Seen.Knowledge = std::move(*Knowledge);
  FileTable Own = Files;
  llvm::Expected<LinkInput> Input = linkInput(Parts, Own);
  if (!Input)
    return Input.takeError();
  Seen.Linked = std::make_unique<Program>(std::move(Input->Parts), std::move(Own), std::move(Input->Load),
                                          *Seen.Knowledge, Flags);
  return Seen;
}

Report ParsedUnit::run(const Rule &Asked, const View &Seen, ScopeStyle Style,
                       const clang::SourceManager &Sources) const {
  Report R;
  R.Entries = R.Analysed = 1;
  R.Files = &Seen.Linked->Files;
  R.SourceRoot = Tree.SourceRoot;
  if (llvm::sys::path::is_absolute(File))
    R.OwnFiles.insert(File);
  R.Findings = runRules(*Seen.Linked, &Asked);
  // What was parsed need not be what is on disk: an editor's overlay.
  auto Read = [&](const Loc &At) {
    auto Place = Places.find(R.Files->name(At.File).str());
    if (Place == Places.end())
      return;
    if (std::optional<llvm::StringRef> Text = Sources.getBufferDataOrNone(Place->second))
      R.Texts.try_emplace(diskPath(R, At.File), Text->str());
  };
  for (const Finding &F : R.Findings) {
    if (!F.Suggested)
      continue;
    for (const Edit &E : F.Suggested->Edits)
      Read(E.At);
    for (const ScopeInsertion &S : F.Suggested->Scopes)
      Read(S.NameAt);
    for (const StatementChange &C : F.Suggested->Changes)
      Read(C.NameAt);
  }
  placeFixes(R, Style);
  return R;
}

llvm::Expected<const Report *> ParsedUnit::findings(const Rule &Asked, clang::ASTContext &Ast,
                                                    const TidyOptions &Options) {
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
  }
  View &Seen = It->second;
  if (!Seen.Linked)
    return nullptr;
  auto [Found, New] = Seen.Reports.try_emplace(&Asked);
  if (New)
    Found->second = run(Asked, Seen, Options.Style, Ast.getSourceManager());
  return &Found->second;
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
