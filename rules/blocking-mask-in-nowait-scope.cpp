// Masks that allow direct reclaim while a nowait scope is active: in the function that opened it,
// and in what it calls.
#include "Registry.h"
#include "Support.h"

#include <algorithm>
#include <deque>
#include <set>

namespace gfplint {
namespace {

/// Calls followed down from a scope.
constexpr size_t MaxDepth = 8;

struct Inside {
  FunctionId In = 0;
  std::vector<TraceStep> Way;
};

class NowaitScopes {
public:
  NowaitScopes(const Program &P, std::vector<Finding> &Out) : P(P), Out(Out) {}
  void run();

private:
  void direct(FunctionId Id);
  void callees(FunctionId Id, const Event &Call, const OpenScope &Scope);
  void allocation(FunctionId In, const Event &Call, unsigned MaskArg, bool ByRawMask, const ResolvedTerm &T,
                  std::vector<TraceStep> Way, bool SameFunction);
  std::optional<Fix> rewrite(const ResolvedTerm &T, const Event &Call, FunctionId In) const;
  static const OpenScope *nowait(const std::vector<OpenScope> &Open) {
    auto It = std::find_if(Open.begin(), Open.end(),
                           [](const OpenScope &S) { return S.Kind == ScopeKind::NoWait; });
    return It == Open.end() ? nullptr : &*It;
  }
  TraceStep opened(FunctionId In, const OpenScope &S) const {
    return {S.SavedAt, P.function(In).Name, "the nowait scope is opened here"};
  }

