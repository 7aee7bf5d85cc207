// Through files: answers may be long, and LLVM starts programs with their streams in files.
#include "change/Git.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/raw_ostream.h"

#include <optional>

namespace gfplint {
namespace {

std::string onOneLine(llvm::StringRef Text) {
  std::string Line;
  for (char C : Text.trim())
    Line += C == '\n' ? ';' : C;
  return Line;
}

} // namespace

ScratchFolder::ScratchFolder() {
  llvm::SmallString<128> Made;
  if (!llvm::sys::fs::createUniqueDirectory("gfplint-change", Made))
    Path = Made.str().str();
}

ScratchFolder::~ScratchFolder() {
  if (!Path.empty())
    (void)llvm::sys::fs::remove_directories(Path);
}

std::optional<std::string> readText(const std::string &Path) {
  auto Buffer = llvm::MemoryBuffer::getFile(Path, /*IsText=*/false, /*RequiresNullTerminator=*/false);
  return Buffer ? std::optional((*Buffer)->getBuffer().str()) : std::nullopt;
}

llvm::Error writeText(const std::string &Path, llvm::StringRef Text) {
  if (std::error_code Error = llvm::sys::fs::create_directories(llvm::sys::path::parent_path(Path)))
    return llvm::createStringError(Path + ": " + Error.message());
  std::error_code Error;
  llvm::raw_fd_ostream Out(Path, Error);
  if (!Error) {
    Out << Text;
    Out.close();
    Error = Out.error();
    Out.clear_error();
  }
  return Error ? llvm::createStringError(Path + ": " + Error.message()) : llvm::Error::success();
}

llvm::Expected<GitAnswer> runGit(const ScratchFolder &Scratch, const std::string &Folder,
                                 std::vector<std::string> Words, llvm::StringRef Input) {
  if (Scratch.path().empty())
    return llvm::createStringError("no temporary folder can be made");
  llvm::ErrorOr<std::string> Git = llvm::sys::findProgramByName("git");
  llvm::ErrorOr<std::string> Env = llvm::sys::findProgramByName("env");
  if (!Git || !Env)
    return llvm::createStringError("git is not installed");
  // A hook's own repository is not the one that is asked about.
  std::vector<std::string> All = {*Env,
                                  "-u",
                                  "GIT_DIR",
                                  "-u",
                                  "GIT_WORK_TREE",
                                  "-u",
                                  "GIT_INDEX_FILE",
                                  "-u",
                                  "GIT_PREFIX",
                                  "LC_ALL=C",
                                  "GIT_CEILING_DIRECTORIES=" + Scratch.path(),
                                  *Git,
                                  "-C",
                                  Folder,
                                  "-c",
                                  "core.quotePath=off",
                                  "-c",
                                  "diff.noprefix=false",
                                  "-c",
                                  "diff.mnemonicPrefix=false"};
  for (std::string &Word : Words)
    All.push_back(std::move(Word));
  std::vector<llvm::StringRef> Args(All.begin(), All.end());
  const std::string In = Scratch / ".stdin";
  const std::string Out = Scratch / ".stdout";
  const std::string Err = Scratch / ".stderr";
  if (llvm::Error E = writeText(In, Input))
    return E;
  std::string Failure;
  GitAnswer Answer;
  Answer.Status = llvm::sys::ExecuteAndWait(*Env, Args, std::nullopt,
                                            {llvm::StringRef(In), llvm::StringRef(Out), llvm::StringRef(Err)},
                                            /*SecondsToWait=*/0, /*MemoryLimit=*/0, &Failure);
  if (Answer.Status < 0)
    return llvm::createStringError("git: " + Failure);
  Answer.Output = readText(Out).value_or("");
  Answer.Complaint = onOneLine(readText(Err).value_or(""));
  return Answer;
}

std::vector<std::string> splitAtNul(llvm::StringRef Text) {
  std::vector<std::string> All;
  while (!Text.empty()) {
    auto [One, Rest] = Text.split('\0');
    All.push_back(One.str());
    Text = Rest;
  }
  return All;
}

} // namespace gfplint
