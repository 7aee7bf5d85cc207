// Where the mask of a call was chosen, over calls, wrappers, tables and fields.
#include "ProgramFixture.h"

#include <algorithm>

using namespace gfplint;
using namespace gfplint::test;

namespace {

/// A function with the parameter gfp that hands `M` to `Callee`.
Function hands(std::string Key, std::string Callee, MaskExpr M) {
  return function(std::move(Key), {param("gfp", 0)},
                  {jump({call(1, std::move(Callee), {maskArg(std::move(M))})}, 1), {}});
}

struct Seen {
  Mask Value;
  std::string Origin;
  std::vector<std::string> Way;
  friend auto operator<=>(const Seen &, const Seen &) = default;
};

std::vector<Arrival> arrivalsAt(const Program &P, llvm::StringRef Key, uint32_t Call = 1) {
  FunctionId Id = P.find(Key).value();
  for (const Block &B : P.function(Id).Blocks)
    for (const Event &E : B.Events)
      if (E.Kind == EventKind::Call && E.Id == Call)
        return arrivals(P, Id, E, 0);
  ADD_FAILURE() << "no call " << Call << " in " << Key.str();
  return {};
}

std::vector<Seen> seenAt(const Program &P, llvm::StringRef Key, uint32_t Call = 1) {
  std::vector<Seen> All;
  for (const Arrival &A : arrivalsAt(P, Key, Call)) {
    Seen S{A.Must, A.Origin ? P.function(*A.Origin).Key : "", {}};
    for (const Arrival::Step &Step : A.Way)
      S.Way.push_back(P.function(Step.In).Key);
    All.push_back(S);
  }
  std::sort(All.begin(), All.end());
  return All;
}

TEST(Arrivals, OverAChainOfParameters) {
  Linked L(std::vector<Function>{hands("leaf", "__demo_alloc", local(0)),
                                 hands("middle", "leaf", local(0, MaskRange::identity().orWith(Zero))),
                                 hands("top", "middle", constant(NoFs, 30)),
                                 hands("other", "middle", constant(masks::Kernel, 40))});
  std::vector<Seen> All = seenAt(L.P, "leaf");
  ASSERT_EQ(All.size(), 2u);
  Seen FromTop{NoFs | Zero, "top", {"top", "middle"}};
  EXPECT_TRUE(std::find(All.begin(), All.end(), FromTop) != All.end());
  for (const Arrival &A : arrivalsAt(L.P, "leaf")) {
    bool Top = L.P.function(*A.Origin).Key == "top";
    EXPECT_EQ(A.ChosenMask, Top ? NoFs : masks::Kernel);
    EXPECT_EQ(A.Chosen.At.Line, Top ? 30u : 40u);
    EXPECT_EQ(A.Must, A.May);
  }
}

TEST(Arrivals, AConstantOnTheWayHidesItsCallers) {
  Linked L(std::vector<Function>{hands("leaf", "__demo_alloc", local(0)),
                                 hands("middle", "leaf", constant(NoIo)),
                                 hands("top", "middle", constant(NoFs))});
  ASSERT_EQ(seenAt(L.P, "leaf").size(), 1u);
  EXPECT_EQ(seenAt(L.P, "leaf")[0].Value, NoIo);
}

TEST(Arrivals, BothArmsArrive) {
  Linked L(std::vector<Function>{hands("leaf", "__demo_alloc", local(0)),
                                 hands("top", "leaf", either(constant(NoWait), constant(masks::Kernel)))});
  EXPECT_EQ(seenAt(L.P, "leaf").size(), 2u);
}

TEST(Arrivals, ATestOnTheWayPrunes) {
  Function Guarded = function("guarded", {param("gfp", 0)},
                              {branch({}, testBits(local(0), {Flag::DirectReclaim}), 1, 2),
                               jump({call(1, "leaf", {maskArg(local(0))})}, 2),
                               {}});
  Linked L(std::vector<Function>{hands("leaf", "__demo_alloc", local(0)), Guarded,
                                 hands("fast", "guarded", constant(NoWait)),
                                 hands("slow", "guarded", constant(masks::Kernel))});
  ASSERT_EQ(seenAt(L.P, "leaf").size(), 1u);
  EXPECT_EQ(seenAt(L.P, "leaf")[0].Origin, "slow");
}

TEST(Arrivals, ATestOfAChangedMaskPrunesWhatCameIn) {
  // In the wrapper the mask gets __GFP_ZERO; the leaf asks for both bits.
  Function Leaf =
      function("leaf", {param("gfp", 0)},
               {branch({}, testBits(local(0), Mask{Flag::DirectReclaim} | Zero, MaskTestKind::All), 1, 2),
                jump({call(1, "__demo_alloc", {maskArg(local(0))})}, 2),
                {}});
  Linked L(std::vector<Function>{Leaf, hands("zeroed", "leaf", local(0, MaskRange::identity().orWith(Zero))),
                                 hands("fast", "zeroed", constant(NoWait)),
                                 hands("slow", "zeroed", constant(masks::Kernel)),
                                 hands("plain", "leaf", constant(masks::Kernel))});
  ASSERT_EQ(seenAt(L.P, "leaf").size(), 1u);
  EXPECT_EQ(seenAt(L.P, "leaf")[0].Origin, "slow");
}

TEST(Arrivals, RecursionEnds) {
  Function Self = function(
      "self", {param("gfp", 0)},
      {jump({call(1, "__demo_alloc", {maskArg(local(0))}), call(2, "self", {maskArg(local(0))})}, 1), {}});
  Linked L(std::vector<Function>{Self, hands("top", "self", constant(NoFs))});
  EXPECT_EQ(seenAt(L.P, "self").size(), 1u);
}

TEST(Arrivals, ThroughATable) {
  Function Caller =
      function("caller", {}, {jump({callThrough(1, "demo_ops.alloc", {maskArg(constant(NoWait))})}, 1), {}});
  Part U =
      Linked::partOf({hands("a.c:one", "__demo_alloc", local(0)), hands("a.c:two", "__demo_alloc", local(0)),
                      hands("a.c:apart", "__demo_alloc", local(0)), Caller});
  U.FieldFunctions = {
      {"demo_ops.alloc", "a.c:one"}, {"demo_ops.alloc", "a.c:two"}, {"demo_ops.free", "a.c:apart"}};
  Linked L(std::vector<Part>{U});
  ASSERT_EQ(arrivalsAt(L.P, "a.c:one").size(), 1u);
  EXPECT_EQ(arrivalsAt(L.P, "a.c:one")[0].Targets, 2u);
  EXPECT_EQ(arrivalsAt(L.P, "a.c:two").size(), 1u);
  EXPECT_TRUE(arrivalsAt(L.P, "a.c:apart").empty());
  EXPECT_FALSE(L.P.hasAllCallers(L.id("a.c:one")));
}

TEST(Arrivals, ThroughAField) {
  Function Set =
      function("set", {fieldPlace("o->gfp", "demo.gfp")}, {jump({assignMask(0, constant(NoIo, 50))}, 1), {}});
  Part U = Linked::partOf({Set, hands("get", "__demo_alloc", field("demo.gfp")),
                           hands("get_other", "__demo_alloc", field("demo.other"))});
  U.FieldMasks = {{"demo.gfp", "", constant(NoFs, 60)}};
  Linked L(std::vector<Part>{U});
  std::vector<Arrival> All = arrivalsAt(L.P, "get");
  ASSERT_EQ(All.size(), 2u);
  for (const Arrival &A : All)
    EXPECT_EQ(A.Field, "demo.gfp");
  EXPECT_EQ(All[0].Must, NoIo);
  EXPECT_EQ(All[1].Must, NoFs);
  EXPECT_TRUE(arrivalsAt(L.P, "get_other").empty());
}

TEST(Arrivals, ThroughAReturnedMask) {
  Function Choose =
      function("choose", {param("gfp", 0)},
               {jump({returnMask(local(0, MaskRange::identity().andWith(~Mask{Flag::Fs})))}, 1), {}});
  Choose.ReturnsMask = true;
  Function Caller =
      function("caller", {},
               {jump({call(2, "choose", {maskArg(constant(masks::Kernel))}),
                      call(1, "__demo_alloc",
                           {maskArg(maskOf({SourceKind::Return, 2, "choose"}, MaskRange::identity()))})},
                     1),
                {}});
  Linked L(std::vector<Function>{Choose, Caller});
  ASSERT_EQ(seenAt(L.P, "caller").size(), 1u);
  EXPECT_EQ(seenAt(L.P, "caller")[0].Value, NoFs);
}

TEST(Arrivals, AllocatorsAreEndsOfTheirOwn) {
  // The model knows kvmalloc_node(): what its callers pass is not followed through its body.
  Linked L(std::vector<Function>{hands("kvmalloc_node", "__vmalloc", local(0)),
                                 hands("top", "kvmalloc_node", constant(NoWait))});
  EXPECT_TRUE(L.P.isAllocator(L.id("kvmalloc_node")));
  EXPECT_TRUE(arrivalsAt(L.P, "kvmalloc_node").empty());
}

TEST(Linking, StaticsOfOneNameStayApart) {
  Part A = Linked::partOf(
      {hands("a.c:helper", "__demo_alloc", local(0)), hands("a_top", "a.c:helper", constant(NoWait))});
  Part B = Linked::partOf(
      {hands("b.c:helper", "__demo_alloc", local(0)), hands("b_top", "b.c:helper", constant(masks::Kernel))});
  Linked L(std::vector<Part>{A, B});
  ASSERT_EQ(seenAt(L.P, "a.c:helper").size(), 1u);
  EXPECT_EQ(seenAt(L.P, "a.c:helper")[0].Value, NoWait);
  EXPECT_EQ(seenAt(L.P, "b.c:helper")[0].Value, masks::Kernel);
  EXPECT_TRUE(L.P.hasAllCallers(L.id("a.c:helper")));
  EXPECT_FALSE(L.P.hasAllCallers(L.id("a_top")));
}

TEST(Linking, GlobalNamesakesOfDifferentFilesStayApart) {
  Function InA = hands("helper", "__demo_alloc", local(0));
  Function InB = InA;
  InA.At.File = 1;
  InB.At.File = 2;
  Part A = Linked::partOf({InA, hands("a_top", "helper", constant(NoWait))});
  Part B = Linked::partOf({InB, hands("b_top", "helper", constant(masks::Kernel))});
  for (const std::vector<Part> &Parts : {std::vector<Part>{A, B}, std::vector<Part>{B, A}}) {
    Linked L(Parts);
    ASSERT_EQ(seenAt(L.P, "helper").size(), 1u);
    EXPECT_EQ(seenAt(L.P, "helper")[0].Value, NoWait);
  }
}

TEST(Linking, OrderOfPartsDoesNotMatter) {
  // The header's function looks different in the two units; a third only calls it.
  Function One = hands("x.h:inl", "__demo_alloc", local(0));
  Function Two = hands("x.h:inl", "__demo_alloc", local(0, MaskRange::identity().orWith(Zero)));
  One.InHeader = Two.InHeader = true;
  std::vector<Part> Parts = {Linked::partOf({One, hands("a_top", "x.h:inl", constant(NoFs))}),
                             Linked::partOf({Two, hands("b_top", "x.h:inl", constant(NoIo))}),
                             Linked::partOf({hands("c_top", "x.h:inl", constant(NoWait))})};
  std::sort(Parts.begin(), Parts.end(),
            [](const Part &A, const Part &B) { return A.Functions.back().Key < B.Functions.back().Key; });
  std::vector<Seen> First;
  for (int Turn = 0; Turn < 6; ++Turn) {
    Linked L(Parts);
    std::vector<Seen> Now = seenAt(L.P, "x.h:inl");
    EXPECT_EQ(Now.size(), 3u);
    if (Turn == 0)
      First = Now;
    EXPECT_EQ(Now, First);
    for (FunctionId Id = 0; Id + 1 < L.P.size(); ++Id)
      EXPECT_LT(L.P.function(Id).Key, L.P.function(Id + 1).Key);
    std::next_permutation(Parts.begin(), Parts.end(), [](const Part &A, const Part &B) {
      return A.Functions.back().Key < B.Functions.back().Key;
    });
  }
}

TEST(Linking, NameOfKey) {
  EXPECT_EQ(nameOfKey("fs/demo.c:helper"), "helper");
  EXPECT_EQ(nameOfKey("helper"), "helper");
}

} // namespace
