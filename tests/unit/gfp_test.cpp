// Flags, tables of flag values, restrictions, scopes and kernel versions.
#include "gfp/KernelVersion.h"
#include "gfp/MaskFn.h"
#include "gfp/Scope.h"

#include "llvm/ADT/SmallVector.h"

#include <gtest/gtest.h>

using namespace gfplint;

namespace {

constexpr Mask NoFs{Flag::DirectReclaim, Flag::KswapdReclaim, Flag::Io};
constexpr Mask NoIo{Flag::DirectReclaim, Flag::KswapdReclaim};
constexpr Mask NoWait{Flag::KswapdReclaim};
constexpr Mask Atomic{Flag::KswapdReclaim, Flag::High};

/// Values as 6.1 has them: numbers in the source, __GFP_ATOMIC, GFP_NOWAIT of one bit.
FlagTable like61() {
  FlagTable T;
  T.add("__GFP_DMA", 0x01);
  T.add("__GFP_HIGHMEM", 0x02);
  T.add("__GFP_MOVABLE", 0x08);
  T.add("__GFP_HIGH", 0x20);
  T.add("__GFP_IO", 0x40);
  T.add("__GFP_FS", 0x80);
  T.add("__GFP_ZERO", 0x100);
  T.add("__GFP_ATOMIC", 0x200);
  T.add("__GFP_DIRECT_RECLAIM", 0x400);
  T.add("__GFP_KSWAPD_RECLAIM", 0x800);
  T.add("__GFP_NOWARN", 0x2000);
  T.add("__GFP_HARDWALL", 0x100000);
  T.add("__GFP_RECLAIM", 0xc00);
  T.add("GFP_KERNEL", 0xcc0);
  T.add("GFP_USER", 0x100cc0);
  T.add("GFP_NOFS", 0xc40);
  T.add("GFP_NOIO", 0xc00);
  T.add("GFP_NOWAIT", 0x800);
  T.add("GFP_ATOMIC", 0xa20);
  return T;
}

/// Values as 6.12 has them: the bits moved, GFP_NOWAIT has __GFP_NOWARN.
FlagTable like612() {
  FlagTable T;
  T.add("__GFP_DMA", 0x01);
  T.add("__GFP_HIGH", 0x20);
  T.add("__GFP_IO", 0x40);
  T.add("__GFP_FS", 0x80);
  T.add("__GFP_ZERO", 0x100);
  T.add("__GFP_DIRECT_RECLAIM", 0x200);
  T.add("__GFP_KSWAPD_RECLAIM", 0x400);
  T.add("__GFP_NOWARN", 0x1000);
  T.add("__GFP_NO_OBJ_EXT", 0x2000000);
  T.add("__GFP_FROM_THE_FUTURE", 0x4000000);
  T.add("__GFP_RECLAIM", 0x600);
  T.add("GFP_KERNEL", 0x6c0);
  T.add("GFP_NOFS", 0x640);
  T.add("GFP_NOIO", 0x600);
  T.add("GFP_NOWAIT", 0x1400);
  T.add("GFP_ATOMIC", 0x420);
  return T;
}

TEST(Flags, NamesGoBothWays) {
  for (size_t I = 0; I + 1 < FlagCount; ++I)
    EXPECT_EQ(flagNamed(flagName(static_cast<Flag>(I))), static_cast<Flag>(I));
  EXPECT_EQ(flagName(Flag::DirectReclaim), "__GFP_DIRECT_RECLAIM");
  EXPECT_EQ(flagNamed("GFP_KERNEL"), std::nullopt);
  EXPECT_EQ(flagNamed(flagName(Flag::Other)), std::nullopt);
}

TEST(Restrictions, OfMasks) {
  EXPECT_EQ(restrictionOf(masks::Kernel), Restriction::None);
  EXPECT_EQ(restrictionOf(NoFs), Restriction::NoFs);
  EXPECT_EQ(restrictionOf(NoIo), Restriction::NoIo);
  EXPECT_EQ(restrictionOf(NoWait), Restriction::NoWait);
  EXPECT_EQ(restrictionOf(Atomic), Restriction::NoWait);
  EXPECT_EQ(restrictionOf({}), Restriction::NoWait);
  // FS without IO makes no sense; block I/O is what is forbidden.
  EXPECT_EQ(restrictionOf(NoIo | Mask{Flag::Fs}), Restriction::NoIo);
  // IO and FS mean nothing without direct reclaim.
  EXPECT_EQ(restrictionOf(masks::Kernel - Mask{Flag::DirectReclaim}), Restriction::NoWait);
  // Kswapd is woken or not: that forbids nothing.
  EXPECT_EQ(restrictionOf(masks::Kernel - Mask{Flag::KswapdReclaim}), Restriction::None);
}

TEST(Restrictions, OnlyTheThreeMasksCount) {
  EXPECT_EQ(restrictedMask(NoFs | Mask{Flag::Zero}), Restriction::NoFs);
  EXPECT_EQ(restrictedMask(NoIo), Restriction::NoIo);
  EXPECT_EQ(restrictedMask(NoWait | Mask{Flag::NoWarn}), Restriction::NoWait);
  EXPECT_EQ(restrictedMask(masks::Kernel), std::nullopt);
  EXPECT_EQ(restrictedMask(Atomic), std::nullopt);
  EXPECT_EQ(restrictedMask({}), std::nullopt);
  EXPECT_EQ(restrictedMask(NoFs - Mask{Flag::KswapdReclaim}), std::nullopt);
}

TEST(Restrictions, SureOnlyWhereBothBoundsAgree) {
  EXPECT_EQ(sureRestriction(NoFs, NoFs), Restriction::NoFs);
  EXPECT_EQ(sureRestriction(NoFs, NoFs | Mask{Flag::Zero}), Restriction::NoFs);
  EXPECT_EQ(sureRestriction(NoFs, masks::Kernel), std::nullopt);
  EXPECT_EQ(sureRestriction({}, Mask::all()), std::nullopt);
  EXPECT_EQ(sureRestriction({}, Mask::all() - Mask{Flag::DirectReclaim}), Restriction::NoWait);
  EXPECT_EQ(sureRestriction(masks::Kernel, Mask::all()), Restriction::None);
}

TEST(FlagTable, ValuesDifferBetweenTrees) {
  FlagTable Old = like61();
  FlagTable New = like612();
  EXPECT_EQ(Old.fromValue(0xc40), NoFs);
  EXPECT_EQ(New.fromValue(0x640), NoFs);
  EXPECT_NE(New.fromValue(0xc40), NoFs);
  EXPECT_EQ(Old.named("GFP_NOWAIT"), NoWait);
  EXPECT_EQ(New.named("GFP_NOWAIT"), (NoWait | Mask{Flag::NoWarn}));
  EXPECT_EQ(Old.named("GFP_ATOMIC"), (Atomic | Mask{Flag::Atomic}));
  EXPECT_EQ(New.named("GFP_ATOMIC"), Atomic);
  EXPECT_EQ(New.named("__GFP_RECLAIM"), NoIo);
  EXPECT_EQ(New.named("__GFP_IO"), Mask{Flag::Io});
}

TEST(FlagTable, KnowsWhatTheTreeHas) {
  FlagTable New = like612();
  EXPECT_TRUE(New.has(Flag::NoObjExt));
  EXPECT_FALSE(New.has(Flag::Atomic));
  EXPECT_FALSE(like61().has(Flag::NoObjExt));
  EXPECT_EQ(New.named("__GFP_ATOMIC"), std::nullopt);
  EXPECT_EQ(New.named("GFP_HIGHUSER"), std::nullopt);
  EXPECT_EQ(New.allBits(),
            0x1u | 0x20 | 0x40 | 0x80 | 0x100 | 0x200 | 0x400 | 0x1000 | 0x2000000 | 0x4000000);
}

TEST(FlagTable, UnknownFlagsAreKeptAsOther) {
  FlagTable New = like612();
  EXPECT_EQ(New.unknownNames(), std::vector<std::string>{"__GFP_FROM_THE_FUTURE"});
  EXPECT_EQ(New.fromValue(0x4000000), Mask{Flag::Other});
  // A bit that no flag of the tree has.
  EXPECT_EQ(New.fromValue(0x40000000 | 0x40), (Mask{Flag::Other, Flag::Io}));
  EXPECT_EQ(New.fromValue(0), Mask{});
}

TEST(FlagTable, FlagsWithoutABitAreNotThere) {
  FlagTable T = like612();
  T.add("__GFP_NOLOCKDEP", 0);
  EXPECT_FALSE(T.has(Flag::NoLockdep));
  EXPECT_TRUE(T.unknownNames().size() == 1);
}

TEST(FlagTable, ValuesAreUnitedBitByBit) {
  FlagTable T = like612();
  for (uint64_t A : {0x640u, 0x1400u, 0x6c0u, 0x40u})
    for (uint64_t B : {0x100u, 0x420u, 0u, 0x80u})
      EXPECT_EQ(T.fromValue(A | B), T.fromValue(A) | T.fromValue(B));
}

TEST(FlagTable, SpellsAsAKernelDeveloperWould) {
  FlagTable New = like612();
  FlagTable Old = like61();
  EXPECT_EQ(New.spell(masks::Kernel), "GFP_KERNEL");
  EXPECT_EQ(New.spell(NoFs | Mask{Flag::Zero}), "GFP_NOFS | __GFP_ZERO");
  EXPECT_EQ(New.spell(NoIo), "GFP_NOIO");
  EXPECT_EQ(New.spell({}), "0");
  EXPECT_EQ(New.spell(Atomic), "GFP_ATOMIC");
  EXPECT_EQ(New.spell(NoWait | Mask{Flag::NoWarn}), "GFP_NOWAIT");
  // On 6.1 GFP_NOWAIT says nothing of warnings.
  EXPECT_EQ(Old.spell(NoWait | Mask{Flag::NoWarn}), "GFP_NOWAIT | __GFP_NOWARN");
  EXPECT_EQ(New.spell(NoWait), "__GFP_KSWAPD_RECLAIM");
  EXPECT_EQ(Old.spell(masks::Kernel | Mask{Flag::HardWall}), "GFP_USER");
}

TEST(FlagTable, SpellingIsTheMask) {
  FlagTable T = like61();
  for (uint64_t Value = 0; Value < 0x1000; Value += 0x20) {
    Mask M = T.fromValue(Value);
    Mask Read;
    llvm::SmallVector<llvm::StringRef, 8> Words;
    std::string Text = T.spell(M);
    llvm::StringRef(Text).split(Words, " | ");
    for (llvm::StringRef Word : Words)
      Read = Read | (Word == "0" ? Mask{} : T.named(Word).value_or(Mask::all()));
    EXPECT_EQ(Read, M) << Text;
  }
}

TEST(Scopes, Effects) {
  Mask Movable = masks::Kernel | Mask{Flag::Movable};
  EXPECT_EQ(scopeEffect(ScopeKind::NoFs).apply(masks::Kernel), NoFs);
  EXPECT_EQ(scopeEffect(ScopeKind::NoIo).apply(masks::Kernel), NoIo);
  EXPECT_EQ(restrictionOf(scopeEffect(ScopeKind::NoWait).apply(masks::Kernel)), Restriction::NoWait);
  EXPECT_EQ(scopeEffect(ScopeKind::NoReclaim).apply(masks::Kernel), (masks::Kernel | Mask{Flag::MemAlloc}));
  EXPECT_EQ(scopeEffect(ScopeKind::Pin).apply(Movable), masks::Kernel);
  // A scope only ever takes away: it gives no mask more than it has.
  EXPECT_EQ(scopeEffect(ScopeKind::NoFs).apply(NoWait), NoWait);
  EXPECT_EQ(scopeEffect(ScopeKind::NoIo).apply(NoFs), NoIo);
}

TEST(Scopes, AnEffectTwiceIsTheEffectOnce) {
  for (size_t I = 0; I < ScopeKindCount; ++I) {
    MaskFn E = scopeEffect(static_cast<ScopeKind>(I));
    EXPECT_EQ(E.after(E), E);
    for (size_t K = 0; K < ScopeKindCount; ++K) {
      MaskFn Other = scopeEffect(static_cast<ScopeKind>(K));
      EXPECT_EQ(E.after(Other), Other.after(E)) << I << " " << K;
    }
  }
}

TEST(Scopes, StrongerImpliesWeaker) {
  ScopeSet NoIoOnly{ScopeKind::NoIo};
  EXPECT_TRUE(NoIoOnly.implies(Restriction::NoFs));
  EXPECT_TRUE(NoIoOnly.implies(Restriction::NoIo));
  EXPECT_FALSE(NoIoOnly.implies(Restriction::NoWait));
  ScopeSet NoFsOnly{ScopeKind::NoFs};
  EXPECT_TRUE(NoFsOnly.implies(Restriction::NoFs));
  EXPECT_FALSE(NoFsOnly.implies(Restriction::NoIo));
  for (Restriction R : {Restriction::NoFs, Restriction::NoIo, Restriction::NoWait}) {
    EXPECT_TRUE(ScopeSet({ScopeKind::NoWait}).implies(R));
    EXPECT_FALSE(ScopeSet({ScopeKind::Pin}).implies(R));
    EXPECT_FALSE(ScopeSet({ScopeKind::NoReclaim}).implies(R));
    EXPECT_FALSE(ScopeSet().implies(R));
    EXPECT_TRUE(ScopeSet({scopeFor(R).value()}).implies(R));
  }
  EXPECT_EQ(scopeFor(Restriction::None), std::nullopt);
}

TEST(Scopes, SetsAndNames) {
  ScopeSet S{ScopeKind::NoFs, ScopeKind::Pin};
  S.erase(ScopeKind::NoFs);
  EXPECT_EQ(S, ScopeSet({ScopeKind::Pin}));
  EXPECT_TRUE((S & ScopeSet({ScopeKind::NoIo})).empty());
  EXPECT_TRUE((S | ScopeSet({ScopeKind::NoIo})).has(ScopeKind::NoIo));
  EXPECT_EQ(ScopeSet::all() & S, S);
  ScopeSet Both{ScopeKind::NoIo, ScopeKind::Pin};
  EXPECT_EQ(Both.effect().apply(masks::Kernel | Mask{Flag::Movable}), NoIo);
  for (size_t I = 0; I < ScopeKindCount; ++I)
    EXPECT_EQ(scopeNamed(scopeName(static_cast<ScopeKind>(I))), static_cast<ScopeKind>(I));
  EXPECT_EQ(scopeNamed("nocma"), std::nullopt);
}

TEST(KernelVersions, Parse) {
  EXPECT_EQ(KernelVersion::parse("6.12"), (KernelVersion{6, 12, 0}));
  EXPECT_EQ(KernelVersion::parse("6.12.117"), (KernelVersion{6, 12, 117}));
  EXPECT_EQ(KernelVersion::parse("6.12.0-rc3"), (KernelVersion{6, 12, 0}));
  EXPECT_EQ(KernelVersion::parse("5.10-amd64"), (KernelVersion{5, 10, 0}));
  for (const char *Bad :
       {"", "6", "6.", ".12", "six.12", "6.12.", "6.12.1.1", "6.12 ", "v6.12", "6.12rc1", "-6.1"})
    EXPECT_EQ(KernelVersion::parse(Bad), std::nullopt) << Bad;
}

TEST(KernelVersions, OrderAndSpelling) {
  auto Of = [](const char *Text) { return KernelVersion::parse(Text).value(); };
  EXPECT_LT(Of("5.17"), Of("6.1"));
  EXPECT_LT(Of("6.1"), Of("6.12"));
  EXPECT_LT(Of("6.9"), Of("6.10"));
  EXPECT_LT(Of("6.12"), Of("6.12.1"));
  EXPECT_EQ(Of("6.12.117").str(), "6.12.117");
  EXPECT_EQ(Of("6.12.0").str(), "6.12");
}

} // namespace
