// Folders are listed once: most names are not there, and asking for each would take long.
#include "engine/IncludeSearch.h"

#include "compile_db/Paths.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include <algorithm>

namespace gfplint {
namespace {

/// The values of an option that is written `-Ivalue` or `-I value`.
void values(const Entry &E, llvm::ArrayRef<llvm::StringRef> Options,
            llvm::function_ref<void(llvm::StringRef)> Each) {
  for (size_t I = 0; I < E.Args.size(); ++I)
    for (llvm::StringRef Option : Options) {
      llvm::StringRef Arg = E.Args[I];
      if (!Arg.consume_front(Option))
        continue;
      if (!Arg.empty())
        Each(Arg);
      else if (I + 1 < E.Args.size())
        Each(E.Args[I + 1]);
      break;
    }
}

} // namespace

IncludeSearch::IncludeSearch(llvm::ArrayRef<Entry> Entries) {
  llvm::StringMap<size_t> Uses;
  std::vector<std::string> Order;
  for (const Entry &E : Entries) {
    llvm::StringSet<> Own;
    values(E, {"-I", "-isystem", "-iquote", "-idirafter"}, [&](llvm::StringRef Folder) {
      std::string Path = absolutePath(Folder, E.Directory);
      if (!Own.insert(Path).second)
        return;
      if (Uses[Path]++ == 0)
        Order.push_back(std::move(Path));
    });
  }
  Folders = Order;
  auto Middle = std::stable_partition(Folders.begin(), Folders.end(), [&](const std::string &Folder) {
    return Uses.lookup(Folder) == Entries.size();
  });
  Shared = static_cast<size_t>(Middle - Folders.begin());
  for (uint32_t I = 0; I < Folders.size(); ++I) {
    std::error_code Error;
    for (llvm::sys::fs::directory_iterator It(Folders[I], Error), End; !Error && It != End;
         It.increment(Error))
      Having[llvm::sys::path::filename(It->path())].push_back(I);
  }
}

bool IncludeSearch::exists(const std::string &Path) {
  auto [It, New] = Exists.try_emplace(Path, false);
  if (New)
    It->second = llvm::sys::fs::is_regular_file(Path);
  return It->second;
}

const IncludeSearch::Found &IncludeSearch::search(llvm::StringRef Name) {
  auto [It, New] = Searched.try_emplace(Name);
  if (!New)
    return It->second;
  Found &F = It->second;
  std::vector<uint32_t> Candidates;
  llvm::StringRef First = Name.split('/').first;
  if (First == "." || First == "..") {
    for (uint32_t I = 0; I < Folders.size(); ++I)
      Candidates.push_back(I);
  } else if (auto Known = Having.find(First); Known != Having.end()) {
    Candidates = Known->second;
  }
  bool OnlyShared = true;
  for (uint32_t I : Candidates) {
    std::string Path = absolutePath(Name, Folders[I]);
    if (!exists(Path))
      continue;
    // What all search first hides the same name in what they share further back.
    if (I < Shared && !F.Paths.empty())
      continue;
    OnlyShared = OnlyShared && I < Shared;
    F.Paths.push_back(std::move(Path));
  }
  F.Sure = OnlyShared && !F.Paths.empty();
  std::sort(F.Paths.begin(), F.Paths.end());
  F.Paths.erase(std::unique(F.Paths.begin(), F.Paths.end()), F.Paths.end());
  return F;
}

IncludeSearch::Found IncludeSearch::find(llvm::StringRef Name, bool Quoted, llvm::StringRef Folder) {
  if (Name.starts_with("/"))
    return exists(Name.str()) ? Found{{Name.str()}, true} : Found{};
  if (Quoted)
    if (std::string Beside = absolutePath(Name, Folder); exists(Beside))
      return {{Beside}, true};
  return search(Name);
}

std::vector<std::string> IncludeSearch::forced(const Entry &E) {
  std::vector<std::string> Files;
  values(E, {"-include"}, [&](llvm::StringRef File) { Files.push_back(absolutePath(File, E.Directory)); });
  return Files;
}

} // namespace gfplint
