// Most functions have no call that matters: they are looked through once and not analysed.
#include "program/SleepFacts.h"

#include "program/CalleeName.h"
#include "program/SurePaths.h"

#include <algorithm>

namespace gfplint {
namespace {

/// What is known of a mask that is passed: it blocks, it does not, it does as a parameter does, or no one
/// can tell.
struct Blocking {
  enum class Answer : uint8_t { Yes, No, AsParam, Unknown };
  Answer Is = Answer::Unknown;
  uint32_t Param = 0;
};

Blocking blockingOf(const ResolvedTerm &T) {
  bool Always = T.Range.Must.Set.has(Flag::DirectReclaim);
  bool Never = !T.Range.May.apply(Mask::all()).has(Flag::DirectReclaim);
  if (Never || T.Needs.Clear.has(Flag::DirectReclaim))
    return {Blocking::Answer::No, 0};
  if (Always)
    return {Blocking::Answer::Yes, 0};
  if (T.From.Kind == SourceKind::Param && T.Range.Must.Keep.has(Flag::DirectReclaim))
    return {Blocking::Answer::AsParam, T.From.Index};
  return {};
}

/// A mask that is GFP_KERNEL on one path and GFP_ATOMIC on another was chosen by someone who knows the
/// context: nothing is said of it.
Blocking blockingOf(const std::vector<ResolvedTerm> &Terms) {
  std::optional<Blocking> All;
  for (const ResolvedTerm &T : Terms) {
    Blocking B = blockingOf(T);
    if (All && (All->Is != B.Is || All->Param != B.Param))
      return {};
    All = B;
  }
  return All.value_or(Blocking{});
}

class Collector {
public:
  Collector(const Program &P, const CalleeLocks &Callees, const Function &F, MattersToSleep Matters,
            size_t MaxTargets)
      : P(P), Callees(Callees), F(F), Matters(Matters), MaxTargets(MaxTargets) {}
  SleepFacts run();

private:
  void findCalls();
  void addCallee(const Event &E, FunctionId Callee, size_t Targets);
  void findContexts();
  void complete(SleepCall &C, const Event &E, const MaskFlow &Masks) const;
  [[nodiscard]] bool contradicts(const Block &B, const Edge &E, const CallerConditions &If) const;

