// Scopes that are not ended, or not ended rightly, on some path. What goes wrong is found in
// flow/Tokens; here it is told, as it turns out on this kernel.
#include "Registry.h"
#include "Support.h"

#include "program/ScopeOwners.h"

#include <algorithm>

namespace gfplint {
namespace {

using Problem = ScopePaths::Problem;

std::string kindsText(ScopeSet Kinds) {
  std::string Text;
  for (size_t I = 0; I < ScopeKindCount; ++I)
    if (auto K = static_cast<ScopeKind>(I); Kinds.has(K))
      Text += (Text.empty() ? "" : "+") + scopeName(K).str();
  return Text.empty() ? "memalloc" : Text;
}

class Telling {
public:
  Telling(const Program &P, const ScopeOwners &Owners, FunctionId Id, std::vector<Finding> &Out)
      : P(P), Owners(Owners), Id(Id), F(P.function(Id)), Paths(Owners.paths(Id)), Out(Out) {}

  void run();

private:
  [[nodiscard]] bool matters(const Problem &X) const;
  [[nodiscard]] std::string message(const Problem &X) const;
  [[nodiscard]] Severity level(const Problem &X) const;
  [[nodiscard]] std::string restoreOf(const PathScope &S) const;
  [[nodiscard]] std::optional<Fix> fix(const Problem &X) const;
  void tell(const Problem &X);

