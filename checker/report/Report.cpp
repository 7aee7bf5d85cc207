// What all forms of the report share.
#include "report/Report.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/xxhash.h"

#include <map>

namespace gfplint {

bool isOwn(const Report &R, FileId File) {
  llvm::StringRef Name = R.Files->name(File);
  return R.SourceRoot.empty() || !llvm::sys::path::is_absolute(Name) || R.OwnFiles.contains(Name.str());
}

std::string diskPath(const Report &R, FileId File) { return diskPath(R, R.Files->name(File)); }

std::string diskPath(const Report &R, llvm::StringRef Name) {
  if (llvm::sys::path::is_absolute(Name) || R.SourceRoot.empty())
    return Name.str();
  return R.SourceRoot + "/" + Name.str();
}

std::vector<std::string> fingerprints(const Report &R) {
  std::vector<std::string> All;
  std::map<std::string, unsigned> Seen;
  for (const Finding &F : R.Findings) {
    if (!F.Fingerprint.empty()) {
      All.push_back(F.Fingerprint);
      continue;
    }
    std::string Base = F.Rule + "\n" + R.Files->name(F.At.File).str() + "\n" + F.Function + "\n" + F.Identity;
    // Equal findings of one function are told apart by their order.
    unsigned Nth = Seen[Base]++;
    uint64_t Hash = llvm::xxh3_64bits(llvm::StringRef(Base + "\n" + std::to_string(Nth)));
    All.push_back(llvm::utohexstr(Hash, /*LowerCase=*/true, 16));
  }
  return All;
}

void numberFindings(Report &R) {
  std::vector<std::string> All = fingerprints(R);
  for (size_t I = 0; I < All.size(); ++I)
    R.Findings[I].Fingerprint = std::move(All[I]);
}

std::string subsystemOf(llvm::StringRef File) {
  llvm::StringRef Folder = llvm::sys::path::parent_path(File);
  size_t First = Folder.find('/', Folder.starts_with("/") ? 1 : 0);
  size_t Second = First == llvm::StringRef::npos ? First : Folder.find('/', First + 1);
  return Folder.empty() ? "." : Folder.take_front(Second).str();
}

} // namespace gfplint