  const Program &P;
  std::vector<Finding> &Out;
};

/// GFP_KERNEL becomes GFP_NOWAIT with its modifiers: what the scope makes of it anyway.
std::optional<Fix> NowaitScopes::rewrite(const ResolvedTerm &T, const Event &Call, FunctionId In) const {
  std::optional<Mask> Nowait = P.Flags.named("GFP_NOWAIT");
  Mask Before = T.Range.Must.Set;
  bool TypedHere = T.Chosen.Length > 0 && std::any_of(Call.Args.begin(), Call.Args.end(), [&](const Arg &A) {
                     return A.Mask && A.Mask->Where == T.Chosen;
                   });
  if (!Nowait || !TypedHere || !Before.hasAll(masks::Kernel) || Before.has(Flag::NoFail))
    return std::nullopt;
  Mask After = *Nowait | (Before - masks::Kernel);
  Fix X;
  X.Kind = Applicability::Unsafe;
  X.Title = "say GFP_NOWAIT where the scope makes it so";
  X.Edits.push_back({T.Chosen.Spelled, T.Chosen.Length, P.spell(After)});
  // What the scope leaves of GFP_KERNEL; the bits that only matter with direct reclaim do nothing.
  Mask Effective = scopeEffect(ScopeKind::NoWait).apply(Before) - Mask{Flag::Io, Flag::Fs};
  if (Effective == After)
    X.Kind = Applicability::Safe;
  else
    X.Effects.push_back({Call.Where.At, P.function(In).Name, P.spell(Effective), P.spell(After)});
  return X;
}

void NowaitScopes::allocation(FunctionId In, const Event &Call, unsigned MaskArg, bool ByRawMask,
                              const ResolvedTerm &T, std::vector<TraceStep> Way, bool SameFunction) {
  Mask M = T.Range.Must.Set;
  if (T.From.Kind != SourceKind::Constant || !M.has(Flag::DirectReclaim))
    return;
  Finding F;
  F.Rule = "blocking-mask-in-nowait-scope";
  F.Level = ByRawMask || M.has(Flag::NoFail) ? Severity::Error : Severity::Warning;
  F.At = Call.Args[MaskArg].Mask->Where.At;
  F.Function = P.function(In).Name;
  F.Mask = P.spell(M);
  F.Message = F.Mask + " is passed to " + calleeName(Call) + "() while a nowait scope is active";
  if (ByRawMask)
    F.Message += ": it looks at the mask, not at the scope, and may sleep";
  else if (M.has(Flag::NoFail))
    F.Message += ": __GFP_NOFAIL cannot hold without direct reclaim";
  else
    F.Message += ": the allocation will not reclaim, whatever the mask says";
  F.Identity = calleeName(Call) + " " + F.Mask + " in " + Way.front().Function;
  Way.push_back({Call.Where.At, F.Function, calleeName(Call) + "() is called with " + F.Mask});
  F.Trace = std::move(Way);
  if (SameFunction)
    F.Suggested = rewrite(T, Call, In);
  Out.push_back(std::move(F));
}

void NowaitScopes::callees(FunctionId Id, const Event &Call, const OpenScope &Scope) {
  std::deque<Inside> Work;
  std::set<FunctionId> Seen;
  auto Enter = [&](const Event &E, FunctionId From, const std::vector<TraceStep> &Way) {
    std::optional<FunctionId> To = P.callee(E);
    if (!To || P.isAllocator(*To) || Way.size() > MaxDepth || !Seen.insert(*To).second)
      return;
    Inside Next{*To, Way};
    Next.Way.push_back({E.Where.At, P.function(From).Name, "calls " + calleeName(E) + "()"});
    Work.push_back(std::move(Next));
  };
  Enter(Call, Id, {opened(Id, Scope)});
  while (!Work.empty()) {
    Inside Now = std::move(Work.front());
    Work.pop_front();
    for (const Block &B : P.function(Now.In).Blocks)
      for (const Event &E : B.Events) {
        if (E.Kind != EventKind::Call || !P.masks(Now.In).reached(E.Id))
          continue;
        if (const Allocator *A = P.allocator(E)) {
          if (std::optional<unsigned> MaskArg = Program::maskArgument(E, *A))
            for (const ResolvedTerm &T : P.masks(Now.In).argument(E.Id, *MaskArg))
              allocation(Now.In, E, *MaskArg, A->SleepsByRawMask, T, Now.Way, false);
          continue;
        }
        Enter(E, Now.In, Now.Way);
      }
  }
}

void NowaitScopes::direct(FunctionId Id) {
  for (const Block &B : P.function(Id).Blocks)
    for (const Event &E : B.Events) {
      if (E.Kind != EventKind::Call)
        continue;
      const OpenScope *Scope = nowait(P.scopes(Id).at(E.Id));
      if (Scope == nullptr)
        continue;
      if (const Allocator *A = P.allocator(E)) {
        if (std::optional<unsigned> MaskArg = Program::maskArgument(E, *A))
          for (const ResolvedTerm &T : P.masks(Id).argument(E.Id, *MaskArg))
            allocation(Id, E, *MaskArg, A->SleepsByRawMask, T, {opened(Id, *Scope)}, true);
        continue;
      }
      callees(Id, E, *Scope);
    }
}

void NowaitScopes::run() {
  for (FunctionId Id = 0; Id < P.size(); ++Id)
    direct(Id);
  // A mask that was handed down into an allocator through a function with the scope.
  std::set<FunctionId> Scoped;
  for (FunctionId Id = 0; Id < P.size(); ++Id)
    for (const Block &B : P.function(Id).Blocks)
      for (const Event &E : B.Events)
        if (E.Kind == EventKind::Call && nowait(P.scopes(Id).at(E.Id)) != nullptr)
          Scoped.insert(Id);
  if (Scoped.empty())
    return;
  for (FunctionId Id = 0; Id < P.size(); ++Id) {
    if (P.isAllocator(Id))
      continue;
    for (const Block &B : P.function(Id).Blocks)
      for (const Event &E : B.Events) {
        const Allocator *A = E.Kind == EventKind::Call ? P.allocator(E) : nullptr;
        std::optional<unsigned> MaskArg = A != nullptr ? Program::maskArgument(E, *A) : std::nullopt;
        if (!MaskArg)
          continue;
        for (const Arrival &Came : arrivals(P, Id, E, *MaskArg)) {
          if (Came.Way.empty() || !Came.Scopes.has(ScopeKind::NoWait) ||
              !Came.Must.has(Flag::DirectReclaim) || Came.Must != Came.May)
            continue;
          ResolvedTerm T;
          T.From.Kind = SourceKind::Constant;
          T.Range = MaskRange::constant(Came.Must);
          T.Chosen = Came.Chosen;
          std::vector<TraceStep> Way = traceOf(P, Came, Id, E);
          Way.pop_back();
          allocation(Id, E, *MaskArg, A->SleepsByRawMask, T, std::move(Way), false);
        }
      }
  }
}

} // namespace

void blockingMaskInNowaitScope(const Program &P, std::vector<Finding> &Out) { NowaitScopes(P, Out).run(); }

} // namespace gfplint
