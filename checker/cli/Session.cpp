// Setting up a run.
#include "cli/Session.h"

#include "cli/Kbuild.h"
#include "cli/OnlyNeeded.h"
#include "compile_db/Paths.h"
#include "model/Loader.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"

#include <chrono>
#include <cstdlib>
#include <ctime>

namespace gfplint {
namespace {

/// AnalyseOptions::SmallestFolder where only the units are parsed that the rules need.
constexpr size_t FewNeededInFolder = 16;

using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point Start) {
  return std::chrono::duration<double>(Clock::now() - Start).count();
}

std::string currentDirectory() {
  llvm::SmallString<256> Path;
  if (llvm::sys::fs::current_path(Path))
    return "/";
  return Path.str().str();
}

/// The configuration: the one that was named, or the nearest above the source, or above the database.
llvm::Error loadSettings(const Options &O, Session &S, llvm::StringRef DatabaseFolder) {
  if (O.What != Command::Check && O.What != Command::Fix && O.What != Command::Sites &&
      O.What != Command::Kbuild)
    return llvm::Error::success();
  std::string File = O.Config;
  if (File.empty())
    File = findConfig(S.SourceRoot);
  if (File.empty())
    File = findConfig(DatabaseFolder);
  if (File.empty())
    return llvm::Error::success();
  llvm::Expected<Config> Read = readConfig(File);
  if (!Read)
    return llvm::createStringError((O.Config.empty() ? "" : "--config: ") + llvm::toString(Read.takeError()));
  S.Settings = std::move(*Read);
  for (const std::string &Path : O.Paths)
    for (const std::string &Base : {S.SourceRoot, currentDirectory()})
      S.Named.push_back(displayPath(absolutePath(Path, Base), S.SourceRoot));
  if (O.Verbose)
    llvm::errs() << "gfplint: configuration: " << File << "\n";
  return llvm::Error::success();
}

/// Whether the configuration leaves a file out. A PATH within what it excludes comes before it.
bool isLeftOut(const Options &O, const Session &S, llvm::StringRef Name) {
  if (O.Paths.empty() && !O.CompilerWords && !S.Settings.checks(Name))
    return true;
  return !O.CompilerWords && S.Settings.excludes(Name, S.Named);
}

/// Entries and where the store belongs: beside the database, or nowhere.
llvm::Expected<std::vector<Entry>> findEntries(const Options &O, Session &S, std::string &StoreFolder) {
  if (O.CompilerWords) {
    llvm::Expected<Entry> E = O.What == Command::Kbuild
                                  ? kbuildEntry(*O.CompilerWords, StoreFolder)
                                  : synthesiseEntry(*O.CompilerWords, currentDirectory());
    if (!E)
      return E.takeError();
    KernelTree Tree = findKernelTree(*E);
    S.SourceRoot = Tree.SourceRoot;
    S.Version = Tree.Version;
    std::string Beside =
        StoreFolder.empty() ? currentDirectory() : llvm::sys::path::parent_path(StoreFolder).str();
    if (llvm::Error Wrong = loadSettings(O, S, Beside))
      return Wrong;
    std::vector<Entry> One = {*E};
    // Make chose it, and nobody named it.
    if (std::string Name = displayPath(E->File, S.SourceRoot);
        O.What == Command::Kbuild && (!S.Settings.checks(Name) || S.Settings.excludes(Name, {})))
      One.clear();
    return One;
  }
  llvm::Expected<Database> Db = loadDatabase(O.Database);
  if (!Db)
    return Db.takeError();
  StoreFolder = llvm::sys::path::parent_path(Db->Path).str() + "/.gfplint";
  KernelTree Tree = findKernelTree(Db->Entries);
  S.SourceRoot = Tree.SourceRoot;
  S.Version = Tree.Version;
  if (O.Verbose)
    llvm::errs() << llvm::formatv("gfplint: {0}: {1} entries; left out: {2} assembler, {3} host tools, "
                                  "{4} missing files, {5} other languages\n",
                                  Db->Path, Db->Entries.size(), Db->Left.Assembler, Db->Left.HostTools,
                                  Db->Left.MissingFiles, Db->Left.OtherLanguages);
  if (llvm::Error Wrong = loadSettings(O, S, llvm::sys::path::parent_path(Db->Path)))
    return Wrong;
  llvm::Expected<std::vector<Entry>> Chosen = selectEntries(*Db, O.Paths, S.SourceRoot, currentDirectory());
  if (!Chosen || S.Settings.File.empty())
    return Chosen;
  size_t Before = Chosen->size();
  std::erase_if(*Chosen, [&](const Entry &E) { return isLeftOut(O, S, displayPath(E.File, S.SourceRoot)); });
  if (Chosen->empty())
    return llvm::createStringError(S.Settings.File + ": 'paths' leaves none of " + llvm::Twine(Before) +
                                   " C files; a PATH on the command line comes before it");
  if (O.Verbose && Chosen->size() < Before)
    llvm::errs() << "gfplint: " << S.Settings.File << ": 'paths' leaves " << Chosen->size() << " of "
                 << Before << " entries\n";
  return Chosen;
}

llvm::Expected<Model> loadKnowledge(const Options &O, const std::string &SourceRoot,
                                    std::optional<KernelVersion> Version) {
  llvm::Expected<std::vector<ModelSource>> Sources = modelSources(O.Models);
  if (!Sources)
    return llvm::createStringError("--model: " + llvm::toString(Sources.takeError()));
  return loadModel(*Sources, viewTree(SourceRoot, Version, O.Version.has_value()));
}

ProgressMode progressMode(const Options &O) {
  if (O.Quiet || O.Show == ShowProgress::Never)
    return ProgressMode::None;
  bool Redrawn = O.Show == ShowProgress::Always || llvm::sys::Process::StandardErrIsDisplayed();
  return Redrawn ? ProgressMode::Redrawn : ProgressMode::Lines;
}

llvm::Error openStore(const Options &O, const std::string &BesideDatabase, Session &S) {
  std::string Folder = O.CacheDir.empty() ? BesideDatabase : O.CacheDir;
  bool Nowhere = O.NoCache || Folder.empty();
  llvm::Expected<std::unique_ptr<Store>> Opened =
      Nowhere
          ? Store::inMemory(S.Remarks)
          : Store::open(Folder, S.Remarks, O.What == Command::Kbuild ? ReadFiles::AsAsked : ReadFiles::All);
  if (!Opened)
    return Opened.takeError();
  S.Kept = std::move(*Opened);
  return llvm::Error::success();
}

/// Says how far the run came, keeps what is done, and ends the program as the signal would have.
[[noreturn]] void endInterrupted(const Options &O, Session &S, const Analysis &A) {
  if (!O.Quiet)
    llvm::errs() << "gfplint: ended by a signal after " << A.Parsed << " units; "
                 << (S.Kept->keeps() ? "they are kept for the next run\n" : "nothing is kept\n");
  closeSession(O, S);
  llvm::errs().flush();
  // Without destructors: nothing of a program that is not whole is of use.
  std::_Exit(128 + A.Interrupted);
}

llvm::Expected<Analysis> analyseEntries(const Options &O, Session &S, llvm::ArrayRef<Entry> Entries,
                                        const Overlay *Overlaid, std::optional<TreeFlags> Tree = std::nullopt,
                                        KnownUnits *Earlier = nullptr) {
  AnalyseOptions Run;
  Run.Pool.Jobs = O.Jobs;
  Run.Pool.Timeout = O.UnitTimeout;
  Run.Pool.MemoryLimit = O.UnitMemory;
  Run.UsePch = O.UsePch;
  Run.Overlaid = Overlaid;
  Run.Progress = progressMode(O);
  Run.Tree = std::move(Tree);
  Run.Earlier = Earlier;
  Run.HeadersFor = S.HeadersFor.empty() ? Entries : llvm::ArrayRef(S.HeadersFor);
  // The files that use masks and scopes are large, and include many headers of their own folder.
  if (Entries.size() < S.Entries.size())
    Run.SmallestFolder = FewNeededInFolder;
  Run.HeadersOnly = O.HeadersOnly;
  if (O.Verbose)
    Run.Verbose = [](llvm::StringRef Line) { llvm::errs() << "gfplint: " << Line << "\n"; };
  llvm::Expected<Analysis> A = analyse(Entries, S.SourceRoot, *S.Kept, Run);
  if (A && A->Interrupted != 0)
    endInterrupted(O, S, *A);
  return A;
}

/// For --stats: what this run spent for many units at once.
void tellCommonCosts(const Session &S, const Analysis &A) {
  llvm::errs() << llvm::formatv("gfplint: flags of the tree: {0:F3} CPU seconds\n", A.FlagSeconds);
  for (const HeaderCost &H : A.Headers)
    llvm::errs() << llvm::formatv(
        "gfplint: shared headers {0}: {1:F3} CPU seconds, for {2} units, {3} of them here, below {4}\n",
        H.Made ? "made" : "could not be made", H.Seconds, H.Units, H.UnitsHere,
        H.Folder.empty() ? "/" : H.Folder);
  if (!S.HeadersFor.empty())
    llvm::errs() << llvm::formatv("gfplint: shared headers planned: {0:F3} CPU seconds, for {1} units\n",
                                  S.HeadersForSeconds + A.PlanSeconds, S.HeadersFor.size());
}

/// Finds the entries and opens the store.
llvm::Error prepare(const Options &O, Session &S) {
  std::string Folder;
  llvm::Expected<std::vector<Entry>> Entries = findEntries(O, S, Folder);
  if (!Entries)
    return Entries.takeError();
  S.Entries = std::move(*Entries);
  if (!O.HeadersFor.empty()) {
    std::clock_t Start = std::clock();
    llvm::Expected<Database> Db = loadDatabase(O.HeadersFor);
    if (!Db)
      return Db.takeError();
    S.HeadersFor = std::move(Db->Entries);
    S.HeadersForSeconds = static_cast<double>(std::clock() - Start) / CLOCKS_PER_SEC;
  }
  if (O.Version)
    S.Version = O.Version;
  return openStore(O, Folder, S);
}

/// The database, and what is known of its tree.
llvm::Error prepareTree(const Options &O, Session &S) {
  if (llvm::Error E = prepare(O, S))
    return E;
  llvm::Expected<Model> Knowledge = loadKnowledge(O, S.SourceRoot, S.Version);
  if (!Knowledge)
    return Knowledge.takeError();
  S.Knowledge = std::move(*Knowledge);
  if (O.Verbose) {
    llvm::errs() << "gfplint: kernel " << (S.Version ? S.Version->str() : "of unknown version") << " in "
                 << (S.SourceRoot.empty() ? "(no source root found)" : S.SourceRoot) << "\n";
    for (const Decision &D : S.Knowledge.decisions())
      llvm::errs() << "gfplint: " << (D.Holds ? "yes: " : "no:  ") << D.Subject << " (" << D.Why << ")\n";
  }
  return llvm::Error::success();
}

/// What the analyses of one run took together.
struct Work {
  size_t Parsed = 0;
  size_t Shared = 0;
  double HeaderSeconds = 0;
  double ParseSeconds = 0;
  double LoadSeconds = 0;
  double LinkSeconds = 0;
  KnownUnits Units;
};

/// Analyses the entries and links them; false where a signal ended it early.
llvm::Expected<bool> analyseAndLink(const Options &O, Session &S, llvm::ArrayRef<Entry> Entries,
                                    const Overlay *Overlaid, std::optional<TreeFlags> Tree, Work &Done) {
  llvm::Expected<Analysis> A = analyseEntries(O, S, Entries, Overlaid, std::move(Tree), &Done.Units);
  if (!A)
    return A.takeError();
  if (O.Stats)
    tellCommonCosts(S, *A);
  Clock::time_point Start = Clock::now();
  S.Linked.reset();
  S.Flags = std::move(A->Flags);
  S.Failures = std::move(A->Failures);
  S.Analysed = A->Analysed;
  S.Bodies = std::make_unique<BodyReader>(*S.Kept, *A);
  S.Linked = std::make_unique<Program>(
      std::move(A->Parts), std::move(A->Files),
      [Reader = S.Bodies.get()](uint32_t Part, uint32_t Function) { return Reader->load(Part, Function); },
      S.Knowledge, S.Flags, O.Jobs);
  Done.Parsed += A->Parsed;
  Done.Shared += A->Shared;
  Done.HeaderSeconds += A->HeaderSeconds;
  Done.ParseSeconds += A->ParseSeconds;
  Done.LoadSeconds += A->LoadSeconds;
  Done.LinkSeconds += secondsSince(Start);
  return A->Interrupted == 0;
}

/// Analyses what the rules need, or everything.
llvm::Error analyseAndLinkAll(const Options &O, Session &S, const Overlay *Overlaid,
                              llvm::ArrayRef<const Rule *> Rules, Work &Done) {
  if (!canLeaveUnitsOut(O, S, Rules))
    return analyseAndLink(O, S, S.Entries, Overlaid, std::nullopt, Done).takeError();
  llvm::Expected<TreeFlags> Tree = readTreeFlags(S.Entries, *S.Kept);
  if (!Tree)
    return Tree.takeError();
  S.Flags = Tree->Flags;
  llvm::Expected<NeededUnits> Needed = analyseNeeded(O, S, Rules, [&](llvm::ArrayRef<Entry> Some) {
    return analyseAndLink(O, S, Some, Overlaid, *Tree, Done);
  });
  if (!Needed)
    return Needed.takeError();
  S.Skipped = S.Entries.size() - Needed->Units;
  if (O.Stats)
    llvm::errs() << llvm::formatv("gfplint: {0} of {1} units needed, found in {2} rounds with {3} names; "
                                  "seconds: {4:F2} reading the text "
                                  "of {5} files, {6:F2} asking\n",
                                  Needed->Units, S.Entries.size(), Needed->Rounds, Needed->Names,
                                  Needed->ScanSeconds, Needed->FilesRead, Needed->AskSeconds);
  return llvm::Error::success();
}

} // namespace

