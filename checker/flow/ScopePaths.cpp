// What each event does to the tokens of the paths that come to it.
#include "flow/ScopePaths.h"

#include <algorithm>

namespace gfplint {

ScopePaths::ScopePaths(const Function &F, const TokenQuestions &Ask)
    : F(F), Tokens(F, Ask), Branches(F, Tokens.blocksThatMatter()), Ways(F, Branches) {
  if (Tokens.any())
    explore();
}

void ScopePaths::add(ScopeProblem P, Loc At, size_t NodeIndex) {
  if (!Seen.insert({P.Kind, At, P.Scope.SaveId}).second)
    return;
  Problem Whole;
  static_cast<ScopeProblem &>(Whole) = std::move(P);
  Whole.At = At;
  const PathScope &S = Whole.Scope;
  Whole.Way = Ways.wayTo(NodeIndex, [&](const TokenState &Before, const Block &From) {
    return S.Save == nullptr || Before.scope(S.SaveId) != nullptr ||
           std::any_of(From.Events.begin(), From.Events.end(), [&](const Event &E) { return &E == S.Save; });
  });
  Problems.push_back(std::move(Whole));
}

void ScopePaths::noteReturn(Path &Now, const Event &E) const {
  if (E.Kind != EventKind::Return)
    return;
  if (E.Constant)
    Now.Nonzero = *E.Constant != 0;
  else if (E.From != NoPlace)
    Now.Nonzero = Branches.isNonzero(Now.Known, E.From);
}

void ScopePaths::applyEffect(std::vector<Path> &Paths, const Event &E, const ScopeEffect &Effect,
                             size_t NodeIndex) {
  auto Report = [&](ScopeProblem P) { add(std::move(P), E.Where.At, NodeIndex); };
  std::vector<Path> Next;
  for (Path &Now : Paths) {
    if (Effect.When != EffectWhen::Always) {
      Path Not = Now;
      bool Nonzero = Effect.When == EffectWhen::Nonzero;
      Branches.assume(Not.Known, E, !Nonzero);
      Branches.assume(Now.Known, E, Nonzero);
      if (E.ToReturn) {
        Not.Nonzero = !Nonzero;
        Now.Nonzero = Nonzero;
      }
      Next.push_back(std::move(Not));
    }
    bool WasOpen = !Effect.Opens && !Effect.Number && Now.Here.Held.contains(Effect.Token) &&
                   !Tokens.isOwn(Effect.Token);
    Tokens.apply(Now.Here, E, Effect, Report);
    if (WasOpen)
      Balanced.insert(Effect.Token);
    Next.push_back(std::move(Now));
  }
  Paths = std::move(Next);
}

void ScopePaths::pass(std::vector<Path> &Paths, const Event &E, size_t NodeIndex) {
  auto Report = [&](ScopeProblem P) { add(std::move(P), E.Where.At, NodeIndex); };
  for (Path &Now : Paths) {
    // A copy reads what the facts knew before it.
    noteReturn(Now, E);
    Tokens.pass(Now.Here, E, Report);
    Branches.pass(Now.Known, E);
  }
  for (const ScopeEffect &Effect : Tokens.effects(E))
    applyEffect(Paths, E, Effect, NodeIndex);
}

void ScopePaths::leave(const Path &Now, size_t NodeIndex) {
  Loc At = Ways.leftAt(NodeIndex);
  WayOut &Out = WaysOut[At];
  ++Out.Paths;
  for (const PathScope &S : Now.Here.Scopes)
    if (S.Now == PathScope::State::Open) {
      ++Out.Open[S.SaveId];
      add({ScopeProblemKind::LeftOpen, nullptr, S, Tokens.text(S.At)}, At, NodeIndex);
    }
  Exits.insert({Now.Here, Now.Nonzero});
}

bool ScopePaths::alwaysOpenAt(Loc At, uint32_t SaveId) const {
  auto It = WaysOut.find(At);
  if (It == WaysOut.end())
    return false;
  auto Open = It->second.Open.find(SaveId);
  return Open != It->second.Open.end() && Open->second == It->second.Paths;
}

void ScopePaths::explore() {
  TooLarge = !Ways.run(
      Tokens.start(),
      [this](std::vector<Path> &Paths, const Event &E, size_t NodeIndex) { pass(Paths, E, NodeIndex); },
      [this](const Path &Now, size_t NodeIndex) { leave(Now, NodeIndex); });
  if (TooLarge) {
    Problems.clear();
    Exits.clear();
  }
  Ways.forget();
}

} // namespace gfplint
