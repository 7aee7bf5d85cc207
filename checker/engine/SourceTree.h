// The texts of a database's files and of all that they may include, scanned once.
#pragma once

#include "compile_db/Database.h"
#include "engine/SourceScan.h"

#include "llvm/ADT/BitVector.h"
#include "llvm/ADT/StringMap.h"

namespace gfplint {

class SourceTree {
public:
  using FileNumber = uint32_t;

  struct File {
    std::string Path;
    bool IsHeader = false;
    ScannedText Text;
    /// The entries whose main file it is.
    std::vector<uint32_t> Entries;
    struct Edge {
      FileNumber To;
      /// Whoever compiles this file reads that one too.
      bool Sure;
    };
    std::vector<Edge> Includes;
    std::vector<Edge> IncludedBy;
  };

  /// Files that cannot be read are as if they were empty.
  SourceTree(llvm::ArrayRef<Entry> Entries, unsigned Threads);

  [[nodiscard]] llvm::ArrayRef<File> files() const { return Files; }
  /// The files that may include one of `From`, over any number of files, and those themselves.
  [[nodiscard]] llvm::BitVector including(llvm::ArrayRef<FileNumber> From) const;
  /// Those from which `From` is included, nearest first, until `Stop` is true of one, which is the last.
  /// With `Sure` only where nothing decides whether.
  [[nodiscard]] std::vector<FileNumber> includers(FileNumber From, bool Sure,
                                                  llvm::function_ref<bool(const File &)> Stop) const;

private:
  FileNumber number(llvm::StringRef Path);
  void scan(size_t From, unsigned Threads);

  std::vector<File> Files;
  llvm::StringMap<FileNumber> Numbers;
};

} // namespace gfplint
