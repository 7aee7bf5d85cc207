// Which scopes are surely open at a call.
#include "ProgramFixture.h"

#include <algorithm>
#include <numeric>
#include <random>

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
  Part Taken = Linked::partOf({Inner, One});
  Taken.AddressTaken = {"a.c:inner"};
  Linked Escaping(std::vector<Part>{Taken});
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

TEST(Scopes, OnlyThoseAboveAScopeFunctionAreLoaded) {
  Function Begin =
      function("begin", {fieldPlace("tp->flags", "tp.flags")}, {jump({save(1, "nofs", 0)}, 1), {}});
  Function Wrapper = function("wrapper", {}, {jump({call(1, "begin")}, 1), {}});
  Function User = function("user", Tokens, {jump({call(1, "wrapper"), alloc(9)}, 1), {}});
  Function Paired = function("paired", Tokens, {jump({save(1, "noio"), restore(2, "noio")}, 1), {}});
  Function CallsPaired = function("calls_paired", {}, {jump({call(1, "paired"), alloc(9)}, 1), {}});
  Linked L(std::vector<Function>{Begin, Wrapper, User, Paired, CallsPaired});
  EXPECT_EQ(L.P.scopeUsers(),
            (std::vector<FunctionId>{L.id("begin"), L.id("paired"), L.id("user"), L.id("wrapper")}));
  EXPECT_EQ(L.P.loaded(), 4u);
  EXPECT_EQ(L.P.scopes(L.id("user")).at(9)[0].Through, "wrapper");
  EXPECT_TRUE(L.P.scopes(L.id("calls_paired")).at(9).empty());
  EXPECT_EQ(L.P.loaded(), 4u);
}

TEST(Scopes, AWrapperFoundLateChangesWhatWasKnownOfItsCallers) {
  // `early` is known from the first round, its callee `wrapper` only from the second.
  Function Begin = function("z_begin", {fieldPlace("p->f", "p.f")}, {jump({save(1, "nofs", 0)}, 1), {}});
  Function Wrapper = function("m_wrapper", {}, {jump({call(1, "z_begin")}, 1), {}});
  Function Early = function(
      "early", Tokens, {jump({save(1, "noio"), restore(2, "noio"), call(3, "m_wrapper"), alloc(9)}, 1), {}});
  Function Above = function("above", {}, {jump({call(1, "early"), alloc(9)}, 1), {}});
  Linked L(std::vector<Function>{Begin, Wrapper, Early, Above});
  EXPECT_EQ(L.P.scopes(L.id("early")).kindsAt(9), ScopeSet({ScopeKind::NoFs}));
  EXPECT_EQ(L.P.scopes(L.id("above")).kindsAt(9), ScopeSet({ScopeKind::NoFs}));
}

TEST(Scopes, RecursionSeesNothing) {
  Function Self = function("self", Tokens, {jump({save(1, "nofs", 0), call(2, "self"), alloc(9)}, 1), {}});
  Function Ping = function("ping", {}, {jump({call(1, "pong"), alloc(9)}, 1), {}});
  Function Pong =
      function("pong", {fieldPlace("p->f", "p.f")}, {jump({call(1, "ping"), save(2, "noio", 0)}, 1), {}});
  Function User = function("user", {}, {jump({call(1, "ping"), alloc(9)}, 1), {}});
  Linked L(std::vector<Function>{Self, Ping, Pong, User});
  EXPECT_EQ(L.P.scopes(L.id("self")).at(9).size(), 1u);
  EXPECT_EQ(L.P.scopes(L.id("ping")).kindsAt(9), ScopeSet({ScopeKind::NoIo}));
  EXPECT_EQ(L.P.scopes(L.id("user")).kindsAt(9), ScopeSet({ScopeKind::NoIo}));
}

/// The scopes of a function, by looking into every callee.
ScopeFlow fullScopes(const Program &P, FunctionId Id) {
  std::vector<std::unique_ptr<ScopeSummary>> Keep;
  auto Callee = [&](const Event &E) -> const ScopeSummary * {
    std::optional<FunctionId> To = P.callee(E);
    if (!To)
      return nullptr;
    Keep.push_back(std::make_unique<ScopeSummary>(fullScopes(P, *To).summary()));
    return Keep.back().get();
  };
  return ScopeFlow(P.function(Id), P.Knowledge, Callee);
}

TEST(Scopes, EqualWhatLookingIntoEveryCalleeFinds) {
  std::mt19937 Random(11);
  constexpr unsigned Count = 14;
  size_t Open = 0;
  for (int Turn = 0; Turn < 60; ++Turn) {
    std::vector<unsigned> Names(Count);
    std::iota(Names.begin(), Names.end(), 0);
    std::shuffle(Names.begin(), Names.end(), Random);
    std::vector<Function> All;
    for (unsigned I = 0; I < Count; ++I) {
      // Calls only what was made before it: no cycles, but in any order of keys.
      auto Step = [&](uint32_t Id) {
        const char *Kind = Random() % 2 == 0 ? "nofs" : "noio";
        switch (Random() % 12) {
        case 0:
          return save(Id, Kind, Random() % 4);
        case 1:
          return restore(Id, Kind, Random() % 4);
        default:
          return I == 0 ? alloc(Id) : call(Id, "f" + std::to_string(Names[Random() % I]));
        }
      };
      std::vector<Place> Places = Tokens;
      Places.push_back(fieldPlace("p->f", "p.f"));
      All.push_back(function("f" + std::to_string(Names[I]), Places,
                             {branch({Step(1), Step(2)}, truth(2), 1, 2), jump({Step(3)}, 2), {}}));
      All.back().Blocks[2].Events = {alloc(9)};
    }
    Linked L(All);
    for (FunctionId Id = 0; Id < L.P.size(); ++Id) {
      ScopeFlow Full = fullScopes(L.P, Id);
      const ScopeFlow &Found = L.P.scopes(Id);
      for (uint32_t Call : {1, 2, 3, 9})
        EXPECT_EQ(Found.at(Call), Full.at(Call)) << L.P.key(Id).str() << " call " << Call;
      EXPECT_EQ(Found.summary().Opens, Full.summary().Opens);
      EXPECT_EQ(Found.summary().Closes, Full.summary().Closes);
      Open += Found.at(9).size();
    }
  }
  EXPECT_GT(Open, 50u);
}

TEST(Scopes, AWrapperCalledTwiceAtEachLevelOpensOneScope) {
  std::vector<Function> All = {
      function("f0", {fieldPlace("p->f", "p.f")}, {jump({save(1, "nofs", 0)}, 1), {}})};
  for (int Level = 1; Level <= 40; ++Level) {
    std::string Below = "f" + std::to_string(Level - 1);
    All.push_back(
        function("f" + std::to_string(Level), {}, {jump({call(1, Below), call(2, Below), alloc(9)}, 1), {}}));
  }
  Linked L(All);
  ASSERT_EQ(L.P.scopes(L.id("f40")).at(9).size(), 1u);
  EXPECT_EQ(L.P.scopes(L.id("f40")).at(9)[0].SavedAt, siteAt(101).At);
}

} // namespace
