// A run: look up, make headers, parse what is missing, load.
#include "engine/Analyse.h"

#include "engine/HeaderPlan.h"
#include "engine/Identity.h"
#include "engine/TreeFlags.h"
#include "engine/Worker.h"
#include "ir/Encode.h"
#include "store/Compress.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/xxhash.h"

#include <algorithm>
#include <chrono>
#include <ctime>
#include <map>
#include <numeric>

namespace gfplint {
namespace {

double seconds(std::chrono::steady_clock::time_point From) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - From).count();
}

/// Of this process.
double cpuSeconds(std::clock_t From) { return static_cast<double>(std::clock() - From) / CLOCKS_PER_SEC; }

class Run {
public:
  Run(llvm::ArrayRef<Entry> Entries, llvm::StringRef SourceRoot, Store &Kept, const AnalyseOptions &Options,
      TreeFlags Tree)
      : Entries(Entries), Root(SourceRoot.str()), Kept(Kept), Options(Options), Tree(std::move(Tree)),
        Outcomes(Entries.size()) {
    A.Flags = this->Tree.Flags;
  }
  ~Run() {
    if (!TemporaryFolder.empty())
      (void)llvm::sys::fs::remove_directories(TemporaryFolder);
  }

  void lookUp();
  void makeHeaders();
  void parse();
  llvm::Error load();
  Analysis take() { return std::move(A); }
  [[nodiscard]] bool interrupted() const { return A.Interrupted != 0; }

private:
  std::string pchFolder();
  void take(size_t Entry, const JobResult &Result);
  std::optional<std::vector<PartId>> receive(JobMessage &M, std::vector<ContentId> &Deps, bool &Whole);

  llvm::ArrayRef<Entry> Entries;
  std::string Root;
  Store &Kept;
  const AnalyseOptions &Options;
  TreeFlags Tree;
  Analysis A;
  std::vector<Hash128> Keys;
  std::vector<UnitOutcome> Outcomes;
  std::vector<size_t> Missing;
  std::vector<std::optional<unsigned>> Costs;
  std::vector<Hash128> GroupKeys;
  std::optional<WorkerContext> Context;
  std::string TemporaryFolder;
  llvm::DenseMap<PathHash, std::string> Paths;
  size_t Failed = 0;
};

void Run::lookUp() {
  Keys.reserve(Entries.size());
  for (const Entry &E : Entries)
    Keys.push_back(unitKey(E, Root, Tree.Key));
  if (Options.Overlaid != nullptr)
    for (const auto &[Path, Text] : *Options.Overlaid)
      Kept.files().replace(Path, Text);
  std::vector<size_t> Unseen;
  std::vector<Hash128> UnseenKeys;
  for (size_t I = 0; I < Entries.size(); ++I) {
    if (Options.Earlier != nullptr)
      if (auto It = Options.Earlier->Outcomes.find(Keys[I]); It != Options.Earlier->Outcomes.end()) {
        Outcomes[I] = It->second;
        continue;
      }
    Unseen.push_back(I);
    UnseenKeys.push_back(Keys[I]);
  }
  std::vector<std::optional<StoredUnit>> Found = Kept.lookup(UnseenKeys);
  for (size_t U = 0; U < Unseen.size(); ++U) {
    size_t I = Unseen[U];
    if (Found[U])
      Outcomes[I] = {true, std::move(Found[U]->Parts), std::move(Found[U]->Error)};
    else
      Missing.push_back(I);
  }
  std::vector<Hash128> MissingKeys;
  MissingKeys.reserve(Missing.size());
  for (size_t I : Missing)
    MissingKeys.push_back(Keys[I]);
  Costs = Kept.previousCost(MissingKeys);
}

std::string Run::pchFolder() {
  if (Kept.keeps())
    return Kept.pchFolder();
  if (TemporaryFolder.empty()) {
    llvm::SmallString<128> Made;
    if (!llvm::sys::fs::createUniqueDirectory("gfplint-pch", Made))
      TemporaryFolder = Made.str().str();
  }
  return TemporaryFolder;
}

