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
  EXPECT_TRUE(netOf(L, "maybe").empty());
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
