// Follows gfp_t variables over the blocks of one function, and learns from tests of their bits.
#include "program/MaskFlow.h"

#include "flow/Forward.h"
#include "program/Program.h"

#include <algorithm>
#include <set>
#include <tuple>

namespace gfplint {
namespace {

constexpr size_t MaxValues = 16;

using Values = std::vector<ResolvedTerm>;

struct State {
  std::map<PlaceId, Values> Variables;
  std::set<ParamGuard> Guards;
  /// Conditions on parameters that are not understood, with their outcome.
  std::set<std::tuple<uint32_t, uint64_t, bool>> Opaque;
  /// What tests say of fields and global variables.
  std::map<PlaceId, Requirement> Stored;
};

ResolvedTerm unknownTerm(const Site &Where) {
  return {{SourceKind::Unknown, 0, ""}, MaskRange::unknown(), {}, Where};
}

bool sameValue(const ResolvedTerm &A, const ResolvedTerm &B) {
  return A.From == B.From && A.Range == B.Range && A.Chosen == B.Chosen;
}

/// Adds a value; equal values keep what both require. Returns whether `Into` changed.
bool addValue(Values &Into, const ResolvedTerm &T) {
  for (ResolvedTerm &Old : Into) {
    if (!sameValue(Old, T))
      continue;
    Requirement Both = Old.Needs.orElse(T.Needs);
    bool Changed = Both != Old.Needs;
    Old.Needs = Both;
    return Changed;
  }
  if (Into.size() == 1 && Into.front().From.Kind == SourceKind::Unknown &&
      Into.front().Range == MaskRange::unknown())
    return false;
  Into.push_back(T);
  if (Into.size() > MaxValues)
    Into = {unknownTerm(T.Chosen)};
  return true;
}

bool joinStates(State &Into, const State &From) {
  bool Changed = false;
  for (const auto &[Id, Terms] : From.Variables)
    for (const ResolvedTerm &T : Terms)
      Changed = addValue(Into.Variables[Id], T) || Changed;
  Changed = std::erase_if(Into.Guards, [&](const ParamGuard &G) { return !From.Guards.contains(G); }) > 0 ||
            Changed;
  Changed =
      std::erase_if(Into.Opaque, [&](const auto &C) { return !From.Opaque.contains(C); }) > 0 || Changed;
  for (auto It = Into.Stored.begin(); It != Into.Stored.end();) {
    auto Other = From.Stored.find(It->first);
    Requirement Both = Other == From.Stored.end() ? Requirement() : It->second.orElse(Other->second);
    Changed = Changed || Both != It->second;
    It->second = Both;
    It = Both == Requirement() ? Into.Stored.erase(It) : std::next(It);
  }
  return Changed;
}

/// What a test of bits says of the tested value when it came out as `Outcome`.
Requirement learned(const MaskTest &T, bool Outcome) {
  const MaskFn Tested = MaskFn::identity().andWith(T.Bits);
  Mask Wanted = T.Kind == MaskTestKind::Any   ? Mask{}
                : T.Kind == MaskTestKind::All ? T.Bits
                                              : T.Value & T.Bits;
  // `gfp & bits` is "not equal to none of them".
  bool Equal = T.Kind == MaskTestKind::Any ? !Outcome : Outcome;
  if (Equal)
    return {Wanted, T.Bits - Wanted, {}};
  if (T.Bits.count() == 1)
    return Wanted.empty() ? Requirement{T.Bits, {}, {}} : Requirement{{}, T.Bits, {}};
  return {{}, {}, {{Tested, Wanted}}};
}

/// The variables that masks are made of: most functions have none, and no others need to be followed.
class MaskVariables {
public:
  explicit MaskVariables(const Function &F) : Matters(F.Places.size(), false) {
    std::vector<const Event *> Copies;
    for (const Block &B : F.Blocks) {
      for (const Event &E : B.Events) {
        for (const Arg &A : E.Args)
          note(A.Mask);
        note(E.Value);
        note(E.Branch);
        if (E.Kind == EventKind::AssignMask)
          Matters[E.Target] = true;
        if (E.Kind == EventKind::Assign && E.From != NoPlace)
          Copies.push_back(&E);
      }
      note(B.Branch);
    }
    for (bool Changed = true; Changed;) {
      Changed = false;
      for (const Event *E : Copies)
        if (Matters[E->Target] && !Matters[E->From])
          Changed = Matters[E->From] = true;
    }
  }
  [[nodiscard]] bool contain(PlaceId Id) const { return Matters[Id]; }

private:
  template <class T> void note(const std::optional<T> &What) {
    if (What)
      note(*What);
  }
  void note(const MaskExpr &M) {
    for (const MaskTerm &T : M.Terms)
      if (T.From.Kind == SourceKind::Local)
        Matters[T.From.Index] = true;
  }
  void note(const Condition &C) {
    if (C.Test)
      note(C.Test->Operand);
    for (const Condition &Part : C.Parts)
      note(Part);
  }

