// Allocations that may sleep where sleeping is forbidden: under a spinlock and the like, in a handler that
// the kernel calls atomically, and in what these call.
#include "Registry.h"
#include "Support.h"

#include "program/AtomicEntries.h"
#include "program/Sleepers.h"

#include <algorithm>

namespace gfplint {
namespace {

/// Calls followed down from where sleeping is forbidden.
constexpr unsigned Depth = 4;
/// A pointer that may hold more functions than this says nothing of any of them.
constexpr size_t MaxTargets = 8;

class BlockingAllocations {
public:
  BlockingAllocations(const Program &P, std::vector<Finding> &Out)
      : P(P), Out(Out), Sleep(P, Depth, MaxTargets) {}
  void run();

private:
  /// Why sleeping is forbidden in a function.
  struct Reason {
    TraceStep Step;
    /// `under spin_lock(d->lock)`, `in an interrupt handler`
    std::string Text;
    std::string Unless;
    /// A comment says so, and nothing else.
    bool Hearsay = false;
  };
  void sections(FunctionId Id);
  void entry(const AtomicEntryPoint &E);
  void best(FunctionId Id, std::vector<SleepWay> Ways, const Reason &Why);
  [[nodiscard]] std::vector<SleepWay> waysThrough(llvm::ArrayRef<SleepCall> Calls);
  void fromCallers(FunctionId Id, const SleepWay &Way, const Reason &Why);
  void report(FunctionId Id, const SleepWay &Way, const Reason &Why, const Arrival *Came);
  [[nodiscard]] const Event *event(FunctionId In, uint32_t Id) const { return P.event({In, Id, 0}); }

