// Clang's driver and front end, set up for units that must neither print nor write.
#include "frontend/Parse.h"

#include "clang/Basic/Diagnostic.h"
#include "clang/Basic/FileManager.h"
#include "clang/Basic/SourceManager.h"
#include "clang/Tooling/Tooling.h"
#include "llvm/Support/VirtualFileSystem.h"

namespace gfplint {
namespace {

/// Keeps the first error, as `file:line:column: message`.
class FirstError : public clang::DiagnosticConsumer {
public:
  void HandleDiagnostic(clang::DiagnosticsEngine::Level Level, const clang::Diagnostic &Info) override {
    clang::DiagnosticConsumer::HandleDiagnostic(Level, Info);
    if (Level < clang::DiagnosticsEngine::Error || !Text.empty())
      return;
    llvm::SmallString<128> Message;
    Info.FormatDiagnostic(Message);
    if (Info.hasSourceManager() && Info.getLocation().isValid()) {
      clang::PresumedLoc At =
          Info.getSourceManager().getPresumedLoc(Info.getSourceManager().getFileLoc(Info.getLocation()));
      if (At.isValid())
        Text = (llvm::Twine(At.getFilename()) + ":" + llvm::Twine(At.getLine()) + ":" +
                llvm::Twine(At.getColumn()) + ": ")
                   .str();
    }
    Text += Message;
    std::replace(Text.begin(), Text.end(), '\n', ' ');
  }
  std::string Text;
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
    Disk->setCurrentWorkingDirectory(Directory);
    Slot = llvm::makeIntrusiveRefCnt<clang::FileManager>(Options, Disk);
  }
  return *Slot;
}

std::string Parser::run(const Entry &E, std::unique_ptr<clang::FrontendAction> Action, const Overlay *Files) {
  llvm::IntrusiveRefCntPtr<clang::FileManager> Manager;
  clang::FileSystemOptions Options;
  Options.WorkingDir = E.Directory;
  if (Files != nullptr && !Files->empty()) {
    llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> Disk = llvm::vfs::createPhysicalFileSystem();
    auto Layers = llvm::makeIntrusiveRefCnt<llvm::vfs::OverlayFileSystem>(Disk);
    auto Memory = llvm::makeIntrusiveRefCnt<llvm::vfs::InMemoryFileSystem>();
    for (const auto &[Path, Text] : *Files)
      Memory->addFile(Path, 0, llvm::MemoryBuffer::getMemBufferCopy(Text, Path));
    Layers->pushOverlay(Memory);
    Layers->setCurrentWorkingDirectory(E.Directory);
    Manager = llvm::makeIntrusiveRefCnt<clang::FileManager>(Options, Layers);
  } else {
    Manager = &files(E.Directory);
  }

  std::vector<std::string> Args = {GFPLINT_CLANG, "-resource-dir=" GFPLINT_RESOURCE_DIR, "-fsyntax-only",
                                   // Or Clang counts its errors on standard error.
                                   "-fno-caret-diagnostics"};
  Args.insert(Args.end(), E.Args.begin(), E.Args.end());
  FirstError Errors;
  clang::tooling::ToolInvocation Invocation(std::move(Args), std::move(Action), Manager.get());
  Invocation.setDiagnosticConsumer(&Errors);
  bool Ok = Invocation.run();
  if (!Errors.Text.empty())
    return Errors.Text;
  return Ok ? "" : E.File + ": clang did not accept the command";
}

} // namespace gfplint
