// A breadth-first search from a call to the constants behind its mask.
#include "program/Arrivals.h"

#include <algorithm>
#include <deque>
#include <set>

namespace gfplint {
namespace {

constexpr size_t MaxWay = 16;
constexpr size_t MaxStates = 4000;
constexpr size_t MaxTargets = 8;

/// What is still to be explained: the value of `Term` in function `In`, from which the mask at the
/// end is `Range`, provided that it meets `Needs`.
struct Open {
  FunctionId In = 0;
  ResolvedTerm Term;
  /// From the term's value to the mask that arrives.
  MaskRange Range = MaskRange::identity();
  Requirement Needs;
  ScopeSet Scopes;
  std::vector<Arrival::Step> Way;
  std::string Field;
  size_t Targets = 0;
  /// What the way on from here says of the parameters of In.
  std::vector<ParamGuard> Guards;
};

class Search {
public:
  explicit Search(const Program &P) : P(P) {}
  std::vector<Arrival> run(FunctionId In, const Event &Call, unsigned Argument);

private:
  void push(Open O, const ResolvedTerm &T);
  void explain(const Open &O);
  std::optional<std::vector<ParamGuard>> guardsAbove(const Open &O, FunctionId In, const Event &Call) const;
  void toCallers(const Open &O);
  void toStores(const Open &O);
  void toReturns(const Open &O);
  void found(const Open &O);
  bool seen(const Open &O);

