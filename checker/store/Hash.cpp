// BLAKE3 from LLVM.
#include "store/Hash.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/BLAKE3.h"

namespace gfplint {

Hash128 hashBytes(llvm::StringRef Bytes) {
  return llvm::BLAKE3::hash<16>(llvm::arrayRefFromStringRef(Bytes));
}

} // namespace gfplint
