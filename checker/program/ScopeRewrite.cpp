// Regions are chosen for all masks of a function at once; what a scope changes is looked up below it.
#include "program/ScopeRewrite.h"

#include "program/CalleeName.h"
#include "program/MaskFate.h"
#include "program/Regions.h"

#include <algorithm>

namespace gfplint {
namespace {

/// Calls followed down from a region when its allocations are listed.
constexpr unsigned MaxDepth = 6;

/// GFP_KERNEL with the other flags of the mask.
Mask asKernel(Mask M) { return M | masks::Kernel; }

/// Without direct reclaim the bits that say what it may do mean nothing.
Mask effective(Mask M) { return M.has(Flag::DirectReclaim) ? M : M - Mask{Flag::Io, Flag::Fs}; }

/// A static function: without a body in the program it is one of a header that names no mask and no scope.
bool isFileLocal(llvm::StringRef Key) { return nameOfKey(Key).size() != Key.size(); }

/// What a scope that is newly opened around calls does to the allocations in them.
class Effects {
public:
  Effects(const Program &P, ScopeKind Kind) : P(P), Scope(scopeEffect(Kind)), Kind(Kind) {}

  /// `Replaced`: the calls' own masks that the rewrite replaces, by call and argument.
  void run(FunctionId In, const std::vector<const Event *> &Calls,
           const std::set<std::pair<const Event *, unsigned>> &Replaced);
  [[nodiscard]] std::vector<FixEffect> take() { return {All.begin(), All.end()}; }
  /// What is called and not looked at; functions of headers only where there is nothing else.
  [[nodiscard]] const std::set<std::string> &unseen() const { return Unseen.empty() ? Inline : Unseen; }

private:
  void call(FunctionId In, const Event &E, unsigned Depth);

