// The solver, and paths with correlated branches.
#include "IrBuilder.h"
#include "flow/Deciding.h"
#include "flow/Forward.h"
#include "flow/Paths.h"

#include <gtest/gtest.h>

#include <functional>

using namespace gfplint;
using namespace gfplint::test;

namespace {

/// All paths of a function, each as the letters of the blocks named in `Letters`, with every edge that
/// the facts rule out left out. Blocks are entered at most `Turns` times on a path.
std::set<std::string> paths(const Function &F, const std::map<uint32_t, char> &Letters, unsigned Turns = 1) {
  std::vector<bool> Matter(F.Blocks.size(), false);
  for (const auto &[Index, Letter] : Letters)
    Matter[Index] = true;
  Correlation Branches(F, Matter);
  std::set<std::string> All;
  std::function<void(uint32_t, Facts, std::string, std::map<uint32_t, unsigned>)> Walk =
      [&](uint32_t Index, Facts Now, std::string Way, std::map<uint32_t, unsigned> Entered) {
        if (++Entered[Index] > Turns)
          return;
        if (auto It = Letters.find(Index); It != Letters.end())
          Way += It->second;
        for (const Event &E : F.Blocks[Index].Events)
          Branches.pass(Now, E);
        if (Index == F.Exit)
          All.insert(Way);
        for (const Edge &E : F.Blocks[Index].Succs) {
          Facts Next = Now;
          if (Branches.take(Next, Index, E))
            Walk(E.To, Next, Way, Entered);
        }
      };
  Walk(0, {}, "", {});
  return All;
}

/// if (A) { a } between; if (B) { b }
Function twoIfs(const Condition &A, std::vector<Event> Between, const Condition &B,
                std::vector<Event> InA = {}) {
  return function(
      "demo", {variable("x"), variable("y"), fieldPlace("p->z", "demo.z"), fieldPlace("q->z", "demo.z")},
      {branch({}, A, 1, 2), jump(std::move(InA), 2), branch(std::move(Between), B, 3, 4), jump({}, 4), {}});
}
const std::map<uint32_t, char> TwoIfs = {{1, 'a'}, {3, 'b'}};

using Ways = std::set<std::string>;
const Ways Together = {"", "ab"};
const Ways Apart = {"", "a", "b", "ab"};

TEST(DecidingBranches, ThoseWhoseWaysComeToDifferentBlocks) {
  // if (x) {} if (y) { matters } while (x) { if (y) {} }
  Function F = function("demo", {variable("x"), variable("y")},
                        {branch({}, truth(0), 1, 2),
                         jump({}, 2),
                         branch({}, truth(1), 3, 4),
                         jump({}, 4),
                         branch({}, truth(0), 5, 7),
                         branch({}, truth(1), 6, 4),
                         jump({}, 4),
                         {}});
  using Blocks = std::vector<bool>;
  EXPECT_EQ(decidingBranches(F, {0, 0, 0, 1, 0, 0, 0, 0}), (Blocks{0, 0, 1, 0, 0, 0, 0, 0}));
  EXPECT_EQ(decidingBranches(F, {0, 0, 0, 0, 0, 0, 1, 0}), (Blocks{0, 0, 0, 0, 1, 1, 0, 0}));
  EXPECT_EQ(decidingBranches(F, {0, 1, 0, 0, 0, 0, 0, 0}), (Blocks{1, 0, 0, 0, 0, 0, 0, 0}));
  EXPECT_EQ(decidingBranches(F, Blocks(8, false)), Blocks(8, false));
}

TEST(DecidingBranches, AnEndThatIsNotTheExit) {
  // if (x) panic();
  Function F = function("demo", {variable("x")}, {branch({}, truth(0), 1, 2), {}, jump({}, 3), {}});
  EXPECT_EQ(decidingBranches(F, std::vector<bool>(4, false)), (std::vector<bool>{1, 0, 0, 0}));
}

TEST(Correlation, SameConditionDecidesTheSame) {
  EXPECT_EQ(paths(twoIfs(truth(0), {}, truth(0)), TwoIfs), Together);
  EXPECT_EQ(paths(twoIfs(opaque(5, {0}), {}, opaque(5, {0})), TwoIfs), Together);
  EXPECT_EQ(paths(twoIfs(opaque(5, {0}), {}, opaque(6, {0})), TwoIfs), Apart);
  EXPECT_EQ(paths(twoIfs(truth(0), {}, truth(1)), TwoIfs), Apart);
}

TEST(Correlation, NegationIsTheOtherWay) {
  EXPECT_EQ(paths(twoIfs(truth(0), {}, negated(truth(0))), TwoIfs), (Ways{"a", "b"}));
  EXPECT_EQ(paths(twoIfs(opaque(5, {0}), {}, negated(opaque(5, {0}))), TwoIfs), (Ways{"a", "b"}));
}

TEST(Correlation, AssignmentForgets) {
  EXPECT_EQ(paths(twoIfs(truth(0), {assign(0)}, truth(0)), TwoIfs), Apart);
  EXPECT_EQ(paths(twoIfs(opaque(5, {0, 1}), {assign(1)}, opaque(5, {0, 1})), TwoIfs), Apart);
  EXPECT_EQ(paths(twoIfs(truth(0), {assign(1)}, truth(0)), TwoIfs), Together);
  // The result of a call is an assignment too.
  EXPECT_EQ(paths(twoIfs(truth(0), {call(1, "get", {}, 0)}, truth(0)), TwoIfs), Apart);
}

TEST(Correlation, AddressHandedOutForgets) {
  EXPECT_EQ(paths(twoIfs(truth(0), {call(1, "change", {placeArg(0, true)})}, truth(0)), TwoIfs), Apart);
  EXPECT_EQ(paths(twoIfs(truth(0), {call(1, "look", {placeArg(0)})}, truth(0)), TwoIfs), Together);
}

TEST(Correlation, StoreThroughAnotherPointerForgetsTheField) {
  EXPECT_EQ(paths(twoIfs(truth(2), {}, truth(2)), TwoIfs), Together);
  EXPECT_EQ(paths(twoIfs(truth(2), {assign(3)}, truth(2)), TwoIfs), Apart);
}

TEST(Correlation, APathIsAnotherPlaceWhenWhatItGoesThroughChanges) {
  // if (p->z) ...; p = next or i++; if (p->z) ...
  for (PlaceId Changed : {PlaceId(0), PlaceId(1)}) {
    Function F = twoIfs(truth(2), {assign(Changed)}, truth(2));
    F.Places[2].Roots = {0};
    EXPECT_EQ(paths(F, TwoIfs), Changed == 0 ? Apart : Together);
  }
}

TEST(Correlation, ConstantsDecide) {
  // saved = 0; if (...) saved = 1; if (saved)
  Function F = twoIfs(opaque(5, {1}), {}, truth(0), {assign(0, 1)});
  F.Blocks[0].Events = {assign(0, 0)};
  EXPECT_EQ(paths(F, TwoIfs), Together);
  // An unknown value decides nothing.
  F.Blocks[1].Events = {assign(0)};
  EXPECT_EQ(paths(F, TwoIfs), (Ways{"", "a", "ab"}));
}

TEST(Correlation, CopiesCarryWhatIsKnown) {
  // err = 0; if (...) err = -5; ret = err; if (ret) ...; ret = 0
  Function F = twoIfs(opaque(5, {2}), {assign(1, std::nullopt, 0)}, truth(1), {assign(0, -5)});
  F.Blocks[0].Events = {assign(0, 0)};
  F.Blocks[3].Events = {assign(1, 0)};
  EXPECT_EQ(paths(F, TwoIfs), Together);
}

TEST(Correlation, EqualityTellsMoreThanItself) {
  Condition Is3 = compare(0, CompareOp::Eq, 3);
  EXPECT_EQ(paths(twoIfs(Is3, {}, compare(0, CompareOp::Eq, 4)), TwoIfs), (Ways{"", "a", "b"}));
  // x == 3 answers every order.
  EXPECT_EQ(paths(twoIfs(Is3, {}, compare(0, CompareOp::Lt, 3)), TwoIfs), (Ways{"", "a", "b"}));
  Condition AtLeast3 = compare(0, CompareOp::Lt, 3);
  AtLeast3.Negated = true;
  EXPECT_EQ(paths(twoIfs(Is3, {}, AtLeast3), TwoIfs), (Ways{"", "ab", "b"}));
  // `err < 0` says that err is not 0.
  EXPECT_EQ(paths(twoIfs(compare(0, CompareOp::Lt, 0), {}, truth(0)), TwoIfs), (Ways{"", "ab", "b"}));
}

Condition bothOf(Condition A, Condition B, bool IsAnd) {
  Condition C = opaque(900, {});
  C.Parts = {std::move(A), std::move(B)};
  C.IsAnd = IsAnd;
  return C;
}

TEST(Correlation, PartsOfAnd) {
  Condition Both = bothOf(truth(0), truth(1), true);
  // True: both parts are; false: nothing is known of either.
  EXPECT_EQ(paths(twoIfs(Both, {}, truth(1)), TwoIfs), (Ways{"", "b", "ab"}));
  EXPECT_EQ(paths(twoIfs(negated(truth(0)), {}, Both), TwoIfs), (Ways{"", "a", "b"}));
}

TEST(Correlation, PartsOfOr) {
  Condition Any = bothOf(truth(0), truth(1), false);
  EXPECT_EQ(paths(twoIfs(Any, {}, truth(0)), TwoIfs), (Ways{"", "a", "ab"}));
  EXPECT_EQ(paths(twoIfs(truth(0), {}, Any), TwoIfs), (Ways{"", "b", "ab"}));
}

/// while (C) { l }, and then the exit.
Function loop(const Condition &C, std::vector<Event> Body) {
  return function("demo", {variable("x"), fieldPlace("p->z", "demo.z")},
                  {jump({}, 1), branch({}, C, 2, 3), jump(std::move(Body), 1), {}});
}

TEST(Correlation, LoopsAskAgainWhereTheAnswerMayChange) {
  std::map<uint32_t, char> Body = {{2, 'l'}};
  auto Leaves = [&](const Function &F) { return paths(F, Body, 3).contains("l"); };
  EXPECT_TRUE(Leaves(loop(opaque(5, {0}, true), {})));
  EXPECT_TRUE(Leaves(loop(truth(1), {})));
  EXPECT_TRUE(Leaves(loop(truth(0), {assign(0)})));
}

TEST(Correlation, SwitchOnAKnownValue) {
  auto Make = [](std::optional<int64_t> Value) {
    Block Switch;
    Switch.Events = {assign(0, Value)};
    Switch.Branch = compare(0, CompareOp::Eq, 0);
    Switch.Succs = {{1, EdgeKind::Case, 1, 1}, {2, EdgeKind::Case, 4, 6}, {3, EdgeKind::Default, 0, 0}};
    return function("demo", {variable("x")}, {Switch, jump({}, 4), jump({}, 4), jump({}, 4), {}});
  };
  std::map<uint32_t, char> Cases = {{1, 'a'}, {2, 'b'}, {3, 'd'}};
  EXPECT_EQ(paths(Make(1), Cases), Ways{"a"});
  EXPECT_EQ(paths(Make(5), Cases), Ways{"b"});
  EXPECT_EQ(paths(Make(7), Cases), Ways{"d"});
  EXPECT_EQ(paths(Make(std::nullopt), Cases), (Ways{"a", "b", "d"}));
}

// ---- the solver: which calls may have run before a block

using Calls = std::set<uint32_t>;

std::vector<std::optional<Calls>> callsBefore(const Function &F) {
  return solveForward<Calls>(
      F, {},
      [](Calls &Now, const Event &E) {
        if (E.Kind == EventKind::Call)
          Now.insert(E.Id);
      },
      [](const Block &, const Edge &E, Calls Now) {
        return E.Kind == EdgeKind::Case ? std::nullopt : std::optional(std::move(Now));
      },
      [](Calls &Into, const Calls &From) {
        size_t Before = Into.size();
        Into.insert(From.begin(), From.end());
        return Into.size() != Before;
      });
}

TEST(Forward, JoinsWherePathsMeet) {
  Function F = function(
      "demo", {},
      {branch({call(1, "a")}, opaque(5, {}), 1, 2), jump({call(2, "b")}, 3), jump({call(3, "c")}, 3), {}});
  auto At = callsBefore(F);
  EXPECT_EQ(*At[0], Calls{});
  EXPECT_EQ(*At[1], Calls{1});
  EXPECT_EQ(*At[3], (Calls{1, 2, 3}));
}

TEST(Forward, LoopsReachAFixedPoint) {
  Function F = function("demo", {},
                        {jump({}, 1),
                         branch({}, opaque(5, {}), 2, 4),
                         branch({call(1, "a")}, opaque(6, {}), 3, 1),
                         jump({call(2, "b")}, 1),
                         {}});
  auto At = callsBefore(F);
  EXPECT_EQ(*At[1], (Calls{1, 2}));
  EXPECT_EQ(*At[4], (Calls{1, 2}));
}

TEST(Forward, UnreachedBlocksHaveNoState) {
  Block Switch;
  Switch.Succs = {{1, EdgeKind::Case, 0, 0}, {2, EdgeKind::Default, 0, 0}};
  auto At = callsBefore(function("demo", {}, {Switch, jump({}, 2), {}}));
  EXPECT_FALSE(At[1]);
  EXPECT_TRUE(At[2]);
  EXPECT_TRUE(callsBefore(Function{}).empty());
}

} // namespace