  std::vector<bool> Matters;
};

class Solver {
public:
  Solver(const Function &F, const Model &Knowledge) : F(F), Knowledge(Knowledge), Followed(F) {
    for (const Block &B : F.Blocks)
      for (const Event &E : B.Events) {
        if (E.Kind == EventKind::Call)
          Calls[E.Id] = &E;
        if (E.Target != NoPlace)
          Definitions[E.Target].push_back(&E);
      }
  }

  [[nodiscard]] State initial() const {
    State S;
    for (PlaceId Id = 0; Id < F.Places.size(); ++Id) {
      const Place &P = F.Places[Id];
      if (P.Kind == PlaceKind::Param && Followed.contain(Id))
        S.Variables[Id] = {{{SourceKind::Param, P.Index, ""}, MaskRange::identity(), {}, {}}};
    }
    return S;
  }

  [[nodiscard]] std::vector<MaskGuard> maskGuards(const State &S) const {
    std::vector<MaskGuard> All;
    for (const auto &[Id, Terms] : S.Variables)
      if (F.Places[Id].Kind == PlaceKind::Param && Terms.size() == 1 &&
          Terms.front().From.Kind == SourceKind::Param && Terms.front().Needs != Requirement())
        All.push_back({Terms.front().From.Index, Terms.front().Needs});
    return All;
  }

  [[nodiscard]] Values resolve(const MaskExpr &M, const State &S) const {
    Values Out;
    for (const MaskTerm &T : M.Terms) {
      if (T.From.Kind == SourceKind::Field) {
        auto Known = S.Stored.find(T.From.Index);
        Requirement Needs = Known == S.Stored.end() ? Requirement() : Known->second;
        addValue(Out, {{T.From.Kind, 0, T.From.Name}, T.Range, Needs, T.Chosen});
        continue;
      }
      if (T.From.Kind != SourceKind::Local) {
        addValue(Out, {T.From, T.Range, {}, T.Chosen});
        continue;
      }
      auto It = S.Variables.find(T.From.Index);
      if (It == S.Variables.end()) {
        addValue(Out, unknownTerm(T.Chosen));
        continue;
      }
      for (ResolvedTerm V : It->second) {
        V.Range = T.Range.after(V.Range);
        // A constant was chosen where it was first written; anything else is best shown here.
        if (V.From.Kind != SourceKind::Constant || !V.Chosen.At.valid())
          V.Chosen = T.Chosen;
        addValue(Out, V);
      }
    }
    return Out;
  }

  void pass(State &S, const Event &E) const {
    if (E.Kind == EventKind::Call)
      for (const Arg &A : E.Args)
        if (A.ByAddress && A.Var != NoPlace && S.Variables.contains(A.Var))
          S.Variables[A.Var] = {unknownTerm(E.Where)};
    if (E.Target == NoPlace)
      return;
    forgetStored(S, E.Target);
    if (F.Places[E.Target].Kind == PlaceKind::Field || F.Places[E.Target].Kind == PlaceKind::Global)
      return;
    if (E.Kind == EventKind::AssignMask) {
      S.Variables[E.Target] = resolve(*E.Value, S);
      return;
    }
    if (!Followed.contain(E.Target))
      return;
    if (E.Kind == EventKind::Assign && E.From != NoPlace && !E.Negated && S.Variables.contains(E.From)) {
      S.Variables[E.Target] = S.Variables[E.From];
      return;
    }
    if (S.Variables.contains(E.Target))
      S.Variables[E.Target] = {unknownTerm(E.Where)};
  }

  [[nodiscard]] std::optional<State> follow(const Block &B, const Edge &E, State S) const {
    if (!B.Branch || (E.Kind != EdgeKind::True && E.Kind != EdgeKind::False))
      return S;
    if (!apply(*B.Branch, E.Kind == EdgeKind::True, S))
      return std::nullopt;
    return S;
  }

private:
  /// After a store to `Target` nothing is known of the same field of any object, nor of what is
  /// reached through it.
  void forgetStored(State &S, PlaceId Target) const {
    const Place &Changed = F.Places[Target];
    std::erase_if(S.Stored, [&](const auto &Known) {
      const Place &P = F.Places[Known.first];
      return Known.first == Target || (!P.Field.empty() && P.Field == Changed.Field) ||
             std::find(P.Roots.begin(), P.Roots.end(), Target) != P.Roots.end();
    });
  }

