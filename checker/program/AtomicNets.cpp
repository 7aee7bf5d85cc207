// In rounds: each looks at the callers of the wrappers that the last one found.
#include "program/AtomicNets.h"

#include <algorithm>

namespace gfplint {

AtomicNets::AtomicNets(const Program &P, const Visitor &Guest) : P(P) {
  Callees = [this](const Event &E) -> const std::vector<NetLock> * {
    std::optional<FunctionId> Callee = E.Kind == EventKind::Call ? this->P.callee(E) : std::nullopt;
    auto It = Callee ? Nets.find(*Callee) : Nets.end();
    return It == Nets.end() ? nullptr : &It->second;
  };
  auto IsKnown = [&](FunctionId Id) {
    return P.Knowledge.lockFunction(P.name(Id)) != nullptr || P.Knowledge.leavesLocks(P.name(Id));
  };
  std::vector<FunctionId> Round = P.callersOfNamed([&](llvm::StringRef Name) {
    const LockFunction *Op = P.Knowledge.lockFunction(Name);
    return (Op != nullptr && Op->Atomic) || P.Knowledge.asksForLock(Name);
  });
  std::erase_if(Round, [&](FunctionId Id) { return P.Knowledge.lockFunction(P.name(Id)) != nullptr; });
  Users = Round;
  for (unsigned I = 0; I <= MaxWrappers && !Round.empty(); ++I) {
    // Within a round only what the rounds before found is known: the order of functions does not matter.
    auto IsAsked = [&](FunctionId Id) { return !IsKnown(Id) && P.hasDirectCaller(Id); };
    auto IsShown = [&](FunctionId Id) { return I == 0 && Guest.Wants && Guest.Wants(Id); };
    std::erase_if(Round, [&](FunctionId Id) { return !IsAsked(Id) && !IsShown(Id); });
    std::vector<std::vector<NetLock>> Found(Round.size());
    P.forEachBody(Round, [&](size_t At, const Function &F) {
      if (IsShown(Round[At]))
        Guest.See(Round[At], F, Callees);
      if (!IsAsked(Round[At]))
        return;
      Found[At] = LockFlow(F, P.Knowledge, Callees, LockSet::Atomic).nets();
      // What may have been taken, or what some lock of a kind may have been released, is of use to the next
      // caller; farther up it would be a guess.
      if (I > 0)
        std::erase_if(Found[At], [](const NetLock &N) {
          return N.Maybe && (N.Action != LockAction::Release || N.Path.empty());
        });
    });
    std::vector<FunctionId> Next;
    for (size_t At = 0; At < Round.size(); ++At) {
      auto Old = Nets.find(Round[At]);
      if (Old == Nets.end() ? Found[At].empty() : Old->second == Found[At])
        continue;
      Nets[Round[At]] = std::move(Found[At]);
      for (FunctionId Caller : P.directCallers(Round[At]))
        if (!IsKnown(Caller))
          Next.push_back(Caller);
    }
    Round = std::move(Next);
    std::sort(Round.begin(), Round.end());
    Round.erase(std::unique(Round.begin(), Round.end()), Round.end());
    Users.insert(Users.end(), Round.begin(), Round.end());
  }
  std::sort(Users.begin(), Users.end());
  Users.erase(std::unique(Users.begin(), Users.end()), Users.end());
}

} // namespace gfplint