llvm::Expected<std::unique_ptr<Session>> openSession(const Options &O, const Overlay *Overlaid,
                                                     llvm::ArrayRef<const Rule *> Rules,
                                                     BeforeAnalysis First) {
  auto S = std::make_unique<Session>();
  Clock::time_point Start = Clock::now();
  if (llvm::Error E = prepareTree(O, *S))
    return E;
  if (First)
    if (llvm::Error E = First(*S))
      return E;
  double Prepared = secondsSince(Start);
  Work Done;
  if (Overlaid != nullptr && Overlaid->empty())
    Overlaid = nullptr;
  if (llvm::Error E = analyseAndLinkAll(O, *S, Overlaid, Rules, Done))
    return E;
  if (O.Verbose && !S->Flags.unknownNames().empty())
    for (const std::string &Name : S->Flags.unknownNames())
      llvm::errs() << "gfplint: flag " << Name
                   << " of this tree has no name here; it is kept as an unknown bit\n";
  if (O.Stats)
    llvm::errs() << llvm::formatv(
        "gfplint: {0} units, {1} parsed in this run, {2} of them on shared headers; {3} functions\n"
        "gfplint: seconds: {4:F2} database and knowledge, {5:F2} looking up, {6:F2} shared headers, "
        "{7:F2} parsing, {8:F2} loading, {9:F2} linking\n",
        S->Entries.size(), Done.Parsed, Done.Shared, S->Linked->size(), Prepared,
        secondsSince(Start) - Prepared - Done.HeaderSeconds - Done.ParseSeconds - Done.LoadSeconds -
            Done.LinkSeconds,
        Done.HeaderSeconds, Done.ParseSeconds, Done.LoadSeconds, Done.LinkSeconds);
  return S;
}