  const Program &P;
  std::deque<Open> Work;
  std::set<std::tuple<FunctionId, Source, MaskRange, Requirement, ScopeSet, std::vector<ParamGuard>>> Seen;
  std::vector<Arrival> Found;
  std::set<std::tuple<Site, std::optional<FunctionId>, Mask, Mask, ScopeSet>> FoundKeys;
};

bool Search::seen(const Open &O) {
  return !Seen.insert({O.In, O.Term.From, O.Range, O.Needs, O.Scopes, O.Guards}).second;
}

/// Queues the state with its value explained by `T` one step further back.
void Search::push(Open O, const ResolvedTerm &T) {
  if (T.From.Kind == SourceKind::Constant && T.Range.isExact() && !O.Needs.met(T.Range.Must.Set))
    return;
  std::optional<Requirement> Before = requirementBefore(T.Range, O.Needs);
  if (!Before)
    return;
  O.Range = O.Range.after(T.Range);
  O.Needs = Before->with(T.Needs);
  O.Term = T;
  if (T.From.Kind != SourceKind::Constant && O.Needs.impossible())
    return;
  // Restricted whatever comes in (`gfp & ~__GFP_DIRECT_RECLAIM`): it was decided here.
  if (T.From.Kind == SourceKind::Constant || !O.Range.May.apply(Mask::all()).has(Flag::DirectReclaim))
    return found(O);
  if (T.From.Kind == SourceKind::Unknown || T.From.Kind == SourceKind::Local || seen(O))
    return;
  Work.push_back(std::move(O));
}

void Search::found(const Open &O) {
  Arrival A;
  bool Constant = O.Term.From.Kind == SourceKind::Constant;
  A.Must = O.Range.Must.apply({});
  A.May = Constant ? O.Range.May.Set : O.Range.May.apply(Mask::all());
  A.Chosen = O.Term.Chosen;
  A.Origin = O.In;
  A.ChosenMask = O.Term.Range.Must.apply({});
  A.Way.assign(O.Way.rbegin(), O.Way.rend());
  A.Scopes = O.Scopes | P.inherited(O.In);
  A.Field = O.Field;
  A.Targets = O.Targets;
  if (FoundKeys.insert({A.Chosen, A.Origin, A.Must, A.May, A.Scopes}).second)
    Found.push_back(std::move(A));
}

/// What the way says of the caller's parameters; nothing where the call's constants rule it out.
std::optional<std::vector<ParamGuard>> Search::guardsAbove(const Open &O, FunctionId In,
                                                           const Event &Call) const {
  const Function &Caller = P.function(In);
  std::set<ParamGuard> Above;
  for (const ParamGuard &G : O.Guards) {
    if (G.Param >= Call.Args.size())
      continue;
    const Arg &A = Call.Args[G.Param];
    if (A.Constant && !G.met(*A.Constant))
      return std::nullopt;
    if (A.Var != NoPlace && !A.ByAddress && Caller.Places[A.Var].Kind == PlaceKind::Param)
      Above.insert({Caller.Places[A.Var].Index, G.Op, G.Value, G.Outcome});
  }
  const std::vector<ParamGuard> &Here = P.masks(In).guards(Call.Id);
  Above.insert(Here.begin(), Here.end());
  return std::vector<ParamGuard>(Above.begin(), Above.end());
}

void Search::toCallers(const Open &O) {
  if (P.isAllocator(O.In) || O.Way.size() >= MaxWay)
    return;
  for (const CallSite &C : P.callers(O.In, MaxTargets)) {
    const Event *Call = P.event(C);
    unsigned Argument = O.Term.From.Index;
    if (Call == nullptr || Argument >= Call->Args.size() || !Call->Args[Argument].Mask)
      continue;
    std::optional<std::vector<ParamGuard>> Above = guardsAbove(O, C.Caller, *Call);
    if (!Above)
      continue;
    Open Next = O;
    Next.In = C.Caller;
    Next.Targets = std::max(Next.Targets, C.Targets);
    Next.Guards = std::move(*Above);
    Next.Way.push_back({C.Caller, Call, Argument});
    Next.Scopes = Next.Scopes | P.scopes(C.Caller).kindsAt(Call->Id);
    for (const ResolvedTerm &T : P.masks(C.Caller).argument(Call->Id, Argument))
      push(Next, T);
  }
}

void Search::toStores(const Open &O) {
  // One field on the way is an assumption; two would be a guess.
  if (!O.Field.empty())
    return;
  for (const FieldStore &S : P.stores(O.Term.From.Name)) {
    Open Next = O;
    Next.Field = O.Term.From.Name;
    // The scope in which a mask is stored says nothing of where it is used; what was collected on
    // the way from the load stays.
    // Another function's parameters.
    Next.Guards.clear();
    if (S.In) {
      Next.In = *S.In;
      Next.Scopes = O.Scopes | P.inherited(O.In);
    }
    for (const ResolvedTerm &T : S.Terms) {
      if (!S.In && T.From.Kind != SourceKind::Constant)
        continue;
      push(Next, T);
    }
  }
}

void Search::toReturns(const Open &O) {
  std::optional<FunctionId> Callee = P.find(O.Term.From.Name);
  if (!Callee)
    return;
  for (const ResolvedTerm &R : P.masks(*Callee).returned()) {
    Open Next = O;
    if (R.From.Kind == SourceKind::Param) {
      std::optional<Requirement> Before = requirementBefore(R.Range, O.Needs);
      if (!Before)
        continue;
      Next.Range = O.Range.after(R.Range);
      Next.Needs = Before->with(R.Needs);
      for (const ResolvedTerm &T : P.masks(O.In).argument(O.Term.From.Index, R.From.Index))
        push(Next, T);
    } else if (R.From.Kind == SourceKind::Constant) {
      // The callee chose it, for this caller among others.
      Next.In = *Callee;
      Next.Scopes = O.Scopes | P.inherited(O.In);
      push(Next, R);
    }
  }
}

void Search::explain(const Open &O) {
  switch (O.Term.From.Kind) {
  case SourceKind::Param:
    return toCallers(O);
  case SourceKind::Field:
    return toStores(O);
  case SourceKind::Return:
    return toReturns(O);
  default:
    return;
  }
}

std::vector<Arrival> Search::run(FunctionId In, const Event &Call, unsigned Argument) {
  Open Start;
  Start.In = In;
  Start.Scopes = P.scopes(In).kindsAt(Call.Id);
  Start.Guards = P.masks(In).guards(Call.Id);
  for (const ResolvedTerm &T : P.masks(In).argument(Call.Id, Argument))
    push(Start, T);
  for (size_t States = 0; !Work.empty() && States < MaxStates; ++States) {
    Open O = std::move(Work.front());
    Work.pop_front();
    explain(O);
  }
  std::stable_sort(Found.begin(), Found.end(), [&](const Arrival &A, const Arrival &B) {
    return std::tuple(P.Files.name(A.Chosen.At.File), A.Chosen.At.Offset, A.Way.size()) <
           std::tuple(P.Files.name(B.Chosen.At.File), B.Chosen.At.Offset, B.Way.size());
  });
  return std::move(Found);
}

} // namespace

std::vector<Arrival> arrivals(const Program &P, FunctionId In, const Event &Call, unsigned Argument) {
  return Search(P).run(In, Call, Argument);
}

} // namespace gfplint
