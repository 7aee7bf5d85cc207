// Breadth first, from callee to caller.
#include "program/AtomicWitness.h"

#include "program/SleepFacts.h"

#include <algorithm>
#include <deque>

namespace gfplint {

std::vector<TraceStep> atomicWitness(const Program &P, const AtomicNets &Nets,
                                     const std::vector<AtomicEntryPoint> &Entries, FunctionId Id,
                                     unsigned Levels, size_t MaxTargets) {
  struct Reached {
    FunctionId In = 0;
    /// From its call on, the last first.
    std::vector<TraceStep> Way;
  };
  std::deque<Reached> Work = {{Id, {}}};
  std::set<FunctionId> Seen = {Id};
  auto Finish = [](std::vector<TraceStep> Way, TraceStep First) {
    Way.push_back(std::move(First));
    std::reverse(Way.begin(), Way.end());
    return Way;
  };
  while (!Work.empty()) {
    Reached Now = std::move(Work.front());
    Work.pop_front();
    auto Entry = std::find_if(Entries.begin(), Entries.end(),
                              [&](const AtomicEntryPoint &E) { return E.Function == Now.In; });
    if (Entry != Entries.end())
      return Finish(Now.Way, {Entry->At, P.name(Now.In).str(),
                              "is " + Entry->Entry.Context + " (" + Entry->By + ")" +
                                  (Entry->Entry.Unless.empty() ? "" : ", unless " + Entry->Entry.Unless)});
    if (Now.Way.size() >= Levels)
      continue;
    std::set<FunctionId> Callers;
    for (const CallSite &C : P.callers(Now.In, MaxTargets))
      Callers.insert(C.Caller);
    for (FunctionId Caller : Callers) {
      SleepFacts Facts =
          sleepFacts(P, Nets, Caller, [&](FunctionId Callee) { return Callee == Now.In; }, MaxTargets);
      for (const SleepCall &Call : Facts.Calls) {
        const Event *E = Call.Callee == Now.In ? P.event({Caller, Call.Event, 0}) : nullptr;
        if (E == nullptr)
          continue;
        std::vector<TraceStep> Way = Now.Way;
        Way.push_back({E->Where.At, P.name(Caller).str(), "calls " + P.name(Now.In).str() + "()"});
        if (Call.Section) {
          const AtomicSection &S = Facts.Sections[*Call.Section];
          return Finish(std::move(Way), {S.TakenAt, P.name(Caller).str(), S.By + "(" + S.Lock + ")"});
        }
        if (!Call.OnItsOwn && Seen.insert(Caller).second)
          Work.push_back({Caller, std::move(Way)});
      }
    }
  }
  return {};
}

} // namespace gfplint
