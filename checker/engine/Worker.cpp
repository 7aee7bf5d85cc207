// The work of one process.
#include "engine/Worker.h"

#include "compile_db/Paths.h"
#include "ir/Encode.h"
#include "store/Compress.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Support/xxhash.h"

#include <algorithm>
#include <chrono>
#include <ctime>

namespace gfplint {
namespace {

using Clock = std::chrono::steady_clock;

/// Loaded PCHs that a worker keeps; units come group by group.
constexpr size_t KeptHeaders = 3;
/// Headers are left out one after another until the rest compiles; so many times at most.
constexpr unsigned HeaderTries = 12;

constexpr PartHash NoPart{};

uint32_t millisecondsSince(Clock::time_point Start) {
  return static_cast<uint32_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - Start).count());
}

llvm::Error writeFile(const std::string &Path, llvm::StringRef Text) {
  return llvm::writeToOutput(Path, [&](llvm::raw_ostream &Out) -> llvm::Error {
    Out << Text;
    return llvm::Error::success();
  });
}

std::string describe(const SharedHeaders &Shared, const std::vector<PartHash> &Parts) {
  llvm::json::Array Hashes;
  for (const PartHash &H : Parts)
    Hashes.push_back(H == NoPart ? "" : llvm::toHex(H));
  std::string Text;
  llvm::raw_string_ostream Out(Text);
  Out << llvm::json::Value(std::move(Hashes)) << "\n" << Shared.toText();
  return Text;
}

llvm::Error readDescription(const std::string &File, SharedHeaders &Shared, std::vector<PartHash> &Parts) {
  auto Buffer = llvm::MemoryBuffer::getFile(File);
  if (!Buffer)
    return llvm::createStringError(File + ": " + Buffer.getError().message());
  auto [First, Rest] = (*Buffer)->getBuffer().split('\n');
  llvm::Expected<llvm::json::Value> Hashes = llvm::json::parse(First);
  if (!Hashes)
    return Hashes.takeError();
  llvm::Expected<SharedHeaders> Read = SharedHeaders::fromText(Rest);
  if (!Read)
    return Read.takeError();
  Shared = std::move(*Read);
  if (const llvm::json::Array *All = Hashes->getAsArray())
    for (const llvm::json::Value &V : *All) {
      PartHash Hash{};
      std::string Raw;
      std::optional<llvm::StringRef> Text = V.getAsString();
      if (Text && Text->size() == 2 * Hash.size() && llvm::tryGetFromHex(*Text, Raw))
        std::copy(Raw.begin(), Raw.end(), Hash.begin());
      Parts.push_back(Hash);
    }
  if (Parts.size() != Shared.Files.size())
    return llvm::createStringError(File + ": parts and files do not match");
  return llvm::Error::success();
}

std::string findQuoted(const Entry &E, llvm::StringRef Name) {
  auto Try = [&](llvm::StringRef Folder) -> std::string {
    llvm::SmallString<256> Below(Folder);
    llvm::sys::path::append(Below, Name);
    std::string Path = absolutePath(Below, E.Directory);
    return llvm::sys::fs::exists(Path) ? Path : "";
  };
  std::string Path = Try(llvm::sys::path::parent_path(E.File));
  for (size_t I = 0; Path.empty() && I < E.Args.size(); ++I) {
    llvm::StringRef Folder = E.Args[I];
    if (Folder.consume_front("-I"))
      Path = Try(Folder.empty() && I + 1 < E.Args.size() ? llvm::StringRef(E.Args[I + 1]) : Folder);
  }
  return Path;
}

/// A unit's includes, quoted names as absolute paths; left out are those that are not found by the text
/// of its command, and those that would be entered again. `Guarded` remembers which files are.
std::vector<Include> sharedIncludes(const Entry &E, llvm::StringMap<bool> &Guarded) {
  std::vector<Include> Found;
  auto Text = llvm::MemoryBuffer::getFile(E.File);
  if (!Text)
    return Found;
  for (Include &I : includesOf((*Text)->getBuffer())) {
    if (I.Quoted) {
      std::string Path = findQuoted(E, I.Name);
      auto [Known, New] = Guarded.try_emplace(Path, false);
      if (New && !Path.empty())
        if (auto Header = llvm::MemoryBuffer::getFile(Path))
          Known->second = isGuarded((*Header)->getBuffer());
      if (!Known->second)
        continue;
      I.Name = std::move(Path);
    }
    Found.push_back(std::move(I));
  }
  return Found;
}

} // namespace

void Worker::addDep(JobMessage &M, const std::string &Path) {
  PathHash Hash = llvm::xxh3_64bits(llvm::StringRef(Path));
  M.Deps.push_back(Hash);
  if (SentPaths.insert(Hash).second)
    M.NewPaths.push_back(Path);
}

PartHash Worker::addPart(JobMessage &M, const Part &Lowered, const FileTable &Files) {
  EncodedPart E = encode(Lowered, Files);
  if (SentParts.insert(E.Hash).second)
    M.NewParts.push_back({E.Hash, compress(E.Index), compress(E.Bodies)});
  return E.Hash;
}