  /// Narrows the state by a condition's outcome; false where it cannot come out so.
  bool apply(const Condition &C, bool Outcome, State &S) const {
    bool Plain = Outcome != C.Negated;
    if (!C.Parts.empty()) {
      if (Plain != C.IsAnd)
        return true;
      return std::all_of(C.Parts.begin(), C.Parts.end(),
                         [&](const Condition &Part) { return apply(Part, C.IsAnd, S); });
    }
    if (C.Test)
      return narrow(C.Test->Operand, learned(*C.Test, Plain), S);
    if (C.CallResult)
      if (auto It = Calls.find(*C.CallResult); It != Calls.end())
        return applyCall(*It->second, Plain, S);
    if (C.Compared == NoPlace) {
      for (PlaceId Read : C.Reads)
        if (isOwnParam(Read))
          S.Opaque.insert({F.Places[Read].Index, C.Key, Plain});
      return true;
    }
    const Place &P = F.Places[C.Compared];
    if (isOwnParam(C.Compared))
      S.Guards.insert({P.Index, C.Op, C.Value, Plain});
    // `bool wait = gfp & __GFP_IO; ... if (wait)`
    if (const Event *Test = soleDefinition(C.Compared);
        Test != nullptr && C.Op == CompareOp::Eq && C.Value == 0) {
      if (Test->Kind == EventKind::Call)
        return applyCall(*Test, !Plain, S);
      if (Test->Branch && Test->Branch->Test && stays(Test->Branch->Test->Operand))
        return apply(*Test->Branch, !Plain, S);
    }
    return true;
  }

  /// A parameter that has the caller's value everywhere.
  [[nodiscard]] bool isOwnParam(PlaceId Id) const {
    return F.Places[Id].Kind == PlaceKind::Param && !F.Places[Id].AddressTaken && !Definitions.contains(Id);
  }

  /// The call is gfpflags_allow_blocking() or the like, and came out so.
  bool applyCall(const Event &Call, bool Outcome, State &S) const {
    std::optional<Mask> Tested = Knowledge.maskTest(nameOfKey(Call.Callee));
    if (!Tested)
      return true;
    for (const Arg &A : Call.Args)
      if (A.Mask && stays(*A.Mask))
        return narrow(*A.Mask, learned({*A.Mask, MaskTestKind::All, *Tested, {}}, Outcome), S);
    return true;
  }

  const Event *soleDefinition(PlaceId Id) const {
    if (F.Places[Id].Kind != PlaceKind::Local || F.Places[Id].AddressTaken)
      return nullptr;
    auto It = Definitions.find(Id);
    return It != Definitions.end() && It->second.size() == 1 ? It->second.front() : nullptr;
  }

  /// Whether the tested variable keeps its value, so that an outcome that is used later still holds.
  bool stays(const MaskExpr &M) const {
    return std::all_of(M.Terms.begin(), M.Terms.end(), [&](const MaskTerm &T) {
      if (T.From.Kind != SourceKind::Local)
        return true;
      auto It = Definitions.find(T.From.Index);
      size_t Times = It == Definitions.end() ? 0 : It->second.size();
      return Times <= (F.Places[T.From.Index].Kind == PlaceKind::Param ? 0U : 1U);
    });
  }

  /// Drops the values of the tested variable that cannot meet the requirement.
  bool narrow(const MaskExpr &Operand, const Requirement &OnValue, State &S) const {
    if (Operand.Terms.size() != 1)
      return true;
    const Source &From = Operand.Terms.front().From;
    bool Stored = From.Kind == SourceKind::Field && From.Index != NoPlace;
    if (!Stored && From.Kind != SourceKind::Local)
      return true;
    std::optional<Requirement> OnVariable = requirementBefore(Operand.Terms.front().Range, OnValue);
    if (!OnVariable)
      return false;
    if (Stored) {
      Requirement &Known = S.Stored[From.Index];
      Known = Known.with(*OnVariable);
      return !Known.impossible();
    }
    auto It = S.Variables.find(Operand.Terms.front().From.Index);
    if (It == S.Variables.end() || It->second.empty())
      return true;
    Values Kept;
    for (ResolvedTerm V : It->second) {
      if (V.From.Kind == SourceKind::Constant && V.Range.isExact() && !OnVariable->met(V.Range.Must.Set))
        continue;
      std::optional<Requirement> OnSource = requirementBefore(V.Range, *OnVariable);
      if (!OnSource)
        continue;
      if (V.From.Kind != SourceKind::Constant)
        V.Needs = V.Needs.with(*OnSource);
      if (!V.Needs.impossible())
        Kept.push_back(std::move(V));
    }
    if (Kept.empty())
      return false;
    It->second = Kept;
    // A parameter has one value: what is learnt of it through one variable holds for its copies.
    if (Kept.size() == 1 && Kept.front().From.Kind == SourceKind::Param)
      for (auto &[Id, Terms] : S.Variables)
        for (ResolvedTerm &T : Terms)
          if (T.From == Kept.front().From)
            T.Needs = T.Needs.with(Kept.front().Needs);
    return true;
  }

