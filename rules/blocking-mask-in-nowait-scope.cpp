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

/// A function that is entered with the scope open, and the way to it.
struct Inside {
  FunctionId In = 0;
  std::vector<TraceStep> Way;
};

/// An allocating call and where its mask is.
struct Allocation {
  FunctionId In = 0;
  const Event *Call = nullptr;
  const Allocator *Callee = nullptr;
  unsigned MaskArg = 0;
};

class NowaitScopes {
public:
  NowaitScopes(const Program &P, std::vector<Finding> &Out) : P(P), Out(Out) {}
  void run();

private:
  void direct(FunctionId Id);
  void callees(FunctionId Id, const Event &Call, const OpenScope &Scope);
  void handedDown(const Allocation &A);
  void report(const Allocation &A, const ResolvedTerm &T, std::vector<TraceStep> Way, bool SameFunction);
  [[nodiscard]] std::optional<Fix> rewrite(const Allocation &A, const ResolvedTerm &T) const;
  [[nodiscard]] std::optional<Allocation> allocation(FunctionId In, const Event &E) const;
  [[nodiscard]] const OpenScope *nowaitAt(FunctionId In, const Event &Call) const;
  [[nodiscard]] TraceStep opened(FunctionId In, const OpenScope &S) const {
    return {S.SavedAt, P.name(In).str(), "the nowait scope is opened here"};
  }

  const Program &P;
  std::vector<Finding> &Out;
};

const OpenScope *NowaitScopes::nowaitAt(FunctionId In, const Event &Call) const {
  const std::vector<OpenScope> &Open = P.scopes(In).at(Call.Id);
  auto It =
      std::find_if(Open.begin(), Open.end(), [](const OpenScope &S) { return S.Kind == ScopeKind::NoWait; });
  return It == Open.end() ? nullptr : &*It;
}

std::optional<Allocation> NowaitScopes::allocation(FunctionId In, const Event &E) const {
  const Allocator *Callee = E.Kind == EventKind::Call ? P.allocator(E) : nullptr;
  std::optional<unsigned> MaskArg = Callee != nullptr ? Program::maskArgument(E, *Callee) : std::nullopt;
  if (!MaskArg)
    return std::nullopt;
  return Allocation{In, &E, Callee, *MaskArg};
}

/// GFP_KERNEL becomes GFP_NOWAIT with its modifiers: what the scope makes of it anyway. Only for
/// allocators that go by what the scope leaves of the mask; kvmalloc and mempool_alloc decide by the
/// mask as it is passed.
std::optional<Fix> NowaitScopes::rewrite(const Allocation &A, const ResolvedTerm &T) const {
  std::optional<Mask> Nowait = P.Flags.named("GFP_NOWAIT");
  Mask Before = T.Range.Must.Set;
  bool ByScope = A.Callee->Family == AllocatorFamily::Slab || A.Callee->Family == AllocatorFamily::Page;
  bool TypedHere = T.Chosen.Length > 0 && A.Call->Args[A.MaskArg].Mask->Where == T.Chosen;
  if (!Nowait || !ByScope || !TypedHere || !Before.hasAll(masks::Kernel) || Before.has(Flag::NoFail))
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
    X.Effects.push_back({A.Call->Where.At, P.name(A.In).str(), P.spell(Effective), P.spell(After)});
  return X;
}

void NowaitScopes::report(const Allocation &A, const ResolvedTerm &T, std::vector<TraceStep> Way,
                          bool SameFunction) {
  Mask M = T.Range.Must.Set;
  if (T.From.Kind != SourceKind::Constant || !M.has(Flag::DirectReclaim))
    return;
  Finding F;
  F.Rule = "blocking-mask-in-nowait-scope";
  F.Level = A.Callee->SleepsByRawMask || M.has(Flag::NoFail) ? Severity::Error : Severity::Warning;
  F.At = A.Call->Args[A.MaskArg].Mask->Where.At;
  F.Function = P.name(A.In).str();
  F.Mask = P.spell(M);
  F.Message = F.Mask + " is passed to " + calleeName(*A.Call) + "() while a nowait scope is active";
  if (A.Callee->SleepsByRawMask)
    F.Message += ": it looks at the mask, not at the scope, and may sleep";
  else if (M.has(Flag::NoFail))
    F.Message += ": __GFP_NOFAIL cannot hold without direct reclaim";
  else
    F.Message += ": the allocation will not reclaim, whatever the mask says";
  F.Identity = calleeName(*A.Call) + " " + F.Mask + " in " + Way.front().Function;
  Way.push_back({A.Call->Where.At, F.Function, calleeName(*A.Call) + "() is called with " + F.Mask});
  F.Trace = std::move(Way);
  if (SameFunction)
    F.Suggested = rewrite(A, T);
  Out.push_back(std::move(F));
}

