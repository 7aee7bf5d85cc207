// Where a run's results go, and what it could not do.
#include "cli/Session.h"

#include "llvm/Support/FileSystem.h"

namespace gfplint {

bool writeResult(const OutputTo &To, const std::function<void(llvm::raw_ostream &)> &Write) {
  std::error_code Error;
  llvm::sys::fs::file_status Status;
  bool Exists = !llvm::sys::fs::status(To.File, Status);
  if (To.File != "-" && Exists && Status.type() != llvm::sys::fs::file_type::regular_file) {
    // A device, a pipe: nothing to be put in its place.
    llvm::raw_fd_ostream Out(To.File, Error);
    if (!Error) {
      Write(Out);
      Out.close();
      Error = Out.error();
      Out.clear_error();
    }
  } else {
    Error = llvm::errorToErrorCode(llvm::writeToOutput(To.File, [&](llvm::raw_ostream &Out) {
      Write(Out);
      Out.flush();
      return llvm::Error::success();
    }));
  }
  if (Error)
    llvm::errs() << "gfplint: " << To.Option << " " << To.File << ": " << Error.message() << "\n";
  return !Error;
}

bool tellFailures(const Options &O, const std::vector<UnitFailure> &Failures) {
  (void)O;
  for (const UnitFailure &F : Failures)
    llvm::errs() << "gfplint: " << F.File << ": not analysed: " << F.Error << "\n";
  return !Failures.empty();
}

bool tellLoadErrors(const Session &S) {
  for (const std::string &Line : S.Linked->loadErrors())
    llvm::errs() << "gfplint: " << Line << "\n";
  return !S.Linked->loadErrors().empty();
}

} // namespace gfplint