void Run::makeHeaders() {
  auto Start = std::chrono::steady_clock::now();
  std::clock_t CpuStart = std::clock();
  llvm::ArrayRef<Entry> Planned = Options.HeadersFor.empty() ? Entries : Options.HeadersFor;
  Context.emplace(WorkerContext{Entries, {A.Flags, Root}, Options.Overlaid, Planned, {}, {}, {}, {}, {}});
  Context->GroupOf.assign(Entries.size(), WorkerContext::NoGroup);
  Context->SecondGroupOf = Context->GroupOf;
  if (Options.UsePch && Options.Overlaid == nullptr && !Missing.empty() && canShareHeaders(Planned.size()))
    if (std::string Folder = pchFolder(); !Folder.empty())
      GroupKeys = planHeaders(Missing, Kept, Folder, Options.HeadersOnly, Options.SmallestFolder,
                              Options.Earlier != nullptr ? llvm::ArrayRef(Options.Earlier->Groups)
                                                         : llvm::ArrayRef<KnownGroup>(),
                              *Context);
  A.PlanSeconds = cpuSeconds(CpuStart);
  std::vector<size_t> Wanted;
  for (size_t G = 0; G < Context->Groups.size(); ++G)
    if (Context->Descriptions[G].empty())
      Wanted.push_back(G);
  std::unique_ptr<Worker> Process;
  A.Interrupted =
      runJobs(
          Wanted.size(), Options.Pool,
          [&](size_t Job) {
            if (!Process)
              Process = std::make_unique<Worker>(*Context);
            return pack(Process->makeHeaders(Wanted[Job]));
          },
          [&](size_t Job, JobResult &&Result) {
            size_t G = Wanted[Job];
            std::clock_t Received = std::clock();
            HeaderCost Cost{Context->Groups[G].Folder, Context->Groups[G].Units.size(), 0, 0, false};
            Cost.UnitsHere = static_cast<size_t>(llvm::count(Context->GroupOf, G) +
                                                 llvm::count(Context->SecondGroupOf, G));
            std::string Error = Result.Failure;
            if (Error.empty()) {
              llvm::Expected<JobMessage> M = unpackMessage(Result.Bytes);
              std::vector<ContentId> Deps;
              bool Whole = true;
              if (M)
                Cost.Seconds = M->Milliseconds / 1000.0;
              if (!M)
                Error = llvm::toString(M.takeError());
              else if (M->Error.empty() && receive(*M, Deps, Whole)) {
                Context->Descriptions[G] = Context->PchPaths[G] + ".headers";
                if (Whole)
                  Kept.putPch(GroupKeys[G], Deps,
                              {llvm::sys::path::filename(Context->PchPaths[G] + ".pch").str(), ""});
              } else {
                Error = M->Error;
              }
            }
            Cost.Made = Error.empty();
            Cost.Seconds += cpuSeconds(Received);
            A.Headers.push_back(std::move(Cost));
            if (!Error.empty() && Options.Verbose)
              Options.Verbose("no shared headers for the " + std::to_string(Context->Groups[G].Units.size()) +
                              " units below " + Context->Groups[G].Folder + ": " + Error);
          })
          .Interrupted;
  if (Options.Earlier != nullptr)
    for (size_t G = 0; G < Context->Groups.size(); ++G)
      if (!Context->Descriptions[G].empty() &&
          llvm::none_of(Options.Earlier->Groups,
                        [&](const KnownGroup &K) { return K.Key == GroupKeys[G]; })) {
        Options.Earlier->Groups.push_back({Context->Groups[G], GroupKeys[G]});
        // They count the entries of this analysis.
        Options.Earlier->Groups.back().Group.Units.clear();
      }
  A.HeaderSeconds = seconds(Start);
}

