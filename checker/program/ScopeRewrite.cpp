// Regions are chosen for all masks of a function at once; what a scope changes is looked up below it.
#include "program/ScopeRewrite.h"

#include "program/CalleeName.h"
#include "program/MaskEdit.h"
#include "program/MaskFate.h"
#include "program/Regions.h"
#include "program/ScopeEffects.h"

#include <algorithm>

namespace gfplint {
namespace {

/// Mutexes and semaphores have names of their own; other locks are an object's.
std::string lockText(const LockRegion &R) {
  if (R.IsHandle || R.Kind == "transaction")
    return "the " + R.Kind;
  if (R.Lock.empty())
    return "the " + R.Kind + " lock";
  llvm::StringRef Kind = R.Kind;
  return Kind.contains("mutex") || Kind.contains("sem") ? R.Lock : "the lock of " + R.Lock;
}

ScopeInsertion scopeInsertion(const Function &In, const ScopeApi &Api, ScopeKind Kind, std::string Why) {
  ScopeInsertion S;
  S.Kind = scopeName(Kind).str();
  S.Save = Api.Save;
  S.Restore = Api.Restore;
  S.Header = Api.Header;
  S.Guard = Api.Guard;
  S.Why = std::move(Why);
  S.NameAt = In.At;
  S.BraceAt = In.End;
  return S;
}

void place(ScopeInsertion &S, const Event &Open, llvm::ArrayRef<const Event *> Ends,
           llvm::ArrayRef<const Condition *> Failures) {
  S.Before = Open.Where.At;
  for (const Event *E : Ends)
    S.After.push_back(E->Where.At);
  for (const Condition *C : Failures)
    S.Failures.push_back({C->At, C->Text});
}

std::string listed(const std::vector<std::string> &Names, size_t Most) {
  std::string Text;
  for (size_t I = 0; I < Names.size() && I < Most; ++I)
    Text += (I == 0 ? "" : I + 1 == Names.size() ? " and " : ", ") + Names[I];
  if (Names.size() > Most)
    Text += " and " + std::to_string(Names.size() - Most) + " more";
  return Text;
}

} // namespace

ScopeRewrites::ScopeRewrites(const Program &P, FunctionId Id) : P(P), Id(Id), F(P.function(Id)) {
  findSites();
  choose();
}

void ScopeRewrites::findSites() {
  for (const Block &B : F.Blocks)
    for (const Event &E : B.Events) {
      if (E.Kind != EventKind::Call || !P.masks(Id).reached(E.Id))
        continue;
      for (unsigned I = 0; I < E.Args.size(); ++I) {
        if (!E.Args[I].Mask || E.Args[I].Mask->Complement)
          continue;
        const std::vector<ResolvedTerm> &Terms = P.masks(Id).argument(E.Id, I);
        if (Terms.size() != 1 || Terms.front().From.Kind != SourceKind::Constant ||
            !Terms.front().Range.isExact())
          continue;
        Mask M = Terms.front().Range.Must.Set;
        if (std::optional<Restriction> R = restrictedMask(M))
          Sites.push_back({&E, I, M, *R});
      }
    }
}

std::optional<Edit> ScopeRewrites::replacement(size_t Site, llvm::ArrayRef<size_t> Together) const {
  std::vector<const RestrictedArgument *> All;
  for (size_t I : Together)
    All.push_back(&Sites[I]);
  return kernelEdit(P, Id, Sites[Site], All);
}

void ScopeRewrites::choose() {
  std::vector<LockRegion> Locks = lockRegions(P, Id);
  std::map<size_t, const LockRegion *> Wanted;
  for (size_t I = 0; I < Sites.size(); ++I) {
    const RestrictedArgument &S = Sites[I];
    if ((P.scopes(Id).kindsAt(S.Call->Id) | P.inherited(Id)).implies(S.Forbids)) {
      InScope.insert(I);
      continue;
    }
    const LockRegion *Best = nullptr;
    if (std::any_of(Locks.begin(), Locks.end(), [&](const LockRegion &R) {
          return R.Opens && R.covers(*S.Call) && ScopeSet{*R.Opens}.implies(S.Forbids);
        })) {
      InScope.insert(I);
      continue;
    }
    for (const LockRegion &R : Locks)
      if (R.covers(*S.Call) && (Best == nullptr || R.Inside.size() < Best->Inside.size()))
        Best = &R;
    // A nowait scope over a lock would reach too far: whoever does not wait does so for one call.
    if (Best != nullptr && S.Forbids != Restriction::NoWait)
      Wanted[I] = Best;
  }
  for (auto &[I, R] : Wanted)
    for (const auto &[J, Other] : Wanted)
      if (Other->Inside.size() > R->Inside.size() && Other->covers(*R->Take) && Other->covers(*Sites[I].Call))
        R = Other;
  std::map<const LockRegion *, Region> ByLock;
  for (const auto &[I, R] : Wanted) {
    Region &Out = ByLock[R];
    Out.Open = R->Take;
    Out.Ends = R->Releases;
    Out.Failures = R->Failures;
    Out.Inside = R->Inside;
    Out.Why = lockText(*R);
    Out.Where = "around " + Out.Why;
    Out.Sites.push_back(I);
  }
  for (const LockRegion &R : Locks)
    if (auto It = ByLock.find(&R); It != ByLock.end())
      Chosen.push_back(std::move(It->second));
  for (size_t I = 0; I < Sites.size(); ++I) {
    const RestrictedArgument &S = Sites[I];
    if (Wanted.contains(I) || InScope.contains(I) || P.allocator(*S.Call) != nullptr)
      continue;
    // A callee that allocates more than what it returns, with vmalloc somewhere: its page tables do not
    // get the mask, but they get the scope. A single allocation is not wrapped.
    MaskFate Fate = fateOf(P, Id, *S.Call, S.Argument, {});
    if (!Fate.ReachesVmalloc || !Fate.MakesMore)
      continue;
    Region Out;
    Out.Open = S.Call;
    Out.Ends = {S.Call};
    Out.Inside = {S.Call};
    Out.Where = "around " + calleeName(*S.Call) + "()";
    Out.Why = calleeName(*S.Call) + "()";
    Out.Sites.push_back(I);
    Chosen.push_back(std::move(Out));
  }
}

Fix ScopeRewrites::rewrite(const Region &R) const {
  Restriction Strictest = Restriction::None;
  Mask Changed;
  for (size_t I : R.Sites) {
    Strictest = std::max(Strictest, Sites[I].Forbids);
    Changed = Changed | (kernelForm(Sites[I].Passed) - Sites[I].Passed);
  }
  ScopeKind Kind = *scopeFor(Strictest);
  const ScopeApi &Api = *P.Knowledge.scopeApi(Kind);
  Fix X;
  X.Kind = Applicability::Safe;
  X.Title = "open a " + scopeName(Kind).str() + " scope " + R.Where;
  std::set<std::pair<const Event *, unsigned>> Replaced;
  std::vector<std::string> Doubts;
  for (size_t I : R.Sites) {
    const RestrictedArgument &S = Sites[I];
    X.Edits.push_back(*replacement(I, R.Sites));
    Replaced.insert({S.Call, S.Argument});
    Mask Is = effectiveMask(scopeEffect(Kind).apply(kernelForm(S.Passed)));
    if (Is != effectiveMask(S.Passed))
      X.Effects.push_back({S.Call->Where.At, F.Name, P.spell(S.Passed), P.spell(Is)});
    MaskFate Fate = fateOf(P, Id, *S.Call, S.Argument, Changed);
    for (const std::string &O : Fate.Obstacles)
      if (std::find(Doubts.begin(), Doubts.end(), O) == Doubts.end())
        Doubts.push_back(O);
    if (Mask Kept = Fate.Tested & S.Passed & ~Changed; !Kept.empty())
      X.Title += "; " + P.spell(Kept) + " stays, for " + Fate.TestedBy + " tests it";
  }
  ScopeEffects Below(P, Kind);
  Below.run(Id, R.Inside, Replaced);
  for (FixEffect &E : Below.take())
    X.Effects.push_back(std::move(E));
  if (!Below.unseen().empty())
    Doubts.push_back("not looked at: what is allocated in " +
                     listed({Below.unseen().begin(), Below.unseen().end()}, 4));
  if (!X.Effects.empty() || !Doubts.empty())
    X.Kind = Applicability::Unsafe;
  for (const std::string &D : Doubts)
    X.Title += "; " + D;
  ScopeInsertion S = scopeInsertion(F, Api, Kind, R.Why);
  place(S, *R.Open, R.Ends, R.Failures);
  X.Scopes.push_back(std::move(S));
  std::sort(X.Edits.begin(), X.Edits.end());
  X.Edits.erase(std::unique(X.Edits.begin(), X.Edits.end()), X.Edits.end());
  return X;
}

/// Inside a scope the flag says again what the scope says. GFP_NOWAIT stays: blocking-mask-in-nowait-scope
/// asks for it.
std::optional<Fix> ScopeRewrites::redundant(size_t Site) const {
  const RestrictedArgument &S = Sites[Site];
  std::vector<size_t> Together(InScope.begin(), InScope.end());
  std::optional<Edit> E = S.Forbids != Restriction::NoWait ? replacement(Site, Together) : std::nullopt;
  if (!E)
    return std::nullopt;
  Fix X;
  X.Kind = Applicability::Safe;
  X.Title = "say GFP_KERNEL where the scope restricts it";
  X.Edits.push_back(std::move(*E));
  for (const std::string &O : fateOf(P, Id, *S.Call, S.Argument, kernelForm(S.Passed) - S.Passed).Obstacles) {
    X.Kind = Applicability::Unsafe;
    X.Title += "; " + O;
  }
  return X;
}

/// Where no lock of the function is held: what its callers hold, if they are all known.
ScopeAdvice ScopeRewrites::callersSay(Restriction R, std::optional<size_t> Site) const {
  ScopeKind Kind = *scopeFor(R);
  std::string Scope = "a memalloc_" + scopeName(Kind).str() + "_save() scope around ";
  std::string Somewhere = Scope + "the section that reclaim must not enter again could replace it; ";
  if (!P.hasAllCallers(Id))
    return {std::nullopt,
            Somewhere +
                "no lock of this function is held here: one of a caller's may be the reason, or the flag is "
                "there 'just in case'"};
  std::set<std::string> Names;
  std::optional<std::set<std::string>> Kinds;
  std::map<FunctionId, std::vector<LockRegion>> Regions;
  std::vector<std::pair<FunctionId, std::vector<LockRegion>>> Held;
  for (const CallSite &C : P.callers(Id)) {
    Names.insert(P.name(C.Caller).str() + "()");
    auto [Known, New] = Regions.try_emplace(C.Caller);
    if (New)
      Known->second = lockRegions(P, C.Caller);
    Held.push_back({C.Caller, {}});
    std::set<std::string> Here;
    if (const Event *Call = P.event(C))
      for (const LockRegion &L : Known->second)
        if (L.covers(*Call)) {
          Here.insert(L.Kind);
          Held.back().second.push_back(L);
        }
    if (!Kinds)
      Kinds = Here;
    std::erase_if(*Kinds, [&](const std::string &K) { return !Here.contains(K); });
  }
  if (Names.empty())
    return {std::nullopt, Somewhere + "no analysed function calls this one"};
  std::string By = listed({Names.begin(), Names.end()}, 4);
  if (Kinds->empty())
    return {std::nullopt,
            Somewhere + "no lock is seen that all its callers, " + By +
                ", hold: one farther up may be the reason, or the flag is there 'just in case'"};
  Fix X;
  X.Kind = Applicability::Display;
  X.Title = "open a " + scopeName(Kind).str() + " scope in " + By;
  std::string Lock;
  for (auto &[Caller, Locks] : Held) {
    auto Smallest =
        std::min_element(Locks.begin(), Locks.end(), [&](const LockRegion &A, const LockRegion &B) {
          return std::pair(!Kinds->contains(A.Kind), A.Inside.size()) <
                 std::pair(!Kinds->contains(B.Kind), B.Inside.size());
        });
    Lock = lockText(*Smallest);
    ScopeInsertion S = scopeInsertion(P.function(Caller), *P.Knowledge.scopeApi(Kind), Kind, Lock);
    place(S, *Smallest->Take, Smallest->Releases, Smallest->Failures);
    if (std::find(X.Scopes.begin(), X.Scopes.end(), S) == X.Scopes.end())
      X.Scopes.push_back(std::move(S));
  }
  std::optional<Edit> Typed = Site ? replacement(*Site, *Site) : std::nullopt;
  if (Typed)
    X.Edits.push_back(std::move(*Typed));
  return {Typed ? std::optional(std::move(X)) : std::nullopt,
          Scope +
              (Names.size() == 1 ? Lock + " in its caller "
                                 : "a " + *Kinds->begin() + " that all its callers hold, ") +
              By + ", could replace it"};
}

std::optional<size_t> ScopeRewrites::siteOf(const Event &Call, unsigned Argument) const {
  for (size_t I = 0; I < Sites.size(); ++I)
    if (Sites[I].Call == &Call && Sites[I].Argument == Argument)
      return I;
  return std::nullopt;
}

ScopeAdvice ScopeRewrites::advice(const Event &Call, unsigned Argument, Restriction Forbids) const {
  std::optional<ScopeKind> Kind = scopeFor(Forbids);
  std::optional<size_t> Site = siteOf(Call, Argument);
  bool Implied =
      Site ? InScope.contains(*Site) : (P.scopes(Id).kindsAt(Call.Id) | P.inherited(Id)).implies(Forbids);
  if (Implied)
    return {Site ? redundant(*Site) : std::nullopt, "a scope that is active here already implies it"};
  if (!Kind || P.Knowledge.scopeApi(*Kind) == nullptr)
    return {std::nullopt, "this kernel has no scope that could replace it"};
  for (const Region &R : Chosen)
    for (size_t I : R.Sites) {
      if (I != Site)
        continue;
      bool Editable = std::all_of(R.Sites.begin(), R.Sites.end(),
                                  [&](size_t J) { return replacement(J, R.Sites).has_value(); });
      std::optional<Fix> X = Editable ? std::optional(rewrite(R)) : std::nullopt;
      std::string Scope = X ? X->Scopes.front().Kind : scopeName(*Kind).str();
      return {std::move(X), "a " + Scope + " scope " + R.Where + " could replace it"};
    }
  return callersSay(Forbids, Site);
}

} // namespace gfplint
