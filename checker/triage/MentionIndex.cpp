// Eight bytes a content: its key, and the answer in the lowest bit.
#include "triage/MentionIndex.h"

#include "llvm/Support/Endian.h"

#include <algorithm>
#include <vector>

namespace gfplint {
namespace {
/// Some three versions of every file of a kernel.
constexpr size_t Many = 250000;
} // namespace

MentionIndex::Key MentionIndex::keyOf(llvm::ArrayRef<uint8_t> Hash) {
  return llvm::support::endian::read64le(Hash.data()) & ~uint64_t(1);
}

MentionIndex::MentionIndex(llvm::StringRef Bytes) {
  if (Bytes.size() % sizeof(Key) != 0)
    return;
  Known.reserve(Bytes.size() / sizeof(Key));
  for (size_t At = 0; At < Bytes.size(); At += sizeof(Key)) {
    uint64_t Word = llvm::support::endian::read64le(Bytes.data() + At);
    Known[Word & ~uint64_t(1)] = {(Word & 1) != 0, false};
  }
}

std::optional<bool> MentionIndex::has(Key K) {
  auto It = Known.find(K);
  if (It == Known.end())
    return std::nullopt;
  It->second.Asked = true;
  return It->second.HasWord;
}

void MentionIndex::add(Key K, bool HasWord) {
  Known[K] = {HasWord, true};
  Changed = true;
}

std::string MentionIndex::bytes() const {
  std::vector<uint64_t> Words;
  for (const auto &[K, F] : Known)
    if (F.Asked || Known.size() < Many)
      Words.push_back(K | (F.HasWord ? 1 : 0));
  std::sort(Words.begin(), Words.end());
  std::string Out(Words.size() * sizeof(Key), '\0');
  for (size_t I = 0; I < Words.size(); ++I)
    llvm::support::endian::write64le(Out.data() + I * sizeof(Key), Words[I]);
  return Out;
}

} // namespace gfplint