/// Takes over what a worker sent; nothing where its answer names what it never sent.
std::optional<std::vector<PartId>> Run::receive(JobMessage &M, std::vector<ContentId> &Deps, bool &Whole) {
  for (const std::string &Path : M.NewPaths)
    Paths.try_emplace(llvm::xxh3_64bits(llvm::StringRef(Path)), Path);
  for (SentPart &P : M.NewParts)
    Kept.addPart(P.Hash, std::move(P.Index), std::move(P.Bodies));
  // The same order however the unit was parsed.
  std::sort(M.Parts.begin(), M.Parts.end());
  std::vector<PartId> Ids;
  for (const PartHash &Hash : M.Parts) {
    if (Hash == PartHash{})
      continue;
    std::optional<PartId> Id = Kept.findPart(Hash);
    if (!Id)
      return std::nullopt;
    Ids.push_back(*Id);
  }
  for (PathHash Hash : M.Deps) {
    auto It = Paths.find(Hash);
    if (It == Paths.end())
      return std::nullopt;
    if (std::optional<ContentId> Id = Kept.files().current(It->second)) {
      Deps.push_back(*Id);
    } else {
      Whole = false;
    }
  }
  return Ids;
}

void Run::take(size_t Index, const JobResult &Result) {
  UnitOutcome &O = Outcomes[Index];
  O.Known = true;
  if (!Result.Failure.empty()) {
    O.Error = Result.Failure;
    ++Failed;
    return;
  }
  llvm::Expected<JobMessage> M = unpackMessage(Result.Bytes);
  if (!M) {
    O.Error = llvm::toString(M.takeError());
    ++Failed;
    return;
  }
  std::vector<ContentId> Deps;
  bool Whole = !M->FileMissing;
  std::optional<std::vector<PartId>> Parts = receive(*M, Deps, Whole);
  if (!Parts) {
    O.Error = "a worker's answer is not whole";
    ++Failed;
    return;
  }
  ++A.Parsed;
  A.Shared += M->Shared ? 1 : 0;
  Failed += M->Error.empty() ? 0 : 1;
  if (!M->Shared && Options.UsePch && Options.Verbose)
    Options.Verbose(displayPath(Entries[Index].File, Root) + ": parsed without shared headers: " +
                    (M->Objection.empty() ? "there are none for it" : M->Objection));
  O.Parts = std::move(*Parts);
  O.Error = M->Error;
  if (Whole)
    Kept.addUnit({Keys[Index], Entries[Index].File, std::move(Deps), O.Parts, M->Error, M->Milliseconds});
}

void Run::parse() {
  auto Start = std::chrono::steady_clock::now();
  // Units without shared headers first, then group by group, each the longest first.
  std::vector<uint64_t> Sizes(Missing.size(), 0);
  for (size_t I = 0; I < Missing.size(); ++I) {
    uint64_t Size = 0;
    if (!llvm::sys::fs::file_size(Entries[Missing[I]].File, Size))
      Sizes[I] = Size;
    if (Costs[I])
      Sizes[I] = uint64_t(*Costs[I]) << 20;
  }
  PoolOptions Pool = Options.Pool;
  Pool.Order.resize(Missing.size());
  std::iota(Pool.Order.begin(), Pool.Order.end(), 0);
  auto Group = [&](size_t I) { return Context->GroupOf[Missing[I]] + 1; };
  std::stable_sort(Pool.Order.begin(), Pool.Order.end(), [&](size_t X, size_t Y) {
    return std::tuple(Group(X), Sizes[Y]) < std::tuple(Group(Y), Sizes[X]);
  });
  std::unique_ptr<Worker> Process;
  Progress Shown(Entries.size(), Missing.empty() ? ProgressMode::None : Options.Progress, llvm::errs(),
                 Start);
  Shown.skip(Entries.size() - Missing.size());
  A.Interrupted = runJobs(
                      Missing.size(), Pool,
                      [&](size_t Job) {
                        if (!Process)
                          Process = std::make_unique<Worker>(*Context);
                        return pack(Process->analyseUnit(Missing[Job]));
                      },
                      [&](size_t Job, JobResult &&Result) {
                        size_t FailedBefore = Failed;
                        take(Missing[Job], Result);
                        Shown.unitDone(Failed > FailedBefore, std::chrono::steady_clock::now());
                      })
                      .Interrupted;
  Shown.finish(std::chrono::steady_clock::now());
  Kept.flush();
  A.ParseSeconds = seconds(Start);
}

