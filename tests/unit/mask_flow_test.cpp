// Which values a mask has at a call, in one function.
#include "ProgramFixture.h"

using namespace gfplint;
using namespace gfplint::test;

namespace {

const std::vector<Place> GfpAndLocal = {param("gfp", 0), variable("mask")};

/// The masks that reach argument 0 of call 9 where they are constants, with their ranges' sure bits.
std::set<Mask> constantsAt(const Function &F, uint32_t Call = 9) {
  static const Model Knowledge = kernelModel();
  std::set<Mask> All;
  MaskFlow Flow(F, Knowledge);
  for (const ResolvedTerm &T : Flow.argument(Call, 0))
    if (T.From.Kind == SourceKind::Constant)
      All.insert(T.Range.Must.Set);
  return All;
}

std::vector<ResolvedTerm> termsAt(const Function &F, uint32_t Call = 9) {
  static const Model Knowledge = kernelModel();
  return MaskFlow(F, Knowledge).argument(Call, 0);
}

Event use(MaskExpr M) { return call(9, "kmalloc", {maskArg(std::move(M))}); }

TEST(MaskFlow, VariablesAreFollowed) {
  Function F = function("f", GfpAndLocal,
                        {jump({assignMask(1, constant(NoFs, 5)),
                               assignMask(1, local(1, MaskRange::identity().orWith(Zero))), use(local(1))},
                              1),
                         {}});
  EXPECT_EQ(constantsAt(F), (std::set<Mask>{NoFs | Zero}));
  // The constant was chosen where it was first written.
  EXPECT_EQ(termsAt(F).front().Chosen.At.Line, 5u);
}

TEST(MaskFlow, ParametersStayFunctionsOfThemselves) {
  Function F = function(
      "f", GfpAndLocal,
      {jump({assignMask(1, local(0, MaskRange::identity().andWith(~Mask{Flag::Fs}))), use(local(1))}, 1),
       {}});
  std::vector<ResolvedTerm> Terms = termsAt(F);
  ASSERT_EQ(Terms.size(), 1u);
  EXPECT_EQ(Terms[0].From.Kind, SourceKind::Param);
  EXPECT_EQ(Terms[0].From.Index, 0u);
  EXPECT_EQ(Terms[0].Range.Must.apply(masks::Kernel), NoFs);
  EXPECT_TRUE(Terms[0].Range.isExact());
}

TEST(MaskFlow, ArmsAndPathsAreKeptApart) {
  Function Ternary =
      function("f", GfpAndLocal, {jump({use(either(constant(NoFs), constant(masks::Kernel)))}, 1), {}});
  EXPECT_EQ(constantsAt(Ternary), (std::set<Mask>{NoFs, masks::Kernel}));
  Function Branches = function("f", GfpAndLocal,
                               {branch({assignMask(1, constant(masks::Kernel))}, opaque(1, {}), 1, 2),
                                jump({assignMask(1, constant(NoWait))}, 2),
                                jump({use(local(1))}, 3),
                                {}});
  EXPECT_EQ(constantsAt(Branches), (std::set<Mask>{NoWait, masks::Kernel}));
}

TEST(MaskFlow, LoopsEnd) {
  // for (;;) mask |= __GFP_ZERO
  Function F = function("f", GfpAndLocal,
                        {jump({assignMask(1, constant(NoFs))}, 1),
                         branch({use(local(1)), assignMask(1, local(1, MaskRange::identity().orWith(Zero)))},
                                opaque(1, {}), 1, 2),
                         {}});
  EXPECT_EQ(constantsAt(F), (std::set<Mask>{NoFs, NoFs | Zero}));
}

TEST(MaskFlow, VeryManyValuesAreUnknown) {
  MaskExpr Many = constant({});
  for (uint64_t I = 1; I < 40; ++I)
    Many = either(Many, constant(Mask::fromRaw(I)));
  Function F = function("f", GfpAndLocal, {jump({use(Many)}, 1), {}});
  ASSERT_EQ(termsAt(F).size(), 1u);
  EXPECT_EQ(termsAt(F)[0].From.Kind, SourceKind::Unknown);
}

TEST(MaskFlow, AddressHandedOutMakesUnknown) {
  Function F = function(
      "f", GfpAndLocal,
      {jump({assignMask(1, constant(NoFs)), call(3, "change", {placeArg(1, true)}), use(local(1))}, 1), {}});
  ASSERT_EQ(termsAt(F).size(), 1u);
  EXPECT_EQ(termsAt(F)[0].From.Kind, SourceKind::Unknown);
}

/// mask = NoWait or Kernel; if (test) call 9 with it, else call 8 with it.
std::pair<std::set<Mask>, std::set<Mask>> split(const Condition &Test) {
  Event Else = call(8, "kmalloc", {maskArg(local(1))});
  Function F =
      function("f", GfpAndLocal,
               {branch({assignMask(1, either(constant(NoWait), constant(masks::Kernel)))}, Test, 1, 2),
                jump({use(local(1))}, 3),
                jump({Else}, 3),
                {}});
  return {constantsAt(F, 9), constantsAt(F, 8)};
}

using Masks = std::set<Mask>;

TEST(MaskFlow, TestsOfBitsPrune) {
  const Mask Direct{Flag::DirectReclaim};
  auto Any = split(testBits(local(1), Direct));
  EXPECT_EQ(Any.first, Masks{masks::Kernel});
  EXPECT_EQ(Any.second, Masks{NoWait});
  auto Not = split(negated(testBits(local(1), Direct)));
  EXPECT_EQ(Not.first, Masks{NoWait});
  EXPECT_EQ(Not.second, Masks{masks::Kernel});
  auto All = split(testBits(local(1), masks::Kernel, MaskTestKind::All));
  EXPECT_EQ(All.first, Masks{masks::Kernel});
  // `(mask & (IO | FS)) == 0`
  auto Equal = split(testBits(local(1), {Flag::Io, Flag::Fs}, MaskTestKind::Equal, {}));
  EXPECT_EQ(Equal.first, Masks{NoWait});
  // Both have the bit: nothing is pruned, and nobody takes the other way.
  auto Both = split(testBits(local(1), {Flag::KswapdReclaim}));
  EXPECT_EQ(Both.first, (Masks{NoWait, masks::Kernel}));
  EXPECT_TRUE(Both.second.empty());
}

TEST(MaskFlow, AnyOfSeveralBitsSaysNothingOfEach) {
  auto Any = split(testBits(local(1), {Flag::Zero, Flag::DirectReclaim}));
  EXPECT_TRUE(Any.first.contains(masks::Kernel));
  EXPECT_EQ(Any.second, Masks{NoWait});
}

TEST(MaskFlow, KnownTestFunctionsPrune) {
  Event Ask = call(4, "gfpflags_allow_blocking", {maskArg(local(1))});
  Condition C = opaque(50, {1}, true);
  C.CallResult = 4;
  Function F =
      function("f", GfpAndLocal,
               {branch({assignMask(1, either(constant(NoWait), constant(masks::Kernel))), Ask}, C, 1, 2),
                jump({use(local(1))}, 2),
                {}});
  EXPECT_EQ(constantsAt(F), Masks{masks::Kernel});
}

TEST(MaskFlow, TestsOfAParameterBecomeRequirements) {
  Function F = function(
      "f", GfpAndLocal,
      {branch({}, testBits(local(0, MaskRange::identity().orWith(Zero)), {Flag::DirectReclaim}), 1, 2),
       jump({use(local(0))}, 2),
       {}});
  ASSERT_EQ(termsAt(F).size(), 1u);
  const Requirement Needs = termsAt(F)[0].Needs;
  EXPECT_EQ(Needs.Set, Mask{Flag::DirectReclaim});
  EXPECT_TRUE(Needs.met(masks::Kernel));
  EXPECT_FALSE(Needs.met(NoWait));
}

TEST(MaskFlow, ImpossibleBranchIsNotReached) {
  static const Model Knowledge = kernelModel();
  Function F =
      function("f", GfpAndLocal,
               {branch({assignMask(1, constant(NoWait))}, testBits(local(1), {Flag::DirectReclaim}), 1, 2),
                jump({use(local(1))}, 2),
                {}});
  EXPECT_FALSE(MaskFlow(F, Knowledge).reached(9));
  EXPECT_TRUE(termsAt(F).empty());
}

TEST(MaskFlow, StoresAndReturns) {
  static const Model Knowledge = kernelModel();
  Function F = function(
      "f", {param("gfp", 0), fieldPlace("o->gfp", "demo.gfp")},
      {jump({assignMask(1, constant(NoIo)), returnMask(local(0, MaskRange::identity().orWith(Zero)))}, 1),
       {}});
  F.ReturnsMask = true;
  MaskFlow Flow(F, Knowledge);
  ASSERT_EQ(Flow.stores().size(), 1u);
  EXPECT_EQ(Flow.stores()[0].Terms.front().Range.Must.Set, NoIo);
  ASSERT_EQ(Flow.returned().size(), 1u);
  EXPECT_EQ(Flow.returned()[0].From.Kind, SourceKind::Param);
  EXPECT_EQ(Flow.returned()[0].Range.Must.Set, Zero);
}

TEST(Requirements, GoBackThroughAFunction) {
  MaskRange OrZero = MaskRange::identity().orWith(Zero);
  MaskRange NoDirect = MaskRange::identity().andWith(~Mask{Flag::DirectReclaim});
  // Zero is set by the function itself; the rest has to come in.
  EXPECT_EQ(requirementBefore(OrZero, {Zero | Mask{Flag::Io}, {}})->Set, Mask{Flag::Io});
  EXPECT_EQ(requirementBefore(OrZero, {{}, Zero}), std::nullopt);
  EXPECT_EQ(requirementBefore(NoDirect, {{Flag::DirectReclaim}, {}}), std::nullopt);
  // It is clear whatever comes in.
  EXPECT_EQ(requirementBefore(NoDirect, {{}, {Flag::DirectReclaim}})->Clear, Mask{});
  EXPECT_TRUE(requirementBefore(MaskRange::unknown(), {Zero, {Flag::Io}}).has_value());
}

TEST(Requirements, NeverRuleOutAnInputThatMeetsThem) {
  uint64_t Seed = 88172645463325252ULL;
  auto Next = [&] {
    Seed ^= Seed << 13;
    Seed ^= Seed >> 7;
    Seed ^= Seed << 17;
    return Mask::fromRaw(Seed & Mask::all().raw());
  };
  unsigned Met = 0;
  for (int I = 0; I < 5000; ++I) {
    MaskRange R = MaskRange::identity().andWith(Next() | Next()).orWith(Next() & Next() & Next());
    Requirement Needs{Next() & Next() & Next() & Next(), {}};
    Needs.Clear = (Next() & Next() & Next() & Next()) - Needs.Set;
    Mask In = Next() | Needs.Set;
    In = In - Needs.Clear;
    Mask Out = R.Must.apply(In);
    bool Meets = Out.hasAll(Needs.Set) && !Out.hasAny(Needs.Clear);
    std::optional<Requirement> Before = requirementBefore(R, Needs);
    bool Allowed = Before && Before->met(In);
    // These functions are exact, so the answer is too.
    ASSERT_EQ(Allowed, Meets);
    Met += Meets;
  }
  EXPECT_GT(Met, 100u);
}

} // namespace