  const Program &P;
  const ScopeOwners &Owners;
  FunctionId Id;
  const Function &F;
  const ScopePaths &Paths;
  std::vector<Finding> &Out;
};

bool Telling::matters(const Problem &X) const {
  if (X.Kind == ScopeProblemKind::Discarded)
    return !P.isThread(Id);
  if (X.Kind != ScopeProblemKind::LeftOpen)
    return true;
  if (X.Scope.Outside) {
    // The token may be somebody else's to use, unless this function uses it itself on other paths
    // and nobody else does.
    if (!Paths.balanced().contains(X.Scope.At))
      return false;
    if (X.Scope.At.Field.empty()) {
      const std::string &Field = F.Places[X.Scope.At.Place].Field;
      if (Field.empty() || !Owners.isEndedBy(Id, Field))
        return false;
    } else if (Owners.isEndedAbove(Id, X.Scope.At.Field)) {
      return false;
    }
  }
  return !P.isThread(Id);
}

Severity Telling::level(const Problem &X) const {
  switch (X.Kind) {
  case ScopeProblemKind::OldToken:
    return Severity::Warning;
  case ScopeProblemKind::OutOfOrder:
    return P.Knowledge.tokenHoldsNewBits() ? Severity::Warning : Severity::Error;
  default:
    return Severity::Error;
  }
}

std::string Telling::message(const Problem &X) const {
  bool NewBits = P.Knowledge.tokenHoldsNewBits();
  std::string Kind = kindsText(X.Scope.Kinds);
  std::string Saved = X.Scope.Save != nullptr ? calleeName(*X.Scope.Save) + "()" : "";
  std::string Called = X.Where != nullptr ? calleeName(*X.Where) + "()" : "";
  std::string Token = "'" + X.Token + "'";
  switch (X.Kind) {
  case ScopeProblemKind::LeftOpen: {
    std::string Text = "the " + Kind + " scope opened by " + Saved +
                       " is not ended on this path: every later allocation of the task stays restricted";
    if (X.Scope.Futile != nullptr)
      Text += "; " + calleeName(*X.Scope.Futile) + "() with the token 0 ends nothing on this kernel";
    return Text;
  }
  case ScopeProblemKind::Overwritten:
    return "the token in " + Token + " is overwritten while its " + Kind +
           " scope is open: that scope can no longer be ended";
  case ScopeProblemKind::Discarded:
    return "the token that " + Saved + " returns is discarded: the " + Kind + " scope can no longer be ended";
  case ScopeProblemKind::EndedTwice:
    return "the " + Kind + " scope is ended twice on this path";
  case ScopeProblemKind::WrongKind:
    return Called + " is called with the token of " + Saved + ": " +
           (NewBits ? "on this kernel the token names the bits, so the right scope ends by accident"
                    : "this kernel clears or sets the other scope's flag, and the scope stays open");
  case ScopeProblemKind::NoToken:
    return Called + " is called without a token: nothing was saved in " + Token + " on this path, and " +
           (NewBits ? "whatever bits it has are cleared from the task's flags"
                    : "the task's flag becomes whatever the variable has");
  case ScopeProblemKind::OldToken:
    return "ended without a start: no scope was opened on this path, and with the token 0 " + Called +
           " clears the flag on this kernel, which ends a scope of the caller's";
  case ScopeProblemKind::WrongToken:
    return Called + " is called with a number that no save returned: " +
           (NewBits ? "it clears these bits of the task's flags" : "it sets the task's flag");
  case ScopeProblemKind::OutOfOrder:
    return "the " + Kind + " scope of " + Token +
           " is ended out of order, before one that was opened inside it: " +
           (NewBits ? "from here on nothing is restricted, although the inner scope is still open"
                    : "the inner token restores the flag, which then stays set");
  }
  return "";
}

/// The function that ends the scope, if it was opened by one of the scope functions.
std::string Telling::restoreOf(const PathScope &S) const {
  std::optional<ScopeOperation> Op = S.Save != nullptr ? scopeOperation(*S.Save, P.Knowledge) : std::nullopt;
  if (!Op || Op->Kinds.size() != 1)
    return "";
  const ScopeApi *Api = P.Knowledge.scopeApi(Op->Kinds.front());
  return Api != nullptr && nameOfKey(S.Save->Callee) == Api->Save ? Api->Restore : "";
}

std::optional<Fix> Telling::fix(const Problem &X) const {
  // A wrapper does more than to end the scope: its calls are not for us to change.
  const Event *End = X.Where != nullptr ? X.Where : X.Scope.Futile;
  if (End != nullptr && !scopeOperation(*End, P.Knowledge))
    return std::nullopt;
  bool NewBits = P.Knowledge.tokenHoldsNewBits();
  Fix Out;
  Out.Kind = Applicability::Safe;
  auto Change = [&](StatementChange::Kind What, Loc At, std::string Text) {
    Out.Changes.push_back({What, At, std::move(Text), F.At, F.End});
  };
  std::string Restore = restoreOf(X.Scope);
  switch (X.Kind) {
  case ScopeProblemKind::LeftOpen:
    if (X.Scope.Futile != nullptr) {
      // The restore is there, with the wrong token.
      std::optional<TokenPlace> Meant = Paths.tokens().tokenMeant(*X.Scope.Futile);
      if (!Meant)
        return std::nullopt;
      Out.Title = "restore with the scope's own token";
      Change(StatementChange::Kind::Argument, X.Scope.Futile->Where.At, Paths.tokens().text(*Meant));
      return Out;
    }
    if (Restore.empty() || Paths.tokens().endsUnclear() || !Paths.tokens().isOwn(X.Scope.At) ||
        !Paths.alwaysOpenAt(X.At, X.Scope.SaveId))
      return std::nullopt;
    Out.Title = "end the scope before this way out";
    Change(StatementChange::Kind::PutBefore, X.At, Restore + "(" + X.Token + ");");
    return Out;
  case ScopeProblemKind::EndedTwice:
    if (Paths.tokens().endsAny(*X.Where))
      return std::nullopt;
    Out.Title = "drop the second restore";
    Change(StatementChange::Kind::Remove, X.Where->Where.At, "");
    return Out;
  case ScopeProblemKind::WrongKind:
    if (Restore.empty() || X.Where->Where.Length < X.Where->Typed.size() ||
        X.Where->Where.Spelled.File != F.At.File)
      return std::nullopt;
    Out.Title = "end it with its own function";
    Out.Kind = NewBits ? Applicability::Safe : Applicability::Unsafe;
    Out.Edits.push_back({X.Where->Where.Spelled, static_cast<uint32_t>(X.Where->Typed.size()), Restore});
    return Out;
  case ScopeProblemKind::NoToken: {
    std::optional<TokenPlace> Meant = Paths.tokens().tokenMeant(*X.Where);
    if (!Meant)
      return std::nullopt;
    Out.Title = "restore with the scope's own token";
    Change(StatementChange::Kind::Argument, X.Where->Where.At, Paths.tokens().text(*Meant));
    return Out;
  }
  default:
    return std::nullopt;
  }
}

void Telling::tell(const Problem &X) {
  Finding N;
  N.Rule = "scope-unpaired";
  N.Level = level(X);
  N.At = X.At;
  N.Function = F.Name;
  N.Message = message(X);
  N.Identity = N.Message;
  N.Suggested = fix(X);
  const PathScope &S = X.Scope;
  if (S.Save != nullptr && X.Kind != ScopeProblemKind::Discarded)
    N.Trace.push_back({S.Save->Where.At, F.Name, "the " + kindsText(S.Kinds) + " scope is opened here"});
  if (S.End != nullptr && S.End != X.Where)
    N.Trace.push_back({S.End->Where.At, F.Name, "and ended here"});
  for (const BranchTaken &B : X.Way)
    N.Trace.push_back(branchStep(B, F));
  const char *Last = X.Kind == ScopeProblemKind::LeftOpen ? "the function is left here with the scope open"
                     : X.Kind == ScopeProblemKind::Overwritten ? "the token is overwritten here"
                     : X.Kind == ScopeProblemKind::Discarded   ? "the scope is opened here"
                     : X.Kind == ScopeProblemKind::EndedTwice  ? "ended again here"
                                                               : "ended here";
  N.Trace.push_back({X.At, F.Name, Last});
  Out.push_back(std::move(N));
}

void Telling::run() {
  if (Paths.tooLarge()) {
    P.remark(F.Name + ": scope-unpaired does not look at this function, it has too many paths");
    return;
  }
  std::set<const Event *> Told;
  for (const Problem &X : Paths.problems())
    if (matters(X)) {
      tell(X);
      Told.insert(X.Scope.Futile);
    }
  for (const Event *E : Paths.futile()) {
    if (Told.contains(E))
      continue;
    Finding N;
    N.Rule = "scope-unpaired";
    N.Level = Severity::Warning;
    N.At = E->Where.At;
    N.Function = F.Name;
    N.Message = "ended without a start: no save gives " + calleeName(*E) +
                "() its token, which is 0 on every path, and ends nothing on this kernel";
    N.Identity = N.Message;
    N.Trace.push_back({E->Where.At, F.Name, "ended here"});
    Out.push_back(std::move(N));
  }
}

/// Fields that tokens go into and never come back from.
void neverEnded(const Program &P, const ScopeOwners &Owners, std::vector<Finding> &Out) {
  for (const auto &[Field, Saved] : Owners.fieldSaves()) {
    if (Owners.isEnded(Field) || P.isThread(Saved.In))
      continue;
    Finding N;
    N.Rule = "scope-unpaired";
    N.Level = Severity::Warning;
    N.At = Saved.Save->Where.At;
    N.Function = P.name(Saved.In).str();
    N.Message = "the token of the " + kindsText(Saved.Kinds) + " scope is kept in " + Field +
                ", and none of the analysed functions ends the scope with it";
    N.Identity = N.Message;
    N.Trace.push_back({Saved.Save->Where.At, N.Function, "the scope is opened here"});
    Out.push_back(std::move(N));
  }
}

} // namespace

void scopeUnpaired(const Program &P, std::vector<Finding> &Out) {
  ScopeOwners Owners(P);
  for (FunctionId Id : Owners.functions())
    Telling(P, Owners, Id, Out).run();
  neverEnded(P, Owners, Out);
}

} // namespace gfplint
