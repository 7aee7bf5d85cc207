// What the workers do, and putting their answers together in the order of the entries.
#include "engine/Analyse.h"

#include "frontend/Calibrate.h"
#include "ir/Encode.h"
#include "lower/Lower.h"

#include "llvm/ADT/StringExtras.h"

#include <csignal>

namespace gfplint {
namespace {

/// An entry with which <linux/gfp.h> compiles: some (boot code, a vDSO) have flags of their own.
constexpr size_t CalibrationTries = 20;

llvm::Expected<FlagTable> readFlags(llvm::ArrayRef<Entry> Entries) {
  Parser P;
  std::string FirstError;
  size_t Step = std::max<size_t>(1, Entries.size() / CalibrationTries);
  for (size_t I = 0; I < Entries.size(); I += Step) {
    llvm::Expected<FlagTable> Flags = calibrate(P, Entries[I]);
    if (Flags)
      return Flags;
    std::string Error = llvm::toString(Flags.takeError());
    if (FirstError.empty())
      FirstError = Error;
  }
  return llvm::createStringError(FirstError);
}

} // namespace

llvm::Expected<Analysis> analyse(llvm::ArrayRef<Entry> Entries, llvm::StringRef SourceRoot,
                                 const PoolOptions &Options, const std::function<void(size_t)> &Progress,
                                 const Overlay *Overlaid) {
  Analysis A;
  if (Entries.empty())
    return A;
  llvm::Expected<FlagTable> Flags = readFlags(Entries);
  if (!Flags)
    return Flags.takeError();
  A.Flags = *Flags;

  LowerOptions Lower{A.Flags, SourceRoot.str()};
  std::unique_ptr<Parser> Shared;
  auto Work = [&](size_t I) {
    // Made in the worker, and kept from one unit to the next.
    if (!Shared)
      Shared = std::make_unique<Parser>();
    FileTable Files;
    Unit U = lowerEntry(*Shared, Entries[I], Lower, Files, Overlaid);
    return encode(U, Files);
  };
  size_t Done = 0;
  std::vector<JobResult> Results(Entries.size());
  PoolEnd End = runJobs(Entries.size(), Options, Work, [&](size_t I, JobResult &&Result) {
    Results[I] = std::move(Result);
    if (Progress)
      Progress(++Done);
  });
  if (End.Interrupted)
    raise(End.Interrupted);
  for (size_t I = 0; I < Results.size(); ++I) {
    std::string Name = displayPath(Entries[I].File, SourceRoot);
    if (!Results[I].Failure.empty()) {
      A.Failures.push_back({Name, Results[I].Failure});
      continue;
    }
    llvm::Expected<Unit> U = decode(Results[I].Bytes, A.Files);
    Results[I].Bytes.clear();
    Results[I].Bytes.shrink_to_fit();
    if (!U) {
      A.Failures.push_back({Name, llvm::toString(U.takeError())});
      continue;
    }
    if (!U->Error.empty())
      A.Failures.push_back({Name, U->Error});
    else
      ++A.Analysed;
    A.Units.push_back(std::move(*U));
  }
  return A;
}

} // namespace gfplint
