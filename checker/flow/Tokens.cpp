// Saves, restores, copies and everything that takes a token out of sight.
#include "flow/Tokens.h"

#include <algorithm>

namespace gfplint {
namespace {

const std::vector<ScopeEffect> NoEffects;

PathScope *find(TokenState &Now, uint32_t SaveId) {
  for (PathScope &S : Now.Scopes)
    if (S.SaveId == SaveId)
      return &S;
  return nullptr;
}

bool isOpen(const PathScope &S) { return S.Now == PathScope::State::Open; }

/// How many places hold the scope's token.
size_t holders(const TokenState &Now, uint32_t SaveId) {
  return static_cast<size_t>(std::count_if(Now.Held.begin(), Now.Held.end(), [&](const auto &Entry) {
    return Entry.second.What == HeldToken::Kind::Token && Entry.second.SaveId == SaveId;
  }));
}

} // namespace

const PathScope *TokenState::scope(uint32_t SaveId) const {
  for (const PathScope &S : Scopes)
    if (S.SaveId == SaveId)
      return &S;
  return nullptr;
}

TokenFlow::TokenFlow(const Function &F, const TokenQuestions &Ask) : F(F), Ask(Ask) {
  for (const Block &B : F.Blocks)
    for (const Event &E : B.Events) {
      if (E.Kind != EventKind::Call)
        continue;
      std::vector<ScopeEffect> Effects = Ask.Effects(E);
      if (Effects.empty())
        continue;
      Any = true;
      for (const ScopeEffect &Effect : Effects) {
        if (Effect.Token.Place != NoPlace && Effect.Token.Field.empty())
          Holders.insert(Effect.Token.Place);
        if (Effect.Token.Place != NoPlace)
          Concerned.insert(Effect.Token.Place);
        if (!Effect.Token.Field.empty())
          Fields.insert(Effect.Token.Field);
      }
      EffectsOf.emplace(E.Id, std::move(Effects));
    }
  for (bool Grown = true; Grown;) {
    Grown = false;
    for (const Block &B : F.Blocks)
      for (const Event &E : B.Events)
        if (E.Kind == EventKind::Assign && E.From != NoPlace && !E.Negated) {
          if (Holders.contains(E.From))
            Grown = Holders.insert(E.Target).second || Grown;
          if (Holders.contains(E.Target))
            Grown = Holders.insert(E.From).second || Grown;
        }
  }
  Concerned.insert(Holders.begin(), Holders.end());
  for (PlaceId Id : std::set(Concerned))
    Concerned.insert(F.Places[Id].Roots.begin(), F.Places[Id].Roots.end());
}

bool TokenFlow::mayChange(const Event &E) const {
  if (E.Kind == EventKind::Return || !effects(E).empty() || Concerned.contains(E.Target) ||
      Concerned.contains(E.From))
    return true;
  if (E.Kind != EventKind::Call)
    return false;
  return std::any_of(E.Args.begin(), E.Args.end(), [&](const Arg &A) { return Concerned.contains(A.Var); }) ||
         (!E.Callee.empty() && std::any_of(Fields.begin(), Fields.end(),
                                           [&](const std::string &Field) { return Ask.MayEnd(E, Field); }));
}

std::vector<bool> TokenFlow::blocksThatMatter() const {
  std::vector<bool> Matter;
  Matter.reserve(F.Blocks.size());
  for (const Block &B : F.Blocks)
    Matter.push_back(
        std::any_of(B.Events.begin(), B.Events.end(), [&](const Event &E) { return mayChange(E); }));
  return Matter;
}

const std::vector<ScopeEffect> &TokenFlow::effects(const Event &E) const {
  auto It = E.Kind == EventKind::Call ? EffectsOf.find(E.Id) : EffectsOf.end();
  return It == EffectsOf.end() ? NoEffects : It->second;
}

bool TokenFlow::isOwn(const TokenPlace &At) const {
  if (At.Place == NoPlace || !At.Field.empty())
    return false;
  const Place &P = F.Places[At.Place];
  if (P.Kind == PlaceKind::Local)
    return true;
  // A member of a structure on the stack.
  return P.Kind == PlaceKind::Field && P.Roots.size() == 1 &&
         F.Places[P.Roots.front()].Kind == PlaceKind::Local &&
         P.Text.find_first_of("*[") == std::string::npos && P.Text.find("->") == std::string::npos;
}

std::string TokenFlow::text(const TokenPlace &At) const {
  return At.Place == NoPlace ? std::string() : F.Places[At.Place].Text;
}

TokenState TokenFlow::start() const {
  TokenState S;
  for (PlaceId Id : Holders)
    if (isOwn({Id, ""})) {
      const Place &P = F.Places[Id];
      // What is written through a pointer is not seen.
      bool Pointed = P.AddressTaken || std::any_of(P.Roots.begin(), P.Roots.end(),
                                                   [&](PlaceId Root) { return F.Places[Root].AddressTaken; });
      S.Held[{Id, ""}].What = Pointed ? HeldToken::Kind::Unknown : HeldToken::Kind::Unset;
    }
  return S;
}

void TokenFlow::giveAway(TokenState &Now, uint32_t SaveId) const {
  if (PathScope *S = find(Now, SaveId); S != nullptr)
    S->Now = PathScope::State::Away;
}

/// Somebody else now knows the object that keeps a token.
void TokenFlow::giveObjectAway(TokenState &Now, PlaceId Object) const {
  for (auto &[At, Held] : Now.Held)
    if (!At.Field.empty() && At.Place == Object && Held.What == HeldToken::Kind::Token)
      giveAway(Now, Held.SaveId);
}

/// Puts a value where a token may have been.
void TokenFlow::put(TokenState &Now, const TokenPlace &At, HeldToken Value, const Event &E,
                    const Report &Out) const {
  if (auto It = Now.Held.find(At); It != Now.Held.end() && It->second.What == HeldToken::Kind::Token) {
    bool Same = Value.What == HeldToken::Kind::Token && Value.SaveId == It->second.SaveId;
    PathScope *Old = find(Now, It->second.SaveId);
    if (Old != nullptr && isOpen(*Old) && !Old->Outside && !Same && holders(Now, Old->SaveId) == 1) {
      Out({ScopeProblemKind::Overwritten, &E, *Old, text(At)});
      // The loss is told once, not again where the function is left or the number is used.
      Old->Now = PathScope::State::Away;
      if (Value.What == HeldToken::Kind::Number)
        Value.What = HeldToken::Kind::Unknown;
    }
  }
  Now.Held[At] = Value;
}

void TokenFlow::open(TokenState &Now, const Event &E, const ScopeEffect &Effect, const Report &Out) const {
  HeldToken Value{HeldToken::Kind::Token, 0, E.Id};
  PathScope S;
  S.Save = &E;
  S.SaveId = E.Id;
  S.Kinds = Effect.Kinds;
  S.At = Effect.Token;
  bool Own = isOwn(Effect.Token);
  S.Outside = !Own && Effect.Token.Place != NoPlace;
  if (E.ToReturn && Effect.Token.Field.empty()) {
    S.Now = PathScope::State::Away;
    Now.Returned = E.Id;
  } else if (Effect.Token.Place == NoPlace) {
    S.Now = PathScope::State::Away;
    if (E.Discarded)
      Out({ScopeProblemKind::Discarded, &E, S, ""});
  } else if (Own) {
    // A turn of a loop that comes here with the last turn's scope still open.
    auto It = Now.Held.find(Effect.Token);
    if (const PathScope *Last = Now.scope(E.Id);
        Last != nullptr && isOpen(*Last) && It != Now.Held.end() && It->second == Value)
      Out({ScopeProblemKind::Overwritten, &E, *Last, text(Effect.Token)});
    else
      put(Now, Effect.Token, Value, E, Out);
  } else if (Now.EndedOutside.erase(Effect.Token) > 0) {
    // The caller's scope was ended for a while, and is the caller's again.
    Now.Held.erase(Effect.Token);
    std::erase_if(Now.Scopes, [&](const PathScope &Old) { return Old.SaveId == E.Id; });
    return;
  }
  if (Effect.Token.Place != NoPlace)
    Now.Held[Effect.Token] = Value;
  std::erase_if(Now.Scopes, [&](const PathScope &Old) { return Old.SaveId == E.Id; });
  Now.Scopes.push_back(S);
}

void TokenFlow::endScope(TokenState &Now, PathScope &S, const Event &E, const ScopeEffect &Effect,
                         const Report &Out) const {
  std::string Token = text(Effect.Token);
  switch (S.Now) {
  case PathScope::State::Away:
    return;
  case PathScope::State::Ended:
    if (!S.Outside)
      Out({ScopeProblemKind::EndedTwice, &E, S, Token});
    return;
  case PathScope::State::Open:
    break;
  }
  if (!Effect.Kinds.empty() && !S.Kinds.empty() && Effect.Kinds != S.Kinds)
    Out({ScopeProblemKind::WrongKind, &E, S, Token});
  bool Later = false;
  for (const PathScope &Other : Now.Scopes) {
    if (Later && isOpen(Other) && !(Other.Kinds & S.Kinds).empty() && Other.Outside == S.Outside) {
      Out({ScopeProblemKind::OutOfOrder, &E, S, Token});
      break;
    }
    Later = Later || &Other == &S;
  }
  S.Now = PathScope::State::Ended;
  S.End = &E;
  S.EndId = E.Id;
}

void TokenFlow::endWithNumber(TokenState &Now, const Event &E, const ScopeEffect &Effect, int64_t Number,
                              const Report &Out) {
  bool Variable = Effect.Token.Place != NoPlace;
  bool Any = false;
  noteMeant(Now, E, Effect.Kinds);
  for (PathScope &S : Now.Scopes) {
    if (!isOpen(S) || (S.Kinds & Effect.Kinds).empty())
      continue;
    Any = true;
    if (Ask.TokenHoldsNewBits) {
      S.Futile = &E;
    } else if (Number == 0) {
      // The token was the old value of the bit: 0 clears it.
      S.Now = PathScope::State::Ended;
      S.End = &E;
      S.EndId = E.Id;
    }
  }
  if (Number != 0)
    Out({ScopeProblemKind::WrongToken, &E, {}, text(Effect.Token)});
  else if (Ask.TokenHoldsNewBits)
    Ends[E.Id].WithZero = true;
  else if (!Any && Variable)
    Out({ScopeProblemKind::OldToken, &E, {}, text(Effect.Token)});
}

void TokenFlow::end(TokenState &Now, const Event &E, const ScopeEffect &Effect, const Report &Out) {
  EndSeen &Seen = Ends[E.Id];
  Seen.End = &E;
  if (Effect.Number)
    return endWithNumber(Now, E, Effect, *Effect.Number, Out);
  if (Effect.Token.Place == NoPlace)
    return;
  auto It = Now.Held.find(Effect.Token);
  if (It == Now.Held.end()) {
    Seen.WithAnother = true;
    Seen.Unclear = true;
    Now.EndedOutside.insert(Effect.Token);
    return;
  }
  HeldToken Held = It->second;
  if (Held.What != HeldToken::Kind::Number)
    Seen.WithAnother = true;
  switch (Held.What) {
  case HeldToken::Kind::Unset:
    noteMeant(Now, E, Effect.Kinds);
    Out({ScopeProblemKind::NoToken, &E, {}, text(Effect.Token)});
    It->second.What = HeldToken::Kind::Unknown;
    return;
  case HeldToken::Kind::Number:
    return endWithNumber(Now, E, Effect, Held.Number, Out);
  case HeldToken::Kind::Token:
    if (PathScope *S = find(Now, Held.SaveId); S != nullptr) {
      Seen.EndsOpen = Seen.EndsOpen || S->Now != PathScope::State::Ended;
      endScope(Now, *S, E, Effect, Out);
    }
    return;
  case HeldToken::Kind::Outside:
    Seen.Unclear = true;
    Now.EndedOutside.insert({Held.SaveId, ""});
    return;
  case HeldToken::Kind::Unknown:
    Seen.Unclear = true;
    return;
  }
}

void TokenFlow::apply(TokenState &Now, const Event &E, const ScopeEffect &Effect, const Report &Out) {
  if (Effect.Opens)
    open(Now, E, Effect, Out);
  else
    end(Now, E, Effect, Out);
}

/// Calls that get a token, or the object that keeps one.
void TokenFlow::passArguments(TokenState &Now, const Event &E) const {
  // The object may be a global variable, or be reached another way.
  for (auto &[At, Held] : Now.Held) {
    if (At.Field.empty() || Held.What != HeldToken::Kind::Token)
      continue;
    bool Handed = std::any_of(E.Args.begin(), E.Args.end(),
                              [&, Object = At.Place](const Arg &A) { return A.Var == Object; });
    if ((E.Callee.empty() && Handed) || (!E.Callee.empty() && Ask.MayEnd(E, At.Field)))
      giveAway(Now, Held.SaveId);
  }
  for (const Arg &A : E.Args) {
    if (A.Var == NoPlace)
      continue;
    for (auto &[At, Held] : Now.Held) {
      if (!At.Field.empty())
        continue;
      const std::vector<PlaceId> &Roots = F.Places[At.Place].Roots;
      bool Inside = std::find(Roots.begin(), Roots.end(), A.Var) != Roots.end();
      if (At.Place != A.Var && !Inside)
        continue;
      if (Held.What == HeldToken::Kind::Token)
        giveAway(Now, Held.SaveId);
      if (A.ByAddress || Inside)
        Held.What = HeldToken::Kind::Unknown;
    }
  }
}

void TokenFlow::pass(TokenState &Now, const Event &E, const Report &Out) const {
  bool Known = !effects(E).empty();
  if (E.Kind == EventKind::Call && !Known)
    passArguments(Now, E);
  if (E.Kind == EventKind::Return && E.From != NoPlace) {
    giveObjectAway(Now, E.From);
    if (auto It = Now.Held.find({E.From, ""});
        It != Now.Held.end() && It->second.What == HeldToken::Kind::Token) {
      giveAway(Now, It->second.SaveId);
      Now.Returned = It->second.SaveId;
    }
    return;
  }
  if (E.Target == NoPlace || (E.Kind == EventKind::Call && Known))
    return;
  if (E.Kind == EventKind::Assign && E.From != NoPlace && F.Places[E.Target].Kind != PlaceKind::Local)
    giveObjectAway(Now, E.From);
  // The object's name means another object from here on.
  for (auto &[At, Held] : Now.Held) {
    const std::vector<PlaceId> &Roots = F.Places[At.Place].Roots;
    bool Inside = std::find(Roots.begin(), Roots.end(), E.Target) != Roots.end();
    if (!Inside && (At.Field.empty() || At.Place != E.Target))
      continue;
    if (Held.What == HeldToken::Kind::Token)
      giveAway(Now, Held.SaveId);
    Held.What = HeldToken::Kind::Unknown;
  }
  if (!Holders.contains(E.Target))
    return;
  HeldToken Value{HeldToken::Kind::Unknown, 0, 0};
  if (E.Kind == EventKind::Assign && E.Constant) {
    Value = {HeldToken::Kind::Number, *E.Constant, 0};
  } else if (E.Kind == EventKind::Assign && E.From != NoPlace && !E.Negated) {
    if (auto It = Now.Held.find({E.From, ""}); It != Now.Held.end())
      Value = It->second;
    else if (Holders.contains(E.From) && !isOwn({E.From, ""}))
      Value = {HeldToken::Kind::Outside, 0, E.From};
  }
  TokenPlace At{E.Target, ""};
  bool Own = isOwn(At);
  if (Value.What == HeldToken::Kind::Token && !Own)
    if (PathScope *S = find(Now, Value.SaveId); S != nullptr) {
      S->Outside = true;
      S->At = At;
    }
  if (Own || Value.What == HeldToken::Kind::Token)
    put(Now, At, Value, E, Out);
  else
    Now.Held.erase(At);
}

void TokenFlow::noteMeant(const TokenState &Now, const Event &E, ScopeSet Kinds) {
  EndSeen &Seen = Ends[E.Id];
  const PathScope *Only = nullptr;
  for (const PathScope &S : Now.Scopes)
    if (isOpen(S)) {
      Seen.Unclear = Seen.Unclear || Only != nullptr || !isOwn(S.At) || S.Kinds != Kinds;
      Only = &S;
    }
  Seen.Unclear = Seen.Unclear || Only == nullptr || (Seen.Meant && *Seen.Meant != Only->At);
  if (Only != nullptr)
    Seen.Meant = Only->At;
}

bool TokenFlow::endsAny(const Event &End) const {
  auto It = Ends.find(End.Id);
  return It == Ends.end() || It->second.EndsOpen;
}

std::optional<TokenPlace> TokenFlow::tokenMeant(const Event &End) const {
  auto It = Ends.find(End.Id);
  // A path that comes with a token goes by it.
  if (It == Ends.end() || It->second.Unclear || It->second.EndsOpen)
    return std::nullopt;
  return It->second.Meant;
}

bool TokenFlow::endsUnclear() const {
  return std::any_of(Ends.begin(), Ends.end(), [](const auto &Entry) { return Entry.second.Unclear; });
}

std::vector<const Event *> TokenFlow::alwaysFutile() const {
  std::vector<const Event *> All;
  for (const auto &[Id, Seen] : Ends)
    if (Seen.WithZero && !Seen.WithAnother)
      All.push_back(Seen.End);
  return All;
}

} // namespace gfplint
