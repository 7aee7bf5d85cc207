// A search for a way around.
#include "program/SurePaths.h"

#include <set>
#include <vector>

namespace gfplint {
namespace {

bool isNegative(const std::optional<int64_t> &Value) { return Value && *Value < 0; }

} // namespace

bool alwaysPasses(const Function &F, llvm::function_ref<bool(const Event &)> LookedFor,
                  llvm::function_ref<bool(const Block &, const Edge &)> CanTake) {
  std::set<PlaceId> Returned;
  for (const Block &B : F.Blocks)
    for (const Event &E : B.Events)
      if (E.Kind == EventKind::Return && E.From != NoPlace)
        Returned.insert(E.From);
  // A block, and whether what will be returned is an error so far.
  using State = std::pair<uint32_t, bool>;
  std::set<State> Seen = {{0, false}};
  std::vector<State> Work = {{0, false}};
  while (!Work.empty()) {
    auto [Index, Error] = Work.back();
    Work.pop_back();
    if (Index == F.Exit && !Error)
      return false;
    if (Index >= F.Blocks.size())
      continue;
    bool Passed = false;
    for (const Event &E : F.Blocks[Index].Events) {
      if (LookedFor(E)) {
        Passed = true;
        break;
      }
      if (E.Kind == EventKind::Return)
        Error = E.Constant ? isNegative(E.Constant) : E.From != NoPlace && Error;
      else if (E.Target != NoPlace && Returned.contains(E.Target))
        Error = E.Kind == EventKind::Assign && isNegative(E.Constant);
    }
    if (Passed)
      continue;
    for (const Edge &Next : F.Blocks[Index].Succs)
      if (CanTake(F.Blocks[Index], Next) && Seen.insert({Next.To, Error}).second)
        Work.emplace_back(Next.To, Error);
  }
  return true;
}

} // namespace gfplint