llvm::Error Run::load() {
  auto Start = std::chrono::steady_clock::now();
  if (Options.Earlier != nullptr)
    for (size_t I = 0; I < Entries.size(); ++I)
      if (Outcomes[I].Known)
        Options.Earlier->Outcomes.try_emplace(Keys[I], Outcomes[I]);
  llvm::DenseMap<PartId, uint32_t> Numbers;
  for (size_t I = 0; I < Entries.size(); ++I) {
    UnitOutcome &O = Outcomes[I];
    std::string Name = displayPath(Entries[I].File, Root);
    if (!O.Known)
      O.Error = "not reached before the run was ended";
    if (!O.Error.empty())
      A.Failures.push_back({Name, O.Error});
    else
      ++A.Analysed;
    UnitParts Unit{Name, O.Error, {}};
    for (PartId Id : O.Parts) {
      auto [It, New] = Numbers.try_emplace(Id, static_cast<uint32_t>(A.Ids.size()));
      if (New)
        A.Ids.push_back(Id);
      Unit.Parts.push_back(It->second);
    }
    A.Units.push_back(std::move(Unit));
  }
  A.Parts.resize(A.Ids.size());
  std::string Damage;
  llvm::Error E = Kept.loadIndexes(A.Ids, [&](size_t I, llvm::StringRef Packed) {
    llvm::Expected<std::string> Raw = uncompress(Packed);
    llvm::Expected<PartIndex> Index =
        Raw ? decodeIndex(*Raw, A.Files) : llvm::Expected<PartIndex>(Raw.takeError());
    if (Index)
      A.Parts[I] = std::move(*Index);
    else
      Damage = llvm::toString(Index.takeError());
  });
  if (!E && !Damage.empty()) {
    Kept.reportDamage(Damage);
    E = llvm::createStringError(Damage);
  }
  A.LoadSeconds = seconds(Start);
  return E;
}

} // namespace

llvm::Expected<Analysis> analyse(llvm::ArrayRef<Entry> Entries, llvm::StringRef SourceRoot, Store &Kept,
                                 const AnalyseOptions &Options) {
  std::clock_t Start = std::clock();
  llvm::Expected<TreeFlags> Tree = Options.Tree      ? llvm::Expected<TreeFlags>(*Options.Tree)
                                   : Entries.empty() ? llvm::Expected<TreeFlags>(TreeFlags())
                                                     : readTreeFlags(Entries, Kept);
  if (!Tree)
    return Tree.takeError();
  double FlagSeconds = cpuSeconds(Start);
  // A store whose parts turn out to be damaged has set itself aside: the second time all is parsed.
  for (bool Again : {true, false}) {
    Run R(Entries, SourceRoot, Kept, Options, *Tree);
    R.lookUp();
    R.makeHeaders();
    if (!R.interrupted() && !Options.HeadersOnly)
      R.parse();
    llvm::Error E = R.load();
    if (!E) {
      Analysis A = R.take();
      A.FlagSeconds = FlagSeconds;
      return A;
    }
    if (!Again)
      return E;
    llvm::consumeError(std::move(E));
    if (Options.Earlier != nullptr)
      *Options.Earlier = {};
  }
  llvm_unreachable("the loop returns");
}

} // namespace gfplint
