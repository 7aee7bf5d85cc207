// Task flags of a memalloc scope that a function sets and takes back by hand.
#include "Registry.h"
#include "Support.h"

#include "flow/FlagPaths.h"

#include "llvm/ADT/Twine.h"

#include <algorithm>
#include <set>

namespace gfplint {
namespace {

bool names(const Arg &A, const std::string &Flag) {
  return std::find(A.Names.begin(), A.Names.end(), Flag) != A.Names.end();
}

FlagChange change(const Program &P, const Event &E, const std::string &Flag) {
  if (E.Kind == EventKind::TaskFlags && names(E.Args.front(), Flag))
    return E.Negated ? FlagChange::Cleared : FlagChange::Set;
  if (E.Kind != EventKind::Call || E.Callee.empty())
    return FlagChange::None;
  std::optional<unsigned> Flags = P.Knowledge.flagRestore(nameOfKey(E.Callee));
  return Flags && *Flags < E.Args.size() && names(E.Args[*Flags], Flag) ? FlagChange::Cleared
                                                                        : FlagChange::None;
}

/// Where the function takes the flag back; null where it does not.
const Event *takenBack(const Program &P, const Function &F, const std::string &Flag) {
  for (const Block &B : F.Blocks)
    for (const Event &E : B.Events)
      if (change(P, E, Flag) == FlagChange::Cleared)
        return &E;
  return nullptr;
}

bool isTyped(const Site &S, const Function &F) { return S.Length > 0 && S.Spelled.File == F.At.File; }

/// The variable that all of current_restore_flags() put the flag back from, if it is for nothing else, and
/// where it gets its value.
struct SavedFlags {
  PlaceId Var = NoPlace;
  const Event *From = nullptr;
};

std::optional<SavedFlags> savedFlags(const Function &F, const std::vector<const Event *> &Back) {
  SavedFlags S;
  for (const Event *E : Back) {
    if (E->Kind != EventKind::Call || E->Args.empty() || E->Args.front().Var == NoPlace ||
        (S.Var != NoPlace && S.Var != E->Args.front().Var))
      return std::nullopt;
    S.Var = E->Args.front().Var;
  }
  if (F.Places[S.Var].Kind != PlaceKind::Local || F.Places[S.Var].AddressTaken)
    return std::nullopt;
  for (const Block &B : F.Blocks) {
    if (B.Branch && std::find(B.Branch->Reads.begin(), B.Branch->Reads.end(), S.Var) != B.Branch->Reads.end())
      return std::nullopt;
    for (const Event &E : B.Events) {
      bool Restores = std::find(Back.begin(), Back.end(), &E) != Back.end();
      bool Uses = E.From == S.Var ||
                  std::any_of(E.Args.begin(), E.Args.end(), [&](const Arg &A) { return A.Var == S.Var; });
      if ((Uses && !Restores) || (E.Target == S.Var && S.From != nullptr))
        return std::nullopt;
      if (E.Target == S.Var)
        S.From = &E;
    }
  }
  return S.From != nullptr && isTyped(S.From->Where, F) ? std::optional(S) : std::nullopt;
}

/// The scope functions in place of the flag. One event sets it, alone.
std::optional<Fix> rewrite(const Program &P, const Function &F, const Event &Set, const std::string &Flag,
                           ScopeKind Kind) {
  const ScopeApi *Api = P.Knowledge.scopeApi(Kind);
  std::vector<const Event *> Back;
  bool Plain = Api != nullptr && Set.Args.front().Names.size() == 1 && isTyped(Set.Where, F);
  bool ByHand = false;
  for (const Block &B : F.Blocks)
    for (const Event &E : B.Events) {
      FlagChange C = change(P, E, Flag);
      if (C == FlagChange::Set)
        Plain = Plain && &E == &Set;
      if (C != FlagChange::Cleared)
        continue;
      bool Alone = E.Kind == EventKind::Call || E.Args.front().Names.size() == 1;
      Plain = Plain && Alone && isTyped(E.Where, F);
      ByHand = ByHand || E.Kind == EventKind::TaskFlags;
      Back.push_back(&E);
    }
  if (!Plain)
    return std::nullopt;
  Fix X;
  X.Kind = Applicability::Safe;
  X.Title = "use " + Api->Save + "() and " + Api->Restore + "()";
  std::string Token = scopeName(Kind).str() + "_flags";
  if (!ByHand) {
    // A token of 0 ends nothing since 6.9, so that the scope may be opened on some paths only.
    std::optional<SavedFlags> Saved = savedFlags(F, Back);
    if (!Saved || !P.Knowledge.tokenHoldsNewBits())
      return std::nullopt;
    Token = F.Places[Saved->Var].Text;
    X.Edits.push_back({Saved->From->Where.Spelled, Saved->From->Where.Length, "0"});
  } else {
    auto Changes = [&](const Event &E) { return change(P, E, Flag); };
    if (!alwaysSetWhereCleared(F, Changes))
      return std::nullopt;
    // `&= ~` also takes the flag from a caller that had set it.
    X.Kind = Applicability::Unsafe;
    X.Title += ", which leave a caller's flag set";
    X.Changes.push_back({StatementChange::Kind::Declare, F.At, Token, F.At, F.End});
  }
  X.Edits.push_back({Set.Where.Spelled, Set.Where.Length, Token + " = " + Api->Save + "()"});
  for (const Event *E : Back)
    X.Edits.push_back({E->Where.Spelled, E->Where.Length, Api->Restore + "(" + Token + ")"});
  return X;
}

/// A way out on which a flag that the function takes back elsewhere stays set. Whoever else sets or clears
/// flags by hand and is called on the way may take it back.
void leftSet(const Program &P, FunctionId Id, const std::string &Flag, std::vector<Finding> &Out) {
  const Function &F = P.function(Id);
  std::vector<FunctionId> Setters = P.settingTaskFlags();
  auto Changes = [&](const Event &E) {
    FlagChange Here = change(P, E, Flag);
    std::optional<FunctionId> Callee = E.Kind == EventKind::Call ? P.callee(E) : std::nullopt;
    bool May = Callee && std::binary_search(Setters.begin(), Setters.end(), *Callee);
    return Here == FlagChange::None && May ? FlagChange::Cleared : Here;
  };
  std::optional<std::vector<FlagLeftSet>> Left = flagLeftSet(F, Changes);
  if (!Left) {
    P.remark(F.Name + ": raw-memalloc-flags does not look at this function's paths, there are too many");
    return;
  }
  for (const FlagLeftSet &X : *Left) {
    Finding N;
    N.Rule = "raw-memalloc-flags";
    N.Level = Severity::Warning;
    N.At = X.At;
    N.Function = F.Name;
    N.Message = Flag + " is set by hand and not taken back on this path: every later allocation of the task "
                       "is made with it";
    N.Identity = N.Message;
    N.Trace.push_back({X.Set->Where.At, F.Name, "set here"});
    for (const BranchTaken &B : X.Way)
      N.Trace.push_back(branchStep(B, F));
    N.Trace.push_back({X.At, F.Name, "the function is left here with the flag set"});
    Out.push_back(std::move(N));
  }
}

} // namespace

void rawMemallocFlags(const Program &P, std::vector<Finding> &Out) {
  for (FunctionId Id : P.settingTaskFlags()) {
    const Function &F = P.function(Id);
    std::set<std::string> Flags;
    for (const Block &B : F.Blocks)
      for (const Event &E : B.Events) {
        if (E.Kind != EventKind::TaskFlags || E.Negated)
          continue;
        for (const std::string &Flag : E.Args.front().Names) {
          std::optional<ScopeKind> Kind = P.Knowledge.scopeOfTaskFlag(Flag);
          const Event *Back = Kind ? takenBack(P, F, Flag) : nullptr;
          if (Back == nullptr || !P.Knowledge.hasScope(*Kind))
            continue;
          std::string Scope = "memalloc_" + scopeName(*Kind).str();
          Finding N;
          N.Rule = "raw-memalloc-flags";
          N.Level = Severity::Note;
          N.At = E.Where.At;
          N.Function = F.Name;
          N.Message = (llvm::Twine(Flag) + " is set and taken back by hand: " + Scope + "_save() and " +
                       Scope + "_restore() do this, and nest")
                          .str();
          N.Identity = N.Message;
          N.Suggested = rewrite(P, F, E, Flag, *Kind);
          N.Trace.push_back({E.Where.At, F.Name, "set here"});
          N.Trace.push_back({Back->Where.At, F.Name, "taken back here"});
          Out.push_back(std::move(N));
          Flags.insert(Flag);
        }
      }
    if (!P.isThread(Id))
      for (const std::string &Flag : Flags)
        leftSet(P, Id, Flag, Out);
  }
}

} // namespace gfplint
