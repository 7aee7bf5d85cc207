// A must-analysis: where paths meet, a scope stays only if both had it.
#include "program/ScopeFlow.h"

#include "flow/Forward.h"
#include "program/Program.h"

#include <algorithm>

namespace gfplint {
namespace {

using Open = std::vector<OpenScope>;

const Open NoScopes;

bool joinOpen(Open &Into, const Open &From) {
  return std::erase_if(Into, [&](const OpenScope &S) {
           return std::none_of(From.begin(), From.end(), [&](const OpenScope &Other) {
             return Other.Kind == S.Kind && Other.Token == S.Token;
           });
         }) > 0;
}

/// Scopes of one kind and token are opened and closed together: the first stands for all, or a
/// wrapper that is called twice would have twice as many for each level of callers.
void open(Open &Now, OpenScope S) {
  if (std::none_of(Now.begin(), Now.end(),
                   [&](const OpenScope &Old) { return Old.Kind == S.Kind && Old.Token == S.Token; }))
    Now.push_back(std::move(S));
}

void close(Open &Now, ScopeKind Kind, PlaceId Token) {
  auto Same = [&](const OpenScope &S) { return S.Kind == Kind && S.Token == Token; };
  if (Token != NoPlace && std::any_of(Now.begin(), Now.end(), Same)) {
    std::erase_if(Now, Same);
    return;
  }
  // A token that was not seen being saved: no scope of the kind is sure any more.
  std::erase_if(Now, [&](const OpenScope &S) { return S.Kind == Kind; });
}

} // namespace

std::optional<ScopeOperation> scopeOperation(const Event &Call, const Model &Knowledge) {
  if (Call.Kind != EventKind::Call || Call.Callee.empty())
    return std::nullopt;
  const ScopeFunction *S = Knowledge.scopeFunction(nameOfKey(Call.Callee));
  if (S == nullptr)
    return std::nullopt;
  ScopeOperation Op;
  Op.Action = S->Action;
  if (S->Kind)
    Op.Kinds.push_back(*S->Kind);
  else if (S->FlagArg && *S->FlagArg < Call.Args.size())
    for (const std::string &Name : Call.Args[*S->FlagArg].Names)
      if (std::optional<ScopeKind> K = Knowledge.scopeOfTaskFlag(Name))
        Op.Kinds.push_back(*K);
  if (S->Action == ScopeAction::Save) {
    Op.Token = Call.Target;
  } else if (S->TokenArg && *S->TokenArg < Call.Args.size()) {
    Op.Token = Call.Args[*S->TokenArg].Var;
    Op.ConstantToken = Call.Args[*S->TokenArg].Constant;
  }
  return Op;
}

ScopeFlow::ScopeFlow(const Function &F, const Model &Knowledge,
                     const std::function<const ScopeSummary *(const Event &)> &Callee) {
  bool Touched = false;
  auto Pass = [&](Open &Now, const Event &E) {
    if (E.Kind != EventKind::Call)
      return;
    if (std::optional<ScopeOperation> Op = scopeOperation(E, Knowledge)) {
      Touched = true;
      if (Op->Action == ScopeAction::Save) {
        for (ScopeKind K : Op->Kinds)
          open(Now, {K, Op->Token, E.Where.At, ""});
        return;
      }
      if (Op->Kinds.empty() && Op->Token != NoPlace &&
          std::any_of(Now.begin(), Now.end(), [&](const OpenScope &S) { return S.Token == Op->Token; })) {
        std::erase_if(Now, [&](const OpenScope &S) { return S.Token == Op->Token; });
        return;
      }
      if (Op->Kinds.empty())
        Now.clear();
      for (ScopeKind K : Op->Kinds)
        close(Now, K, Op->Token);
      return;
    }
    const ScopeSummary *S = Callee(E);
    if (S == nullptr)
      return;
    for (size_t I = 0; I < ScopeKindCount; ++I)
      if (auto K = static_cast<ScopeKind>(I); S->Closes.has(K))
        close(Now, K, NoPlace);
    for (const OpenScope &Opened : S->Opens)
      open(Now, {Opened.Kind, E.Target, E.Where.At, std::string(nameOfKey(E.Callee))});
    Touched = Touched || !S->Opens.empty() || !S->Closes.empty();
  };
  auto Start = solveForward<Open>(
      F, {}, Pass, [](const Block &, const Edge &, Open Now) { return std::optional(std::move(Now)); },
      joinOpen);
  if (!Touched)
    return;
  for (size_t I = 0; I < F.Blocks.size(); ++I) {
    if (!Start[I])
      continue;
    Open Now = *Start[I];
    for (const Event &E : F.Blocks[I].Events) {
      if (E.Kind == EventKind::Call) {
        if (!Now.empty())
          AtCall[E.Id] = Now;
        if (std::optional<ScopeOperation> Op = scopeOperation(E, Knowledge);
            Op && Op->Action == ScopeAction::Restore)
          for (ScopeKind K : Op->Kinds)
            if (std::none_of(Now.begin(), Now.end(), [&](const OpenScope &S) { return S.Kind == K; }))
              Summary.Closes.insert(K);
      }
      Pass(Now, E);
    }
    if (I == F.Exit)
      Summary.Opens = Now;
  }
}

const std::vector<OpenScope> &ScopeFlow::at(uint32_t CallId) const {
  auto It = AtCall.find(CallId);
  return It == AtCall.end() ? NoScopes : It->second;
}

ScopeSet ScopeFlow::kindsAt(uint32_t CallId) const {
  ScopeSet Kinds;
  for (const OpenScope &S : at(CallId))
    Kinds.insert(S.Kind);
  return Kinds;
}

} // namespace gfplint