  const Function &F;
  const Model &Knowledge;
  MaskVariables Followed;
  llvm::DenseMap<uint32_t, const Event *> Calls;
  llvm::DenseMap<PlaceId, llvm::SmallVector<const Event *, 1>> Definitions;
};

const std::vector<ResolvedTerm> NoTerms;
const std::vector<ParamGuard> NoGuards;
const std::vector<MaskGuard> NoMaskGuards;
const std::vector<uint32_t> NoParams;

} // namespace

bool Requirement::met(Mask M) const {
  return M.hasAll(Set) && !M.hasAny(Clear) &&
         std::none_of(Not.begin(), Not.end(), [&](const Unlike &U) { return U.Of.apply(M) == U.Value; });
}

Requirement Requirement::with(const Requirement &Other) const {
  Requirement Both{Set | Other.Set, Clear | Other.Clear, {}};
  std::set_union(Not.begin(), Not.end(), Other.Not.begin(), Other.Not.end(), std::back_inserter(Both.Not));
  return Both;
}

Requirement Requirement::orElse(const Requirement &Other) const {
  Requirement Both{Set & Other.Set, Clear & Other.Clear, {}};
  std::set_intersection(Not.begin(), Not.end(), Other.Not.begin(), Other.Not.end(),
                        std::back_inserter(Both.Not));
  return Both;
}

std::optional<Requirement> requirementBefore(MaskRange Range, const Requirement &OnValue) {
  // A bit that must be set has to come from somewhere, one that must be clear must not be forced.
  Mask FromInput = OnValue.Set - Range.May.Set;
  if (!Range.May.Keep.hasAll(FromInput) || Range.Must.Set.hasAny(OnValue.Clear))
    return std::nullopt;
  Requirement Before{FromInput, OnValue.Clear & Range.Must.Keep, {}};
  if (Range.isExact()) {
    for (const Requirement::Unlike &U : OnValue.Not)
      Before.Not.push_back({U.Of.after(Range.Must), U.Value});
    std::sort(Before.Not.begin(), Before.Not.end());
  }
  return Before;
}

MaskFlow::MaskFlow(const Function &F, const Model &Knowledge) {
  Solver S(F, Knowledge);
  auto Start = solveForward<State>(
      F, S.initial(), [&](State &Now, const Event &E) { S.pass(Now, E); },
      [&](const Block &B, const Edge &E, State Now) { return S.follow(B, E, std::move(Now)); }, joinStates);
  for (size_t I = 0; I < F.Blocks.size(); ++I) {
    if (!Start[I])
      continue;
    State Now = *Start[I];
    for (const Event &E : F.Blocks[I].Events) {
      if (E.Kind == EventKind::Call) {
        Reached[E.Id] = true;
        if (!Now.Guards.empty())
          Guards[E.Id].assign(Now.Guards.begin(), Now.Guards.end());
        for (const auto &[Param, Key, Outcome] : Now.Opaque)
          if (std::vector<uint32_t> &Params = Opaque[E.Id]; Params.empty() || Params.back() != Param)
            Params.push_back(Param);
        if (std::vector<MaskGuard> Masks = S.maskGuards(Now); !Masks.empty())
          MaskGuards[E.Id] = std::move(Masks);
        for (unsigned A = 0; A < E.Args.size(); ++A)
          if (E.Args[A].Mask)
            Arguments[{E.Id, A}] = S.resolve(*E.Args[A].Mask, Now);
      } else if (E.Kind == EventKind::Return && E.Value) {
        for (const ResolvedTerm &T : S.resolve(*E.Value, Now))
          addValue(Returned, T);
      } else if (E.Kind == EventKind::AssignMask && E.Target != NoPlace &&
                 !F.Places[E.Target].Field.empty()) {
        Stores.push_back({&E, S.resolve(*E.Value, Now)});
      }
      S.pass(Now, E);
    }
  }
}

const std::vector<ResolvedTerm> &MaskFlow::argument(uint32_t CallId, unsigned Index) const {
  auto It = Arguments.find({CallId, Index});
  return It == Arguments.end() ? NoTerms : It->second;
}

const std::vector<MaskGuard> &MaskFlow::maskGuards(uint32_t CallId) const {
  auto It = MaskGuards.find(CallId);
  return It == MaskGuards.end() ? NoMaskGuards : It->second;
}

const std::vector<uint32_t> &MaskFlow::opaque(uint32_t CallId) const {
  auto It = Opaque.find(CallId);
  return It == Opaque.end() ? NoParams : It->second;
}

const std::vector<ParamGuard> &MaskFlow::guards(uint32_t CallId) const {
  auto It = Guards.find(CallId);
  return It == Guards.end() ? NoGuards : It->second;
}

} // namespace gfplint
