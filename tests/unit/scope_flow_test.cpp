// Which scopes are surely open at a call.
#include "ProgramFixture.h"

using namespace gfplint;
using namespace gfplint::test;

namespace {

const std::vector<Place> Tokens = {variable("flags"), variable("other"), param("c", 0)};

Event save(uint32_t Id, const char *Kind, PlaceId Token = 0) {
  return call(Id, std::string("memalloc_") + Kind + "_save", {}, Token);
}
Event restore(uint32_t Id, const char *Kind, PlaceId Token = 0) {
  return call(Id, std::string("memalloc_") + Kind + "_restore", {placeArg(Token)});
}
Event alloc(uint32_t Id = 9) { return call(Id, "kmalloc", {{}, maskArg(constant(masks::Kernel))}); }

ScopeSet at(const Function &F, uint32_t Call = 9) {
  Linked L(std::vector<Function>{F});
  return L.P.scopes(L.id(F.Key)).kindsAt(Call);
}

TEST(ScopeFlow, BetweenSaveAndRestore) {
  Function F = function("f", Tokens,
                        {jump({alloc(7), save(1, "nofs"), alloc(8), restore(2, "nofs"), alloc(9)}, 1), {}});
  EXPECT_TRUE(at(F, 7).empty());
  EXPECT_EQ(at(F, 8), ScopeSet({ScopeKind::NoFs}));
  EXPECT_TRUE(at(F, 9).empty());
}

TEST(ScopeFlow, NestedScopesAddUp) {
  Function F = function(
      "f", Tokens,
      {jump({save(1, "nofs", 0), save(2, "noio", 1), alloc(8), restore(3, "noio", 1), alloc(9)}, 1), {}});
  EXPECT_EQ(at(F, 8), ScopeSet({ScopeKind::NoFs, ScopeKind::NoIo}));
  EXPECT_EQ(at(F, 9), ScopeSet({ScopeKind::NoFs}));
}

TEST(ScopeFlow, InnerScopeOfOneKindDoesNotEndTheOuter) {
  Function F = function(
      "f", Tokens, {jump({save(1, "nofs", 0), save(2, "nofs", 1), restore(3, "nofs", 1), alloc(9)}, 1), {}});
  EXPECT_EQ(at(F), ScopeSet({ScopeKind::NoFs}));
}

TEST(ScopeFlow, OnlyWhatEveryPathOpened) {
  Function OneSide =
      function("f", Tokens, {branch({}, truth(2), 1, 2), jump({save(1, "nofs")}, 2), jump({alloc()}, 3), {}});
  EXPECT_TRUE(at(OneSide).empty());
  Function BothSides = function("f", Tokens,
                                {branch({}, truth(2), 1, 2),
                                 jump({save(1, "nofs")}, 3),
                                 jump({save(2, "nofs")}, 3),
                                 jump({alloc()}, 4),
                                 {}});
  EXPECT_EQ(at(BothSides), ScopeSet({ScopeKind::NoFs}));
  Function Different = function("f", Tokens,
                                {branch({}, truth(2), 1, 2),
                                 jump({save(1, "nofs")}, 3),
                                 jump({save(2, "noio")}, 3),
                                 jump({alloc()}, 4),
                                 {}});
  EXPECT_TRUE(at(Different).empty());
}

TEST(ScopeFlow, ALoopThatEndsTheScopeOnItsWayBack) {
  // save; do { alloc; restore; } while ()
  Function F = function(
      "f", Tokens, {jump({save(1, "nofs")}, 1), branch({alloc(), restore(2, "nofs")}, truth(2), 1, 2), {}});
  EXPECT_TRUE(at(F).empty());
}

TEST(ScopeFlow, AnUnknownTokenEndsAllOfItsKind) {
  Function F = function(
      "f", Tokens, {jump({save(1, "nofs", 0), save(2, "noio", 0), restore(3, "nofs", 1), alloc()}, 1), {}});
  EXPECT_EQ(at(F), ScopeSet({ScopeKind::NoIo}));
}

TEST(ScopeFlow, GeneralFormByTaskFlags) {
  Event Save = call(1, "memalloc_flags_save", {{}}, 0);
  Save.Args[0].Names = {"PF_MEMALLOC_NOFS", "PF_MEMALLOC"};
  Event End = call(2, "memalloc_flags_restore", {placeArg(0)});
  Function F = function("f", Tokens, {jump({Save, alloc(8), End, alloc(9)}, 1), {}});
  EXPECT_EQ(at(F, 8), ScopeSet({ScopeKind::NoFs, ScopeKind::NoReclaim}));
  EXPECT_TRUE(at(F, 9).empty());
}

TEST(ScopeFlow, WrappersOpenAndCloseForTheirCallers) {
  Function Begin =
      function("begin", {fieldPlace("tp->flags", "tp.flags")}, {jump({save(1, "nofs", 0)}, 1), {}});
  Function End =
      function("end", {fieldPlace("tp->flags", "tp.flags")}, {jump({restore(1, "nofs", 0)}, 1), {}});
  Function User = function("user", {}, {jump({call(1, "begin"), alloc(8), call(2, "end"), alloc(9)}, 1), {}});
  Linked L(std::vector<Function>{Begin, End, User});
  const ScopeFlow &Flow = L.P.scopes(L.id("user"));
  EXPECT_EQ(Flow.kindsAt(8), ScopeSet({ScopeKind::NoFs}));
  ASSERT_EQ(Flow.at(8).size(), 1u);
  EXPECT_EQ(Flow.at(8)[0].Through, "begin");
  EXPECT_TRUE(Flow.kindsAt(9).empty());
}

TEST(ScopeFlow, AWrapperThatMayNotOpenOpensNothing) {
  Function Begin = function("begin", Tokens, {branch({}, truth(2), 1, 2), jump({save(1, "nofs")}, 2), {}});
  Function User = function("user", {}, {jump({call(1, "begin"), alloc(9)}, 1), {}});
  Linked L(std::vector<Function>{Begin, User});
  EXPECT_TRUE(L.P.scopes(L.id("user")).kindsAt(9).empty());
}

TEST(Inherited, WhatEveryCallerHolds) {
  Function Inner = function("a.c:inner", {}, {jump({alloc()}, 1), {}});
  Function Both =
      function("both", Tokens, {jump({save(1, "nofs", 0), save(2, "noio", 1), call(3, "a.c:inner")}, 1), {}});
  Function One = function("one", Tokens, {jump({save(1, "nofs", 0), call(3, "a.c:inner")}, 1), {}});
  Function None = function("none", Tokens, {jump({call(3, "a.c:inner")}, 1), {}});
  Linked Two(std::vector<Function>{Inner, Both, One});
  EXPECT_EQ(Two.P.inherited(Two.id("a.c:inner")), ScopeSet({ScopeKind::NoFs}));
  Linked Three(std::vector<Function>{Inner, Both, One, None});
  EXPECT_TRUE(Three.P.inherited(Three.id("a.c:inner")).empty());
}

TEST(Inherited, NothingWhereCallersAreNotKnown) {
  Function Inner = function("inner", {}, {jump({alloc()}, 1), {}});
  Function One = function("one", Tokens, {jump({save(1, "nofs", 0), call(3, "inner")}, 1), {}});
  Linked Global(std::vector<Function>{Inner, One});
  EXPECT_TRUE(Global.P.inherited(Global.id("inner")).empty());
  Inner.Key = "a.c:inner";
  Inner.Static = true;
  One.Blocks[0].Events[1].Callee = "a.c:inner";
  Unit Taken = Linked::unitOf({Inner, One});
  Taken.AddressTaken = {"a.c:inner"};
  Linked Escaping(std::vector<Unit>{Taken});
  EXPECT_TRUE(Escaping.P.inherited(Escaping.id("a.c:inner")).empty());
}

TEST(Inherited, OverSeveralCallsAndCycles) {
  Function Leaf = function("a.c:leaf", {}, {jump({alloc()}, 1), {}});
  Function Middle = function("a.c:middle", {}, {jump({call(1, "a.c:leaf")}, 1), {}});
  Function Top = function("top", Tokens, {jump({save(1, "noio", 0), call(3, "a.c:middle")}, 1), {}});
  Linked L(std::vector<Function>{Leaf, Middle, Top});
  EXPECT_EQ(L.P.inherited(L.id("a.c:leaf")), ScopeSet({ScopeKind::NoIo}));
  Function Ping = function("a.c:ping", {}, {jump({call(1, "a.c:pong")}, 1), {}});
  Function Pong = function("a.c:pong", {}, {jump({call(1, "a.c:ping")}, 1), {}});
  Linked Cycle(std::vector<Function>{Ping, Pong});
  EXPECT_TRUE(Cycle.P.inherited(Cycle.id("a.c:ping")).empty());
}

} // namespace
