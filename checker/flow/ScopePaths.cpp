// A breadth-first walk over blocks and what each path knows.
#include "flow/ScopePaths.h"

#include <algorithm>

namespace gfplint {
namespace {

/// States explored in one function before giving up on it.
constexpr size_t MaxStates = 20000;
/// Branches kept of a way.
constexpr size_t MaxBranches = 12;

} // namespace

ScopePaths::ScopePaths(const Function &F, const TokenQuestions &Ask)
    : F(F), Tokens(F, Ask), Branches(F, Tokens.blocksThatMatter()) {
  if (Tokens.any())
    explore();
}

std::vector<BranchTaken> ScopePaths::wayTo(size_t NodeIndex, const PathScope &S) const {
  std::vector<BranchTaken> Way;
  for (size_t I = NodeIndex; I != 0 && Way.size() < MaxBranches; I = Nodes[I].Parent) {
    const Path &Before = Nodes[Nodes[I].Parent].At;
    const Block &From = F.Blocks[Before.Block];
    // Nor does `do { } while (0)`.
    if (!From.Branch || Nodes[I].Taken == EdgeKind::Always || !Branches.decides(Before.Block) ||
        (From.Branch->Reads.empty() && !From.Branch->HasCall))
      continue;
    // What was decided before the scope was opened does not explain how it is left.
    if (S.Save != nullptr && Before.Tokens.scope(S.SaveId) == nullptr &&
        std::none_of(From.Events.begin(), From.Events.end(), [&](const Event &E) { return &E == S.Save; }))
      break;
    Way.push_back({&*From.Branch, Nodes[I].Taken});
  }
  std::reverse(Way.begin(), Way.end());
  return Way;
}

void ScopePaths::add(ScopeProblem P, Loc At, size_t NodeIndex) {
  if (!Seen.insert({P.Kind, At, P.Scope.SaveId}).second)
    return;
  Problem Whole;
  static_cast<ScopeProblem &>(Whole) = std::move(P);
  Whole.At = At;
  Whole.Way = wayTo(NodeIndex, Whole.Scope);
  Problems.push_back(std::move(Whole));
}

/// The return statement through which the path came to the exit, or the closing brace.
Loc ScopePaths::leftAt(size_t NodeIndex) const {
  for (size_t I = NodeIndex; I != 0; I = Nodes[I].Parent) {
    const Block &B = F.Blocks[Nodes[Nodes[I].Parent].At.Block];
    // Cleanups run after the return statement.
    for (auto It = B.Events.rbegin(); It != B.Events.rend(); ++It) {
      if (It->Kind == EventKind::Return)
        return It->Where.At;
      if (!It->Cleanup)
        return F.End;
    }
  }
  return F.End;
}

void ScopePaths::noteReturn(Path &Now, const Event &E) const {
  if (E.Kind != EventKind::Return)
    return;
  if (E.Constant)
    Now.Nonzero = *E.Constant != 0;
  else if (E.From != NoPlace)
    Now.Nonzero = Branches.isNonzero(Now.Known, E.From);
}

void ScopePaths::applyEffect(std::vector<Path> &Ways, const Event &E, const ScopeEffect &Effect,
                             size_t NodeIndex) {
  auto Report = [&](ScopeProblem P) { add(std::move(P), E.Where.At, NodeIndex); };
  std::vector<Path> Next;
  for (Path &Now : Ways) {
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
    bool WasOpen = !Effect.Opens && !Effect.Number && Now.Tokens.Held.contains(Effect.Token) &&
                   !Tokens.isOwn(Effect.Token);
    Tokens.apply(Now.Tokens, E, Effect, Report);
    if (WasOpen)
      Balanced.insert(Effect.Token);
    Next.push_back(std::move(Now));
  }
  Ways = std::move(Next);
}

void ScopePaths::pass(std::vector<Path> &Ways, const Event &E, size_t NodeIndex) {
  auto Report = [&](ScopeProblem P) { add(std::move(P), E.Where.At, NodeIndex); };
  for (Path &Now : Ways) {
    // A copy reads what the facts knew before it.
    noteReturn(Now, E);
    Tokens.pass(Now.Tokens, E, Report);
    Branches.pass(Now.Known, E);
  }
  for (const ScopeEffect &Effect : Tokens.effects(E))
    applyEffect(Ways, E, Effect, NodeIndex);
}

void ScopePaths::leave(const Path &Now, size_t NodeIndex) {
  for (const PathScope &S : Now.Tokens.Scopes)
    if (S.Now == PathScope::State::Open)
      add({ScopeProblemKind::LeftOpen, nullptr, S, Tokens.text(S.At)}, leftAt(NodeIndex), NodeIndex);
  Exits.insert({Now.Tokens, Now.Nonzero});
}

void ScopePaths::explore() {
  std::set<Path> Known;
  Nodes.push_back({});
  Nodes.front().At.Tokens = Tokens.start();
  Known.insert(Nodes.front().At);
  for (size_t I = 0; I < Nodes.size(); ++I) {
    if (Nodes.size() > MaxStates) {
      TooLarge = true;
      Problems.clear();
      Exits.clear();
      break;
    }
    std::vector<Path> Ways = {Nodes[I].At};
    const Block &B = F.Blocks[Ways.front().Block];
    for (const Event &E : B.Events)
      pass(Ways, E, I);
    for (const Path &Now : Ways) {
      if (Now.Block == F.Exit) {
        leave(Now, I);
        continue;
      }
      for (const Edge &E : B.Succs) {
        Path Next = Now;
        if (!Branches.take(Next.Known, Now.Block, E))
          continue;
        Branches.forgetDead(Next.Known, E.To);
        Next.Block = E.To;
        if (Known.insert(Next).second)
          Nodes.push_back({std::move(Next), I, E.Kind});
      }
    }
  }
  Nodes.clear();
}

} // namespace gfplint
