// stat(), and BLAKE3 of the bytes where the stamp is a new one.
#include "store/FileStates.h"

#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/BLAKE3.h"

#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace gfplint {
namespace {

constexpr int64_t Second = 1000000000;
/// File systems stamp by a clock that lags behind by up to a timer tick.
constexpr int64_t FineClock = Second / 20;
/// The oldest count whole or every second second.
constexpr int64_t CoarseClock = 2 * Second;

int64_t nanoseconds(const timespec &T) { return T.tv_sec * Second + T.tv_nsec; }

Stamp stampOf(const struct stat &S) { return {S.st_size, nanoseconds(S.st_mtim), nanoseconds(S.st_ctim)}; }

/// Could a file with this stamp have changed at `When` or later, without a new stamp?
bool maySameStampHide(const Stamp &At, int64_t When) {
  int64_t Margin = At.Ctime % Second == 0 ? CoarseClock : FineClock;
  return std::max(At.Mtime, At.Ctime) >= When - Margin;
}

/// The hash of a file's bytes; `At` is its stamp while they were read. Nothing where it cannot be read.
/// `Torn` says that it changed meanwhile.
std::optional<Hash128> hashFile(const char *Path, Stamp &At, bool &Torn) {
  int Fd = open(Path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (Fd < 0)
    return std::nullopt;
  auto Close = llvm::make_scope_exit([&] { close(Fd); });
  struct stat Before{};
  if (fstat(Fd, &Before) != 0 || !S_ISREG(Before.st_mode))
    return std::nullopt;
  llvm::BLAKE3 Hasher;
  std::vector<char> Buffer(1 << 16);
  while (true) {
    ssize_t N = read(Fd, Buffer.data(), Buffer.size());
    if (N < 0 && errno == EINTR)
      continue;
    if (N < 0)
      return std::nullopt;
    if (N == 0)
      break;
    Hasher.update(llvm::StringRef(Buffer.data(), static_cast<size_t>(N)));
  }
  struct stat After{};
  if (fstat(Fd, &After) != 0)
    return std::nullopt;
  At = stampOf(After);
  Torn = At != stampOf(Before);
  return Hasher.final<16>();
}

} // namespace

int64_t nowInNanoseconds() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

FileStates::FileStates(int64_t RunStart) : RunStart(RunStart) {}

FileStates::File &FileStates::file(llvm::StringRef Path) {
  auto [At, New] = Index.try_emplace(Path, static_cast<uint32_t>(Paths.size()));
  uint32_t Number = At->second;
  if (New) {
    Paths.emplace_back();
    Paths.back().Name = At->getKeyData();
    if (AskFirst)
      AskFirst(Paths.back().Name);
  }
  return Paths[Number];
}

ContentId FileStates::version(File &F, const Hash128 &Hash, bool Absent) {
  for (ContentId Id : F.Versions)
    if (Contents[Id].Absent == Absent && Contents[Id].Hash == Hash)
      return Id;
  auto Id = static_cast<ContentId>(Contents.size());
  Contents.push_back({static_cast<uint32_t>(&F - Paths.data()), Hash, Absent, 0});
  F.Versions.push_back(Id);
  return Id;
}

void FileStates::look(File &F) {
  if (F.State != Seen::NotYet)
    return;
  F.CheckedIn = Check;
  struct stat S{};
  if (stat(F.Name, &S) != 0) {
    F.State = errno == ENOENT || errno == ENOTDIR ? Seen::Missing : Seen::Unreadable;
    return;
  }
  F.Now = stampOf(S);
  bool Torn = false;
  if (!S_ISREG(S.st_mode)) {
    F.State = Seen::Unreadable;
    return;
  }
  if (!F.HasKnown || F.KnownAt != F.Now) {
    int64_t Before = nowInNanoseconds();
    std::optional<Hash128> Hash = hashFile(F.Name, F.Now, Torn);
    if (!Hash) {
      F.State = Seen::Unreadable;
      return;
    }
    F.HasKnown = true;
    F.KnownAt = F.Now;
    F.KnownHash = *Hash;
    // A change right after this would leave the stamp as it is: no stamp to remember.
    if (!Torn && !maySameStampHide(F.Now, Before))
      NewStamps.push_back(static_cast<uint32_t>(&F - Paths.data()));
  }
  F.State = Seen::Present;
  F.Racy = Torn || maySameStampHide(F.Now, RunStart);
  F.Current = version(F, F.KnownHash, false);
}

std::optional<ContentId> FileStates::current(llvm::StringRef Path) {
  File &F = file(Path);
  look(F);
  if (!hasText(F))
    return std::nullopt;
  return F.Current;
}

void FileStates::replace(llvm::StringRef Path, llvm::StringRef Text) {
  File &F = file(Path);
  llvm::BLAKE3 Hasher;
  Hasher.update(Text);
  F.State = Seen::Replaced;
  F.Racy = false;
  F.Current = version(F, Hasher.final<16>(), false);
}

ContentId FileStates::absence(llvm::StringRef Path) { return version(file(Path), Hash128{}, true); }

bool FileStates::isCurrent(ContentId Id) {
  File &F = Paths[Contents[Id].Path];
  look(F);
  if (Contents[Id].Absent)
    return F.State == Seen::Missing;
  return hasText(F) && F.Current == Id;
}

bool FileStates::allCurrent() {
  for (ContentId Id = 0; Id < Contents.size(); ++Id)
    if (!isCurrent(Id))
      return false;
  return true;
}

bool FileStates::isSettled(ContentId Id) {
  if (!isCurrent(Id))
    return false;
  File &F = Paths[Contents[Id].Path];
  if (!F.Racy && F.CheckedIn != Check && F.State != Seen::Replaced) {
    F.CheckedIn = Check;
    struct stat S{};
    bool There = stat(F.Name, &S) == 0;
    F.Racy = F.State == Seen::Present ? !There || stampOf(S) != F.Now : There;
  }
  return !F.Racy;
}

ContentId FileStates::addKnown(llvm::StringRef Path, const Hash128 *Hash, int64_t Row) {
  ContentId Id = version(file(Path), Hash ? *Hash : Hash128{}, !Hash);
  Contents[Id].Row = Row;
  return Id;
}

void FileStates::addStamp(llvm::StringRef Path, const Stamp &At, const Hash128 &Hash) {
  File &F = file(Path);
  F.HasKnown = true;
  F.KnownAt = At;
  F.KnownHash = Hash;
}

std::vector<FileStates::NewStamp> FileStates::takeNewStamps() {
  std::vector<NewStamp> Taken;
  Taken.reserve(NewStamps.size());
  for (uint32_t I : NewStamps)
    Taken.push_back({Paths[I].Name, Paths[I].KnownAt, Paths[I].KnownHash});
  NewStamps.clear();
  return Taken;
}

} // namespace gfplint