llvm::Expected<std::unique_ptr<Session>> openTree(const Options &O) {
  auto S = std::make_unique<Session>();
  if (llvm::Error E = prepareTree(O, *S))
    return E;
  llvm::Expected<TreeFlags> Tree = readTreeFlags(S->Entries, *S->Kept);
  if (!Tree)
    return Tree.takeError();
  S->Flags = std::move(Tree->Flags);
  return S;
}

llvm::Error tryInputs(const Options &O) {
  Options Alone = O;
  Alone.NoCache = true;
  Alone.Verbose = false;
  Session S;
  return prepareTree(Alone, S);
}

llvm::Expected<Analysis> analyseOnly(const Options &O, Session &S) {
  if (llvm::Error E = prepare(O, S))
    return E;
  llvm::Expected<Analysis> A = analyseEntries(O, S, S.Entries, nullptr);
  if (A && O.Stats)
    tellCommonCosts(S, *A);
  return A;
}

void closeSession(const Options &O, Session &S) {
  S.Kept->finish();
  if (O.Stats)
    llvm::errs() << "gfplint: " << S.Kept->describe() << "\n";
  S.Kept->prune();
  if (!O.Quiet)
    for (const std::string &Line : S.Remarks)
      llvm::errs() << "gfplint: " << Line << "\n";
}

