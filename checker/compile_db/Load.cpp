// A database loaded: which entries are kernel C, cleaned and in order.
#include "compile_db/Database.h"
#include "compile_db/Paths.h"
#include "compile_db/RawEntries.h"
#include "files/ReadInput.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include <algorithm>

namespace gfplint {
namespace {

llvm::Error failWith(llvm::StringRef Path, const llvm::Twine &What) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), Path + ": " + What);
}

/// An entry before it is known whether the database has kernel compiles at all.
struct Candidate {
  Entry E;
  bool IsKernel = false;
  bool Exists = false;
};

bool isKernelCompile(llvm::ArrayRef<std::string> Words) {
  for (size_t I = 0; I < Words.size(); ++I) {
    llvm::StringRef Word = Words[I];
    if (!Word.consume_front("-D"))
      continue;
    if (Word.empty() && I + 1 < Words.size())
      Word = Words[I + 1];
    if (Word == "__KERNEL__" || Word.starts_with("__KERNEL__="))
      return true;
  }
  return false;
}

class Collector {
public:
  explicit Collector(llvm::StringRef Folder) : Folder(Folder) {}

  void take(const RawEntry &Raw) {
    if (llvm::StringRef(Raw.File).ends_with_insensitive(".s")) {
      ++Left.Assembler;
      return;
    }
    if (!llvm::StringRef(Raw.File).ends_with(".c")) {
      ++Left.OtherLanguages;
      return;
    }
    Candidate C;
    C.E.Directory = absolutePath(Raw.Directory, Folder);
    C.E.File = absolutePath(Raw.File, C.E.Directory);
    C.IsKernel = isKernelCompile(Raw.Words);
    C.Exists = exists(C.E.File);
    if (C.Exists)
      C.E.Args = cleanArguments(Raw.Words, C.E.File);
    AnyKernel |= C.IsKernel;
    Candidates.push_back(std::move(C));
  }

  /// Fills the entries and the counts. Without a single kernel compile (a lone module, samples) all are
  /// kept.
  void finish(Database &Db) {
    for (Candidate &C : Candidates) {
      if (AnyKernel && !C.IsKernel)
        ++Left.HostTools;
      else if (!C.Exists)
        ++Left.MissingFiles;
      else
        Db.Entries.push_back(std::move(C.E));
    }
    std::sort(Db.Entries.begin(), Db.Entries.end(), [](const Entry &A, const Entry &B) {
      return std::tie(A.File, A.Args, A.Directory) < std::tie(B.File, B.Args, B.Directory);
    });
    Db.Entries.erase(std::unique(Db.Entries.begin(), Db.Entries.end()), Db.Entries.end());
    Db.Left = Left;
  }

private:
  bool exists(llvm::StringRef File) {
    auto [It, IsNew] = Known.try_emplace(File, false);
    if (IsNew)
      It->second = llvm::sys::fs::is_regular_file(File);
    return It->second;
  }

  llvm::StringRef Folder;
  std::vector<Candidate> Candidates;
  llvm::StringMap<bool> Known;
  Skipped Left;
  bool AnyKernel = false;
};

/// The compile_commands.json that is meant, absolute.
llvm::Expected<std::string> findDatabase(llvm::StringRef PathOrDirectory) {
  llvm::SmallString<256> Path(PathOrDirectory);
  if (std::error_code Error = llvm::sys::fs::make_absolute(Path))
    return failWith(PathOrDirectory, Error.message());
  bool IsFolder = llvm::sys::fs::is_directory(Path);
  if (IsFolder)
    llvm::sys::path::append(Path, "compile_commands.json");
  else if (!llvm::sys::fs::exists(Path))
    return failWith(PathOrDirectory,
                    "no such file or folder; give a build folder or a compile_commands.json");
  if (!llvm::sys::fs::exists(Path))
    return failWith(PathOrDirectory, "the folder has no compile_commands.json; make one there with 'make "
                                     "compile_commands.json', or give another folder");
  return absolutePath(Path, "/");
}

std::string countsOf(const Skipped &Left) {
  return (llvm::Twine(Left.MissingFiles) + " not there, " + llvm::Twine(Left.Assembler) + " assembler, " +
          llvm::Twine(Left.OtherLanguages) + " in other languages")
      .str();
}

} // namespace

/// That of a whole kernel is of 60 MiB.
constexpr uint64_t MaxDatabase = uint64_t(4) << 30;

llvm::Expected<Database> loadDatabase(llvm::StringRef PathOrDirectory) {
  llvm::Expected<std::string> Path = findDatabase(PathOrDirectory);
  if (!Path)
    return Path.takeError();
  llvm::Expected<std::string> Text = readInput(*Path, MaxDatabase);
  if (!Text)
    return failWith(*Path, "cannot be read: " + llvm::toString(Text.takeError()));

  Collector Entries(llvm::sys::path::parent_path(*Path));
  if (llvm::Error E = forEachRawEntry(*Text, [&](const RawEntry &Raw) { Entries.take(Raw); }))
    return failWith(*Path, llvm::toString(std::move(E)));
  Database Db;
  Db.Path = std::move(*Path);
  Entries.finish(Db);
  if (Db.Entries.empty())
    return failWith(Db.Path, "no entry is a C file that exists (" + countsOf(Db.Left) +
                                 "); make the database again where the source lies now");
  return Db;
}

} // namespace gfplint
