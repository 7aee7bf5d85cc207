// The GFP flags of the tree, calibrated once and remembered.
#pragma once

#include "compile_db/Database.h"
#include "gfp/Mask.h"
#include "store/Store.h"

namespace gfplint {

struct TreeFlags {
  FlagTable Flags;
  /// Equal for equal flags.
  Hash128 Key{};
};

/// Asks the tree with the commands of some entries until one of them works: boot code and a vDSO have
/// flags of their own.
llvm::Expected<TreeFlags> readTreeFlags(llvm::ArrayRef<Entry> Entries, Store &Kept);

} // namespace gfplint