  const Program &P;
  const CalleeLocks &Callees;
  const Function &F;
  MattersToSleep Matters;
  size_t MaxTargets;
  std::vector<const Event *> Events;
  SleepFacts Out;
};

void Collector::addCallee(const Event &E, FunctionId Callee, size_t Targets) {
  if (P.isAllocator(Callee) || !Matters(Callee) || P.Knowledge.lockFunction(P.name(Callee)) != nullptr ||
      P.Knowledge.tellsOfFailure(P.name(Callee)))
    return;
  SleepCall C;
  C.Event = E.Id;
  C.Callee = Callee;
  C.Targets = Targets;
  Out.Calls.push_back(std::move(C));
  Events.push_back(&E);
}

void Collector::findCalls() {
  for (const Block &B : F.Blocks)
    for (const Event &E : B.Events) {
      if (E.Kind != EventKind::Call)
        continue;
      if (E.Callee.empty()) {
        if (E.Indirect.empty())
          continue;
        std::vector<FunctionId> Targets = P.targetsFrom(F.At.File, P.targetsUnasked(E.Indirect));
        if (Targets.size() <= MaxTargets)
          for (FunctionId Id : Targets)
            addCallee(E, Id, Targets.size());
        continue;
      }
      if (P.allocatesNothing(E))
        continue;
      if (const Allocator *A = P.allocator(E)) {
        if (A->AtomicSafe)
          continue;
        SleepCall C;
        C.Event = E.Id;
        C.MaskArg = Program::maskArgument(E, *A);
        if (A->MaskArg && !C.MaskArg)
          continue;
        C.Sleeps = !A->MaskArg && A->Fixed != Restriction::NoWait;
        Out.Calls.push_back(std::move(C));
        Events.push_back(&E);
      } else if (std::optional<FunctionId> Callee = P.callee(E)) {
        addCallee(E, *Callee, 0);
      }
    }
}

void Collector::findContexts() {
  std::set<uint32_t> Wanted;
  for (const SleepCall &C : Out.Calls)
    Wanted.insert(C.Event);
  AtomicCalls Atomic =
      atomicCalls(P.Knowledge, Callees, F, [&](const Event &E) { return Wanted.contains(E.Id); });
  for (SleepCall &C : Out.Calls)
    if (auto At = Atomic.Calls.find(C.Event); At != Atomic.Calls.end()) {
      C.Section = At->second.Section;
      C.OnItsOwn = At->second.OnItsOwn;
    }
  Out.Sections = std::move(Atomic.Sections);
}

void Collector::complete(SleepCall &C, const Event &E, const MaskFlow &Masks) const {
  C.Under.Guards = Masks.guards(E.Id);
  C.Under.Opaque = Masks.opaque(E.Id);
  for (const MaskGuard &G : Masks.maskGuards(E.Id))
    if (G.Needs.Set.has(Flag::DirectReclaim))
      C.Under.Blocking.push_back(G.Param);
  if (C.Callee == NoFunction) {
    if (!C.MaskArg)
      return;
    Blocking B = blockingOf(Masks.argument(E.Id, *C.MaskArg));
    C.Sleeps = B.Is == Blocking::Answer::Yes || B.Is == Blocking::Answer::AsParam;
    if (B.Is == Blocking::Answer::AsParam)
      C.Under.Blocking.push_back(B.Param);
  }
  std::sort(C.Under.Blocking.begin(), C.Under.Blocking.end());
  C.Under.Blocking.erase(std::unique(C.Under.Blocking.begin(), C.Under.Blocking.end()),
                         C.Under.Blocking.end());
  if (C.Callee == NoFunction)
    return;
  for (uint32_t I = 0; I < E.Args.size(); ++I) {
    const Arg &A = E.Args[I];
    HandedOn H;
    H.Argument = I;
    if (A.Mask) {
      Blocking B = blockingOf(Masks.argument(E.Id, I));
      if (B.Is == Blocking::Answer::Unknown)
        continue;
      H.What = B.Is == Blocking::Answer::Yes  ? HandedOn::Kind::MayBlock
               : B.Is == Blocking::Answer::No ? HandedOn::Kind::NeverBlock
                                              : HandedOn::Kind::OwnMask;
      H.Param = B.Param;
    } else if (A.Constant) {
      H.Value = *A.Constant;
    } else if (A.Var != NoPlace && !A.ByAddress && F.Places[A.Var].Kind == PlaceKind::Param) {
      H.What = HandedOn::Kind::OwnParam;
      H.Param = F.Places[A.Var].Index;
    } else {
      continue;
    }
    C.Args.push_back(H);
  }
}

/// Whether a branch goes this way only where the conditions do not hold.
bool Collector::contradicts(const Block &B, const Edge &E, const CallerConditions &If) const {
  if (!B.Branch || (E.Kind != EdgeKind::True && E.Kind != EdgeKind::False))
    return false;
  const Condition &C = *B.Branch;
  bool Outcome = (E.Kind == EdgeKind::True) != C.Negated;
  auto Blocks = [&](const MaskExpr &M) {
    if (M.Terms.size() != 1 || M.Terms[0].From.Kind != SourceKind::Local)
      return false;
    const Place &P = F.Places[M.Terms[0].From.Index];
    return P.Kind == PlaceKind::Param && std::binary_search(If.Blocking.begin(), If.Blocking.end(), P.Index);
  };
  if (C.Test)
    return !Outcome && C.Test->Kind != MaskTestKind::Equal && C.Test->Bits == Mask{Flag::DirectReclaim} &&
           Blocks(C.Test->Operand);
  if (C.CallResult)
    for (const Block &Other : F.Blocks)
      for (const Event &Call : Other.Events)
        if (Call.Kind == EventKind::Call && Call.Id == *C.CallResult)
          return !Outcome && P.Knowledge.maskTest(nameOfKey(Call.Callee)) == Mask{Flag::DirectReclaim} &&
                 std::any_of(Call.Args.begin(), Call.Args.end(),
                             [&](const Arg &A) { return A.Mask && Blocks(*A.Mask); });
  if (C.Compared == NoPlace || F.Places[C.Compared].Kind != PlaceKind::Param)
    return false;
  return std::any_of(If.Guards.begin(), If.Guards.end(), [&](const ParamGuard &G) {
    return G.Param == F.Places[C.Compared].Index && G.Op == C.Op && G.Value == C.Value &&
           G.Outcome != Outcome;
  });
}

SleepFacts Collector::run() {
  findCalls();
  if (Out.Calls.empty())
    return std::move(Out);
  findContexts();
  MaskFlow Masks(F, P.Knowledge);
  std::vector<SleepCall> Kept;
  for (size_t I = 0; I < Out.Calls.size(); ++I) {
    if (!Masks.reached(Events[I]->Id))
      continue;
    complete(Out.Calls[I], *Events[I], Masks);
    if (Out.Calls[I].Callee != NoFunction || Out.Calls[I].Sleeps)
      Kept.push_back(std::move(Out.Calls[I]));
  }
  Out.Calls = std::move(Kept);
  for (SleepCall &C : Out.Calls)
    C.Always = alwaysPasses(
        F, [&](const Event &E) { return E.Kind == EventKind::Call && E.Id == C.Event; },
        [&](const Block &B, const Edge &E) { return !contradicts(B, E, C.Under); });
  Out.Sleeps = !Out.Calls.empty() && alwaysPasses(
                                         F,
                                         [&](const Event &E) {
                                           if (E.Kind != EventKind::Call || E.Callee.empty())
                                             return false;
                                           if (E.Callee == DocumentedContext)
                                             return P.Knowledge.documentedAs(E.Typed) == DocumentedAs::Sleeps;
                                           llvm::StringRef Name = nameOfKey(E.Callee);
                                           const LockFunction *Op = P.Knowledge.lockFunction(Name);
                                           bool Waits = Op != nullptr && Op->Action == LockAction::Take &&
                                                        !Op->Atomic && Op->Kind != "srcu";
                                           return Waits || P.Knowledge.sleeps(Name);
                                         },
                                         [](const Block &, const Edge &) { return true; });
  return std::move(Out);
}

} // namespace

SleepFacts sleepFacts(const Program &P, const CalleeLocks &Callees, const Function &F, MattersToSleep Matters,
                      size_t MaxTargets) {
  return Collector(P, Callees, F, Matters, MaxTargets).run();
}

} // namespace gfplint