JobMessage Worker::makeHeaders(size_t Index) {
  std::clock_t Start = std::clock();
  JobMessage M = compileHeaders(Index);
  M.Milliseconds = static_cast<uint32_t>((std::clock() - Start) * 1000 / CLOCKS_PER_SEC);
  return M;
}

JobMessage Worker::compileHeaders(size_t Index) {
  const PchGroup &G = Context.Groups[Index];
  JobMessage M;
  std::vector<std::vector<Include>> Includes;
  Includes.reserve(G.Units.size());
  llvm::StringMap<bool> Guarded;
  for (size_t Unit : G.Units)
    Includes.push_back(sharedIncludes(Context.Planned[Unit], Guarded));
  std::vector<Include> Headers = chooseHeaders(Includes, G.Share);

  const std::string &Base = Context.PchPaths[Index];
  Entry E;
  E.File = Base + ".c";
  E.Directory = G.Directory;
  E.Args = G.Args;
  E.Args.push_back(E.File);
  FileTable Files;
  LoweredHeaders Made;
  for (unsigned Try = 0; Try < HeaderTries; ++Try) {
    if (llvm::Error Failed = writeFile(E.File, headerSource(Headers))) {
      M.Error = llvm::toString(std::move(Failed));
      return M;
    }
    // What an earlier try learnt of the source's text no longer holds.
    Parser Fresh;
    Made = lowerHeaders(Fresh, E, Base + ".pch", Context.Lower, Files);
    if (Made.Error.empty() || Made.Guilty.empty())
      break;
    for (unsigned Line : llvm::reverse(Made.Guilty))
      if (Line >= 1 && Line <= Headers.size())
        Headers.erase(Headers.begin() + Line - 1);
  }
  if (!Made.Error.empty() || Headers.empty()) {
    M.Error = Made.Error.empty() ? "its units have no headers in common" : Made.Error;
    return M;
  }
  for (const std::optional<Part> &One : Made.Parts)
    M.Parts.push_back(One ? addPart(M, *One, Files) : NoPart);
  for (const SharedHeaders::File &F : Made.Shared.Files)
    addDep(M, F.Path);
  if (llvm::Error Failed = writeFile(Base + ".headers", describe(Made.Shared, M.Parts)))
    M.Error = llvm::toString(std::move(Failed));
  return M;
}

Worker::Loaded &Worker::load(uint32_t Group) {
  for (std::unique_ptr<Loaded> &L : Recent)
    if (L->Group == Group)
      return *L;
  if (Recent.size() >= KeptHeaders)
    Recent.pop_front();
  auto L = std::make_unique<Loaded>();
  L->Group = Group;
  if (llvm::Error E = readDescription(Context.Descriptions[Group], L->Shared, L->Parts))
    L->Error = llvm::toString(std::move(E));
  else
    L->Headers = std::make_unique<LoadedHeaders>(L->Shared, P.files(Context.Groups[Group].Directory));
  Recent.push_back(std::move(L));
  return *Recent.back();
}

Worker::Loaded *Worker::analyseOnTop(const Entry &E, uint32_t Group, FileTable &Files, LoweredUnit &U,
                                     JobMessage &M) {
  if (Group == WorkerContext::NoGroup || Context.Descriptions[Group].empty())
    return nullptr;
  Loaded &L = load(Group);
  if (L.Error.empty())
    U = lowerEntry(P, E, Context.Lower, Files, nullptr, L.Headers.get());
  std::string Objection = L.Error.empty() ? U.Objection : L.Error;
  M.Shared = Objection.empty();
  M.Objection += (M.Objection.empty() || Objection.empty() ? "" : "; ") + Objection;
  return M.Shared ? &L : nullptr;
}

JobMessage Worker::analyseUnit(size_t Index) {
  Clock::time_point Start = Clock::now();
  const Entry &E = Context.Entries[Index];
  JobMessage M;
  FileTable Files;
  LoweredUnit U;
  Loaded *L = analyseOnTop(E, Context.GroupOf[Index], Files, U, M);
  if (L == nullptr)
    L = analyseOnTop(E, Context.SecondGroupOf[Index], Files, U, M);
  if (L == nullptr)
    U = lowerEntry(P, E, Context.Lower, Files, Context.Overlaid);
  M.Error = U.Ir.Error;
  M.FileMissing = U.FileMissing;
  for (const Part &One : U.Ir.Parts)
    M.Parts.push_back(addPart(M, One, Files));
  for (const std::string &Path : U.Files)
    addDep(M, Path);
  if (M.Shared)
    for (unsigned I : U.Shared.set_bits()) {
      addDep(M, L->Shared.Files[I].Path);
      if (L->Parts[I] != NoPart)
        M.Parts.push_back(L->Parts[I]);
    }
  M.Milliseconds = millisecondsSince(Start);
  return M;
}

} // namespace gfplint
