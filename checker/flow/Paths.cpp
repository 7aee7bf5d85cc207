// Keeping, using and dropping what a path has learnt.
#include "flow/Paths.h"

#include "flow/Deciding.h"

#include "llvm/ADT/StringExtras.h"

#include <algorithm>

namespace gfplint {
namespace {

/// Whether the path `Whole` has `Part` in it, not just as letters of longer names.
bool goesThrough(llvm::StringRef Whole, llvm::StringRef Part) {
  auto IsName = [](char C) { return llvm::isAlnum(C) || C == '_'; };
  for (size_t At = Whole.find(Part); At != llvm::StringRef::npos; At = Whole.find(Part, At + 1)) {
    size_t End = At + Part.size();
    bool Begins = At == 0 || !IsName(Whole[At - 1]) || !IsName(Part.front());
    bool Ends = End == Whole.size() || !IsName(Whole[End]);
    if (Begins && Ends && Whole.size() > Part.size())
      return true;
  }
  return false;
}

} // namespace

Correlation::Correlation(const Function &F, std::vector<bool> Matter) : F(F) {
  findDeciding(std::move(Matter));
  for (size_t I = 0; I < F.Blocks.size(); ++I)
    if (F.Blocks[I].Branch && Deciding[I])
      count(*F.Blocks[I].Branch);
  for (const auto &[Id, Times] : PlaceCount)
    if (Times > 1)
      Relevant.insert(Id);
  // Variables that become a constant somewhere, by themselves or as a copy of one that does.
  std::set<PlaceId> Constants;
  for (bool Grown = true; Grown;) {
    Grown = false;
    for (const Block &B : F.Blocks)
      for (const Event &E : B.Events)
        if (E.Kind == EventKind::Assign && (E.Constant || Constants.contains(E.From)))
          Grown = Constants.insert(E.Target).second || Grown;
  }
  for (PlaceId Id : Constants)
    if (PlaceCount.contains(Id))
      Relevant.insert(Id);
  // A variable that is tested and returned: whoever called goes by it.
  for (const Block &B : F.Blocks)
    for (const Event &E : B.Events)
      if (E.Kind == EventKind::Return && E.From != NoPlace && PlaceCount.contains(E.From))
        Relevant.insert(E.From);
  // A copy of a variable that matters: `ret = err`.
  for (bool Grown = true; Grown;) {
    Grown = false;
    for (const Block &B : F.Blocks)
      for (const Event &E : B.Events)
        if (E.Kind == EventKind::Assign && E.From != NoPlace && Relevant.contains(E.Target) &&
            Relevant.insert(E.From).second)
          Grown = true;
  }
  findLive();
}

/// What changes the places that deciding branches ask about matters, too.
void Correlation::findDeciding(std::vector<bool> Matter) {
  for (bool Grown = true; Grown;) {
    Grown = false;
    Deciding = decidingBranches(F, Matter);
    std::set<PlaceId> Asked;
    for (size_t I = 0; I < F.Blocks.size(); ++I)
      if (const std::optional<Condition> &C = F.Blocks[I].Branch; C && Deciding[I]) {
        Asked.insert(C->Reads.begin(), C->Reads.end());
        if (C->Compared != NoPlace)
          Asked.insert(C->Compared);
      }
    for (size_t I = 0; I < F.Blocks.size(); ++I) {
      const std::vector<Event> &Events = F.Blocks[I].Events;
      if (Matter[I] ||
          std::none_of(Events.begin(), Events.end(), [&](const Event &E) { return changes(E, Asked); }))
        continue;
      Matter[I] = true;
      Grown = true;
    }
  }
}

/// Whether an event changes what is known of one of the places.
bool Correlation::changes(const Event &E, const std::set<PlaceId> &Asked) const {
  auto Changes = [&](PlaceId Changed) {
    return std::any_of(Asked.begin(), Asked.end(), [&](PlaceId Id) { return changesWith(Id, Changed); });
  };
  if (E.Target != NoPlace && Changes(E.Target))
    return true;
  if (E.Kind != EventKind::Call)
    return false;
  return std::any_of(Asked.begin(), Asked.end(), [&](PlaceId Id) { return F.Places[Id].AddressTaken; }) ||
         std::any_of(E.Args.begin(), E.Args.end(),
                     [&](const Arg &A) { return A.ByAddress && A.Var != NoPlace && Changes(A.Var); });
}

void Correlation::use(Live &Here, const Condition &C) {
  for (const Condition &Part : C.Parts)
    use(Here, Part);
  Here.Keys.insert(C.Key);
  if (C.Compared != NoPlace)
    Here.Places.insert(C.Compared);
}

/// From what is live after the event to what is live before it.
void Correlation::before(Live &Here, const Event &E) const {
  if (E.Target != NoPlace) {
    bool Asked = Here.Places.erase(E.Target) > 0;
    std::erase_if(Here.Keys, [&](uint64_t Key) {
      const std::vector<PlaceId> &Reads = KeyReads.at(Key);
      return std::find(Reads.begin(), Reads.end(), E.Target) != Reads.end();
    });
    if (Asked && E.Kind == EventKind::Assign && E.From != NoPlace)
      Here.Places.insert(E.From);
  }
  if (E.Kind == EventKind::Return && E.From != NoPlace)
    Here.Places.insert(E.From);
}

void Correlation::findLive() {
  LiveAt.resize(F.Blocks.size());
  for (bool Changed = true; Changed;) {
    Changed = false;
    for (size_t I = F.Blocks.size(); I-- > 0;) {
      const Block &B = F.Blocks[I];
      Live Here;
      for (const Edge &E : B.Succs) {
        Here.Places.insert(LiveAt[E.To].Places.begin(), LiveAt[E.To].Places.end());
        Here.Keys.insert(LiveAt[E.To].Keys.begin(), LiveAt[E.To].Keys.end());
      }
      if (B.Branch && Deciding[I])
        use(Here, *B.Branch);
      for (auto It = B.Events.rbegin(); It != B.Events.rend(); ++It)
        before(Here, *It);
      if (Here != LiveAt[I]) {
        LiveAt[I] = std::move(Here);
        Changed = true;
      }
    }
  }
}

void Correlation::forgetDead(Facts &Now, uint32_t BlockIndex) const {
  const Live &Here = LiveAt[BlockIndex];
  std::erase_if(Now.Values, [&](const auto &Entry) { return !Here.Places.contains(Entry.first); });
  std::erase_if(Now.Known, [&](const auto &Entry) { return !Here.Keys.contains(Entry.first); });
}

void Correlation::count(const Condition &C) {
  for (const Condition &Part : C.Parts)
    count(Part);
  ++KeyCount[C.Key];
  if (C.CallResult)
    ResultKeys[*C.CallResult].insert(C.Key);
  KeyReads[C.Key] = C.Reads;
  if (C.Compared != NoPlace)
    ++PlaceCount[C.Compared];
}

bool Correlation::changesWith(PlaceId Id, PlaceId Changed) const {
  if (Id == Changed)
    return true;
  const Place &Other = F.Places[Id];
  const Place &Was = F.Places[Changed];
  if (!Was.Field.empty() && Other.Field == Was.Field)
    return true;
  if (std::find(Other.Roots.begin(), Other.Roots.end(), Changed) != Other.Roots.end())
    return true;
  // `a->b` changes: so do `a->b->c` and `*a->b`.
  return Was.Kind == PlaceKind::Field && goesThrough(Other.Text, Was.Text);
}

void Correlation::forget(Facts &Now, PlaceId Changed) const {
  auto Same = [&](PlaceId Id) { return changesWith(Id, Changed); };
  std::erase_if(Now.Values, [&](const auto &Entry) { return Same(Entry.first); });
  std::erase_if(Now.Known, [&](const auto &Entry) {
    const std::vector<PlaceId> &Reads = KeyReads.at(Entry.first);
    return std::any_of(Reads.begin(), Reads.end(), Same);
  });
}

void Correlation::pass(Facts &Now, const Event &E) const {
  if (E.Kind == EventKind::Call) {
    for (const Arg &A : E.Args)
      if (A.ByAddress && A.Var != NoPlace)
        forget(Now, A.Var);
    for (const auto &[Id, Value] : std::map(Now.Values))
      if (F.Places[Id].AddressTaken)
        forget(Now, Id);
  }
  if (E.Target == NoPlace)
    return;
  std::optional<Facts::Value> Copied;
  if (E.Kind == EventKind::Assign && E.From != NoPlace)
    if (auto It = Now.Values.find(E.From); It != Now.Values.end())
      Copied = It->second;
  forget(Now, E.Target);
  if (E.Kind != EventKind::Assign || !Relevant.contains(E.Target))
    return;
  if (E.Constant)
    Now.Values[E.Target].Equal = E.Constant;
  else if (Copied && !E.Negated)
    Now.Values[E.Target] = *Copied;
  else if (Copied && Copied->Equal)
    Now.Values[E.Target].Equal = *Copied->Equal == 0 ? 1 : 0;
  else if (Copied && Copied->Unequal.contains(0))
    Now.Values[E.Target].Equal = 0;
}

std::optional<bool> Correlation::evaluate(const Facts &Now, const Condition &C) const {
  auto Answer = [&](bool Plain) { return std::optional(Plain != C.Negated); };
  if (!C.Parts.empty()) {
    bool AllKnown = true;
    for (const Condition &Part : C.Parts) {
      std::optional<bool> P = evaluate(Now, Part);
      if (P && *P != C.IsAnd)
        return Answer(!C.IsAnd);
      AllKnown = AllKnown && P.has_value();
    }
    if (AllKnown)
      return Answer(C.IsAnd);
  }
  if (C.Compared != NoPlace) {
    if (auto It = Now.Values.find(C.Compared); It != Now.Values.end()) {
      const Facts::Value &V = It->second;
      if (V.Equal)
        switch (C.Op) {
        case CompareOp::Eq:
          return Answer(*V.Equal == C.Value);
        case CompareOp::Lt:
          return Answer(*V.Equal < C.Value);
        }
      if (C.Op == CompareOp::Eq && V.Unequal.contains(C.Value))
        return Answer(false);
    }
  }
  if (auto It = Now.Known.find(C.Key); It != Now.Known.end())
    return Answer(It->second.Holds);
  return std::nullopt;
}

void Correlation::remember(Facts &Now, const Condition &C, bool Outcome, uint32_t At) const {
  bool Plain = Outcome != C.Negated;
  if (!C.Parts.empty() && Plain == C.IsAnd)
    for (const Condition &Part : C.Parts)
      remember(Now, Part, C.IsAnd, At);
  if (C.Compared != NoPlace && Relevant.contains(C.Compared)) {
    Facts::Value &V = Now.Values[C.Compared];
    V.From = At;
    if (C.Op == CompareOp::Eq) {
      if (Plain)
        V.Equal = C.Value;
      else
        V.Unequal.insert(C.Value);
    } else {
      // `x < 0` says that x is not 0, `x >= 1` that it is not 0; more of an order is not kept.
      V.Unequal.insert(Plain ? C.Value : C.Value - 1);
    }
  }
  if (auto It = KeyCount.find(C.Key); It != KeyCount.end() && It->second > 1)
    Now.Known[C.Key] = {Plain, At};
}

/// A branch that is reached again in a loop may decide otherwise where it calls something or reads
/// what others can change; a different branch on the same condition is taken to agree.
void Correlation::forgetRepeated(Facts &Now, const Condition &C, uint32_t At) const {
  for (const Condition &Part : C.Parts)
    forgetRepeated(Now, Part, At);
  bool Shared = C.HasCall || std::any_of(C.Reads.begin(), C.Reads.end(), [&](PlaceId Id) {
                  return F.Places[Id].Kind == PlaceKind::Field || F.Places[Id].Kind == PlaceKind::Global;
                });
  if (!Shared)
    return;
  if (auto It = Now.Known.find(C.Key); It != Now.Known.end() && It->second.From == At)
    Now.Known.erase(It);
  if (C.Compared == NoPlace || F.Places[C.Compared].Kind == PlaceKind::Local)
    return;
  if (auto It = Now.Values.find(C.Compared); It != Now.Values.end() && It->second.From == At)
    Now.Values.erase(It);
}

void Correlation::assume(Facts &Now, const Event &Call, bool Nonzero) const {
  if (Call.Target != NoPlace) {
    Facts::Value V;
    if (Nonzero)
      V.Unequal.insert(0);
    else
      V.Equal = 0;
    Now.Values[Call.Target] = V;
  }
  if (auto It = ResultKeys.find(Call.Id); It != ResultKeys.end())
    for (uint64_t Key : It->second)
      Now.Known[Key] = {Nonzero, Facts::NoBlock};
}

std::optional<bool> Correlation::isNonzero(const Facts &Now, PlaceId Id) const {
  auto It = Now.Values.find(Id);
  if (It == Now.Values.end())
    return std::nullopt;
  if (It->second.Equal)
    return *It->second.Equal != 0;
  if (It->second.Unequal.contains(0))
    return true;
  return std::nullopt;
}

/// A switch over a variable: what is known of it chooses the case, and the case tells its value.
bool Correlation::takeCase(Facts &Now, uint32_t BlockIndex, const Edge &E) const {
  const Block &B = F.Blocks[BlockIndex];
  PlaceId Id = B.Branch->Compared;
  if (Id == NoPlace || !Relevant.contains(Id))
    return true;
  auto It = Now.Values.find(Id);
  std::optional<int64_t> Value = It != Now.Values.end() ? It->second.Equal : std::nullopt;
  auto Covers = [&](const Edge &Case) {
    return Case.Kind == EdgeKind::Case && Case.CaseLow <= *Value && *Value <= Case.CaseHigh;
  };
  if (E.Kind == EdgeKind::Case) {
    if (Value)
      return Covers(E);
    if (E.CaseLow != E.CaseHigh)
      return true;
    if (It != Now.Values.end() && It->second.Unequal.contains(E.CaseLow))
      return false;
    // Several labels of one block are several edges to it; each tells its own value.
    Now.Values[Id].Equal = E.CaseLow;
    Now.Values[Id].From = BlockIndex;
    return true;
  }
  if (Value)
    return std::none_of(B.Succs.begin(), B.Succs.end(), Covers);
  for (const Edge &Other : B.Succs)
    if (Other.Kind == EdgeKind::Case && Other.CaseLow == Other.CaseHigh)
      Now.Values[Id].Unequal.insert(Other.CaseLow);
  Now.Values[Id].From = BlockIndex;
  return true;
}

bool Correlation::take(Facts &Now, uint32_t BlockIndex, const Edge &E) const {
  const Block &B = F.Blocks[BlockIndex];
  if (!B.Branch || E.Kind == EdgeKind::Always || !Deciding[BlockIndex])
    return true;
  const Condition &C = *B.Branch;
  forgetRepeated(Now, C, BlockIndex);
  if (E.Kind == EdgeKind::Case || E.Kind == EdgeKind::Default) {
    return takeCase(Now, BlockIndex, E);
  }
  bool Outcome = E.Kind == EdgeKind::True;
  if (std::optional<bool> Known = evaluate(Now, C); Known && *Known != Outcome)
    return false;
  remember(Now, C, Outcome, BlockIndex);
  return true;
}

} // namespace gfplint
