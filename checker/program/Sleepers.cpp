// The depth bounds the search, so that recursion in the kernel needs no care here.
#include "program/Sleepers.h"

#include <algorithm>
#include <mutex>

namespace gfplint {
namespace {

const HandedOn *argument(const SleepCall &Call, uint32_t Index) {
  auto It = std::find_if(Call.Args.begin(), Call.Args.end(),
                         [&](const HandedOn &H) { return H.Argument == Index; });
  return It == Call.Args.end() ? nullptr : &*It;
}

template <class T> void sortOnce(std::vector<T> &All) {
  std::sort(All.begin(), All.end());
  All.erase(std::unique(All.begin(), All.end()), All.end());
}

/// The callee's conditions in terms of the caller; nothing where the call does not meet them.
std::optional<CallerConditions> above(const SleepCall &Call, const CallerConditions &Below, bool &Guessed) {
  CallerConditions Up = Call.Under;
  for (const ParamGuard &G : Below.Guards) {
    const HandedOn *H = argument(Call, G.Param);
    if (H != nullptr && H->What == HandedOn::Kind::Number) {
      if (!G.met(H->Value))
        return std::nullopt;
    } else if (H != nullptr && H->What == HandedOn::Kind::OwnParam) {
      Up.Guards.push_back({H->Param, G.Op, G.Value, G.Outcome});
    } else {
      Guessed = true;
    }
  }
  for (uint32_t Param : Below.Opaque) {
    const HandedOn *H = argument(Call, Param);
    // With a number the answer is always the same one, and not known here.
    if (H != nullptr && H->What == HandedOn::Kind::Number)
      Guessed = true;
    else if (H != nullptr && H->What == HandedOn::Kind::OwnParam)
      Up.Opaque.push_back(H->Param);
  }
  for (uint32_t Param : Below.Blocking) {
    const HandedOn *H = argument(Call, Param);
    if (H == nullptr || H->What == HandedOn::Kind::NeverBlock)
      return std::nullopt;
    if (H->What == HandedOn::Kind::OwnMask)
      Up.Blocking.push_back(H->Param);
    else if (H->What != HandedOn::Kind::MayBlock)
      return std::nullopt;
  }
  sortOnce(Up.Guards);
  sortOnce(Up.Blocking);
  sortOnce(Up.Opaque);
  // A number cannot be 0 and something else.
  for (const ParamGuard &G : Up.Guards)
    if (G.Op == CompareOp::Eq && std::any_of(Up.Guards.begin(), Up.Guards.end(), [&](const ParamGuard &H) {
          return H.Param == G.Param && H.Op == G.Op && H.Value == G.Value && H.Outcome != G.Outcome;
        }))
      return std::nullopt;
  return Up;
}

template <class T> bool includes(const std::vector<T> &All, const std::vector<T> &Some) {
  return std::includes(All.begin(), All.end(), Some.begin(), Some.end());
}

/// Whether the first way happens wherever the second does.
bool saysAll(const SleepWay &A, const SleepWay &B) {
  return includes(B.If.Guards, A.If.Guards) && includes(B.If.Blocking, A.If.Blocking) &&
         includes(B.If.Opaque, A.If.Opaque) && A.Guessed <= B.Guessed && A.Sure >= B.Sure &&
         A.Targets <= B.Targets && A.TargetsBelow <= B.TargetsBelow;
}

} // namespace

void settlePointers(std::vector<SleepWay> &Ways) {
  std::map<uint32_t, std::set<FunctionId>> Sleeping;
  for (const SleepWay &W : Ways)
    if (W.Targets > 1 && W.If.Guards.empty() && W.If.Blocking.empty() && !W.Guessed && W.Sure)
      Sleeping[W.Event].insert(W.Callee);
  for (SleepWay &W : Ways)
    if (W.Targets > 1)
      if (auto It = Sleeping.find(W.Event); It != Sleeping.end() && It->second.size() == W.Targets)
        W.Targets = 1;
}

Sleepers::Sleepers(const Program &P, unsigned Depth, size_t MaxTargets)
    : P(P), Depth(Depth), MaxTargets(MaxTargets),
      Distance(P.callsAway(P.callersOfAllocators(), static_cast<uint8_t>(Depth), MaxTargets)) {
  std::mutex Access;
  AtomicNets::Visitor Guest;
  Guest.Wants = [this](FunctionId Id) { return mayMatter(Id); };
  Guest.See = [&](FunctionId Id, const Function &F, const CalleeLocks &Callees) {
    std::unique_ptr<const SleepFacts> Made = factsOf(F, Callees);
    std::lock_guard Alone(Access);
    Facts[Id] = std::move(Made);
  };
  Nets = std::make_unique<const AtomicNets>(P, Guest);
  // Who calls a wrapper was looked at too early.
  std::vector<FunctionId> Early;
  for (const auto &Known : Facts)
    if (P.anyCall(Known.first, 0, [&](llvm::StringRef, FunctionId Callee) {
          return Callee != NoFunction && Nets->has(Callee);
        }))
      Early.push_back(Known.first);
  for (FunctionId Id : Early)
    Facts.erase(Id);
}

/// By the index alone.
bool Sleepers::mayMatter(FunctionId Id) const {
  return P.anyCall(Id, MaxTargets, [&](llvm::StringRef Name, FunctionId Callee) {
    return (Callee != NoFunction && isNear(Callee)) || P.Knowledge.allocator(Name) != nullptr;
  });
}

std::unique_ptr<const SleepFacts> Sleepers::factsOf(const Function &F, const CalleeLocks &Callees) const {
  return std::make_unique<const SleepFacts>(
      sleepFacts(P, Callees, F, [this](FunctionId Callee) { return isNear(Callee); }, MaxTargets));
}

void Sleepers::makeFacts(llvm::ArrayRef<FunctionId> Ids) {
  std::vector<FunctionId> Missing;
  for (FunctionId Id : Ids)
    if (!Facts.contains(Id)) {
      if (mayMatter(Id))
        Missing.push_back(Id);
      else
        Facts[Id] = std::make_unique<const SleepFacts>();
    }
  std::vector<std::unique_ptr<const SleepFacts>> Made(Missing.size());
  P.forEachBody(Missing, [&](size_t I, const Function &F) { Made[I] = factsOf(F, Nets->callees()); });
  for (size_t I = 0; I < Missing.size(); ++I)
    Facts[Missing[I]] = std::move(Made[I]);
}

const SleepFacts &Sleepers::facts(FunctionId Id) {
  if (!Facts.contains(Id))
    makeFacts(Id);
  return *Facts[Id];
}

void Sleepers::prepare(std::vector<FunctionId> Roots, bool SectionsOnly) {
  std::set<FunctionId> Seen(Roots.begin(), Roots.end());
  std::vector<FunctionId> Level = std::move(Roots);
  for (unsigned Left = Depth + 1; Left-- > 0 && !Level.empty();) {
    makeFacts(Level);
    std::vector<FunctionId> Next;
    for (FunctionId Id : Level)
      for (const SleepCall &Call : facts(Id).Calls)
        if (Call.Callee != NoFunction && Distance[Call.Callee] < Left && (!SectionsOnly || Call.Section) &&
            Seen.insert(Call.Callee).second)
          Next.push_back(Call.Callee);
    Level = std::move(Next);
    SectionsOnly = false;
  }
}

std::vector<SleepWay> Sleepers::waysThrough(const SleepCall &Call, unsigned Left) {
  std::vector<SleepWay> All;
  if (Call.Callee == NoFunction) {
    SleepWay W;
    W.Event = Call.Event;
    W.If = Call.Under;
    W.Sure = true;
    return {W};
  }
  if (Left == 0 || Distance[Call.Callee] >= Left)
    return All;
  const std::vector<SleepWay> &Below = ways(Call.Callee, Left - 1);
  for (uint32_t I = 0; I < Below.size(); ++I) {
    SleepWay W = Below[I];
    std::optional<CallerConditions> Up = above(Call, Below[I].If, W.Guessed);
    if (!Up)
      continue;
    W.Event = Call.Event;
    W.Callee = Call.Callee;
    W.Next = I;
    W.If = std::move(*Up);
    ++W.Length;
    W.TargetsBelow = std::max(W.Targets, W.TargetsBelow);
    W.Targets = Call.Targets;
    All.push_back(std::move(W));
  }
  return All;
}

const std::vector<SleepWay> &Sleepers::ways(FunctionId Id, unsigned Left) {
  if (auto It = Ways.find({Id, Left}); It != Ways.end())
    return *It->second;
  std::vector<SleepWay> All;
  const SleepFacts &Here = facts(Id);
  for (const SleepCall &Call : Here.Calls)
    if (!Call.OnItsOwn)
      for (SleepWay &W : waysThrough(Call, Left)) {
        W.Sure = Here.Sleeps || (Call.Always && W.Sure);
        All.push_back(std::move(W));
      }
  settlePointers(All);
  std::stable_sort(All.begin(), All.end(), [](const SleepWay &A, const SleepWay &B) {
    return std::tuple(!A.Sure, A.Length) < std::tuple(!B.Sure, B.Length);
  });
  std::vector<SleepWay> Kept;
  for (SleepWay &W : All)
    if (Kept.size() < MaxWays &&
        std::none_of(Kept.begin(), Kept.end(), [&](const SleepWay &K) { return saysAll(K, W); }))
      Kept.push_back(std::move(W));
  auto Made = std::make_unique<const std::vector<SleepWay>>(std::move(Kept));
  return *(Ways[{Id, Left}] = std::move(Made));
}

} // namespace gfplint
