// May: breadth first from where contexts begin. Must: the greatest solution over the strongly connected
// components of the call graph, callers first.
#include "program/Contexts.h"

#include "program/AtomicCalls.h"

#include "llvm/ADT/GraphTraits.h"
#include "llvm/ADT/SCCIterator.h"

#include <algorithm>

namespace gfplint {
namespace {

/// A function all of whose callers are known; the root has all of them for callers.
struct Node {
  FunctionId Id = NoFunction;
  std::vector<Node *> Callers;
};

} // namespace
} // namespace gfplint

template <> struct llvm::GraphTraits<gfplint::Node *> {
  using NodeRef = gfplint::Node *;
  using ChildIteratorType = std::vector<gfplint::Node *>::iterator;
  // NOLINTBEGIN(readability-identifier-naming): the names are LLVM's.
  static NodeRef getEntryNode(NodeRef Root) { return Root; }
  static ChildIteratorType child_begin(NodeRef N) { return N->Callers.begin(); }
  static ChildIteratorType child_end(NodeRef N) { return N->Callers.end(); }
  // NOLINTEND(readability-identifier-naming)
};

namespace gfplint {

Contexts::Bits Contexts::pack(const RunsIn &R) {
  Bits B = R.Atomic ? 1U << AtomicBit : 0;
  for (unsigned I = 0; I < ScopeKindCount; ++I)
    if (R.Scopes.has(static_cast<ScopeKind>(I)))
      B |= 1U << I;
  return B;
}

RunsIn Contexts::unpack(Bits B) {
  RunsIn R;
  R.Atomic = (B & (1U << AtomicBit)) != 0;
  for (unsigned I = 0; I < ScopeKindCount; ++I)
    if ((B & (1U << I)) != 0)
      R.Scopes.insert(static_cast<ScopeKind>(I));
  return R;
}

Contexts::Contexts(const Program &P, const AtomicNets &Nets, const std::vector<AtomicEntryPoint> &Entries)
    : P(P), Nets(Nets), Entries(Entries), May(P.size(), 0), Must(P.size(), 0) {
  std::vector<FunctionId> Users = Nets.users();
  const std::vector<FunctionId> &Scoped = P.scopeUsers();
  Users.insert(Users.end(), Scoped.begin(), Scoped.end());
  std::vector<FunctionId> Testing =
      P.callersOfNamed([&](llvm::StringRef Name) { return P.Knowledge.testsContext(Name); });
  Users.insert(Users.end(), Testing.begin(), Testing.end());
  std::sort(Users.begin(), Users.end());
  Users.erase(std::unique(Users.begin(), Users.end()), Users.end());
  for (FunctionId Id : P.inLoadOrder(std::move(Users)))
    look(Id);
  findMay();
  findMust();
}

void Contexts::look(FunctionId Id) {
  const ScopeFlow &Scopes = P.scopes(Id);
  RunsIn Closed;
  Closed.Scopes = Scopes.summary().Closes;
  P.withFunction(Id, [&](const Function &F) {
    AtomicCalls Atomic = atomicCalls(P.Knowledge, Nets.callees(), F, [](const Event &) { return true; });
    std::vector<AtCall> Calls;
    for (const Block &B : F.Blocks)
      for (const Event &E : B.Events) {
        if (E.Kind != EventKind::Call)
          continue;
        RunsIn Adds;
        RunsIn Drops = Closed;
        Adds.Scopes = Scopes.kindsAt(E.Id);
        if (auto At = Atomic.Calls.find(E.Id); At != Atomic.Calls.end()) {
          Adds.Atomic = At->second.Section.has_value();
          Drops.Atomic = At->second.OnItsOwn;
        }
        if (AtCall Call{E.Id, pack(Adds), pack(Drops)}; Call.Adds != 0 || Call.Drops != 0)
          Calls.push_back(Call);
      }
    std::sort(Calls.begin(), Calls.end(), [](const AtCall &A, const AtCall &B) { return A.Event < B.Event; });
    if (!Calls.empty())
      Own[Id] = std::move(Calls);
  });
}

Contexts::AtCall Contexts::at(FunctionId Caller, uint32_t Event) const {
  auto Calls = Own.find(Caller);
  if (Calls == Own.end())
    return {Event, 0, 0};
  auto It = std::lower_bound(Calls->second.begin(), Calls->second.end(), Event,
                             [](const AtCall &C, uint32_t Id) { return C.Event < Id; });
  return It != Calls->second.end() && It->Event == Event ? *It : AtCall{Event, 0, 0};
}

void Contexts::findMay() {
  std::vector<std::pair<FunctionId, Bits>> Reached;
  auto Reach = [&](FunctionId Id, Bits With, const Parent &By) {
    Bits New = With & static_cast<Bits>(~May[Id]);
    if (New == 0)
      return;
    May[Id] |= New;
    for (unsigned Bit = 0; Bit < BitCount; ++Bit)
      if ((New & (1U << Bit)) != 0)
        Parents[Bit][Id] = By;
    Reached.emplace_back(Id, New);
  };
  for (const AtomicEntryPoint &E : Entries)
    Reach(E.Function, 1U << AtomicBit, {});
  std::vector<FunctionId> Owners;
  for (const auto &[Id, Calls] : Own)
    Owners.push_back(Id);
  std::sort(Owners.begin(), Owners.end());
  for (FunctionId Caller : Owners)
    P.forEachCall(Caller, MaxTargets, [&](uint32_t Event, FunctionId Callee) {
      Reach(Callee, at(Caller, Event).Adds, {Caller, Event});
    });
  for (unsigned Level = 1; Level < MaxLevels && !Reached.empty(); ++Level) {
    std::vector<std::pair<FunctionId, Bits>> Now = std::move(Reached);
    Reached.clear();
    std::sort(Now.begin(), Now.end());
    for (const auto &[Caller, New] : Now)
      P.forEachCall(Caller, MaxTargets, [&, Caller = Caller, New = New](uint32_t Event, FunctionId Callee) {
        Reach(Callee, New & static_cast<Bits>(~at(Caller, Event).Drops), {Caller, Event});
      });
  }
}

/// What all callers of the function have in common, by what is known of them so far.
Contexts::Bits Contexts::waysIn(FunctionId Id) const {
  Bits Common = (1U << BitCount) - 1;
  P.forEachCaller(Id, [&](FunctionId Caller, uint32_t Event) {
    AtCall Call = at(Caller, Event);
    Common &= Call.Adds | (Must[Caller] & static_cast<Bits>(~Call.Drops));
  });
  return Common;
}

void Contexts::findMust() {
  std::vector<Node> Nodes(P.size());
  Node Root;
  for (FunctionId Id = 0; Id < P.size(); ++Id) {
    Nodes[Id].Id = Id;
    if (P.hasAllCallers(Id))
      Root.Callers.push_back(&Nodes[Id]);
  }
  for (Node *N : Root.Callers)
    P.forEachCaller(N->Id, [&](FunctionId Caller, uint32_t) {
      if (P.hasAllCallers(Caller))
        N->Callers.push_back(&Nodes[Caller]);
    });
  for (auto It = llvm::scc_begin(&Root); !It.isAtEnd(); ++It) {
    std::vector<FunctionId> Members;
    for (const Node *N : *It)
      if (N->Id != NoFunction)
        Members.push_back(N->Id);
    // Who is called by nobody, or only by one another, runs nowhere.
    bool Entered = std::any_of(Members.begin(), Members.end(), [&](FunctionId Id) {
      bool FromOutside = false;
      P.forEachCaller(Id, [&](FunctionId Caller, uint32_t) {
        FromOutside = FromOutside || std::find(Members.begin(), Members.end(), Caller) == Members.end();
      });
      return FromOutside;
    });
    if (!Entered)
      continue;
    for (FunctionId Id : Members)
      Must[Id] = (1U << BitCount) - 1;
    for (bool Changed = true; Changed;) {
      Changed = false;
      for (FunctionId Id : Members)
        if (Bits Now = Must[Id] & waysIn(Id); Now != Must[Id]) {
          Must[Id] = Now;
          Changed = true;
        }
    }
  }
}

/// Where the context of a way begins: at the lock or the scope around its first call.
TraceStep Contexts::origin(const Parent &From, unsigned Bit) const {
  TraceStep Step{P.at(From.Caller), P.name(From.Caller).str(), ""};
  if (Bit != AtomicBit) {
    for (const OpenScope &S : P.scopes(From.Caller).at(From.Event))
      if (S.Kind == static_cast<ScopeKind>(Bit)) {
        Step.At = S.SavedAt;
        Step.Message = "a " + scopeName(S.Kind).str() + " scope is opened here" +
                       (S.Through.empty() ? "" : ", through " + S.Through + "()");
      }
    return Step;
  }
  P.withFunction(From.Caller, [&](const Function &F) {
    AtomicCalls Atomic =
        atomicCalls(P.Knowledge, Nets.callees(), F, [&](const Event &E) { return E.Id == From.Event; });
    if (auto It = Atomic.Calls.find(From.Event); It != Atomic.Calls.end() && It->second.Section) {
      const AtomicSection &S = Atomic.Sections[*It->second.Section];
      Step.At = S.TakenAt;
      Step.Message = S.By + "(" + S.Lock + ")";
    }
  });
  return Step;
}

std::vector<TraceStep> Contexts::witness(FunctionId Id, std::optional<ScopeKind> Scope) const {
  unsigned Bit = Scope ? static_cast<unsigned>(*Scope) : AtomicBit;
  std::vector<TraceStep> Way;
  for (FunctionId Now = Id;;) {
    auto It = Parents[Bit].find(Now);
    if (It == Parents[Bit].end())
      return {};
    const Parent &From = It->second;
    if (From.Caller == NoFunction) {
      auto Entry = std::find_if(Entries.begin(), Entries.end(),
                                [&](const AtomicEntryPoint &E) { return E.Function == Now; });
      Way.push_back({Entry->At, P.name(Now).str(),
                     "is " + Entry->Entry.Context + " (" + Entry->How + ")" +
                         (Entry->Entry.Unless.empty() ? "" : ", unless " + Entry->Entry.Unless)});
      break;
    }
    const Event *Call = P.event({From.Caller, From.Event, 0});
    Way.push_back({Call != nullptr ? Call->Where.At : P.at(From.Caller), P.name(From.Caller).str(),
                   "calls " + P.name(Now).str() + "()"});
    if ((at(From.Caller, From.Event).Adds & (1U << Bit)) != 0) {
      Way.push_back(origin(From, Bit));
      break;
    }
    Now = From.Caller;
  }
  std::reverse(Way.begin(), Way.end());
  return Way;
}

} // namespace gfplint
