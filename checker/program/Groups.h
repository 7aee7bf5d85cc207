// Numbers grouped by a small number, in two flat arrays.
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"

#include <cstdint>
#include <vector>

namespace gfplint {

class Groups {
public:
  using Add = llvm::function_ref<void(uint32_t Group, uint32_t Value)>;

  Groups() = default;
  /// `ForEach(Add)` names all pairs, twice in the same order; groups are below `Count`. Within a
  /// group values keep that order.
  Groups(size_t Count, llvm::function_ref<void(Add)> ForEach) : Begins(Count + 1, 0) {
    ForEach([&](uint32_t Group, uint32_t) { ++Begins[Group + 1]; });
    for (size_t I = 1; I < Begins.size(); ++I)
      Begins[I] += Begins[I - 1];
    Values.resize(Begins.back());
    std::vector<uint32_t> Next(Begins.begin(), Begins.end() - 1);
    ForEach([&](uint32_t Group, uint32_t Value) { Values[Next[Group]++] = Value; });
  }
  [[nodiscard]] llvm::ArrayRef<uint32_t> operator[](uint32_t Group) const {
    return llvm::ArrayRef<uint32_t>(Values).slice(Begins[Group], Begins[Group + 1] - Begins[Group]);
  }

private:
  std::vector<uint32_t> Begins;
  std::vector<uint32_t> Values;
};

} // namespace gfplint
