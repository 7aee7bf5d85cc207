// Where the files that #include lines name may be, by the names of files alone.
#pragma once

#include "compile_db/Database.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringMap.h"

namespace gfplint {

class IncludeSearch {
public:
  /// The -I folders of all entries together are searched; those that all entries share decide alone
  /// where only they have the file.
  explicit IncludeSearch(llvm::ArrayRef<Entry> Entries);

  struct Found {
    /// Absolute, without `.` and `..`; sorted.
    std::vector<std::string> Paths;
    /// Every entry finds the first of them.
    bool Sure = false;
  };
  /// `Folder` is that of the including file.
  Found find(llvm::StringRef Name, bool Quoted, llvm::StringRef Folder);
  /// The files of an entry's -include options, absolute.
  static std::vector<std::string> forced(const Entry &E);

private:
  const Found &search(llvm::StringRef Name);
  bool exists(const std::string &Path);

  std::vector<std::string> Folders;
  /// How many of Folders, from the first on, are shared by all entries.
  size_t Shared = 0;
  /// First component of a name: the folders that have it.
  llvm::StringMap<std::vector<uint32_t>> Having;
  llvm::StringMap<Found> Searched;
  llvm::StringMap<bool> Exists;
};

} // namespace gfplint
