// Checksums of what stands in a row.
#pragma once

#include "store/Hash.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/xxhash.h"

#include <initializer_list>
#include <string>

namespace gfplint {

inline int64_t sumOf(llvm::StringRef Bytes) { return static_cast<int64_t>(llvm::xxh3_64bits(Bytes)); }

/// Of several, each with its length.
inline int64_t sumOfAll(std::initializer_list<llvm::StringRef> All) {
  std::string Joined;
  for (llvm::StringRef Bytes : All) {
    uint64_t Size = Bytes.size();
    Joined.append(reinterpret_cast<const char *>(&Size), sizeof Size);
    Joined += Bytes;
  }
  return sumOf(Joined);
}

} // namespace gfplint
