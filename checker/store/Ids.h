// Lists of row ids as bytes: differences, in variable length.
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace gfplint {

/// A set of ids, none negative: sorted, each once.
std::string encodeSet(std::vector<int64_t> Ids);

/// Calls Each with the ids of encodeSet() in ascending order until it returns false. False where it
/// did, or where the bytes are malformed.
template <class Fn> bool eachOfSet(llvm::StringRef Bytes, Fn &&Each) {
  uint64_t Id = 0;
  const auto *At = Bytes.bytes_begin();
  const auto *End = Bytes.bytes_end();
  while (At != End) {
    uint64_t Step = *At & 0x7F;
    for (unsigned Shift = 7; *At++ & 0x80; Shift += 7) {
      if (At == End || Shift > 56)
        return false;
      Step |= uint64_t(*At & 0x7F) << Shift;
    }
    Id += Step;
    if (!Each(static_cast<int64_t>(Id)))
      return false;
  }
  return true;
}

/// Ids in an order of their own.
std::string encodeList(llvm::ArrayRef<int64_t> Ids);
std::optional<std::vector<int64_t>> decodeList(llvm::StringRef Bytes);

} // namespace gfplint
