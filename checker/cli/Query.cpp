// `gfplint query callers FUNCTION`: who calls it, with which masks, in which scopes and under which locks.
#include "cli/Session.h"

#include "program/CalleeName.h"
#include "program/Contexts.h"

#include <algorithm>
#include <set>

namespace gfplint {
namespace {

/// Calls that --context goes up.
constexpr unsigned MaxLevels = 6;

class CallersPrinter {
public:
  CallersPrinter(const Program &P, bool WithContext, llvm::raw_ostream &Out)
      : P(P), WithContext(WithContext), Out(Out) {}
  void print(FunctionId Id, unsigned Level);

private:
  [[nodiscard]] std::string masks(const CallSite &C, const Event &E) const;
  [[nodiscard]] std::string context(const CallSite &C) const;

  const Program &P;
  bool WithContext;
  llvm::raw_ostream &Out;
  std::set<FunctionId> Seen;
};

/// `GFP_NOFS`, or where it comes from: `its 'gfp'`.
std::string CallersPrinter::masks(const CallSite &C, const Event &E) const {
  std::set<std::string> Texts;
  for (unsigned I = 0; I < E.Args.size(); ++I) {
    if (!E.Args[I].Mask)
      continue;
    for (const ResolvedTerm &T : P.masks(C.Caller).argument(E.Id, I)) {
      if (T.From.Kind == SourceKind::Constant && T.Range.isExact())
        Texts.insert(P.spell(T.Range.Must.Set));
      else if (T.From.Kind == SourceKind::Param && T.From.Index < P.function(C.Caller).Params.size())
        Texts.insert("its '" + P.function(C.Caller).Params[T.From.Index].Name + "'" +
                     (T.Range == MaskRange::identity() ? "" : " changed"));
      else if (T.From.Kind == SourceKind::Field)
        Texts.insert("what is in " + T.From.Name);
      else
        Texts.insert("a mask that is not known here");
    }
  }
  std::string All;
  for (const std::string &T : Texts)
    All += (All.empty() ? " with " : " or ") + T;
  return All;
}

std::string CallersPrinter::context(const CallSite &C) const {
  std::string Text;
  ScopeSet Own = P.scopes(C.Caller).kindsAt(C.Event);
  ScopeSet Inherited = P.inherited(C.Caller);
  for (size_t I = 0; I < ScopeKindCount; ++I) {
    auto K = static_cast<ScopeKind>(I);
    if (Own.has(K))
      Text += ", in a " + scopeName(K).str() + " scope";
    else if (Inherited.has(K))
      Text += ", in a " + scopeName(K).str() + " scope of all its callers";
  }
  std::map<uint32_t, std::vector<LockOperation>> Held = P.heldLocks(C.Caller);
  if (auto It = Held.find(C.Event); It != Held.end())
    for (const LockOperation &L : It->second)
      Text += ", under " + (L.Lock.empty() ? L.Function->Kind : L.Lock + " (" + L.Function->Kind + ")");
  return Text;
}

void CallersPrinter::print(FunctionId Id, unsigned Level) {
  std::vector<CallSite> Callers = P.callers(Id);
  std::vector<std::pair<const Event *, CallSite>> Calls;
  for (const CallSite &C : Callers)
    if (const Event *E = P.event(C))
      Calls.emplace_back(E, C);
  std::stable_sort(Calls.begin(), Calls.end(), [&](const auto &A, const auto &B) {
    auto Key = [&](const auto &X) {
      return std::tuple(P.Files.name(X.first->Where.At.File), X.first->Where.At.Line,
                        X.first->Where.At.Column);
    };
    return Key(A) < Key(B);
  });
  for (const auto &[E, C] : Calls) {
    const Loc &At = E->Where.At;
    Out << std::string(size_t(2) * Level, ' ') << P.Files.name(At.File) << ":" << At.Line << ":" << At.Column
        << ": " << P.name(C.Caller) << "()" << masks(C, *E) << context(C);
    if (C.indirect())
      Out << ", through a pointer that may hold " << C.Targets
          << (C.Targets == 1 ? " function" : " functions");
    Out << "\n";
    if (WithContext && Level + 1 < MaxLevels && Seen.insert(C.Caller).second)
      print(C.Caller, Level + 1);
  }
}

/// What the functions run in, each with a shortest way.
class ContextPrinter {
public:
  explicit ContextPrinter(const Program &P)
      : P(P), Nets(P), Entries(atomicEntries(P)), Known(P, Nets, Entries) {}
  void print(FunctionId Id, llvm::raw_ostream &Out) const;

private:
  const Program &P;
  AtomicNets Nets;
  std::vector<AtomicEntryPoint> Entries;
  Contexts Known;
};

void ContextPrinter::print(FunctionId Id, llvm::raw_ostream &Out) const {
  auto Print = [&](bool Must, const std::string &Where, std::optional<ScopeKind> Scope) {
    std::vector<TraceStep> Way = Known.witness(Id, Scope);
    Out << (Must ? "  always runs " : "  may run ") << Where << (Way.empty() ? "" : ":") << "\n";
    for (const TraceStep &S : Way)
      Out << "    " << P.Files.name(S.At.File) << ":" << S.At.Line << ":" << S.At.Column << ": " << S.Function
          << "(): " << S.Message << "\n";
  };
  RunsIn May = Known.may(Id);
  RunsIn Must = Known.must(Id);
  for (size_t I = 0; I < ScopeKindCount; ++I)
    if (auto K = static_cast<ScopeKind>(I); May.Scopes.has(K) || Must.Scopes.has(K))
      Print(Must.Scopes.has(K), "in a " + scopeName(K).str() + " scope", K);
  if (May.Atomic || Must.Atomic)
    Print(Must.Atomic, "where sleeping is forbidden", std::nullopt);
  else
    Out << "  no way on which sleeping is forbidden was found over " << Contexts::MaxLevels << " calls\n";
}

} // namespace

int runQuery(const Options &O) {
  llvm::Expected<std::unique_ptr<Session>> S = openSession(O);
  if (!S) {
    llvm::errs() << "gfplint: " << llvm::toString(S.takeError()) << "\n";
    return 2;
  }
  const Program &P = *(*S)->Linked;
  std::vector<FunctionId> Found;
  for (FunctionId Id = 0; Id < P.size(); ++Id)
    if (P.name(Id) == O.QueryFunction || P.name(Id) == O.QueryFunction + "_noprof")
      Found.push_back(Id);
  std::optional<ContextPrinter> Context;
  if (O.QueryContext && !Found.empty())
    Context.emplace(P);
  bool Written = writeResult(O.Outputs.front(), [&](llvm::raw_ostream &Out) {
    for (FunctionId Id : Found) {
      Out << P.name(Id) << "() at " << P.Files.name(P.at(Id).File) << ":" << P.at(Id).Line
          << (P.hasAllCallers(Id) ? ", all callers known" : "") << "\n";
      CallersPrinter(P, O.QueryContext, Out).print(Id, 1);
      if (Context)
        Context->print(Id, Out);
    }
  });
  closeSession(O, **S);
  bool Failed = tellFailures(O, (*S)->Failures);
  Failed = tellLoadErrors(**S) || Failed;
  if (Found.empty()) {
    llvm::errs() << "gfplint: no function named '" << O.QueryFunction
                 << "' has a body in the analysed files\n";
    return 2;
  }
  return Written && !Failed ? 0 : 2;
}

} // namespace gfplint