/// What the functions that a call enters allocate with masks of their own.
void NowaitScopes::callees(FunctionId Id, const Event &Call, const OpenScope &Scope) {
  std::deque<Inside> Work;
  std::set<FunctionId> Seen;
  auto Enter = [&](const Event &E, FunctionId From, const std::vector<TraceStep> &Way) {
    std::optional<FunctionId> To = P.callee(E);
    if (!To || P.isAllocator(*To) || Way.size() > MaxDepth || !Seen.insert(*To).second)
      return;
    Inside Next{*To, Way};
    Next.Way.push_back({E.Where.At, P.name(From).str(), "calls " + calleeName(E) + "()"});
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
        if (std::optional<Allocation> A = allocation(Now.In, E))
          for (const ResolvedTerm &T : P.masks(Now.In).argument(E.Id, A->MaskArg))
            report(*A, T, Now.Way, false);
        else if (P.allocator(E) == nullptr)
          Enter(E, Now.In, Now.Way);
      }
  }
}

void NowaitScopes::direct(FunctionId Id) {
  for (const Block &B : P.function(Id).Blocks)
    for (const Event &E : B.Events) {
      const OpenScope *Scope = E.Kind == EventKind::Call ? nowaitAt(Id, E) : nullptr;
      if (Scope == nullptr)
        continue;
      if (std::optional<Allocation> A = allocation(Id, E))
        for (const ResolvedTerm &T : P.masks(Id).argument(E.Id, A->MaskArg))
          report(*A, T, {opened(Id, *Scope)}, true);
      else if (P.allocator(E) == nullptr)
        callees(Id, E, *Scope);
    }
}

/// Masks that a caller chose and that pass the scope on their way down.
void NowaitScopes::handedDown(const Allocation &A) {
  for (const Arrival &Came : arrivals(P, A.In, *A.Call, A.MaskArg)) {
    if (Came.Way.empty() || !Came.Scopes.has(ScopeKind::NoWait) || !Came.Must.has(Flag::DirectReclaim) ||
        Came.Must != Came.May)
      continue;
    ResolvedTerm T;
    T.From.Kind = SourceKind::Constant;
    T.Range = MaskRange::constant(Came.Must);
    T.Chosen = Came.Chosen;
    std::vector<TraceStep> Way = traceOf(P, Came, A.In, *A.Call);
    Way.pop_back();
    for (size_t I = 0; I < Came.Way.size(); ++I)
      if (const OpenScope *Scope = nowaitAt(Came.Way[I].In, *Came.Way[I].Call)) {
        // The trace has the choice of the mask first, then one step a call.
        Way.insert(Way.begin() + static_cast<ptrdiff_t>(I + 1), opened(Came.Way[I].In, *Scope));
        break;
      }
    report(A, T, std::move(Way), false);
  }
}

void NowaitScopes::run() {
  bool Any = false;
  for (FunctionId Id : P.scopeUsers()) {
    direct(Id);
    for (const Block &B : P.function(Id).Blocks)
      Any = Any || std::any_of(B.Events.begin(), B.Events.end(), [&](const Event &E) {
              return E.Kind == EventKind::Call && nowaitAt(Id, E) != nullptr;
            });
  }
  // Following every mask back is worth it only where there is such a scope at all.
  if (!Any)
    return;
  for (FunctionId Id : P.callersOfAllocators())
    for (const Block &B : P.function(Id).Blocks)
      for (const Event &E : B.Events)
        if (std::optional<Allocation> A = allocation(Id, E))
          handedDown(*A);
}

} // namespace

void blockingMaskInNowaitScope(const Program &P, std::vector<Finding> &Out) { NowaitScopes(P, Out).run(); }

} // namespace gfplint
