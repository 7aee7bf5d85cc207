// Adds branches whose ways come to different blocks of the set, until there are no more.
#include "flow/Deciding.h"

#include "llvm/ADT/BitVector.h"

#include <algorithm>

namespace gfplint {
namespace {

/// For each block the blocks of `Set` that can be come to first, itself among them.
std::vector<llvm::BitVector> firstOf(const Function &F, const std::vector<bool> &Set) {
  auto Count = static_cast<unsigned>(F.Blocks.size());
  std::vector<llvm::BitVector> First(Count, llvm::BitVector(Count));
  for (unsigned I = 0; I < Count; ++I)
    if (Set[I])
      First[I].set(I);
  for (bool Changed = true; Changed;) {
    Changed = false;
    for (unsigned I = Count; I-- > 0;) {
      if (Set[I])
        continue;
      llvm::BitVector Now = First[I];
      for (const Edge &E : F.Blocks[I].Succs)
        Now |= First[E.To];
      if (Now != First[I]) {
        First[I] = std::move(Now);
        Changed = true;
      }
    }
  }
  return First;
}

} // namespace

std::vector<bool> decidingBranches(const Function &F, const std::vector<bool> &Matter) {
  std::vector<bool> Set = Matter;
  for (size_t I = 0; I < F.Blocks.size(); ++I)
    if (F.Blocks[I].Succs.empty())
      Set[I] = true;
  std::vector<bool> Deciding(F.Blocks.size(), false);
  for (bool Grown = true; Grown;) {
    Grown = false;
    std::vector<llvm::BitVector> First = firstOf(F, Set);
    for (size_t I = 0; I < F.Blocks.size(); ++I) {
      const std::vector<Edge> &Succs = F.Blocks[I].Succs;
      bool Differ = std::any_of(Succs.begin(), Succs.end(),
                                [&](const Edge &E) { return First[E.To] != First[Succs.front().To]; });
      if (!Differ || Deciding[I])
        continue;
      Deciding[I] = true;
      Grown = Grown || !Set[I];
      Set[I] = true;
    }
  }
  return Deciding;
}

} // namespace gfplint