Report startReport(const Session &S) {
  Report R;
  R.ToolVersion = GFPLINT_VERSION;
  R.Kernel = S.Version;
  R.Entries = S.Entries.size();
  R.Analysed = S.Analysed;
  R.Skipped = S.Skipped;
  for (const UnitFailure &F : S.Failures)
    R.Failures.push_back({F.File, F.Error});
  R.Files = &S.Linked->Files;
  R.SourceRoot = S.SourceRoot;
  for (const Entry &E : S.Entries)
    if (std::string Name = displayPath(E.File, S.SourceRoot); llvm::sys::path::is_absolute(Name))
      R.OwnFiles.insert(std::move(Name));
  return R;
}

bool wasAskedFor(const Options &O, const Session &S, FileId File) {
  llvm::StringRef Name = S.Linked->Files.name(File);
  if (isLeftOut(O, S, Name))
    return false;
  if (O.Paths.empty())
    return true;
  std::string Absolute = llvm::sys::path::is_absolute(Name) ? Name.str() : S.SourceRoot + "/" + Name.str();
  for (const std::string &Path : O.Paths)
    for (const std::string &Base : {S.SourceRoot, currentDirectory()})
      if (isInside(Absolute, absolutePath(Path, Base)))
        return true;
  return false;
}

} // namespace gfplint
