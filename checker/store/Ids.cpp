// LEB128; a list's differences may be negative.
#include "store/Ids.h"

#include "llvm/Support/LEB128.h"

#include <algorithm>
#include <array>

namespace gfplint {

std::string encodeSet(std::vector<int64_t> Ids) {
  std::sort(Ids.begin(), Ids.end());
  Ids.erase(std::unique(Ids.begin(), Ids.end()), Ids.end());
  std::string Out;
  Out.reserve(Ids.size() + 16);
  int64_t Last = 0;
  std::array<uint8_t, 10> Buffer{};
  for (int64_t Id : Ids) {
    unsigned N = llvm::encodeULEB128(static_cast<uint64_t>(Id - Last), Buffer.data());
    Out.append(reinterpret_cast<const char *>(Buffer.data()), N);
    Last = Id;
  }
  return Out;
}

std::string encodeList(llvm::ArrayRef<int64_t> Ids) {
  std::string Out;
  int64_t Last = 0;
  std::array<uint8_t, 10> Buffer{};
  for (int64_t Id : Ids) {
    unsigned N = llvm::encodeSLEB128(Id - Last, Buffer.data());
    Out.append(reinterpret_cast<const char *>(Buffer.data()), N);
    Last = Id;
  }
  return Out;
}

std::optional<std::vector<int64_t>> decodeList(llvm::StringRef Bytes) {
  std::vector<int64_t> Ids;
  int64_t Last = 0;
  const auto *At = Bytes.bytes_begin();
  while (At != Bytes.bytes_end()) {
    const char *Error = nullptr;
    unsigned N = 0;
    Last += llvm::decodeSLEB128(At, &N, Bytes.bytes_end(), &Error);
    if (Error)
      return std::nullopt;
    At += N;
    Ids.push_back(Last);
  }
  return Ids;
}

} // namespace gfplint
