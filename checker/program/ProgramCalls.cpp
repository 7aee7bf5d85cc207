// Questions about very many calls at once, from the index alone.
#include "program/Program.h"

#include <algorithm>

namespace gfplint {

std::vector<FunctionId> Program::callersOfNamed(llvm::function_ref<bool(llvm::StringRef Name)> Wanted) const {
  enum : uint8_t { NotAsked, Yes, No };
  std::vector<uint8_t> Answers(Index.Texts.size(), NotAsked);
  auto IsWanted = [&](StringId Callee) {
    if (Answers[Callee] == NotAsked)
      Answers[Callee] = Wanted(nameOfKey(Index.Texts[Callee])) ? Yes : No;
    return Answers[Callee] == Yes;
  };
  std::vector<FunctionId> All;
  for (FunctionId Id = 0; Id < size(); ++Id) {
    llvm::ArrayRef<CallRef> Calls = Index.callsOf(Id);
    if (std::any_of(Calls.begin(), Calls.end(),
                    [&](const CallRef &C) { return !C.indirect() && IsWanted(C.Name); }))
      All.push_back(Id);
  }
  return All;
}

bool Program::anyCall(FunctionId Id, size_t MaxTargets,
                      llvm::function_ref<bool(llvm::StringRef Name, FunctionId Callee)> Wanted) const {
  llvm::ArrayRef<CallRef> Calls = Index.callsOf(Id);
  return std::any_of(Calls.begin(), Calls.end(), [&](const CallRef &C) {
    if (!C.indirect())
      return Wanted(nameOfKey(Index.Texts[C.Name]), Index.ByKey[C.Name]);
    llvm::ArrayRef<FunctionId> Targets = Index.Targets[C.Name];
    return Targets.size() <= MaxTargets &&
           std::any_of(Targets.begin(), Targets.end(), [&](FunctionId T) { return Wanted(name(T), T); });
  });
}

std::vector<FunctionId> Program::targetsFrom(FileId File, llvm::ArrayRef<FunctionId> All) const {
  std::vector<FunctionId> Own;
  std::copy_if(All.begin(), All.end(), std::back_inserter(Own),
               [&](FunctionId Id) { return at(Id).File == File; });
  return Own.empty() ? All.vec() : Own;
}

void Program::forEachCall(FunctionId Caller, size_t MaxTargets,
                          llvm::function_ref<void(uint32_t Event, FunctionId Callee)> Use) const {
  for (const CallRef &C : Index.callsOf(Caller)) {
    if (!C.indirect()) {
      if (Index.ByKey[C.Name] != NoFunction)
        Use(C.event(), Index.ByKey[C.Name]);
      continue;
    }
    std::vector<FunctionId> Targets = targetsFrom(at(Caller).File, Index.Targets[C.Name]);
    if (Targets.size() <= MaxTargets)
      for (FunctionId Callee : Targets)
        Use(C.event(), Callee);
  }
}

void Program::forEachCaller(FunctionId Id,
                            llvm::function_ref<void(FunctionId Caller, uint32_t Event)> Use) const {
  for (uint32_t Call : Index.callsTo(Id))
    Use(Index.callerOf(Call), Index.Calls[Call].event());
}

std::vector<uint8_t> Program::callsAway(const std::vector<FunctionId> &Goals, uint8_t Max,
                                        size_t MaxTargets) const {
  std::vector<uint8_t> Distance(size(), UINT8_MAX);
  std::vector<FunctionId> Now = Goals;
  for (FunctionId Id : Now)
    Distance[Id] = 0;
  for (uint8_t Level = 1; Level <= Max && !Now.empty(); ++Level) {
    std::vector<FunctionId> Next;
    auto Reach = [&](FunctionId Caller) {
      if (Distance[Caller] <= Level)
        return;
      Distance[Caller] = Level;
      Next.push_back(Caller);
    };
    for (FunctionId Id : Now) {
      for (uint32_t Call : Index.DirectCalls[Id])
        Reach(Index.callerOf(Call));
      for (StringId Field : Index.HeldBy[Id])
        if (Index.Targets[Field].size() <= MaxTargets)
          for (uint32_t Call : Index.CallsThrough[Field])
            Reach(Index.callerOf(Call));
    }
    Now = std::move(Next);
  }
  return Distance;
}

} // namespace gfplint
