// A run over database entries: calibrate, parse and lower each in a worker, collect their IR.
#pragma once

#include "compile_db/Database.h"
#include "engine/Pool.h"
#include "frontend/Parse.h"
#include "ir/Encode.h"

namespace gfplint {

/// A unit that could not be analysed, or not wholly.
struct UnitFailure {
  std::string File;
  std::string Error;
};

struct Analysis {
  FlagTable Flags;
  /// In the order of the entries; failed ones are left out unless Clang recovered enough.
  std::vector<EncodedUnit> Units;
  std::vector<UnitFailure> Failures;
  size_t Analysed = 0;
};

/// An error only where nothing can be done at all: the flags of the tree cannot be read. The result
/// does not depend on Options.Jobs. `Progress(done)` counts finished units.
llvm::Expected<Analysis> analyse(llvm::ArrayRef<Entry> Entries, llvm::StringRef SourceRoot,
                                 const PoolOptions &Options, const std::function<void(size_t)> &Progress,
                                 const Overlay *Overlaid = nullptr);

} // namespace gfplint
