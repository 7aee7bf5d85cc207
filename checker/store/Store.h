// IR on disk: parts of units by content, units by key and the contents of the files they were made
// from, and small things beside them. It sees bytes, hashes and paths, never what they mean.
//
// A store never makes a run fail. What cannot be read is as if it were not there, what cannot be
// written stays in memory for this run, and one remark says so.
#pragma once

#include "store/FileStates.h"
#include "store/FolderLock.h"
#include "store/Sqlite.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLFunctionalExtras.h"

#include <chrono>
#include <map>
#include <sys/types.h>
#include <unordered_map>

namespace gfplint {

/// A part of a unit, in this run alone. Equal parts have equal ids, but for one that another process
/// stored between this one's asking and writing.
using PartId = int64_t;

struct NewUnit {
  /// All that the unit depends on but the contents of files.
  Hash128 Key{};
  std::string File;
  /// Of the main file and each file that it included; FileStates::absence() where a file's not being
  /// there mattered.
  std::vector<ContentId> Deps;
  std::vector<PartId> Parts;
  std::string Error;
  /// What its analysis took.
  unsigned Milliseconds = 0;
};

struct StoredUnit {
  std::vector<PartId> Parts;
  std::string Error;
  unsigned Milliseconds = 0;
};

struct StoredPch {
  /// A file in pchFolder().
  std::string File;
  std::string Meta;
};

/// When a run reads what its store knows of files.
enum class ReadFiles : uint8_t {
  /// All at the start: for a run over many units.
  All,
  /// Of each file when it is first asked for: for a run over few units, on a store of many.
  AsAsked,
};

/// For one thread of one process. After fork() only the parent may use it; the child may let it be
/// destroyed.
class Store {
public:
  /// Makes the folder where it is missing. A file there that is no store of this version is renamed,
  /// never read or deleted. `Remarks` gets one line for each thing that users should know, now and
  /// later; it must outlive the store.
  static llvm::Expected<std::unique_ptr<Store>>
  open(llvm::StringRef Folder, std::vector<std::string> &Remarks, ReadFiles When = ReadFiles::All);
  static llvm::Expected<std::unique_ptr<Store>> inMemory(std::vector<std::string> &Remarks);
  ~Store();
  Store(const Store &) = delete;
  Store &operator=(const Store &) = delete;

  FileStates &files() { return Files; }

  /// For each key a unit whose files are all as they were, or nothing. Units that were added in this
  /// run are found only where they could be written.
  std::vector<std::optional<StoredUnit>> lookup(llvm::ArrayRef<Hash128> Keys);
  /// Milliseconds of the newest analysis of each key, whatever has changed since.
  std::vector<std::optional<unsigned>> previousCost(llvm::ArrayRef<Hash128> Keys);

  /// Is there a part with this hash? Then its bytes need not be made.
  std::optional<PartId> findPart(const Hash128 &Hash);
  /// The bytes are stored as they are, and only where the hash is new.
  PartId addPart(const Hash128 &Hash, std::string Index, std::string Bodies);
  /// Calls Each(position, bytes) for the parts in the order given. On an error the store is set aside:
  /// lookup() finds nothing from then on, so that asking again leads to a whole analysis.
  llvm::Error loadIndexes(llvm::ArrayRef<PartId> Parts,
                          llvm::function_ref<void(size_t, llvm::StringRef)> Each);
  llvm::Expected<std::string> loadBodies(PartId Part);

  /// Left out where a file that it depends on changed during the run, or may have.
  void addUnit(NewUnit Unit);

  /// Valid while the files that it depends on are as they were.
  std::optional<std::string> blob(const Hash128 &Key);
  void putBlob(const Hash128 &Key, llvm::ArrayRef<ContentId> Deps, std::string Data);

  /// Where precompiled headers are; empty for a store in memory. Made at the first call.
  [[nodiscard]] std::string pchFolder() const;
  std::optional<StoredPch> pch(const Hash128 &Key);
  /// The file must be in pchFolder() already, whole, under a name that was never used before.
  void putPch(const Hash128 &Key, llvm::ArrayRef<ContentId> Deps, StoredPch Pch);

  /// Writes what was added; otherwise it is written twice a second.
  void flush();
  /// The end of a run: flush(), and what was used is noted.
  void finish();
  /// Makes the file smaller where that is worth it and no other process has the store open: drops what
  /// was not used for so long, and what nothing refers to. The last call: ids are void after it.
  /// True where something was dropped.
  bool prune(std::chrono::hours Unused = std::chrono::hours(24 * 30));

  /// A line on size and use, for --stats.
  std::string describe();
  /// For a reader that finds the bytes of a part wrong: sets the store aside.
  void reportDamage(llvm::StringRef What);
  /// Are additions kept beyond this run?
  [[nodiscard]] bool keeps() const { return State == Mode::Writing && !Folder.empty(); }

private:
  enum class Mode {
    Writing,
    /// What is there is read; additions stay in memory.
    Reading,
    /// Nothing more is looked up.
    Closed,
  };
  struct Part {
    Hash128 Hash{};
    std::string Index;
    std::string Bodies;
    /// The store's id, once written; the bytes are let go then.
    int64_t Row = 0;
  };
  struct Small {
    std::vector<ContentId> Deps;
    std::string Data;
    /// Set for a precompiled header.
    std::string File;
    /// Depends on a file that changed: for this run alone.
    bool Private = false;
  };
  using SmallMap = std::map<Hash128, Small>;
  struct Touch {
    Hash128 Key{};
    bool IsPch;
  };
  struct Use {
    int64_t Row;
    /// Other units with its key are there.
    bool Several;
  };