  const Program &P;
  std::vector<Finding> &Out;
  Sleepers Sleep;
};

/// The allocation at the end of a way.
struct WayEnd {
  std::vector<std::pair<FunctionId, const Event *>> Calls;
  const Event *Allocation = nullptr;
  std::string Mask;
};

/// A call on the way and the mask that it hands on; nothing where it is fixed or not known.
std::optional<ResolvedTerm> handed(const Program &P, FunctionId In, const Event &Call, unsigned Argument) {
  const std::vector<ResolvedTerm> &Terms = P.masks(In).argument(Call.Id, Argument);
  return Terms.size() == 1 ? std::optional(Terms.front()) : std::nullopt;
}

/// The mask as the last call of the way gets it, where it was chosen on the way.
std::string maskOf(const Program &P, const std::vector<std::pair<FunctionId, const Event *>> &Calls) {
  const Event &Last = *Calls.back().second;
  const Allocator *A = P.allocator(Last);
  std::optional<unsigned> Argument = A != nullptr ? Program::maskArgument(Last, *A) : std::nullopt;
  if (!Argument)
    return "";
  MaskRange Range = MaskRange::identity();
  for (size_t I = Calls.size(); I-- > 0;) {
    std::optional<ResolvedTerm> T = handed(P, Calls[I].first, *Calls[I].second, *Argument);
    if (!T)
      return "";
    Range = Range.after(T->Range);
    if (T->From.Kind == SourceKind::Constant)
      return Range.isExact() ? P.spell(Range.Must.apply({})) : "";
    if (T->From.Kind != SourceKind::Param)
      return "";
    Argument = T->From.Index;
  }
  return "";
}

WayEnd follow(const Program &P, Sleepers &Sleep, FunctionId Id, const SleepWay &Way) {
  WayEnd End;
  FunctionId In = Id;
  SleepWay Now = Way;
  for (unsigned Left = Depth;; --Left) {
    const Event *E = P.event({In, Now.Event, 0});
    if (E == nullptr)
      return {};
    End.Calls.emplace_back(In, E);
    if (Now.Callee == NoFunction)
      break;
    In = Now.Callee;
    Now = SleepWay(Sleep.ways(In, Left - 1)[Now.Next]);
  }
  End.Allocation = End.Calls.back().second;
  End.Mask = maskOf(P, End.Calls);
  return End;
}

/// What a finding has to assume, as the end of its message.
std::string assumptions(const SleepWay &Way, const std::string &Unless) {
  std::string Text;
  if (!Unless.empty())
    Text += ", unless " + Unless;
  if (size_t Targets = std::max(Way.Targets, Way.TargetsBelow); Targets > 1)
    Text += "; assumes that the function pointer, which may hold " + std::to_string(Targets) +
            " functions, holds this one";
  if (Way.Guessed)
    Text += "; assumes that a condition on the way, on a value that is not known, comes out so";
  else if (!Way.Sure)
    Text += "; assumes that the conditions on the way from there come out so";
  return Text;
}

Severity levelOf(const SleepWay &Way, const std::string &Unless, bool Hearsay) {
  // Who calls a pointer with a lock held asks it of all that it may hold; farther down it is the object that
  // decides which it is. So does its state decide whether what is allocated now and then is allocated now.
  if (Hearsay || Way.TargetsBelow > 1 || Way.Guessed || !Way.Sure)
    return Severity::Note;
  return !Unless.empty() || Way.Targets > 1 ? Severity::Warning : Severity::Error;
}

std::vector<TraceStep> traceDown(const Program &P, const WayEnd &End, const std::string &With) {
  std::vector<TraceStep> Steps;
  for (size_t I = 0; I < End.Calls.size(); ++I) {
    const auto &[In, E] = End.Calls[I];
    bool Last = I + 1 == End.Calls.size();
    std::string Text = "calls ";
    Text += E->Indirect.empty() || Last ? calleeName(*E) : P.name(End.Calls[I + 1].first).str();
    Text += "()";
    if (Last)
      Text = calleeName(*E) + "() is called" + With + ", and may sleep";
    Steps.push_back({E->Where.At, P.name(In).str(), std::move(Text)});
  }
  return Steps;
}

void BlockingAllocations::report(FunctionId Id, const SleepWay &Way, const Reason &Why, const Arrival *Came) {
  // One doubt is an assumption, two are a guess.
  if (Way.TargetsBelow > 1 && !Way.Sure)
    return;
  WayEnd End = follow(P, Sleep, Id, Way);
  if (End.Allocation == nullptr)
    return;
  if (Came != nullptr)
    End.Mask = P.spell(Came->Must);
  const Event &First = *End.Calls.front().second;
  const std::string With = End.Mask.empty() ? "" : " with " + End.Mask;
  Finding F;
  F.Rule = "blocking-alloc-in-atomic";
  F.Level = levelOf(Way, Why.Unless, Why.Hearsay);
  F.Function = P.name(Id).str();
  F.Mask = End.Mask;
  F.At = First.Where.At;
  const Allocator *A = P.allocator(First);
  if (std::optional<unsigned> Argument = A != nullptr ? Program::maskArgument(First, *A) : std::nullopt)
    F.At = maskPlace(First, *Argument);
  F.Message = calleeName(First) + "()";
  if (!First.Indirect.empty())
    F.Message = P.name(End.Calls[1].first).str() + "() through " + First.Indirect;
  F.Message += " may sleep";
  if (End.Calls.size() > 1)
    F.Message += " in " + calleeName(*End.Allocation) + "()";
  F.Message += With + ", but is called " + Why.Text + assumptions(Way, Why.Unless);
  if (Came != nullptr) {
    F.Trace = traceOf(P, *Came, Id, First);
    F.Trace.pop_back();
  }
  F.Trace.push_back(Why.Step);
  for (TraceStep &Step : traceDown(P, End, With))
    F.Trace.push_back(std::move(Step));
  F.Identity = calleeName(First) + " " + calleeName(*End.Allocation) + " " + End.Mask + " " + Why.Text;
  if (Came != nullptr && Came->Origin)
    F.Identity += " from " + P.key(*Came->Origin).str();
  Out.push_back(std::move(F));
}

/// A mask that a caller of the section's function chose.
void BlockingAllocations::fromCallers(FunctionId Id, const SleepWay &Way, const Reason &Why) {
  if (Way.If.Blocking.size() != 1)
    return;
  const Event *E = event(Id, Way.Event);
  if (E == nullptr)
    return;
  for (unsigned I = 0; I < E->Args.size(); ++I) {
    if (!E->Args[I].Mask)
      continue;
    std::optional<ResolvedTerm> T = handed(P, Id, *E, I);
    if (!T || T->From.Kind != SourceKind::Param || T->From.Index != Way.If.Blocking.front())
      continue;
    for (const Arrival &Came : arrivals(P, Id, *E, I))
      if (Came.Must == Came.May && Came.Must.has(Flag::DirectReclaim) && Came.Field.empty() &&
          Came.Targets <= 1 && !Came.Way.empty())
        return report(Id, Way, Why, &Came);
    return;
  }
}

/// Reports the surest of the shortest ways that go on from one call.
void BlockingAllocations::best(FunctionId Id, std::vector<SleepWay> Ways, const Reason &Why) {
  settlePointers(Ways);
  std::stable_sort(Ways.begin(), Ways.end(), [](const SleepWay &A, const SleepWay &B) {
    return std::tuple(!A.If.Blocking.empty(), A.TargetsBelow > 1, A.Guessed, !A.Sure, A.Targets > 1,
                      A.Length) < std::tuple(!B.If.Blocking.empty(), B.TargetsBelow > 1, B.Guessed, !B.Sure,
                                             B.Targets > 1, B.Length);
  });
  if (Ways.empty())
    return;
  if (Ways.front().If.Blocking.empty())
    return report(Id, Ways.front(), Why, nullptr);
  for (const SleepWay &W : Ways)
    fromCallers(Id, W, Why);
}

/// Of a call through a pointer there is a SleepCall for each function that it may hold.
template <class Use> void forEachEvent(llvm::ArrayRef<SleepCall> Calls, const Use &Do) {
  while (!Calls.empty()) {
    size_t Count = 1;
    while (Count < Calls.size() && Calls[Count].Event == Calls[0].Event)
      ++Count;
    Do(Calls.take_front(Count));
    Calls = Calls.drop_front(Count);
  }
}

std::vector<SleepWay> BlockingAllocations::waysThrough(llvm::ArrayRef<SleepCall> Calls) {
  std::vector<SleepWay> All;
  for (const SleepCall &Call : Calls)
    for (SleepWay &W : Sleep.waysThrough(Call, Depth))
      All.push_back(std::move(W));
  return All;
}

void BlockingAllocations::sections(FunctionId Id) {
  const SleepFacts &Facts = Sleep.facts(Id);
  forEachEvent(Facts.Calls, [&](llvm::ArrayRef<SleepCall> Calls) {
    if (!Calls[0].Section)
      return;
    const AtomicSection &S = Facts.Sections[*Calls[0].Section];
    Reason Why;
    Why.Text = "under " + S.By + "(" + S.Lock + ")";
    Why.Step = {S.TakenAt, P.name(Id).str(), S.By + "(" + S.Lock + ") forbids sleeping from here"};
    best(Id, waysThrough(Calls), Why);
  });
}

void BlockingAllocations::entry(const AtomicEntryPoint &E) {
  Reason Why;
  Why.Text = "in " + E.Entry.Context;
  Why.Unless = E.Entry.Unless;
  Why.Hearsay = E.Documented;
  Why.Step = {E.At, P.name(E.In).str(), P.name(E.Function).str() + "() " + E.How};
  forEachEvent(Sleep.facts(E.Function).Calls, [&](llvm::ArrayRef<SleepCall> Calls) {
    if (Calls[0].OnItsOwn || Calls[0].Section)
      return;
    std::vector<SleepWay> Ways = waysThrough(Calls);
    std::erase_if(Ways, [](const SleepWay &W) { return !W.If.Blocking.empty(); });
    best(E.Function, std::move(Ways), Why);
  });
}

void BlockingAllocations::run() {
  std::vector<AtomicEntryPoint> Entries = atomicEntries(P);
  std::vector<FunctionId> Handlers;
  Handlers.reserve(Entries.size());
  for (const AtomicEntryPoint &E : Entries)
    Handlers.push_back(E.Function);
  Sleep.prepare(Sleep.nets().users(), /*SectionsOnly=*/true);
  Sleep.prepare(std::move(Handlers), /*SectionsOnly=*/false);
  for (FunctionId Id : Sleep.nets().users())
    sections(Id);
  for (const AtomicEntryPoint &E : Entries)
    entry(E);
}

} // namespace

void blockingAllocInAtomic(const Program &P, std::vector<Finding> &Out) { BlockingAllocations(P, Out).run(); }

} // namespace gfplint
