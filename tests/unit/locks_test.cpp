// What a function does to its caller's locks, and stretches over which a lock is held.
#include "ProgramFixture.h"
#include "program/Regions.h"

using namespace gfplint;
using namespace gfplint::test;

namespace {

/// Parameter d, and its lock.
const std::vector<Place> Demo = {param("d", 0), fieldPlace("d->lock", "demo.lock", {0})};

Event lock(uint32_t Id, PlaceId At = 1) { return call(Id, "mutex_lock", {placeArg(At, true)}); }
Event unlock(uint32_t Id, PlaceId At = 1) { return call(Id, "mutex_unlock", {placeArg(At, true)}); }
Event leave() {
  Event E;
  E.Kind = EventKind::Return;
  E.Where = siteAt(900);
  return E;
}

const std::vector<NetLock> &netOf(Linked &L, const char *Key) { return L.P.locks(L.id(Key)); }

TEST(Locks, WrappersAreSeenThroughTheirParameter) {
  Linked L({function("take", Demo, {jump({lock(1)}, 1), {}}),
            function("drop", Demo, {jump({unlock(1)}, 1), {}}),
            function("both", Demo, {jump({lock(1), unlock(2)}, 1), {}})});
  ASSERT_EQ(netOf(L, "take").size(), 1U);
  EXPECT_EQ(netOf(L, "take")[0].Action, LockAction::Take);
  EXPECT_EQ(netOf(L, "take")[0].Param, 0U);
  EXPECT_EQ(netOf(L, "take")[0].Path, "->lock");
  ASSERT_EQ(netOf(L, "drop").size(), 1U);
  EXPECT_EQ(netOf(L, "drop")[0].Action, LockAction::Release);
  EXPECT_TRUE(netOf(L, "both").empty());
}

TEST(Locks, WhatSomePathsDoIsNotSure) {
  Linked L({function("maybe", {param("d", 0), fieldPlace("d->lock", "demo.lock", {0}), param("deep", 1)},
                     {branch({}, truth(2), 1, 2), jump({lock(1)}, 2), {}})});
  ASSERT_EQ(netOf(L, "maybe").size(), 1U);
  EXPECT_TRUE(netOf(L, "maybe")[0].Maybe);
  // Nothing is said to who asks for what surely happens.
  Linked Outer({function("maybe", Demo, {branch({}, truth(0), 1, 2), jump({lock(1)}, 2), {}}),
                function("outer", Demo, {jump({call(1, "maybe", {placeArg(0)})}, 1), {}})});
  EXPECT_TRUE(Outer.P.lockOperations(Outer.id("outer"), call(1, "maybe", {placeArg(0)})).empty());
}

/// The calls of a function at which some lock is surely held.
std::set<uint32_t> heldAt(const Function &F) {
  Model Knowledge = kernelModel();
  CalleeLocks Nothing = [](const Event &) { return nullptr; };
  std::set<uint32_t> Ids;
  for (const auto &[Id, At] : LockFlow(F, Knowledge, Nothing, LockSet::Atomic).atCalls())
    if (!At.Held.empty())
      Ids.insert(Id);
  return Ids;
}

Event spin(uint32_t Id, PlaceId At = 1) { return call(Id, "spin_lock", {placeArg(At, true)}); }
Event unspin(uint32_t Id, PlaceId At = 1) { return call(Id, "spin_unlock", {placeArg(At, true)}); }

TEST(LockFlow, HeldFromTakeToRelease) {
  EXPECT_EQ(heldAt(function("f", Demo,
                            {jump({call(1, "a"), spin(2), call(3, "b"), unspin(4), call(5, "c")}, 1), {}})),
            (std::set<uint32_t>{3, 4}));
}

TEST(LockFlow, ATrylockIsHeldInTheArmThatGotIt) {
  Condition Got;
  Got.Key = 5;
  Got.CallResult = 1;
  Function F = function("f", Demo,
                        {branch({call(1, "spin_trylock", {placeArg(1, true)})}, Got, 1, 2),
                         jump({call(2, "got"), unspin(3)}, 3),
                         jump({call(4, "not_got")}, 3),
                         {}});
  EXPECT_EQ(heldAt(F), (std::set<uint32_t>{2, 3}));
}

TEST(LockFlow, AReleaseUnderAnotherNameMayBeTheSameLock) {
  // spin_lock(&d->lock); spin_unlock(&e->lock); b();
  std::vector<Place> Two = {param("d", 0), fieldPlace("d->lock", "demo.lock", {0}), param("e", 1),
                            fieldPlace("e->lock", "demo.lock", {2})};
  EXPECT_EQ(heldAt(function("f", Two, {jump({spin(1), unspin(2, 3), call(3, "b")}, 1), {}})),
            (std::set<uint32_t>{2}));
  // Where e->lock was taken under this name, it is another one.
  EXPECT_EQ(heldAt(function("f", Two, {jump({spin(1), spin(2, 3), unspin(3, 3), call(4, "b")}, 1), {}})),
            (std::set<uint32_t>{2, 3, 4}));
}

TEST(LockFlow, TheNameOfAnotherObject) {
  Event Walk;
  Walk.Kind = EventKind::Assign;
  Walk.Target = 0;
  EXPECT_EQ(heldAt(function("f", Demo, {jump({spin(1), Walk, call(2, "b"), unspin(3)}, 1), {}})),
            std::set<uint32_t>{});
  EXPECT_EQ(heldAt(function("f", Demo, {jump({Walk, spin(1), call(2, "b"), unspin(3)}, 1), {}})),
            (std::set<uint32_t>{2, 3}));
}

TEST(LockFlow, AnAssertionIsTheCallersLock) {
  std::vector<Place> Places = {param("d", 0), fieldPlace("d->lock", "demo.lock", {0}),
                               fieldPlace("&d->lock->..dep_map", "spinlock.dep_map", {0})};
  Event Ask = call(1, "lock_is_held", {placeArg(2, true)});
  Ask.Typed = "lockdep_assert_held";
  Condition Debug = opaque(9, {});
  Debug.Text = "lockdep_assert_held(&d->lock)";
  Function F = function(
      "f", Places,
      {branch({}, Debug, 1, 2), jump({Ask}, 2), jump({call(2, "b"), unspin(3), call(4, "c")}, 3), {}});
  EXPECT_EQ(heldAt(F), (std::set<uint32_t>{1, 2, 3}));
  Model Knowledge = kernelModel();
  CalleeLocks Nothing = [](const Event &) { return nullptr; };
  std::vector<NetLock> Nets = LockFlow(F, Knowledge, Nothing, LockSet::Atomic).nets();
  ASSERT_EQ(Nets.size(), 1U);
  EXPECT_EQ(Nets[0].Action, LockAction::Release);
  EXPECT_FALSE(Nets[0].Maybe);
}

TEST(LockFlow, AGuardHoldsToTheEndOfItsVariable) {
  Model Knowledge = kernelModel();
  NetLock Take;
  Take.Function = Knowledge.lockFunction("spin_lock");
  Take.Nameless = true;
  NetLock Release = Take;
  Release.Function = Knowledge.lockFunction("spin_unlock");
  Release.Action = LockAction::Release;
  Release.Maybe = true;
  std::vector<NetLock> Begin = {Take};
  std::vector<NetLock> End = {Release};
  CalleeLocks Callee = [&](const Event &E) -> const std::vector<NetLock> * {
    return E.Callee == "begin" ? &Begin : E.Callee == "end" ? &End : nullptr;
  };
  Event Cleanup = call(4, "end", {placeArg(0, true)});
  Cleanup.Cleanup = true;
  Function F = function("f", {variable("guard")},
                        {jump({call(1, "begin", {}, 0), call(2, "b"), Cleanup, call(5, "c")}, 1), {}});
  std::map<uint32_t, LockFlow::AtCall> At = LockFlow(F, Knowledge, Callee, LockSet::Atomic).atCalls();
  EXPECT_EQ(At[2].Held.size(), 1U);
  EXPECT_TRUE(At[5].Held.empty());
  EXPECT_FALSE(At[5].DropsCallers);
}

TEST(Locks, WrappersOfWrappers) {
  // `demo_take(&x->inner)` takes x->inner.lock.
  std::vector<Place> Outer = {param("x", 0), fieldPlace("x->inner", "outer.inner", {0})};
  Linked L({function("demo_take", Demo, {jump({lock(1)}, 1), {}}),
            function("outer", Outer, {jump({call(1, "demo_take", {placeArg(1, true)})}, 1), {}})});
  ASSERT_EQ(netOf(L, "outer").size(), 1U);
  EXPECT_EQ(netOf(L, "outer")[0].Path, "->inner.lock");
}

TEST(Locks, ARegionLastsFromTakeToRelease) {
  Event Alloc = call(9, "kmalloc", {{}, maskArg(constant(NoFs))});
  Linked L({function("f", Demo, {jump({call(7, "before"), lock(1), Alloc, unlock(2), leave()}, 1), {}})});
  std::vector<LockRegion> All = lockRegions(L.P, L.id("f"));
  ASSERT_EQ(All.size(), 1U);
  EXPECT_EQ(All[0].Lock, "d->lock");
  ASSERT_EQ(All[0].Inside.size(), 1U);
  EXPECT_EQ(All[0].Inside[0]->Id, 9U);
  ASSERT_EQ(All[0].Releases.size(), 1U);
  EXPECT_EQ(All[0].Releases[0]->Id, 2U);
}

TEST(Locks, AFunctionThatIsLeftWithTheLockHasNoRegion) {
  Linked L(
      {function("f", {param("d", 0), fieldPlace("d->lock", "demo.lock", {0}), param("deep", 1)},
                {branch({lock(1)}, truth(2), 1, 2), jump({leave()}, 3), jump({unlock(2), leave()}, 3), {}})});
  EXPECT_TRUE(lockRegions(L.P, L.id("f")).empty());
}

TEST(Locks, AHandleIsGotWhereItIsNoError) {
  // trans = btrfs_start_transaction(); if (IS_ERR(trans)) return; ... btrfs_end_transaction(trans);
  std::vector<Place> Places = {variable("trans")};
  Condition Failed;
  Failed.Key = 5;
  Failed.CallResult = 2;
  Failed.Text = "IS_ERR(trans)";
  Linked L({function(
      "f", Places,
      {branch({call(1, "btrfs_start_transaction", {}, 0), call(2, "IS_ERR", {placeArg(0)})}, Failed, 1, 2),
       jump({leave()}, 3),
       jump({call(3, "kmalloc", {{}, maskArg(constant(NoFs))}),
             call(4, "btrfs_end_transaction", {placeArg(0)}), leave()},
            3),
       {}})});
  std::vector<LockRegion> All = lockRegions(L.P, L.id("f"));
  ASSERT_EQ(All.size(), 1U);
  EXPECT_TRUE(All[0].IsHandle);
  ASSERT_EQ(All[0].Failures.size(), 1U);
  EXPECT_EQ(All[0].Failures[0]->Text, "IS_ERR(trans)");
  ASSERT_EQ(All[0].Inside.size(), 1U);
  EXPECT_EQ(All[0].Inside[0]->Id, 3U);
}

} // namespace
