// Scopes whose token lives in a local variable, followed along every path of the function.
//
// A token that is stored in a field, returned, or handed to another function has a new owner and is
// no longer followed.
#include "Registry.h"
#include "Support.h"

#include "flow/Paths.h"

#include <algorithm>
#include <deque>
#include <set>

namespace gfplint {
namespace {

/// States explored in one function before giving up on it.
constexpr size_t MaxStates = 60000;
/// Branches shown in a trace.
constexpr size_t MaxBranches = 12;

enum class TokenState : uint8_t { Open, Closed, Foreign };

struct Token {
  TokenState State = TokenState::Open;
  ScopeKind Kind = ScopeKind::NoFs;
  const Event *Save = nullptr;
  const Event *Restore = nullptr;
  uint32_t SaveId = 0;
  uint32_t RestoreId = 0;
  friend bool operator<(const Token &A, const Token &B) {
    return std::tie(A.State, A.Kind, A.SaveId, A.RestoreId) <
           std::tie(B.State, B.Kind, B.SaveId, B.RestoreId);
  }
};

/// Where a path stands.
struct Path {
  uint32_t Block = 0;
  std::map<PlaceId, Token> Tokens;
  Facts Known;
  friend bool operator<(const Path &A, const Path &B) {
    return std::tie(A.Block, A.Tokens, A.Known) < std::tie(B.Block, B.Tokens, B.Known);
  }
};

struct Node {
  Path At;
  size_t Parent = 0;
  EdgeKind Taken = EdgeKind::Always;
};

class Exploration {
public:
  Exploration(const Program &P, FunctionId Id, std::vector<Finding> &Out)
      : P(P), F(P.function(Id)), Branches(F), Out(Out) {}
  void run();

private:
  void pass(Path &Now, const Event &E, size_t NodeIndex);
  void save(Path &Now, const Event &E, const ScopeOperation &Op, size_t NodeIndex);
  void restore(Path &Now, const Event &E, const ScopeOperation &Op, size_t NodeIndex);
  void move(Path &Now, const Event &E);
  void leave(const Path &Now, size_t NodeIndex);
  void report(Loc At, const std::string &Message, const Token &T, size_t NodeIndex, const std::string &End,
              const Event *Where);
  [[nodiscard]] bool isLocal(PlaceId Id) const {
    return Id != NoPlace && F.Places[Id].Kind == PlaceKind::Local;
  }
  [[nodiscard]] Loc leftAt(size_t NodeIndex) const;

