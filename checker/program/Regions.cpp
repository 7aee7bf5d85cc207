// One small forward analysis for each taking of a lock: before it, under it, behind it.
#include "program/Regions.h"

#include "flow/Forward.h"

#include <algorithm>

namespace gfplint {
namespace {

/// Which of these may be true of a point, over the paths that come to it.
enum : uint8_t { Before = 1, Held = 2, Behind = 4, Trying = 8 };
/// States in which a scope that was opened before the lock still is.
constexpr uint8_t Open = Held | Trying;

class RegionFinder {
public:
  RegionFinder(const Program &P, FunctionId Id);
  std::vector<LockRegion> run();

private:
  [[nodiscard]] std::optional<LockRegion> regionOf(const Event &Take, const LockOperation &Taken) const;
  [[nodiscard]] bool releases(const Event &E, const LockOperation &Taken) const;
  [[nodiscard]] std::optional<bool> taken(const Event &Take, const LockOperation &L, const Condition &C,
                                          EdgeKind Way) const;

  const Function &F;
  std::map<const Event *, std::vector<LockOperation>> Operations;
  /// Calls by Event::Id that tell whether a pointer is an error.
  std::map<uint32_t, const Event *> ErrorTests;
};

RegionFinder::RegionFinder(const Program &P, FunctionId Id) : F(P.function(Id)) {
  for (const Block &B : F.Blocks)
    for (const Event &E : B.Events) {
      if (E.Kind != EventKind::Call || E.Callee.empty() || E.Cleanup)
        continue;
      if (P.Knowledge.isErrorTest(nameOfKey(E.Callee)))
        ErrorTests[E.Id] = &E;
      for (LockOperation &L : P.lockOperations(Id, E))
        if (!L.Function->Atomic && L.Function->Reclaim)
          Operations[&E].push_back(std::move(L));
    }
}

bool RegionFinder::releases(const Event &E, const LockOperation &Taken) const {
  auto It = Operations.find(&E);
  return It != Operations.end() && std::any_of(It->second.begin(), It->second.end(), [&](const auto &L) {
           return L.Action == LockAction::Release && L.same(Taken);
         });
}

/// What a branch says of the lock on one of its ways out; nothing where it is about something else.
std::optional<bool> RegionFinder::taken(const Event &Take, const LockOperation &L, const Condition &C,
                                        EdgeKind Way) const {
  if (Way != EdgeKind::True && Way != EdgeKind::False)
    return std::nullopt;
  if (!L.Function->IsResult)
    return C.Parts.empty() ? lockGot(Take, L.TakenOnZero, C, Way) : std::nullopt;
  bool Holds = (Way == EdgeKind::True) != C.Negated;
  bool IsZero = C.Compared != NoPlace && C.Compared == Take.Target && C.Op == CompareOp::Eq && C.Value == 0;
  auto Test = C.CallResult ? ErrorTests.find(*C.CallResult) : ErrorTests.end();
  bool IsError =
      Test != ErrorTests.end() && !Test->second->Args.empty() && Test->second->Args[0].Var == Take.Target;
  return IsError || IsZero ? std::optional(!Holds) : std::nullopt;
}

std::optional<LockRegion> RegionFinder::regionOf(const Event &Take, const LockOperation &Taken) const {
  bool Asked = false;
  for (const Block &B : F.Blocks)
    Asked = Asked || (B.Branch && taken(Take, Taken, *B.Branch, EdgeKind::True));
  // A handle that nobody asks about was got.
  bool Sure = Taken.Action == LockAction::Take || (Taken.Function->IsResult && !Asked);
  bool Lost = false;
  std::set<const Condition *> Failures;
  auto Pass = [&](uint8_t &Now, const Event &E) {
    if (&E == &Take) {
      Lost = Lost || (Now & Open) != 0;
      Now = Sure ? Held : Trying;
    } else if (releases(E, Taken)) {
      // Another taking's release is not ours; one that may be ours and may not is nobody's.
      Lost = Lost || ((Now & Open) != 0 && Now != Held);
      Now = Now == Held ? uint8_t(Behind) : Now;
    } else if (E.Kind == EventKind::Return) {
      // A function that is left with the lock is not understood.
      Lost = Lost || (Now & Open) != 0;
    } else if ((Now & Open) != 0 && E.Target != NoPlace &&
               std::find(Taken.Roots.begin(), Taken.Roots.end(), E.Target) != Taken.Roots.end()) {
      Lost = true;
    }
  };
  auto Follow = [&](const Block &B, const Edge &E, uint8_t Now) {
    std::optional<bool> Got =
        B.Branch && (Now & Trying) != 0 ? taken(Take, Taken, *B.Branch, E.Kind) : std::nullopt;
    if (Got && *Got) {
      Now = uint8_t((Now & ~Trying) | Held);
    } else if (Got) {
      Lost = Lost || E.Kind != EdgeKind::True || Now != Trying;
      Failures.insert(&*B.Branch);
      Now = uint8_t((Now & ~Trying) | Behind);
    }
    return std::optional(Now);
  };
  auto Start = solveForward<uint8_t>(F, Before, Pass, Follow, joinBits<uint8_t>);
  LockRegion R;
  R.Take = &Take;
  R.Kind = Taken.Function->Kind;
  R.Lock = Taken.Lock;
  R.IsHandle = Taken.Function->IsResult;
  R.Opens = Taken.Function->Opens;
  // What was merged later may have been passed earlier with less.
  Lost = false;
  Failures.clear();
  for (size_t I = 0; I < F.Blocks.size(); ++I) {
    if (!Start[I])
      continue;
    uint8_t Now = *Start[I];
    for (const Event &E : F.Blocks[I].Events) {
      if (Now == Held && E.Kind == EventKind::Call && &E != &Take) {
        if (releases(E, Taken))
          R.Releases.push_back(&E);
        else
          R.Inside.push_back(&E);
      }
      Pass(Now, E);
    }
    for (const Edge &E : F.Blocks[I].Succs)
      Follow(F.Blocks[I], E, Now);
    if (I == F.Exit && (Now & Open) != 0)
      Lost = true;
  }
  if (Lost || R.Releases.empty())
    return std::nullopt;
  R.Failures.assign(Failures.begin(), Failures.end());
  std::sort(R.Failures.begin(), R.Failures.end(),
            [](const Condition *A, const Condition *B) { return A->At < B->At; });
  return R;
}

std::vector<LockRegion> RegionFinder::run() {
  std::vector<LockRegion> All;
  for (const Block &B : F.Blocks)
    for (const Event &E : B.Events) {
      auto It = Operations.find(&E);
      if (It == Operations.end())
        continue;
      for (const LockOperation &L : It->second)
        if (L.Action != LockAction::Release)
          if (std::optional<LockRegion> R = regionOf(E, L))
            All.push_back(std::move(*R));
    }
  return All;
}

} // namespace

bool LockRegion::covers(const Event &Call) const {
  return std::find(Inside.begin(), Inside.end(), &Call) != Inside.end();
}

std::vector<LockRegion> lockRegions(const Program &P, FunctionId Id) { return RegionFinder(P, Id).run(); }

} // namespace gfplint
