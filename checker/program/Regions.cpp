// One small forward analysis for each taking of a lock: before it, under it, behind it.
#include "program/Regions.h"

#include "flow/Forward.h"

#include <algorithm>

namespace gfplint {
namespace {

/// Which of these may be true of a point, over the paths that come to it.
enum : uint8_t { Before = 1, Held = 2, Behind = 4, Trying = 8, Failed = 16 };
/// States in which a scope that was opened before the lock still is.
constexpr uint8_t Open = Held | Trying | Failed;

struct Lock {
  const LockFunction *Op = nullptr;
  PlaceId At = NoPlace;
  friend bool operator==(const Lock &A, const Lock &B) { return A.At == B.At && A.Op->Kind == B.Op->Kind; }
};

std::optional<Lock> lockOf(const Event &E, const Model &Knowledge) {
  const LockFunction *Op = E.Kind == EventKind::Call && !E.Callee.empty() && !E.Cleanup
                               ? Knowledge.lockFunction(nameOfKey(E.Callee))
                               : nullptr;
  if (Op == nullptr || Op->Atomic || !Op->Reclaim)
    return std::nullopt;
  if (!Op->LockArg)
    return Lock{Op, NoPlace};
  if (*Op->LockArg >= E.Args.size() || E.Args[*Op->LockArg].Var == NoPlace)
    return std::nullopt;
  return Lock{Op, E.Args[*Op->LockArg].Var};
}

/// What a branch says of a call's result on one of its ways out: that it is not 0, or is 0.
std::optional<bool> resultOf(const Event &Call, const Condition &C, EdgeKind Taken) {
  if (Taken != EdgeKind::True && Taken != EdgeKind::False)
    return std::nullopt;
  bool Holds = (Taken == EdgeKind::True) != C.Negated;
  if (C.CallResult == Call.Id)
    return Holds;
  if (Call.Target != NoPlace && C.Compared == Call.Target && C.Op == CompareOp::Eq && C.Value == 0)
    return !Holds;
  return std::nullopt;
}

std::optional<LockRegion> regionOf(const Function &F, const Model &Knowledge, const Event &Take,
                                   const Lock &Taken) {
  auto Releases = [&](const Event &E) {
    std::optional<Lock> L = lockOf(E, Knowledge);
    return L && *L == Taken && L->Op->Action == LockAction::Release;
  };
  const std::vector<PlaceId> NoRoots;
  const std::vector<PlaceId> &Roots = Taken.At == NoPlace ? NoRoots : F.Places[Taken.At].Roots;
  bool Lost = false;
  auto Pass = [&](uint8_t &Now, const Event &E) {
    bool Leaves = E.Kind == EventKind::Return;
    if (&E == &Take) {
      Lost = Lost || (Now & Open) != 0;
      Now = Taken.Op->Action == LockAction::TryTake ? Trying : Held;
    } else if (Leaves || Releases(E)) {
      // Another taking's release is not ours; one that may be ours and may not is nobody's. Nor is a
      // function understood that is left with the lock.
      uint8_t Ends = Leaves ? Failed : Held;
      Lost = Lost || ((Now & Open) != 0 && Now != Ends);
      Now = Now == Ends ? uint8_t(Behind) : Now;
    } else if ((Now & Open) != 0 && E.Target != NoPlace &&
               (E.Target == Taken.At || std::find(Roots.begin(), Roots.end(), E.Target) != Roots.end())) {
      Lost = true;
    }
  };
  auto Follow = [&](const Block &B, const Edge &E, uint8_t Now) {
    std::optional<bool> Nonzero =
        B.Branch && (Now & Trying) != 0 ? resultOf(Take, *B.Branch, E.Kind) : std::nullopt;
    if (Nonzero)
      Now = uint8_t((Now & ~Trying) | (*Nonzero == Taken.Op->TakenOnZero ? Failed : Held));
    return std::optional(Now);
  };
  auto Join = [](uint8_t &Into, const uint8_t &From) {
    uint8_t Old = Into;
    Into |= From;
    return Into != Old;
  };
  auto Start = solveForward<uint8_t>(F, Before, Pass, Follow, Join);
  // What was merged later may have been passed earlier with less.
  LockRegion R;
  R.Take = &Take;
  R.Kind = Taken.Op->Kind;
  if (Taken.At != NoPlace)
    R.Lock = F.Places[Taken.At].Text;
  Lost = false;
  for (size_t I = 0; I < F.Blocks.size(); ++I) {
    if (!Start[I])
      continue;
    uint8_t Now = *Start[I];
    for (const Event &E : F.Blocks[I].Events) {
      if (Now == Held && E.Kind == EventKind::Call && &E != &Take) {
        if (Releases(E))
          R.Releases.push_back(&E);
        else
          R.Inside.push_back(&E);
      }
      if (Now == Failed && E.Kind == EventKind::Return)
        R.Returns.push_back(&E);
      Pass(Now, E);
    }
    if (I == F.Exit && (Now & Open) != 0)
      Lost = true;
  }
  if (Lost || R.Releases.empty())
    return std::nullopt;
  return R;
}

} // namespace

bool LockRegion::covers(const Event &Call) const {
  return std::find(Inside.begin(), Inside.end(), &Call) != Inside.end();
}

std::vector<LockRegion> lockRegions(const Function &F, const Model &Knowledge) {
  std::vector<LockRegion> All;
  for (const Block &B : F.Blocks)
    for (const Event &E : B.Events) {
      std::optional<Lock> L = lockOf(E, Knowledge);
      if (!L || L->Op->Action == LockAction::Release)
        continue;
      if (std::optional<LockRegion> R = regionOf(F, Knowledge, E, *L))
        All.push_back(std::move(*R));
    }
  return All;
}

} // namespace gfplint
