// Who mails the patches is asked of the environment and of git, as git format-patch does.
#include "cli/FormatPatch.h"

#include "change/Git.h"
#include "fix/Mail.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

#include <cstdlib>

namespace gfplint {
namespace {

/// `git config NAME` where the sources are; empty where there is none.
std::string gitConfig(const std::string &Root, llvm::StringRef Name) {
  llvm::Expected<GitAnswer> Answer = runGit(ScratchFolder(), Root, {"config", "--get", Name.str()});
  if (!Answer) {
    llvm::consumeError(Answer.takeError());
    return "";
  }
  return Answer->Status == 0 ? llvm::StringRef(Answer->Output).trim().str() : "";
}

std::string author(const std::string &Root) {
  auto Known = [&](const char *Variable, llvm::StringRef Config) {
    const char *Set = std::getenv(Variable);
    return Set != nullptr && *Set != '\0' ? std::string(Set) : gitConfig(Root, Config);
  };
  std::string Name = Known("GIT_AUTHOR_NAME", "user.name");
  std::string Address = Known("GIT_AUTHOR_EMAIL", "user.email");
  return Name.empty() || Address.empty() ? std::string() : Name + " <" + Address + ">";
}

std::time_t mailTime() {
  uint64_t Seconds = 0;
  if (const char *Set = std::getenv("SOURCE_DATE_EPOCH");
      Set && !llvm::StringRef(Set).getAsInteger(10, Seconds))
    return static_cast<std::time_t>(Seconds);
  return std::time(nullptr);
}

} // namespace

bool writePatches(const Options &O, const Session &S, const AppliedFixes &Done) {
  std::error_code Error = llvm::sys::fs::create_directories(O.FormatPatch);
  if (!Error && !llvm::sys::fs::is_directory(O.FormatPatch))
    Error = std::make_error_code(std::errc::not_a_directory);
  if (Error) {
    llvm::errs() << "gfplint: --format-patch " << O.FormatPatch << ": " << Error.message() << "\n";
    return false;
  }
  Maintainers Known;
  if (auto Text = llvm::MemoryBuffer::getFile(S.SourceRoot + "/MAINTAINERS"))
    Known = Maintainers((*Text)->getBuffer());
  else if (!O.Quiet)
    llvm::errs() << "gfplint: there is no MAINTAINERS in " << S.SourceRoot
                 << ": patches are by folder, and addressed to nobody\n";
  MailSettings Settings{author(S.SourceRoot), mailTime(), GFPLINT_VERSION};
  if (Settings.From.empty()) {
    llvm::errs() << "gfplint: --format-patch: who are you? Set user.name and user.email with git config\n";
    return false;
  }
  for (const PatchFile &P : mailPatches(Done.Files, Done.Fixes, Known, Settings)) {
    llvm::SmallString<128> Path(O.FormatPatch);
    llvm::sys::path::append(Path, P.Name);
    OutputTo File{nullptr, Path.str().str(), "--format-patch"};
    if (!writeResult(File, [&](llvm::raw_ostream &Out) { Out << P.Text; }))
      return false;
    llvm::outs() << Path << "\n";
  }
  return true;
}

} // namespace gfplint