  const Program &P;
  const Function &F;
  Correlation Branches;
  std::vector<Finding> &Out;
  std::vector<Node> Nodes;
  std::set<std::pair<std::string, Loc>> Reported;
};

std::string apiName(ScopeKind K, const char *End) { return "memalloc_" + scopeName(K).str() + End + "()"; }

void Exploration::report(Loc At, const std::string &Message, const Token &T, size_t NodeIndex,
                         const std::string &End, const Event *Where) {
  if (!Reported.insert({Message, At}).second)
    return;
  Finding N;
  N.Rule = "scope-unpaired";
  N.Level = Severity::Error;
  N.At = At;
  N.Function = F.Name;
  N.Message = Message;
  N.Identity = Message;
  if (T.Save != nullptr)
    N.Trace.push_back({T.Save->Where.At, F.Name, "the " + scopeName(T.Kind).str() + " scope is opened here"});
  if (T.Restore != nullptr && T.Restore != Where)
    N.Trace.push_back({T.Restore->Where.At, F.Name, "and ended here"});
  std::vector<TraceStep> Way;
  for (size_t I = NodeIndex; I != 0 && Way.size() < MaxBranches; I = Nodes[I].Parent) {
    const Block &From = F.Blocks[Nodes[Nodes[I].Parent].At.Block];
    // `do { } while (0)` decides nothing.
    if (!From.Branch || Nodes[I].Taken == EdgeKind::Always ||
        (From.Branch->Reads.empty() && !From.Branch->HasCall))
      continue;
    // What was decided before the scope was opened does not explain how it is left.
    if (T.Save != nullptr && !Nodes[I].At.Tokens.empty()) {
      bool Opened =
          std::any_of(Nodes[Nodes[I].Parent].At.Tokens.begin(), Nodes[Nodes[I].Parent].At.Tokens.end(),
                      [&](const auto &Entry) { return Entry.second.SaveId == T.SaveId; });
      bool SavedInBlock =
          std::any_of(From.Events.begin(), From.Events.end(), [&](const Event &E) { return &E == T.Save; });
      if (!Opened && !SavedInBlock)
        break;
    }
    const char *Taken = Nodes[I].Taken == EdgeKind::True    ? "' is true"
                        : Nodes[I].Taken == EdgeKind::False ? "' is false"
                                                            : "' selects this case";
    Way.push_back({From.Branch->At, F.Name, "'" + From.Branch->Text + Taken});
  }
  N.Trace.insert(N.Trace.end(), Way.rbegin(), Way.rend());
  N.Trace.push_back({At, F.Name, End});
  Out.push_back(std::move(N));
}

void Exploration::save(Path &Now, const Event &E, const ScopeOperation &Op, size_t NodeIndex) {
  if (Op.Kinds.size() != 1)
    return;
  // Another owner (a field, the caller), or a thread that is its own scope and keeps no token.
  if (!isLocal(Op.Token) || F.Places[Op.Token].AddressTaken)
    return;
  if (auto Old = Now.Tokens.find(Op.Token); Old != Now.Tokens.end() && Old->second.State == TokenState::Open)
    report(E.Where.At,
           "the token in '" + F.Places[Op.Token].Text + "' is overwritten while its " +
               scopeName(Old->second.Kind).str() + " scope is open: the first scope can no longer be ended",
           Old->second, NodeIndex, "the token is overwritten here", &E);
  Token T;
  T.Kind = Op.Kinds.front();
  T.Save = &E;
  T.SaveId = E.Id;
  Now.Tokens[Op.Token] = T;
}

void Exploration::restore(Path &Now, const Event &E, const ScopeOperation &Op, size_t NodeIndex) {
  auto It = Op.Token != NoPlace ? Now.Tokens.find(Op.Token) : Now.Tokens.end();
  if (It == Now.Tokens.end()) {
    if (Op.ConstantToken && !P.Knowledge.tokenHoldsNewBits() && Op.Kinds.size() == 1)
      // The token was the old value of the bit: a constant 0 clears it.
      for (auto &[Id, T] : Now.Tokens)
        if (T.State == TokenState::Open && T.Kind == Op.Kinds.front()) {
          T.State = TokenState::Closed;
          T.Restore = &E;
          T.RestoreId = E.Id;
        }
    return;
  }
  Token &T = It->second;
  if (T.State == TokenState::Foreign)
    return;
  if (T.State == TokenState::Closed) {
    report(E.Where.At, "the " + scopeName(T.Kind).str() + " scope is ended twice on this path", T, NodeIndex,
           "ended again here", &E);
    return;
  }
  if (Op.Kinds.size() == 1 && Op.Kinds.front() != T.Kind) {
    std::string Effect = P.Knowledge.tokenHoldsNewBits()
                             ? "on this kernel the token names the bits, so the right scope ends by accident"
                             : "this kernel clears or sets the other scope's flag, and the scope stays open";
    report(E.Where.At,
           apiName(Op.Kinds.front(), "_restore") + " is called with the token of " +
               apiName(T.Kind, "_save") + ": " + Effect,
           T, NodeIndex, "ended with another kind's function here", &E);
  }
  T.State = TokenState::Closed;
  T.Restore = &E;
  T.RestoreId = E.Id;
}

/// Assignments, calls and returns that take a token elsewhere.
void Exploration::move(Path &Now, const Event &E) {
  for (const Arg &A : E.Args)
    if (auto It = Now.Tokens.find(A.Var); A.Var != NoPlace && It != Now.Tokens.end())
      It->second.State = TokenState::Foreign;
  if (E.Kind == EventKind::Return && E.From != NoPlace)
    if (auto It = Now.Tokens.find(E.From); It != Now.Tokens.end())
      It->second.State = TokenState::Foreign;
  if (E.Kind == EventKind::Assign && E.From != NoPlace && !E.Negated)
    if (auto It = Now.Tokens.find(E.From); It != Now.Tokens.end()) {
      It->second.State = TokenState::Foreign;
      if (isLocal(E.Target))
        Now.Tokens[E.Target] = It->second;
      return;
    }
  // Something else is in the variable now; a wrapper may have put its own token there.
  if (E.Target != NoPlace && (E.Kind == EventKind::Assign || E.Kind == EventKind::Call)) {
    auto It = Now.Tokens.find(E.Target);
    if (It == Now.Tokens.end() || It->second.State == TokenState::Open)
      return;
    Now.Tokens.erase(It);
  }
}

void Exploration::pass(Path &Now, const Event &E, size_t NodeIndex) {
  if (std::optional<ScopeOperation> Op = scopeOperation(E, P.Knowledge)) {
    if (Op->Action == ScopeAction::Save)
      save(Now, E, *Op, NodeIndex);
    else
      restore(Now, E, *Op, NodeIndex);
  } else {
    move(Now, E);
  }
  Branches.pass(Now.Known, E);
}

/// The return statement through which the path came to the exit, or the closing brace.
Loc Exploration::leftAt(size_t NodeIndex) const {
  for (size_t I = NodeIndex; I != 0; I = Nodes[I].Parent) {
    const Block &B = F.Blocks[Nodes[Nodes[I].Parent].At.Block];
    if (B.Events.empty())
      continue;
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

void Exploration::leave(const Path &Now, size_t NodeIndex) {
  for (const auto &[Id, T] : Now.Tokens)
    if (T.State == TokenState::Open)
      report(leftAt(NodeIndex),
             "the " + scopeName(T.Kind).str() + " scope opened by " + calleeName(*T.Save) +
                 "() is not ended on this path: every later allocation of the task stays restricted",
             T, NodeIndex, "the function is left here with the scope open", nullptr);
}

void Exploration::run() {
  std::set<Path> Seen;
  Nodes.push_back({});
  Seen.insert(Nodes.front().At);
  for (size_t I = 0; I < Nodes.size(); ++I) {
    if (Nodes.size() > MaxStates)
      return;
    Path Now = Nodes[I].At;
    const Block &B = F.Blocks[Now.Block];
    for (const Event &E : B.Events)
      pass(Now, E, I);
    if (Now.Block == F.Exit) {
      leave(Now, I);
      continue;
    }
    for (const Edge &E : B.Succs) {
      Path Next = Now;
      if (!Branches.take(Next.Known, Now.Block, E))
        continue;
      Next.Block = E.To;
      if (Seen.insert(Next).second)
        Nodes.push_back({std::move(Next), I, E.Kind});
    }
  }
}

bool savesToLocal(const Program &P, const Function &F) {
  for (const Block &B : F.Blocks)
    for (const Event &E : B.Events)
      if (std::optional<ScopeOperation> Op = scopeOperation(E, P.Knowledge);
          Op && Op->Action == ScopeAction::Save && Op->Token != NoPlace &&
          F.Places[Op->Token].Kind == PlaceKind::Local)
        return true;
  return false;
}

} // namespace

void scopeUnpaired(const Program &P, std::vector<Finding> &Out) {
  for (FunctionId Id : P.scopeUsers())
    if (P.Knowledge.scopeFunction(P.name(Id)) == nullptr && savesToLocal(P, P.function(Id)))
      Exploration(P, Id, Out).run();
}

} // namespace gfplint
