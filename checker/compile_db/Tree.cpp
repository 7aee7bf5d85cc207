// The kernel that a database's entries belong to.
#include "compile_db/Database.h"
#include "compile_db/Paths.h"

#include "llvm/ADT/StringSet.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

namespace gfplint {
namespace {

std::unique_ptr<llvm::MemoryBuffer> readFile(const llvm::Twine &Path) {
  auto Buffer = llvm::MemoryBuffer::getFile(Path);
  return Buffer ? std::move(*Buffer) : nullptr;
}

/// The number of a line `VERSION = 6` or `#define LINUX_VERSION_CODE 396288`: `Begin` and what may
/// stand between it and the number.
std::optional<unsigned> numberAfter(llvm::StringRef Text, llvm::StringRef Begin) {
  while (!Text.empty()) {
    auto [Line, Rest] = Text.split('\n');
    Text = Rest;
    if (!Line.consume_front(Begin))
      continue;
    unsigned Value = 0;
    if (!Line.ltrim(" \t:=").rtrim().getAsInteger(10, Value))
      return Value;
  }
  return std::nullopt;
}

std::optional<KernelVersion> versionOfMakefile(llvm::StringRef Root) {
  std::unique_ptr<llvm::MemoryBuffer> Makefile = readFile(Root + "/Makefile");
  if (!Makefile)
    return std::nullopt;
  llvm::StringRef Text = Makefile->getBuffer();
  std::optional<unsigned> Major = numberAfter(Text, "VERSION");
  std::optional<unsigned> Minor = numberAfter(Text, "PATCHLEVEL");
  if (!Major || !Minor)
    return std::nullopt;
  return KernelVersion{*Major, *Minor, numberAfter(Text, "SUBLEVEL").value_or(0)};
}

std::optional<KernelVersion> versionOfHeader(llvm::StringRef Path) {
  std::unique_ptr<llvm::MemoryBuffer> Header = readFile(Path);
  if (!Header)
    return std::nullopt;
  std::optional<unsigned> Code = numberAfter(Header->getBuffer(), "#define LINUX_VERSION_CODE");
  if (!Code)
    return std::nullopt;
  return KernelVersion{*Code >> 16, (*Code >> 8) & 255, *Code & 255};
}

/// The operand of an option that names a folder or a file of the tree; advances `I` over one that
/// stands apart.
llvm::StringRef includeOperand(llvm::ArrayRef<std::string> Args, size_t &I) {
  for (llvm::StringRef Option : {"-isystem", "-include", "-I"}) {
    llvm::StringRef Word = Args[I];
    if (!Word.consume_front(Option))
      continue;
    if (!Word.empty())
      return Word;
    return I + 1 < Args.size() ? llvm::StringRef(Args[++I]) : llvm::StringRef();
  }
  return {};
}

/// Looks at folders, each once.
class Search {
public:
  /// Whether a root is `Path` or a folder above it.
  bool climb(llvm::StringRef Path) {
    for (llvm::StringRef Folder = Path; !Folder.empty(); Folder = llvm::sys::path::parent_path(Folder)) {
      if (!Seen.insert(Folder).second)
        return false; // And so were those above it.
      if (isRoot(Folder))
        return true;
    }
    return false;
  }

  /// Looks at everything that one entry names.
  bool climbFrom(const Entry &E) {
    for (size_t I = 0; I < E.Args.size(); ++I) {
      llvm::StringRef Operand = includeOperand(E.Args, I);
      if (Operand.empty() || !Words.insert((E.Directory + "\n" + Operand).str()).second)
        continue;
      const std::string Path = absolutePath(Operand, E.Directory);
      if (climb(Path))
        return true;
      if (!Generated && llvm::StringRef(Path).ends_with("include/generated/uapi"))
        Generated = versionOfHeader(Path + "/linux/version.h");
    }
    return climb(llvm::sys::path::parent_path(E.File));
  }

  KernelTree Found;
  /// The version that a build folder without its source tells.
  std::optional<KernelVersion> Generated;

private:
  bool isRoot(llvm::StringRef Folder) {
    if (!llvm::sys::fs::is_directory(Folder + "/include/linux"))
      return false;
    std::optional<KernelVersion> Version = versionOfMakefile(Folder);
    if (!Version)
      return false;
    Found = {Folder.str(), Version};
    return true;
  }

  llvm::StringSet<> Seen;
  llvm::StringSet<> Words;
};

} // namespace

// What a compile includes says more than where its file lies: a module may lie inside a kernel that it
// is not built against.
KernelTree findKernelTree(llvm::ArrayRef<Entry> Entries) {
  Search S;
  for (const Entry &E : Entries)
    if (S.climbFrom(E))
      return S.Found;
  return {{}, S.Generated};
}

} // namespace gfplint
