// `gfplint kbuild`: `check` of one unit, with the manners of sparse.
#include "cli/Kbuild.h"

#include "cli/Session.h"
#include "cli/TriageRun.h"
#include "compile_db/Paths.h"

#include "Registry.h"

#include "llvm/Support/Allocator.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/StringSaver.h"

namespace gfplint {
namespace {

/// With links followed, as the kernel's script writes it.
std::string workingFolder() {
  llvm::SmallString<256> Real;
  return llvm::sys::fs::real_path(".", Real) ? std::string("/") : Real.str().str();
}

std::string environment(const char *Name) { return llvm::sys::Process::GetEnv(Name).value_or(""); }

/// Make's $(CC), which Kbuild exports: it tells a cross-compile's target.
std::vector<std::string> compilerWords() {
  llvm::BumpPtrAllocator Memory;
  llvm::StringSaver Saver(Memory);
  llvm::SmallVector<const char *, 4> Words;
  llvm::cl::TokenizeGNUCommandLine(environment("CC"), Saver, Words);
  return {Words.begin(), Words.end()};
}

/// Where the database of this build is written: in a module's own folder for M=, else where the compiler
/// runs. Since 6.13 that is the module's folder, too.
std::string databaseFolder(const std::string &Current) {
  std::string Module = environment("KBUILD_EXTMOD");
  if (Module.empty() || !environment("KBUILD_EXTMOD_OUTPUT").empty())
    return Current;
  std::string Folder = absolutePath(Module, Current);
  return llvm::sys::fs::is_directory(Folder) ? Folder : Current;
}

/// What parallel compiles print must not mix within a line: it leaves in one piece, up to so many bytes.
constexpr size_t OnePiece = 1 << 20;

/// Whether the options name what is not there or cannot be read. Why was told before.
bool saysWrong(const Options &O) {
  llvm::Error Rules = selectRules(O.Rules).takeError();
  llvm::Error Known = readKnown(O).takeError();
  llvm::Error Inputs = tryInputs(O);
  bool Wrong = Rules || Known || Inputs;
  for (llvm::Error *One : {&Rules, &Known, &Inputs})
    llvm::consumeError(std::move(*One));
  return Wrong;
}

} // namespace

llvm::Expected<Entry> kbuildEntry(llvm::ArrayRef<std::string> Words, std::string &StoreFolder) {
  const std::string Current = workingFolder();
  const auto *Mark = llvm::find_if(Words, isKbuildMark);
  std::vector<std::string> Compile = compilerWords();
  if (Mark == Words.end() || Compile.empty())
    Compile = Words.vec();
  else
    Compile.insert(Compile.end(), Mark, Words.end());
  llvm::Expected<Entry> E = synthesiseEntry(Compile, Current);
  if (!E)
    return E.takeError();
  llvm::SmallString<256> Real;
  if (!llvm::sys::fs::real_path(E->File, Real)) {
    E->File = Real.str().str();
    E->Args.back() = E->File;
  }
  if (Mark != Words.end())
    StoreFolder = databaseFolder(Current) + "/.gfplint";
  return E;
}

int runKbuild(const Options &Given) {
  Options O = Given;
  O.Jobs = 1;
  O.Show = ShowProgress::Never;
  std::string Store;
  llvm::Expected<Entry> E = kbuildEntry(*O.CompilerWords, Store);
  if (!E) {
    llvm::errs() << "gfplint: " << llvm::toString(E.takeError()) << "\n";
    return 2;
  }
  // What lies in a common header would be told anew by each file that includes it.
  O.Paths = {llvm::sys::path::parent_path(E->File).str()};
  llvm::outs().SetBufferSize(OnePiece);
  llvm::errs().SetBufferSize(OnePiece);
  int Status = runCheck(O);
  llvm::errs().flush();
  if (O.FailOnGiven)
    return Status;
  // Like sparse: what is found, and a file that cannot be read as C, is told and does not end the build.
  // What CHECK= itself says wrong would be told for every file.
  return Status == 2 && saysWrong(O) ? 2 : 0;
}

} // namespace gfplint
