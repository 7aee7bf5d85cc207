// Entries narrowed to the PATHs of a command line, and files named as reports show them.
#include "compile_db/Database.h"
#include "compile_db/Paths.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"

namespace gfplint {
namespace {

/// `Path` with its links followed; empty where it is not there.
std::string realPath(llvm::StringRef Path) {
  llvm::SmallString<256> Real;
  if (llvm::sys::fs::real_path(Path, Real))
    return {};
  return Real.str().str();
}

/// What a PATH may mean, likeliest first: in the current folder as a shell completes it, then in the
/// source root, then the same with links followed.
std::vector<std::string> meaningsOf(llvm::StringRef Path, llvm::StringRef SourceRoot,
                                    llvm::StringRef CurrentDirectory) {
  std::vector<std::string> Meanings = {absolutePath(Path, CurrentDirectory)};
  if (!SourceRoot.empty())
    Meanings.push_back(absolutePath(Path, SourceRoot));
  const std::string Real = realPath(Meanings.front());
  if (Real.empty())
    return Meanings;
  Meanings.push_back(Real);
  // The database may name the root by a link.
  const std::string RealRoot = SourceRoot.empty() ? std::string() : realPath(SourceRoot);
  if (!RealRoot.empty() && isInside(Real, RealRoot)) {
    llvm::StringRef Below = llvm::StringRef(Real).drop_front(RealRoot.size()).ltrim('/');
    Meanings.push_back(absolutePath(Below, SourceRoot));
  }
  return Meanings;
}

/// Marks the entries of the first meaning that has any; false where none has.
bool mark(const std::vector<Entry> &Entries, const std::vector<std::string> &Meanings,
          std::vector<bool> &IsChosen) {
  for (const std::string &Meaning : Meanings) {
    bool Found = false;
    for (size_t I = 0; I < Entries.size(); ++I)
      if (isInside(Entries[I].File, Meaning)) {
        IsChosen[I] = true;
        Found = true;
      }
    if (Found)
      return true;
  }
  return false;
}

} // namespace

llvm::Expected<std::vector<Entry>> selectEntries(const Database &Db, llvm::ArrayRef<std::string> Paths,
                                                 llvm::StringRef SourceRoot,
                                                 llvm::StringRef CurrentDirectory) {
  if (Paths.empty())
    return Db.Entries;
  std::vector<bool> IsChosen(Db.Entries.size(), false);
  for (const std::string &Path : Paths)
    if (Path.empty() || !mark(Db.Entries, meaningsOf(Path, SourceRoot, CurrentDirectory), IsChosen))
      return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                     "no C file of " + Db.Path + " is or lies in '" + Path +
                                         "'; give a file or folder relative to the source root" +
                                         (SourceRoot.empty() ? "" : " " + SourceRoot.str()) +
                                         " or to the current folder");
  std::vector<Entry> Chosen;
  for (size_t I = 0; I < Db.Entries.size(); ++I)
    if (IsChosen[I])
      Chosen.push_back(Db.Entries[I]);
  return Chosen;
}

std::string displayPath(llvm::StringRef File, llvm::StringRef SourceRoot) {
  std::string Path = absolutePath(File, SourceRoot.empty() ? "/" : SourceRoot);
  if (SourceRoot.empty())
    return Path;
  const std::string Root = absolutePath(SourceRoot, "/");
  if (Path == Root || !isInside(Path, Root))
    return Path;
  return llvm::StringRef(Path).drop_front(Root.size()).ltrim('/').str();
}

} // namespace gfplint
