// What gates are asked of a real tree: its files below the source root, read as text when asked for.
#include "model/Loader.h"
#include "model/SourceText.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

#include <memory>

namespace gfplint {
namespace {

/// The files that were asked for, blanked, each read once.
class TreeFiles {
public:
  explicit TreeFiles(std::string Root) : Root(std::move(Root)) {}

  /// Null where there is no such file.
  const std::string *text(llvm::StringRef File) {
    auto [It, IsNew] = Texts.try_emplace(File);
    if (IsNew)
      It->second = read(File);
    return It->second ? &*It->second : nullptr;
  }

  bool declares(llvm::StringRef Name) {
    if (!HeadersListed)
      listHeaders();
    for (const std::string &Header : Headers) {
      const std::string *Text = text(Header);
      if (Text != nullptr && hasTokens(*Text, Name))
        return true;
    }
    return false;
  }

private:
  [[nodiscard]] std::string path(llvm::StringRef File) const {
    llvm::SmallString<256> Path(Root);
    llvm::sys::path::append(Path, File);
    return Path.str().str();
  }

  [[nodiscard]] std::optional<std::string> read(llvm::StringRef File) const {
    auto Buffer = llvm::MemoryBuffer::getFile(path(File), /*IsText=*/false,
                                              /*RequiresNullTerminator=*/false);
    if (!Buffer)
      return std::nullopt;
    return blankComments((*Buffer)->getBuffer());
  }

  void listHeaders() {
    HeadersListed = true;
    std::error_code Error;
    for (llvm::sys::fs::recursive_directory_iterator It(path("include/linux"), Error), End;
         It != End && !Error; It.increment(Error))
      if (llvm::StringRef(It->path()).ends_with(".h"))
        Headers.push_back(It->path().substr(Root.size() + 1));
  }

  std::string Root;
  llvm::StringMap<std::optional<std::string>> Texts;
  std::vector<std::string> Headers;
  bool HeadersListed = false;
};

std::optional<bool> shows(TreeFiles &Files, llvm::StringRef File, llvm::StringRef Function,
                          llvm::StringRef Word) {
  const std::string *Text = Files.text(File);
  if (Text == nullptr)
    return std::nullopt;
  if (Function.empty())
    return hasTokens(*Text, Word);
  std::optional<llvm::StringRef> Body = functionBody(*Text, Function);
  if (!Body)
    Body = functionBody(*Text, (Function + "_noprof").str());
  if (!Body)
    return std::nullopt;
  return hasTokens(*Body, Word);
}

/// The number of a line `VERSION = 6`.
std::optional<unsigned> makeVariable(llvm::StringRef Makefile, llvm::StringRef Name) {
  while (!Makefile.empty()) {
    auto [Line, Rest] = Makefile.split('\n');
    Makefile = Rest;
    unsigned Value = 0;
    if (Line.consume_front(Name) && Line.ltrim().consume_front("="))
      return Line.split('=').second.trim().getAsInteger(10, Value) ? std::nullopt : std::optional(Value);
  }
  return std::nullopt;
}

} // namespace

std::optional<KernelVersion> versionOfTree(llvm::StringRef SourceRoot) {
  llvm::SmallString<256> Path(SourceRoot);
  llvm::sys::path::append(Path, "Makefile");
  auto Buffer = llvm::MemoryBuffer::getFile(Path);
  if (!Buffer)
    return std::nullopt;
  llvm::StringRef Text = (*Buffer)->getBuffer();
  std::optional<unsigned> Major = makeVariable(Text, "VERSION");
  std::optional<unsigned> Minor = makeVariable(Text, "PATCHLEVEL");
  if (!Major || !Minor)
    return std::nullopt;
  return KernelVersion{*Major, *Minor, makeVariable(Text, "SUBLEVEL").value_or(0)};
}

TreeView viewTree(std::string SourceRoot, std::optional<KernelVersion> Version, bool VersionForced) {
  while (SourceRoot.size() > 1 && SourceRoot.back() == '/')
    SourceRoot.pop_back();
  TreeView View;
  View.Version = Version ? Version : versionOfTree(SourceRoot);
  View.VersionForced = VersionForced;
  llvm::SmallString<256> Include(SourceRoot);
  llvm::sys::path::append(Include, "include/linux");
  auto Files = std::make_shared<TreeFiles>(std::move(SourceRoot));
  View.Shows = [Files](llvm::StringRef File, llvm::StringRef Function, llvm::StringRef Word) {
    return shows(*Files, File, Function, Word);
  };
  if (llvm::sys::fs::is_directory(Include))
    View.Declares = [Files](llvm::StringRef Name) { return Files->declares(Name); };
  return View;
}

} // namespace gfplint
