// What files hold now, against what the store knows of them. In memory and file system alone; the
// store loads it and writes what changed.
#pragma once

#include "store/Hash.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringMap.h"

#include <functional>
#include <optional>
#include <vector>

namespace gfplint {

/// One version of one file, in this run alone.
using ContentId = uint32_t;

/// What stat() says of a file. Times are nanoseconds since 1970. The time of change (ctime) is there
/// because nobody can set it back: a file replaced by another of the same size and mtime is seen.
struct Stamp {
  int64_t Size = -1;
  int64_t Mtime = 0;
  int64_t Ctime = 0;
  friend bool operator==(const Stamp &, const Stamp &) = default;
};

/// Each path is looked at once in a run, when it is first asked for, and once more before something is
/// stored that depends on it.
class FileStates {
public:
  /// `RunStart` in nanoseconds since 1970. A file that may have changed after it is racy: what was
  /// parsed and what was hashed need not be the same.
  explicit FileStates(int64_t RunStart);

  /// What the file holds; nothing where it is missing or cannot be read.
  std::optional<ContentId> current(llvm::StringRef Path);
  /// The state of not being there: current while no file has that path.
  ContentId absence(llvm::StringRef Path);
  bool isCurrent(ContentId Id);
  /// From now on the file holds this, whatever is on disk.
  void replace(llvm::StringRef Path, llvm::StringRef Text);
  /// Is every version of every file that is known here current? Those that nobody asked for yet are not
  /// known where askFirst() has told of them.
  bool allCurrent();

  /// Starts a new check: files that isSettled() asks for are looked at again.
  void beginCheck() { ++Check; }
  /// Current, not racy, and unchanged since it was first looked at.
  bool isSettled(ContentId Id);

  // For the store.

  struct Content {
    uint32_t Path = 0;
    Hash128 Hash{};
    bool Absent = false;
    /// The store's id of it; 0 where it has none.
    int64_t Row = 0;
  };
  [[nodiscard]] const Content &content(ContentId Id) const { return Contents[Id]; }
  [[nodiscard]] llvm::StringRef path(ContentId Id) const { return Paths[Contents[Id].Path].Name; }
  void setRow(ContentId Id, int64_t Row) { Contents[Id].Row = Row; }
  /// Is called once for each path before it is looked at, and may add what is known of it.
  void askFirst(std::function<void(llvm::StringRef Path)> Ask) { AskFirst = std::move(Ask); }
  /// A version that the store knows; `Hash` null for absence.
  ContentId addKnown(llvm::StringRef Path, const Hash128 *Hash, int64_t Row);
  /// What a file with this stamp was found to hold.
  void addStamp(llvm::StringRef Path, const Stamp &At, const Hash128 &Hash);
  struct NewStamp {
    llvm::StringRef Path;
    Stamp At;
    Hash128 Hash;
  };
  /// Stamps that were learnt since the last call.
  std::vector<NewStamp> takeNewStamps();

private:
  enum class Seen : uint8_t { NotYet, Missing, Unreadable, Present, Replaced };
  struct File {
    const char *Name;
    Seen State = Seen::NotYet;
    bool HasKnown = false;
    bool Racy = false;
    uint32_t CheckedIn = 0;
    Stamp Now;
    Stamp KnownAt;
    Hash128 KnownHash{};
    ContentId Current = 0;
    llvm::SmallVector<ContentId, 1> Versions;
  };
  File &file(llvm::StringRef Path);
  static bool hasText(const File &F) { return F.State == Seen::Present || F.State == Seen::Replaced; }
  void look(File &F);
  ContentId version(File &F, const Hash128 &Hash, bool Absent);

  int64_t RunStart;
  uint32_t Check = 1;
  std::function<void(llvm::StringRef Path)> AskFirst;
  llvm::StringMap<uint32_t> Index;
  std::vector<File> Paths;
  std::vector<Content> Contents;
  std::vector<uint32_t> NewStamps;
};

/// Nanoseconds since 1970.
int64_t nowInNanoseconds();

} // namespace gfplint
