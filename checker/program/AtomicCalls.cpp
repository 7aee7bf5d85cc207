// From the states of the locks, and from tests of the context.
#include "program/AtomicCalls.h"

#include "flow/Forward.h"
#include "program/CalleeName.h"

namespace gfplint {
namespace {

/// A place without what a maintainer does not write: `&` behind which `->` stands, and anonymous members.
std::string readable(llvm::StringRef Place) {
  std::string Text;
  for (char C : Place) {
    bool IsAnonymous = C == '.' && (Text.ends_with("->") || Text.ends_with("."));
    if (C != '&' && !IsAnonymous)
      Text += C;
  }
  return Text;
}

/// The calls, by Event::Id, behind a test of the context on some path.
std::set<uint32_t> testedContext(const Function &F, const Model &Knowledge) {
  enum : uint8_t { Untested = 1, Tested = 2 };
  std::set<uint32_t> At;
  auto Pass = [&](uint8_t &Now, const Event &E) {
    if (E.Kind == EventKind::Call && Knowledge.testsContext(nameOfKey(E.Callee)))
      Now = Tested;
  };
  auto Start = solveForward<uint8_t>(
      F, Untested, Pass, [](const Block &, const Edge &, uint8_t Now) { return std::optional<uint8_t>(Now); },
      joinBits<uint8_t>);
  forEachEvent(F, Start, Pass, [&](uint8_t Now, const Event &E) {
    if (E.Kind == EventKind::Call && (Now & Tested) != 0)
      At.insert(E.Id);
  });
  return At;
}

/// As the taker names it; a guard's lock is what its constructor gets.
AtomicSection sectionOf(const Function &F, const LockOperation &L, const Event &Taker) {
  bool IsGuard = Taker.Target != NoPlace && F.Places[Taker.Target].Text == L.Lock;
  PlaceId Named = IsGuard && !Taker.Args.empty() ? Taker.Args.front().Var : NoPlace;
  std::string Text = Named != NoPlace ? F.Places[Named].Text : L.Nameless || IsGuard ? "" : L.Lock;
  return {L.Function, readable(Text), Taker.Where.At, calleeName(Taker)};
}

} // namespace

AtomicCalls atomicCalls(const Model &Knowledge, const CalleeLocks &Callees, const Function &F,
                        llvm::function_ref<bool(const Event &)> Wanted) {
  AtomicCalls Out;
  LockFlow Flow(F, Knowledge, Callees, LockSet::Atomic);
  std::map<uint32_t, LockFlow::AtCall> Held;
  if (!Flow.locks().empty())
    Held = Flow.atCalls();
  bool TestsContext = false;
  for (const Block &B : F.Blocks)
    for (const Event &E : B.Events)
      TestsContext =
          TestsContext || (E.Kind == EventKind::Call && Knowledge.testsContext(nameOfKey(E.Callee)));
  std::set<uint32_t> Tested;
  if (TestsContext)
    Tested = testedContext(F, Knowledge);
  if (Held.empty() && Tested.empty())
    return Out;
  std::map<const Event *, uint32_t> SectionOf;
  for (const Block &B : F.Blocks)
    for (const Event &E : B.Events) {
      if (E.Kind != EventKind::Call || !Wanted(E))
        continue;
      auto At = Held.find(E.Id);
      bool IsTested = Tested.contains(E.Id);
      if (At == Held.end() && !IsTested)
        continue;
      AtomicCalls::AtCall &Call = Out.Calls[E.Id];
      Call.OnItsOwn = IsTested || At->second.DropsCallers;
      if (IsTested || At->second.Held.empty())
        continue;
      uint32_t Lock = At->second.Held.front();
      const Event *Taker = Flow.taker(Lock, E.Where.At.Line);
      auto [Known, New] = SectionOf.try_emplace(Taker, static_cast<uint32_t>(Out.Sections.size()));
      if (New)
        Out.Sections.push_back(sectionOf(F, Flow.locks()[Lock], *Taker));
      Call.Section = Known->second;
    }
  return Out;
}

} // namespace gfplint
