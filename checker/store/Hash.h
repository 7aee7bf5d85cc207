// Names of contents: the first 128 bits of BLAKE3.
#pragma once

#include "llvm/ADT/StringRef.h"

#include <array>
#include <cstdint>
#include <cstring>

namespace gfplint {

using Hash128 = std::array<uint8_t, 16>;

Hash128 hashBytes(llvm::StringRef Bytes);

inline llvm::StringRef bytesOf(const Hash128 &Hash) {
  return {reinterpret_cast<const char *>(Hash.data()), Hash.size()};
}

/// For hash tables; the bytes are already mixed.
struct HashOfHash {
  size_t operator()(const Hash128 &Hash) const {
    size_t Value = 0;
    std::memcpy(&Value, Hash.data(), sizeof Value);
    return Value;
  }
};

} // namespace gfplint
