// Wrappers are found from the scope functions upwards, until no function is new.
#include "program/ScopeOwners.h"

#include <algorithm>

namespace gfplint {
namespace {

/// Levels of wrappers around wrappers.
constexpr unsigned MaxLevels = 6;
/// Functions from which a doubtful end is reached; beyond, any call of a known function may end the scope.
constexpr size_t MaxAbove = 64;

ScopeSet setOf(const std::vector<ScopeKind> &Kinds) {
  ScopeSet S;
  for (ScopeKind K : Kinds)
    S.insert(K);
  return S;
}

/// The parameter that a token place is reached through, if that is how it is reached: the token
/// itself, a pointer to it, or a field of the object.
struct Reached {
  unsigned Param = 0;
  std::string Field;
};

std::optional<Reached> throughParameter(const Function &F, const TokenPlace &At) {
  const Place &P = F.Places[At.Place];
  if (P.Kind == PlaceKind::Param)
    return Reached{P.Index, At.Field};
  if (!At.Field.empty() || P.Kind != PlaceKind::Field || P.Roots.size() != 1)
    return std::nullopt;
  const Place &Root = F.Places[P.Roots.front()];
  if (Root.Kind != PlaceKind::Param)
    return std::nullopt;
  if (P.Text == "*" + Root.Text)
    return Reached{Root.Index, ""};
  llvm::StringRef Rest = P.Text;
  if (P.Field.empty() || !Rest.consume_front(Root.Text) || !Rest.consume_front("->") || Rest.contains("->") ||
      Rest.contains('['))
    return std::nullopt;
  return Reached{Root.Index, P.Field};
}

/// When something holds, told from how the ways out are left; nothing where that does not tell.
template <class Test>
std::optional<EffectWhen> whenHolds(const std::set<ScopeExit> &Exits, const Test &Holds) {
  bool Some = false;
  bool All = true;
  bool OnNonzero = true;
  bool OnZero = true;
  for (const ScopeExit &E : Exits) {
    bool Here = Holds(E);
    Some = Some || Here;
    All = All && Here;
    OnNonzero = OnNonzero && E.Nonzero == std::optional(Here);
    OnZero = OnZero && E.Nonzero == std::optional(!Here);
  }
  if (!Some)
    return std::nullopt;
  if (All)
    return EffectWhen::Always;
  if (OnNonzero)
    return EffectWhen::Nonzero;
  if (OnZero)
    return EffectWhen::Zero;
  return std::nullopt;
}

bool isOpenAt(const ScopeExit &E, const TokenPlace &At) {
  return std::any_of(E.Tokens.Scopes.begin(), E.Tokens.Scopes.end(), [&](const PathScope &S) {
    return S.Outside && S.Now == PathScope::State::Open && S.At == At;
  });
}

} // namespace

ScopeOwners::ScopeOwners(const Program &P) : P(P) {
  Ask.Effects = [this](const Event &E) { return effects(E); };
  Ask.MayEnd = [this](const Event &E, llvm::StringRef Field) { return mayEnd(E, Field); };
  Ask.TokenHoldsNewBits = P.Knowledge.tokenHoldsNewBits();
  std::set<FunctionId> Wanted;
  for (FunctionId Id : P.scopeUsers())
    if (P.Knowledge.scopeFunction(P.name(Id)) == nullptr) {
      findFields(Id);
      Wanted.insert(Id);
    }
  for (unsigned Level = 0; Level < MaxLevels && !Wanted.empty(); ++Level) {
    std::set<FunctionId> Above;
    for (FunctionId Id : Wanted) {
      if (!explore(Id))
        continue;
      P.askCallers(Id);
      for (FunctionId Caller : P.directCallers(Id))
        if (P.Knowledge.scopeFunction(P.name(Caller)) == nullptr)
          Above.insert(Caller);
    }
    Wanted = std::move(Above);
  }
  // Who was found late to end scopes without telling may have been called by these.
  for (FunctionId Id : functions()) {
    const std::vector<ScopePaths::Problem> &Found = Explored.at(Id)->problems();
    if (std::any_of(Found.begin(), Found.end(), [](const ScopeProblem &X) { return X.Scope.Outside; }))
      explore(Id);
  }
}

std::vector<FunctionId> ScopeOwners::functions() const {
  std::vector<FunctionId> All;
  All.reserve(Explored.size());
  for (const auto &[Id, Paths] : Explored)
    All.push_back(Id);
  return All;
}

bool ScopeOwners::isEnded(const std::string &Field) const {
  auto It = Enders.find(Field);
  if (It != Enders.end() && !It->second.empty())
    return true;
  P.askReaders(Field);
  return false;
}

bool ScopeOwners::isEndedBy(FunctionId Id, const std::string &Field) const {
  auto It = Enders.find(Field);
  if (It == Enders.end() || It->second != std::set<FunctionId>{Id})
    return false;
  P.askReaders(Field);
  return true;
}

bool ScopeOwners::isEndedAbove(FunctionId Id, const std::string &Field) const {
  auto Net = NetEnders.find(Field);
  if (Net == NetEnders.end())
    return false;
  auto Direct = Enders.find(Field);
  auto IsDirect = [&](FunctionId F) { return Direct != Enders.end() && Direct->second.contains(F); };
  P.askCallers(Id);
  for (FunctionId Caller : P.directCallers(Id)) {
    if (Net->second.contains(Caller))
      return true;
    for (FunctionId Callee : P.callees(Caller))
      if (Callee != Id && Net->second.contains(Callee) && !IsDirect(Callee))
        return true;
  }
  return false;
}

std::vector<ScopeEffect> ScopeOwners::effects(const Event &E) const {
  if (std::optional<ScopeOperation> Op = scopeOperation(E, P.Knowledge)) {
    ScopeEffect Effect;
    Effect.Opens = Op->Action == ScopeAction::Save;
    Effect.Kinds = setOf(Op->Kinds);
    Effect.Token = {Op->Token, ""};
    Effect.Number = Op->ConstantToken;
    return {Effect};
  }
  std::optional<FunctionId> Callee = P.callee(E);
  auto It = Callee ? Wrappers.find(*Callee) : Wrappers.end();
  if (It == Wrappers.end())
    return {};
  std::vector<ScopeEffect> Out;
  for (const WrapperEffect &W : It->second) {
    ScopeEffect Effect;
    Effect.Opens = W.Opens;
    Effect.Kinds = W.Kinds;
    Effect.When = W.When;
    if (W.Token == WrapperEffect::Where::Returned) {
      Effect.Token.Place = E.Target;
    } else {
      if (W.Index >= E.Args.size())
        continue;
      const Arg &A = E.Args[W.Index];
      Effect.Token = {A.Var, W.Field};
      if (W.Token == WrapperEffect::Where::Param)
        Effect.Number = A.Constant;
      if (A.Var == NoPlace && !Effect.Number)
        continue;
    }
    Out.push_back(std::move(Effect));
  }
  return Out;
}

/// A callee without a body is taken not to: whoever ends a scope of its caller calls a restore, or one
/// of the wrappers around it, whose callers are all asked for.
bool ScopeOwners::mayEnd(const Event &E, llvm::StringRef Field) const {
  std::optional<FunctionId> Callee = P.callee(E);
  auto First = Callee ? Doubtful.find(Field.str()) : Doubtful.end();
  if (First == Doubtful.end())
    return false;
  Above &Known = DoubtfulAbove[Field.str()];
  if (Known.Of != First->second.size()) {
    Known.Of = First->second.size();
    Known.All = First->second;
    std::vector<FunctionId> Work(First->second.begin(), First->second.end());
    while (!Work.empty() && Known.All) {
      FunctionId Next = Work.back();
      Work.pop_back();
      P.askCallers(Next);
      for (FunctionId Caller : P.directCallers(Next))
        if (Known.All->insert(Caller).second)
          Work.push_back(Caller);
      if (Known.All->size() > MaxAbove)
        Known.All.reset();
    }
  }
  return !Known.All || Known.All->contains(*Callee);
}

/// Which fields the function saves tokens into, and takes tokens from to end their scopes; through a
/// local variable, too.
void ScopeOwners::findFields(FunctionId Id) {
  const Function &F = P.function(Id);
  auto ForField = [&](PlaceId At, bool Into, const auto &Do) {
    if (At == NoPlace)
      return;
    if (!F.Places[At].Field.empty())
      Do(F.Places[At].Field);
    for (const Block &B : F.Blocks)
      for (const Event &E : B.Events)
        if (E.Kind == EventKind::Assign && E.From != NoPlace && E.Target != NoPlace &&
            (Into ? E.From : E.Target) == At)
          if (const std::string &Field = F.Places[Into ? E.Target : E.From].Field; !Field.empty())
            Do(Field);
  };
  for (const Block &B : F.Blocks)
    for (const Event &E : B.Events) {
      std::optional<ScopeOperation> Op = scopeOperation(E, P.Knowledge);
      if (!Op) {
        // Whoever has scopes may end this one.
        if (std::optional<FunctionId> Callee = E.Kind == EventKind::Call ? P.callee(E) : std::nullopt;
            Callee && std::binary_search(P.scopeUsers().begin(), P.scopeUsers().end(), *Callee))
          for (const Arg &A : E.Args)
            ForField(A.Var, false, [&](const std::string &Field) { Enders[Field].insert(Id); });
        continue;
      }
      if (Op->Action == ScopeAction::Save)
        ForField(Op->Token, true, [&](const std::string &Field) {
          Saves.try_emplace(Field, FieldSave{Id, &E, setOf(Op->Kinds)});
        });
      else
        ForField(Op->Token, false, [&](const std::string &Field) { Enders[Field].insert(Id); });
    }
}

std::vector<WrapperEffect> ScopeOwners::wrapperEffects(FunctionId Id, const ScopePaths &Paths) {
  const Function &F = P.function(Id);
  std::set<WrapperEffect> Found;
  std::map<TokenPlace, ScopeSet> Opened;
  std::set<TokenPlace> Ended;
  std::optional<ScopeSet> Returned;
  for (const ScopeExit &E : Paths.exits()) {
    for (const PathScope &S : E.Tokens.Scopes)
      if (S.Outside && S.Now == PathScope::State::Open)
        Opened[S.At] = Opened[S.At] | S.Kinds;
    Ended.insert(E.Tokens.EndedOutside.begin(), E.Tokens.EndedOutside.end());
    const PathScope *S = E.Tokens.scope(E.Tokens.Returned);
    ScopeSet Kinds = E.Tokens.Returned != 0 && S != nullptr ? S->Kinds : ScopeSet();
    Returned = Returned ? *Returned & Kinds : Kinds;
  }
  if (Returned && !Returned->empty())
    Found.insert({true, *Returned, EffectWhen::Always, WrapperEffect::Where::Returned, 0, ""});
  auto Add = [&](bool Opens, ScopeSet Kinds, const TokenPlace &At, EffectWhen When) {
    std::optional<Reached> R = throughParameter(F, At);
    if (!R || (Opens && R->Field.empty()))
      return;
    Found.insert({Opens, Kinds, When,
                  R->Field.empty() ? WrapperEffect::Where::Param : WrapperEffect::Where::Field, R->Param,
                  R->Field});
  };
  for (const auto &[At, Kinds] : Opened)
    if (std::optional<EffectWhen> When =
            whenHolds(Paths.exits(), [&, &At = At](const ScopeExit &E) { return isOpenAt(E, At); }))
      Add(true, Kinds, At, *When);
  for (const TokenPlace &At : Ended) {
    const std::string &Field = At.Field.empty() ? F.Places[At.Place].Field : At.Field;
    if (!Field.empty())
      NetEnders[Field].insert(Id);
    if (std::optional<EffectWhen> When =
            whenHolds(Paths.exits(), [&](const ScopeExit &E) { return E.Tokens.EndedOutside.contains(At); });
        When && throughParameter(F, At))
      Add(false, {}, At, *When);
    else if (!Field.empty())
      Doubtful[Field].insert(Id);
  }
  return {Found.begin(), Found.end()};
}

bool ScopeOwners::explore(FunctionId Id) {
  auto Paths = std::make_unique<const ScopePaths>(P.function(Id), Ask);
  std::vector<WrapperEffect> Now = wrapperEffects(Id, *Paths);
  Explored[Id] = std::move(Paths);
  std::vector<WrapperEffect> &Before = Wrappers[Id];
  bool New = Now != Before;
  Before = std::move(Now);
  return New;
}

} // namespace gfplint