  const Program &P;
  MaskFn Scope;
  ScopeKind Kind;
  std::set<FixEffect> All;
  std::set<std::string> Unseen;
  std::set<std::string> Inline;
  std::set<FunctionId> Seen;
  std::set<std::pair<const Event *, unsigned>> Replaced;
};

void Effects::call(FunctionId In, const Event &E, unsigned Depth) {
  if (E.Kind != EventKind::Call || !P.masks(In).reached(E.Id))
    return;
  if (const Allocator *A = P.allocator(E)) {
    std::optional<unsigned> MaskArg = Program::maskArgument(E, *A);
    if (!MaskArg || Replaced.contains({&E, *MaskArg}))
      return;
    ScopeSet Before = P.scopes(In).kindsAt(E.Id);
    if (Before.has(Kind))
      return;
    for (const ResolvedTerm &T : P.masks(In).argument(E.Id, *MaskArg)) {
      if (T.From.Kind == SourceKind::Constant && T.Range.isExact()) {
        Mask Was = Before.effect().apply(T.Range.Must.Set);
        Mask Is = Scope.apply(Was);
        if (effective(Was) != effective(Is))
          All.insert({E.Where.At, P.name(In).str(), P.spell(Was), P.spell(Is)});
      } else if (T.From.Kind != SourceKind::Param || Depth == 0) {
        All.insert({E.Where.At, P.name(In).str(), "the mask that it is given",
                    "that mask within memalloc_" + scopeName(Kind).str()});
      }
    }
    return;
  }
  std::optional<FunctionId> Callee = visibleCallee(P, In, E);
  if (!Callee) {
    if (E.Callee.empty())
      Unseen.insert("a function pointer");
    else if (isFileLocal(E.Callee))
      Inline.insert(calleeName(E) + "()");
    else if (P.Knowledge.lockFunction(nameOfKey(E.Callee)) == nullptr &&
             P.Knowledge.scopeFunction(nameOfKey(E.Callee)) == nullptr)
      Unseen.insert(calleeName(E) + "()");
    return;
  }
  if (Depth >= MaxDepth) {
    Unseen.insert(calleeName(E) + "()");
    return;
  }
  if (!Seen.insert(*Callee).second)
    return;
  for (const Block &B : P.function(*Callee).Blocks)
    for (const Event &Below : B.Events)
      call(*Callee, Below, Depth + 1);
}

void Effects::run(FunctionId In, const std::vector<const Event *> &Calls,
                  const std::set<std::pair<const Event *, unsigned>> &Without) {
  Replaced = Without;
  for (const Event *E : Calls)
    call(In, *E, 0);
}

/// Mutexes and semaphores have names of their own; other locks are an object's.
std::string lockText(const LockRegion &R) {
  if (R.Lock.empty())
    return "the " + R.Kind + " lock";
  llvm::StringRef Kind = R.Kind;
  return Kind.contains("mutex") || Kind.contains("sem") ? R.Lock : "the lock of " + R.Lock;
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

/// The word that says the restriction, or else the whole mask; nothing where it is not typed in this
/// function's file at the call.
std::optional<Edit> ScopeRewrites::replacement(const RestrictedArgument &S) const {
  const MaskExpr &Typed = *S.Call->Args[S.Argument].Mask;
  const Site &Whole = Typed.Where;
  if (Whole.Length == 0 || Whole.Spelled.File != F.At.File || Whole.Spelled.Offset < F.At.Offset ||
      Whole.Spelled.Offset > F.End.Offset || Typed.Terms.size() != 1 ||
      Typed.Terms.front().From.Kind != SourceKind::Constant)
    return std::nullopt;
  const MaskUse *Word = nullptr;
  for (const MaskUse &U : P.uses())
    if (U.Kind == UseKind::Argument && U.Where.Spelled.File == Whole.Spelled.File &&
        U.Where.Spelled.Offset >= Whole.Spelled.Offset &&
        U.Where.Spelled.Offset < Whole.Spelled.Offset + Whole.Length)
      Word = &U;
  Mask Wanted = asKernel(S.Passed);
  std::optional<Mask> Named = Word != nullptr ? P.Flags.named(Word->Word) : std::nullopt;
  if (Named && Word->Where.Length == Word->Word.size()) {
    // GFP_NOWAIT has __GFP_NOWARN in it since 16f5dfbc851b.
    Mask Lost = *Named - masks::Kernel;
    bool Said = Lost.empty() || llvm::StringRef(Typed.Text).contains("__GFP_NOWARN");
    return Edit{Word->Where.Spelled, Word->Where.Length, Said ? "GFP_KERNEL" : P.spell(masks::Kernel | Lost)};
  }
  return Edit{Whole.Spelled, Whole.Length, P.spell(Wanted)};
}

void ScopeRewrites::choose() {
  std::vector<LockRegion> Locks = lockRegions(F, P.Knowledge);
  std::map<size_t, const LockRegion *> Wanted;
  for (size_t I = 0; I < Sites.size(); ++I) {
    const RestrictedArgument &S = Sites[I];
    if ((P.scopes(Id).kindsAt(S.Call->Id) | P.inherited(Id)).implies(S.Forbids)) {
      InScope.insert(I);
      continue;
    }
    const LockRegion *Best = nullptr;
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
    Out.Returns = R->Returns;
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
    Changed = Changed | (asKernel(Sites[I].Passed) - Sites[I].Passed);
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
    X.Edits.push_back(*replacement(S));
    Replaced.insert({S.Call, S.Argument});
    Mask Is = effective(scopeEffect(Kind).apply(asKernel(S.Passed)));
    if (Is != effective(S.Passed))
      X.Effects.push_back({S.Call->Where.At, F.Name, P.spell(S.Passed), P.spell(Is)});
    MaskFate Fate = fateOf(P, Id, *S.Call, S.Argument, Changed);
    for (const std::string &O : Fate.Obstacles)
      if (std::find(Doubts.begin(), Doubts.end(), O) == Doubts.end())
        Doubts.push_back(O);
    if (Mask Kept = Fate.Tested & S.Passed & ~Changed; !Kept.empty())
      X.Title += "; " + P.spell(Kept) + " stays, for " + Fate.TestedBy + " tests it";
  }
  Effects Below(P, Kind);
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
  ScopeInsertion S;
  S.Kind = scopeName(Kind).str();
  S.Save = Api.Save;
  S.Restore = Api.Restore;
  S.Header = Api.Header;
  S.Why = R.Why;
  S.NameAt = F.At;
  S.BraceAt = F.End;
  S.Before = R.Open->Where.At;
  for (const Event *E : R.Ends)
    S.After.push_back(E->Where.At);
  for (const Event *E : R.Returns)
    S.Returns.push_back(E->Where.At);
  X.Scopes.push_back(std::move(S));
  std::sort(X.Edits.begin(), X.Edits.end());
  X.Edits.erase(std::unique(X.Edits.begin(), X.Edits.end()), X.Edits.end());
  return X;
}

/// Inside a scope the flag says again what the scope says. GFP_NOWAIT stays: blocking-mask-in-nowait-scope
/// asks for it.
std::optional<Fix> ScopeRewrites::redundant(const RestrictedArgument &S) const {
  std::optional<Edit> E = S.Forbids != Restriction::NoWait ? replacement(S) : std::nullopt;
  if (!E)
    return std::nullopt;
  Fix X;
  X.Kind = Applicability::Safe;
  X.Title = "say GFP_KERNEL where the scope restricts it";
  X.Edits.push_back(std::move(*E));
  for (const std::string &O : fateOf(P, Id, *S.Call, S.Argument, asKernel(S.Passed) - S.Passed).Obstacles) {
    X.Kind = Applicability::Unsafe;
    X.Title += "; " + O;
  }
  return X;
}

/// Where no lock of the function is held: what its callers hold, if they are all known.
std::string ScopeRewrites::callersSay(Restriction R) const {
  std::string Scope = "a memalloc_" + scopeName(*scopeFor(R)).str() + "_save() scope around ";
  std::string Somewhere = Scope + "the section that reclaim must not enter again could replace it; ";
  if (!P.hasAllCallers(Id))
    return Somewhere + "no lock of this function is held here, and the flag may be there 'just in case'";
  std::set<std::string> Names;
  std::optional<std::set<std::string>> Kinds;
  std::string Lock;
  for (const CallSite &C : P.callers(Id)) {
    Names.insert(P.name(C.Caller).str() + "()");
    std::set<std::string> Held;
    if (const Event *Call = P.event(C))
      for (const LockRegion &L : lockRegions(P.function(C.Caller), P.Knowledge))
        if (L.covers(*Call)) {
          Held.insert(L.Kind);
          Lock = lockText(L);
        }
    if (!Kinds)
      Kinds = Held;
    std::erase_if(*Kinds, [&](const std::string &K) { return !Held.contains(K); });
  }
  if (Names.empty())
    return Somewhere + "no analysed function calls this one";
  std::string By = listed({Names.begin(), Names.end()}, 4);
  if (!Kinds->empty())
    return Scope +
           (Names.size() == 1 ? Lock + " in its caller "
                              : "a " + *Kinds->begin() + " that all its callers hold, ") +
           By + ", could replace it";
  return Somewhere + "no lock is held here, nor one of the same kind in all its callers, " + By +
         ": the flag may be there 'just in case'";
}

ScopeAdvice ScopeRewrites::advice(const Event &Call, unsigned Argument, Restriction Forbids) const {
  std::optional<ScopeKind> Kind = scopeFor(Forbids);
  if ((P.scopes(Id).kindsAt(Call.Id) | P.inherited(Id)).implies(Forbids)) {
    auto It = std::find_if(Sites.begin(), Sites.end(), [&](const RestrictedArgument &S) {
      return S.Call == &Call && S.Argument == Argument;
    });
    return {It == Sites.end() ? std::nullopt : redundant(*It),
            "a scope that is active here already implies it"};
  }
  if (!Kind || P.Knowledge.scopeApi(*Kind) == nullptr)
    return {std::nullopt, "this kernel has no scope that could replace it"};
  for (const Region &R : Chosen)
    for (size_t I : R.Sites) {
      if (Sites[I].Call != &Call || Sites[I].Argument != Argument)
        continue;
      bool Editable = std::all_of(R.Sites.begin(), R.Sites.end(),
                                  [&](size_t J) { return replacement(Sites[J]).has_value(); });
      std::optional<Fix> X = Editable ? std::optional(rewrite(R)) : std::nullopt;
      std::string Scope = X ? X->Scopes.front().Kind : scopeName(*Kind).str();
      return {std::move(X), "a " + Scope + " scope " + R.Where + " could replace it"};
    }
  return {std::nullopt, callersSay(Forbids)};
}

} // namespace gfplint
