// Scopes over calls: which functions have any, found from those that call scope functions upwards.
#include "program/Program.h"

#include <algorithm>

namespace gfplint {
namespace {

/// Calls up through which a scope is inherited.
constexpr size_t MaxInheritance = 30;

const ScopeSummary *noSummary(const Event &) { return nullptr; }

bool isEmpty(const ScopeSummary &S) { return S.Opens.empty() && S.Closes.empty(); }

/// The flows of the functions that may have scopes. Candidates are first those that call a scope
/// function, then also the direct callers of each whose summary is not empty, until none is added.
/// A callee that is no candidate has an empty summary.
class ScopeSearch {
public:
  using Flows = llvm::DenseMap<FunctionId, std::unique_ptr<const ScopeFlow>>;

  ScopeSearch(const Program &P, Flows &Known) : P(P), Known(Known) {}
  /// Returns the candidates, sorted.
  std::vector<FunctionId> run(const std::vector<FunctionId> &First);

private:
  const ScopeSummary &summary(FunctionId Id);
  /// Forgets the flows of the functions and of the candidates that call them, over any number of
  /// calls: their summaries may be others now.
  void forget(std::vector<FunctionId> Ids);
  const std::set<FunctionId> &callersOf(FunctionId Id);

  const Program &P;
  Flows &Known;
  std::set<FunctionId> Candidates;
  llvm::DenseMap<FunctionId, std::set<FunctionId>> DirectCallers;
};

const std::set<FunctionId> &ScopeSearch::callersOf(FunctionId Id) {
  auto [It, New] = DirectCallers.try_emplace(Id);
  if (New)
    for (FunctionId Caller : P.directCallers(Id))
      It->second.insert(Caller);
  return It->second;
}

const ScopeSummary &ScopeSearch::summary(FunctionId Id) {
  if (auto It = Known.find(Id); It != Known.end())
    return It->second->summary();
  // Recursion sees the empty summary: nothing is sure there.
  Known[Id] = std::make_unique<const ScopeFlow>(Function{}, P.Knowledge, noSummary);
  auto Callee = [this](const Event &E) -> const ScopeSummary * {
    std::optional<FunctionId> To = P.callee(E);
    return To && Candidates.contains(*To) ? &summary(*To) : nullptr;
  };
  auto Flow = std::make_unique<const ScopeFlow>(P.function(Id), P.Knowledge, Callee);
  const ScopeSummary &Summary = Flow->summary();
  Known[Id] = std::move(Flow);
  return Summary;
}

void ScopeSearch::forget(std::vector<FunctionId> Ids) {
  std::set<FunctionId> Seen(Ids.begin(), Ids.end());
  while (!Ids.empty()) {
    FunctionId Id = Ids.back();
    Ids.pop_back();
    Known.erase(Id);
    for (FunctionId Caller : callersOf(Id))
      if (Candidates.contains(Caller) && Seen.insert(Caller).second)
        Ids.push_back(Caller);
  }
}

std::vector<FunctionId> ScopeSearch::run(const std::vector<FunctionId> &First) {
  std::vector<FunctionId> New = First;
  while (!New.empty()) {
    Candidates.insert(New.begin(), New.end());
    forget(New);
    New.clear();
    std::set<FunctionId> Above;
    for (FunctionId Id : Candidates)
      if (!isEmpty(summary(Id))) {
        P.askCallers(Id);
        for (FunctionId Caller : callersOf(Id))
          if (!Candidates.contains(Caller))
            Above.insert(Caller);
      }
    New.assign(Above.begin(), Above.end());
  }
  return {Candidates.begin(), Candidates.end()};
}

} // namespace

void Program::findScopes() const {
  if (ScopeUsers)
    return;
  for (std::string &Name : Knowledge.scopeFunctionNames())
    Questions.Names.insert(std::move(Name));
  ScopeUsers = ScopeSearch(*this, ScopeFlows).run(ScopeCallers);
}

const std::vector<FunctionId> &Program::scopeUsers() const {
  findScopes();
  return *ScopeUsers;
}

const ScopeFlow &Program::scopes(FunctionId Id) const {
  static const ScopeFlow Empty(Function{}, Model{}, noSummary);
  findScopes();
  auto It = ScopeFlows.find(Id);
  return It == ScopeFlows.end() ? Empty : *It->second;
}

ScopeSet Program::inherited(FunctionId Id) const {
  std::vector<FunctionId> Stack;
  bool Cut = false;
  return inherited(Id, Stack, Cut);
}

/// `Cut` becomes true where the answer depends on `Stack`, the functions that are being asked about:
/// within a cycle it is another one from each function that the cycle is entered by.
ScopeSet Program::inherited(FunctionId Id, std::vector<FunctionId> &Stack, bool &Cut) const {
  if (auto It = InheritedCache.find(Id); It != InheritedCache.end())
    return It->second;
  if (!hasAllCallers(Id))
    return {};
  if (Stack.size() > MaxInheritance || std::find(Stack.begin(), Stack.end(), Id) != Stack.end()) {
    Cut = true;
    return {};
  }
  std::vector<CallSite> Callers = callers(Id);
  if (Callers.empty())
    return {};
  Stack.push_back(Id);
  bool CutHere = false;
  ScopeSet Common = ScopeSet::all();
  for (const CallSite &C : Callers) {
    Common = Common & (scopes(C.Caller).kindsAt(C.Event) | inherited(C.Caller, Stack, CutHere));
    if (Common.empty())
      break;
  }
  Stack.pop_back();
  if (Stack.empty() || !CutHere)
    InheritedCache[Id] = Common;
  Cut = Cut || CutHere;
  return Common;
}

} // namespace gfplint
