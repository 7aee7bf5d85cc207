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
    std::vector<std::pair<FunctionId, std::vector<NetLock>>> Found;
    for (FunctionId Id : P.inLoadOrder(Round)) {
      bool Asked = !IsKnown(Id) && P.hasDirectCaller(Id);
      bool Shown = I == 0 && Guest.Wants && Guest.Wants(Id);
      if (!Asked && !Shown)
        continue;
      P.withFunction(Id, [&](const Function &F) {
        if (Shown)
          Guest.See(Id, F, Callees);
        if (!Asked)
          return;
        std::vector<NetLock> Now = LockFlow(F, P.Knowledge, Callees, LockSet::Atomic).nets();
        // What may have been taken, or what some lock of a kind may have been released, is of use to the next
        // caller; farther up it would be a guess.
        if (I > 0)
          std::erase_if(Now, [](const NetLock &N) {
            return N.Maybe && (N.Action != LockAction::Release || N.Path.empty());
          });
        auto Old = Nets.find(Id);
        if (Old == Nets.end() ? !Now.empty() : Old->second != Now)
          Found.emplace_back(Id, std::move(Now));
      });
    }
    Round.clear();
    for (auto &[Id, Now] : Found) {
      Nets[Id] = std::move(Now);
      for (FunctionId Caller : P.directCallers(Id))
        if (!IsKnown(Caller))
          Round.push_back(Caller);
    }
    std::sort(Round.begin(), Round.end());
    Round.erase(std::unique(Round.begin(), Round.end()), Round.end());
    Users.insert(Users.end(), Round.begin(), Round.end());
  }
  std::sort(Users.begin(), Users.end());
  Users.erase(std::unique(Users.begin(), Users.end()), Users.end());
}

} // namespace gfplint
