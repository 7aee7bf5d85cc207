// One flag needs no more state than the event that set it.
#include "flow/FlagPaths.h"

#include "flow/Forward.h"

namespace gfplint {

std::optional<std::vector<FlagLeftSet>> flagLeftSet(const Function &F,
                                                    const std::function<FlagChange(const Event &)> &Change) {
  std::vector<bool> Matter;
  Matter.reserve(F.Blocks.size());
  for (const Block &B : F.Blocks)
    Matter.push_back(std::any_of(B.Events.begin(), B.Events.end(), [&](const Event &E) {
      return E.Kind == EventKind::Return || Change(E) != FlagChange::None;
    }));
  Correlation Branches(F, std::move(Matter));
  using Flag = Walk<const Event *>;
  Flag Ways(F, Branches);
  std::vector<FlagLeftSet> Found;
  bool Whole = Ways.run(
      nullptr,
      [&](std::vector<Flag::Path> &Paths, const Event &E, size_t) {
        FlagChange Now = Change(E);
        for (Flag::Path &P : Paths) {
          Branches.pass(P.Known, E);
          if (Now != FlagChange::None)
            P.Here = Now == FlagChange::Set ? &E : nullptr;
        }
      },
      [&](const Flag::Path &P, size_t Node) {
        Loc At = Ways.leftAt(Node);
        bool Known = std::any_of(Found.begin(), Found.end(),
                                 [&](const FlagLeftSet &X) { return X.At == At && X.Set == P.Here; });
        if (P.Here == nullptr || Known)
          return;
        Found.push_back({P.Here, At, Ways.wayTo(Node, [&](const Event *Set, const Block &From) {
                           return Set != nullptr || std::any_of(From.Events.begin(), From.Events.end(),
                                                                [&](const Event &E) { return &E == P.Here; });
                         })});
      });
  if (!Whole)
    return std::nullopt;
  return Found;
}

bool alwaysSetWhereCleared(const Function &F, const std::function<FlagChange(const Event &)> &Change) {
  enum : uint8_t { Unset = 1, IsSet = 2 };
  auto Pass = [&](uint8_t &Now, const Event &E) {
    FlagChange C = Change(E);
    if (C != FlagChange::None)
      Now = C == FlagChange::Set ? IsSet : Unset;
  };
  auto Start = solveForward<uint8_t>(
      F, Unset, Pass, [](const Block &, const Edge &, uint8_t Now) { return std::optional(Now); },
      joinBits<uint8_t>);
  for (size_t I = 0; I < F.Blocks.size(); ++I) {
    if (!Start[I])
      continue;
    uint8_t Now = *Start[I];
    for (const Event &E : F.Blocks[I].Events) {
      if (Change(E) == FlagChange::Cleared && Now != IsSet)
        return false;
      Pass(Now, E);
    }
    if (I == F.Exit && Now != Unset)
      return false;
  }
  return true;
}

} // namespace gfplint
