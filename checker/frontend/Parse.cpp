// Clang's driver and front end, set up for units that must neither print nor write.
#include "frontend/Parse.h"

#include "clang/Basic/Diagnostic.h"
#include "clang/Basic/FileManager.h"
#include "clang/Basic/SourceManager.h"
#include "clang/Basic/TargetInfo.h"
#include "clang/Basic/Version.h"
#include "clang/Frontend/CompilerInvocation.h"
#include "clang/Lex/HeaderSearch.h"
#include "clang/Lex/LexDiagnostic.h"
#include "clang/Lex/PreprocessorOptions.h"
#include "clang/Tooling/Tooling.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/VirtualFileSystem.h"

#include <algorithm>

namespace gfplint {
namespace {

/// Keeps the first error, as `file:line:column: message`, and where in the main file errors come from.
class Errors : public clang::DiagnosticConsumer {
public:
  explicit Errors(ParseOutcome &Out) : Out(Out) {}
  void HandleDiagnostic(clang::DiagnosticsEngine::Level Level, const clang::Diagnostic &Info) override {
    clang::DiagnosticConsumer::HandleDiagnostic(Level, Info);
    if (Level < clang::DiagnosticsEngine::Error)
      return;
    Out.FileMissing |= Info.getID() == clang::diag::err_pp_file_not_found ||
                       Info.getID() == clang::diag::err_pp_error_opening_file;
    if (Info.hasSourceManager() && Info.getLocation().isValid())
      addGuilty(Info.getSourceManager(), Info.getLocation());
    if (!Out.Error.empty())
      return;
    llvm::SmallString<128> Message;
    Info.FormatDiagnostic(Message);
    if (Info.hasSourceManager() && Info.getLocation().isValid()) {
      clang::PresumedLoc At =
          Info.getSourceManager().getPresumedLoc(Info.getSourceManager().getFileLoc(Info.getLocation()));
      if (At.isValid())
        Out.Error = (llvm::Twine(At.getFilename()) + ":" + llvm::Twine(At.getLine()) + ":" +
                     llvm::Twine(At.getColumn()) + ": ")
                        .str();
    }
    Out.Error += Message;
    std::replace(Out.Error.begin(), Out.Error.end(), '\n', ' ');
  }

private:
  void addGuilty(const clang::SourceManager &Sources, clang::SourceLocation At) {
    At = Sources.getFileLoc(At);
    while (At.isValid() && Sources.getFileID(At) != Sources.getMainFileID())
      At = Sources.getIncludeLoc(Sources.getFileID(At));
    if (At.isInvalid())
      return;
    unsigned Line = Sources.getSpellingLineNumber(At);
    auto Place = std::lower_bound(Out.Guilty.begin(), Out.Guilty.end(), Line);
    if (Place == Out.Guilty.end() || *Place != Line)
      Out.Guilty.insert(Place, Line);
  }
  ParseOutcome &Out;
};

/// `Below`, with the texts on top.
llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem>
overlaid(llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> Below, const Overlay &Files) {
  auto Layers = llvm::makeIntrusiveRefCnt<llvm::vfs::OverlayFileSystem>(std::move(Below));
  auto Memory = llvm::makeIntrusiveRefCnt<llvm::vfs::InMemoryFileSystem>();
  for (const auto &[Path, Text] : Files)
    Memory->addFile(Path, 0, llvm::MemoryBuffer::getMemBufferCopy(Text, Path));
  Layers->pushOverlay(Memory);
  return Layers;
}

/// Gives the one action that it was made with.
class OneAction : public clang::tooling::FrontendActionFactory {
public:
  explicit OneAction(std::unique_ptr<clang::FrontendAction> Action) : Action(std::move(Action)) {}
  std::unique_ptr<clang::FrontendAction> create() override { return std::move(Action); }

private:
  std::unique_ptr<clang::FrontendAction> Action;
};

} // namespace

struct Parser::State {
  /// One for each working directory: relative names are resolved against it.
  std::map<std::string, llvm::IntrusiveRefCntPtr<clang::FileManager>> Managers;
};

Parser::Parser() : S(std::make_unique<State>()) {}
Parser::~Parser() = default;

clang::FileManager &Parser::files(llvm::StringRef Directory) {
  llvm::IntrusiveRefCntPtr<clang::FileManager> &Slot = S->Managers[Directory.str()];
  if (!Slot) {
    clang::FileSystemOptions Options;
    Options.WorkingDir = Directory.str();
    llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> Disk = llvm::vfs::createPhysicalFileSystem();
    // Where it is gone, the files that are named relative to it are missing, which is told then.
    (void)Disk->setCurrentWorkingDirectory(Directory);
    Slot = llvm::makeIntrusiveRefCnt<clang::FileManager>(Options, Disk);
  }
  return *Slot;
}

std::vector<std::string> filesRead(clang::SourceManager &Sources) {
  std::vector<std::string> Read;
  for (unsigned I = 0, N = Sources.local_sloc_entry_size(); I != N; ++I) {
    const clang::SrcMgr::SLocEntry &Entry = Sources.getLocalSLocEntry(I);
    if (!Entry.isFile())
      continue;
    if (clang::OptionalFileEntryRef File = Entry.getFile().getContentCache().OrigEntry) {
      llvm::SmallString<256> Path(File->getName());
      Sources.getFileManager().makeAbsolutePath(Path);
      llvm::sys::path::remove_dots(Path, /*remove_dot_dot=*/true);
      Read.push_back(Path.str().str());
    }
  }
  std::sort(Read.begin(), Read.end());
  Read.erase(std::unique(Read.begin(), Read.end()), Read.end());
  return Read;
}

std::string parserIdentity() { return clang::getClangFullVersion(); }

ParseOutcome Parser::run(const Entry &E, std::unique_ptr<clang::FrontendAction> Action,
                         const Overlay *Files) {
  llvm::IntrusiveRefCntPtr<clang::FileManager> Manager;
  clang::FileSystemOptions Options;
  Options.WorkingDir = E.Directory;
  if (Files != nullptr && !Files->empty()) {
    auto Layers = overlaid(llvm::vfs::createPhysicalFileSystem(), *Files);
    (void)Layers->setCurrentWorkingDirectory(E.Directory);
    Manager = llvm::makeIntrusiveRefCnt<clang::FileManager>(Options, Layers);
  } else {
    Manager = &files(E.Directory);
  }

  std::vector<std::string> Args = {GFPLINT_CLANG, "-resource-dir=" GFPLINT_RESOURCE_DIR, "-fsyntax-only",
                                   // Or Clang counts its errors on standard error.
                                   "-fno-caret-diagnostics"};
  Args.insert(Args.end(), E.Args.begin(), E.Args.end());
  ParseOutcome Outcome;
  Errors Consumer(Outcome);
  clang::tooling::ToolInvocation Invocation(std::move(Args), std::move(Action), Manager.get());
  Invocation.setDiagnosticConsumer(&Consumer);
  if (!Invocation.run() && Outcome.Error.empty())
    Outcome.Error = E.File + ": clang did not accept the command";
  return Outcome;
}

ParseOutcome parseLike(const clang::Preprocessor &Unit, llvm::StringRef File,
                       std::unique_ptr<clang::FrontendAction> Action, const Overlay &Files) {
  auto Like = std::make_shared<clang::CompilerInvocation>();
  Like->getLangOpts() = Unit.getLangOpts();
  Like->getTargetOpts() = Unit.getTargetInfo().getTargetOpts();
  Like->getHeaderSearchOpts() = Unit.getHeaderSearchInfo().getHeaderSearchOpts();
  Like->getPreprocessorOpts() = Unit.getPreprocessorOpts();
  // They would be freed twice.
  Like->getPreprocessorOpts().clearRemappedFiles();
  Like->getFrontendOpts().Inputs.emplace_back(File, clang::InputKind(clang::Language::C));
  Like->getFrontendOpts().ProgramAction = clang::frontend::ParseSyntaxOnly;
  // Or Clang counts its errors on standard error.
  Like->getDiagnosticOpts().ShowCarets = 0;

  clang::FileManager &Theirs = Unit.getFileManager();
  auto Manager = llvm::makeIntrusiveRefCnt<clang::FileManager>(
      Theirs.getFileSystemOpts(), overlaid(Theirs.getVirtualFileSystemPtr(), Files));
  ParseOutcome Outcome;
  Errors Consumer(Outcome);
  OneAction Run(std::move(Action));
  if (!Run.runInvocation(std::move(Like), Manager.get(), std::make_shared<clang::PCHContainerOperations>(),
                         &Consumer) &&
      Outcome.Error.empty())
    Outcome.Error = File.str() + ": clang did not accept the options of the unit";
  return Outcome;
}

} // namespace gfplint
