// One byte says how; zstd's bytes follow the raw size.
#include "store/Compress.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Compression.h"
#include "llvm/Support/LEB128.h"

namespace gfplint {
namespace {

constexpr char Plain = 0;
constexpr char Zstd = 1;
constexpr int Level = 3;
/// No part is larger: a size above it is a damaged one.
constexpr uint64_t LargestRaw = uint64_t(1) << 31;

llvm::Error damaged(llvm::StringRef Why) {
  return llvm::createStringError("packed bytes are damaged: " + Why.str());
}

} // namespace

std::string compress(llvm::StringRef Raw) {
  if (llvm::compression::zstd::isAvailable()) {
    llvm::SmallVector<uint8_t, 0> Small;
    llvm::compression::zstd::compress(llvm::arrayRefFromStringRef(Raw), Small, Level);
    std::array<uint8_t, 10> Size{};
    unsigned SizeBytes = llvm::encodeULEB128(Raw.size(), Size.data());
    if (Small.size() + SizeBytes < Raw.size()) {
      std::string Packed(1, Zstd);
      Packed.append(reinterpret_cast<const char *>(Size.data()), SizeBytes);
      Packed.append(reinterpret_cast<const char *>(Small.data()), Small.size());
      return Packed;
    }
  }
  return std::string(1, Plain) + Raw.str();
}

llvm::Expected<std::string> uncompress(llvm::StringRef Packed) {
  if (Packed.empty())
    return damaged("nothing there");
  char How = Packed.front();
  Packed = Packed.drop_front();
  if (How == Plain)
    return Packed.str();
  if (How != Zstd)
    return damaged("unknown kind " + std::to_string(How));
  if (!llvm::compression::zstd::isAvailable())
    return llvm::createStringError("packed by zstd, which this LLVM was built without");
  const char *Error = nullptr;
  unsigned SizeBytes = 0;
  uint64_t Size = llvm::decodeULEB128(Packed.bytes_begin(), &SizeBytes, Packed.bytes_end(), &Error);
  if (Error || Size > LargestRaw)
    return damaged(Error ? Error : "impossible size");
  std::string Raw(Size, '\0');
  size_t Got = Size;
  if (llvm::Error E =
          llvm::compression::zstd::decompress(llvm::arrayRefFromStringRef(Packed.drop_front(SizeBytes)),
                                              reinterpret_cast<uint8_t *>(Raw.data()), Got))
    return damaged(llvm::toString(std::move(E)));
  if (Got != Size)
    return damaged("shorter than it says");
  return Raw;
}

} // namespace gfplint
