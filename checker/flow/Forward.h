// A forward data-flow solver over the blocks of a function.
#pragma once

#include "ir/Ir.h"

#include <deque>
#include <optional>
#include <utility>
#include <vector>

namespace gfplint {

/// Joins states that are sets of bits: what may be true on some path.
template <class Bits> bool joinBits(Bits &Into, const Bits &From) {
  Bits Old = Into;
  Into = static_cast<Bits>(Into | From);
  return Into != Old;
}

/// Solves to a fixed point and returns the state at the start of each block; nothing for blocks
/// that cannot be reached.
///
/// - `Transfer(State &, const Event &)` passes an event.
/// - `Follow(const Block &, const Edge &, State) -> std::optional<State>` passes an edge; nothing
///   where it cannot be taken.
/// - `Join(State &Into, const State &From) -> bool` merges and says whether Into changed; it must
///   only ever move in one direction, or the solver does not end.
template <class State, class Transfer, class Follow, class Join>
std::vector<std::optional<State>> solveForward(const Function &F, State Initial, Transfer &&Pass,
                                               Follow &&Take, Join &&Merge) {
  std::vector<std::optional<State>> At(F.Blocks.size());
  if (F.Blocks.empty())
    return At;
  std::deque<uint32_t> Work = {0};
  std::vector<bool> Queued(F.Blocks.size(), false);
  At[0] = std::move(Initial);
  while (!Work.empty()) {
    uint32_t Index = Work.front();
    Work.pop_front();
    Queued[Index] = false;
    const Block &B = F.Blocks[Index];
    State Now = *At[Index];
    for (const Event &E : B.Events)
      Pass(Now, E);
    for (const Edge &E : B.Succs) {
      std::optional<State> Out = Take(B, E, Now);
      if (!Out)
        continue;
      bool Changed = true;
      if (!At[E.To])
        At[E.To] = std::move(Out);
      else
        Changed = Merge(*At[E.To], *Out);
      if (Changed && !Queued[E.To]) {
        Queued[E.To] = true;
        Work.push_back(E.To);
      }
    }
  }
  return At;
}

/// Shows every event of the blocks that can be reached, with the state before it: `See(State, event)`.
/// `At` are the states that solveForward() found with the same `Pass`.
template <class State, class Transfer, class Visit>
void forEachEvent(const Function &F, const std::vector<std::optional<State>> &At, Transfer &&Pass,
                  Visit &&See) {
  for (uint32_t I = 0; I < F.Blocks.size(); ++I) {
    if (!At[I])
      continue;
    State Now = *At[I];
    for (const Event &E : F.Blocks[I].Events) {
      See(std::as_const(Now), E);
      Pass(Now, E);
    }
  }
}

} // namespace gfplint
