// One flag needs no more state than the event that set it.
#include "flow/FlagPaths.h"

namespace gfplint {

std::optional<std::vector<FlagLeftSet>> flagLeftSet(const Function &F,
                                                    const std::function<FlagChange(const Event &)> &Change) {
  std::vector<bool> Matter;
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
                           return Set != nullptr ||
                                  std::any_of(From.Events.begin(), From.Events.end(),
                                              [&](const Event &E) { return &E == P.Here; });
                         })});
      });
  if (!Whole)
    return std::nullopt;
  return Found;
}

} // namespace gfplint