  explicit Store(std::vector<std::string> &Remarks, ReadFiles When = ReadFiles::All);
  // Open.cpp
  llvm::Error openFile();
  llvm::Error openReadOnly();
  llvm::Error prepareAll();
  llvm::Error load();
  void loadOf(llvm::StringRef Path);
  void takeContent(llvm::StringRef Path, const Statement &S, int Column);
  void takeStamp(llvm::StringRef Path, const Statement &S, int Column);
  std::string setAside();
  std::string fileName() const { return Folder + "/store.sqlite"; }
  void close();
  // Errors
  void remark(llvm::StringRef Text);
  void stopWriting(llvm::StringRef Why);
  /// A failed read: sets a damaged store aside, says other trouble once.
  void readFailed(llvm::Error E);
  [[nodiscard]] bool mine() const;
  // Lookup.cpp
  llvm::Error readUnit(Statement &S, bool AllCurrent, std::optional<StoredUnit> &Out);
  bool depsAreCurrent(llvm::StringRef Deps);
  bool rowIsCurrent(int64_t Row);
  void noteRow(ContentId Id, int64_t Row);
  llvm::Error lookupAll(llvm::ArrayRef<Hash128> Keys, std::vector<std::optional<StoredUnit>> &Found);
  llvm::Error lookupSome(llvm::ArrayRef<Hash128> Keys, std::vector<std::optional<StoredUnit>> &Found);
  // Parts.cpp
  Part *newPart(PartId Id);
  static PartId idOfNew(size_t Index);
  llvm::Error partFailed(llvm::Error E);
  llvm::Expected<std::optional<Small>> readSmall(bool IsPch, const Hash128 &Key);
  std::optional<Small> small(bool IsPch, const Hash128 &Key);
  // Write.cpp
  void added(size_t Bytes);
  llvm::Error commit();
  llvm::Error inTransaction(llvm::function_ref<llvm::Error()> Write);
  void writeFailed(llvm::Error E);
  llvm::Error writeContent(ContentId Id, std::vector<ContentId> &NewRows);
  llvm::Expected<std::string> writeDeps(llvm::ArrayRef<ContentId> Deps, std::vector<ContentId> &NewRows);
  llvm::Expected<int64_t> writePart(const Part &P);
  llvm::Error writeUnit(const NewUnit &U, llvm::ArrayRef<int64_t> PartRows, std::vector<ContentId> &NewRows);
  llvm::Error writeSmalls(SmallMap &Map, bool IsPch, std::vector<ContentId> &NewRows);
  llvm::Error writeAll(std::vector<ContentId> &NewRows, std::vector<int64_t> &PartRows);
  llvm::Error writeUses();
  bool settled(llvm::ArrayRef<ContentId> Deps);
  // Prune.cpp
  llvm::Expected<bool> pruneRows(int64_t Before);
  llvm::Error prunePchFiles();

  std::vector<std::string> &Remarks;
  std::string Folder;
  pid_t Owner;
  Mode State = Mode::Writing;
  ReadFiles When;
  bool SaidReadTrouble = false;
  /// Units that were not stored because a file of theirs changed.
  size_t Unsettled = 0;
  /// Milliseconds since 1970 at the start; what `used.run` holds.
  int64_t Run;
  uint64_t Inode = 0;
  FolderLock Lock;
  FileStates Files;
  // Before the statements: members are destroyed in reverse order.
  Connection Db;
  struct Statements {
    Statement Begin, Commit, Rollback, ContentInsert, ContentFind, ContentById, ContentsOf, StampOf, StampPut,
        PartInsert, PartFind, BodyInsert, IndexesFrom, Bodies, UnitSame, UnitInsert, UsedInsert, UnitTrim,
        UnitsByKey, CostByKey, UsedUpdate, BlobGet, BlobPut, BlobTouch, PchGet, PchPut, PchTouch;
  } Sql;

  /// By the store's id of a content.
  enum class RowIs : uint8_t { Unknown, Current, Stale };
  std::vector<RowIs> RowStates;
  std::vector<std::optional<ContentId>> ContentOfRow;
  std::vector<Part> NewParts;
  size_t PartsWritten = 0;
  std::unordered_map<Hash128, PartId, HashOfHash> PartOfHash;
  llvm::DenseMap<int64_t, PartId> NewPartOfRow;
  std::vector<NewUnit> NewUnits;
  std::vector<FileStates::NewStamp> Stamps;
  SmallMap NewBlobs;
  SmallMap NewPchs;
  std::vector<Use> Uses;
  std::vector<Touch> Touched;
  size_t PendingBytes = 0;
  std::optional<std::chrono::steady_clock::time_point> PendingSince;
};

} // namespace gfplint
