// The algebra of masks against C: random expressions over |, & and ~, evaluated both ways.
#include "gfp/MaskFn.h"

#include <gtest/gtest.h>

#include <functional>
#include <random>

using namespace gfplint;

namespace {

constexpr int Rounds = 4000;

/// Fixed seed: a failure comes again.
class Dice {
public:
  uint64_t word() { return Engine() & Mask::all().raw(); }
  Mask mask() { return Mask::fromRaw(word()); }
  unsigned below(unsigned N) { return static_cast<unsigned>(Engine() % N); }
  /// A mask between two.
  Mask between(Mask Must, Mask May) { return Must | (mask() & May); }

private:
  std::mt19937_64 Engine{20240607};
};

/// A constant expression: `~(A | B) & C`, its value by C's rules and by ours.
struct Constant {
  uint64_t Bits;
  Mask Value;
};

Constant constantExpr(Dice &D, unsigned Depth) {
  if (Depth == 0 || D.below(4) == 0) {
    uint64_t Bits = D.word();
    return {Bits, Mask::fromRaw(Bits)};
  }
  Constant A = constantExpr(D, Depth - 1);
  Constant B = constantExpr(D, Depth - 1);
  switch (D.below(4)) {
  case 0:
    return {A.Bits | B.Bits, A.Value | B.Value};
  case 1:
    return {A.Bits & B.Bits, A.Value & B.Value};
  case 2:
    return {~A.Bits & Mask::all().raw(), ~A.Value};
  default:
    return {A.Bits & ~B.Bits, A.Value - B.Value};
  }
}

/// An expression with one incoming value: what C computes of `In`, and our range.
struct Expression {
  std::function<uint64_t(uint64_t)> InC;
  MaskRange Range = MaskRange::identity();
};

Expression expression(Dice &D, unsigned Depth) {
  if (Depth == 0)
    return {[](uint64_t In) { return In; }, MaskRange::identity()};
  Expression E = expression(D, Depth - 1);
  Constant K = constantExpr(D, 2);
  auto Inner = E.InC;
  switch (D.below(3)) {
  case 0:
    return {[=](uint64_t In) { return Inner(In) | K.Bits; }, E.Range.orWith(K.Value)};
  case 1:
    return {[=](uint64_t In) { return Inner(In) & K.Bits; }, E.Range.andWith(K.Value)};
  default: {
    Expression Outer = expression(D, Depth - 1);
    auto Then = Outer.InC;
    return {[=](uint64_t In) { return Then(Inner(In)); }, Outer.Range.after(E.Range)};
  }
  }
}

MaskFn function(Dice &D) { return MaskFn::identity().andWith(D.mask()).orWith(D.mask()); }

MaskRange range(Dice &D) {
  MaskFn A = function(D);
  MaskFn B = function(D);
  return {meet(A, B), join(A, B)};
}

testing::AssertionResult within(MaskRange R, Mask In, Mask Value) {
  Mask Must = R.Must.apply(In);
  Mask May = R.May.apply(In);
  if (Value.hasAll(Must) && May.hasAll(Value))
    return testing::AssertionSuccess();
  return testing::AssertionFailure() << std::hex << Value.raw() << " is not between " << Must.raw() << " and "
                                     << May.raw();
}

bool normalised(MaskFn F) { return !F.Keep.hasAny(F.Set); }

TEST(MaskAlgebra, SetsFollowTheBitsOfC) {
  Dice D;
  for (int I = 0; I < Rounds; ++I) {
    Constant K = constantExpr(D, 4);
    EXPECT_EQ(K.Value.raw(), K.Bits);
    EXPECT_EQ(K.Value.count(), static_cast<unsigned>(__builtin_popcountll(K.Bits)));
    Mask Other = D.mask();
    EXPECT_EQ(K.Value.hasAll(Other), (Other.raw() & ~K.Bits) == 0);
    EXPECT_EQ(K.Value.hasAny(Other), (Other.raw() & K.Bits) != 0);
  }
}

TEST(MaskAlgebra, ExpressionsOfOneValueAreExact) {
  Dice D;
  for (int I = 0; I < Rounds; ++I) {
    Expression E = expression(D, D.below(4));
    ASSERT_TRUE(E.Range.isExact());
    for (uint64_t In : {D.word(), D.word(), uint64_t(0), Mask::all().raw()})
      ASSERT_EQ(E.Range.Must.apply(Mask::fromRaw(In)).raw(), E.InC(In));
    ASSERT_TRUE(normalised(E.Range.Must));
  }
}

TEST(MaskAlgebra, EqualFunctionsHaveOneForm) {
  Dice D;
  for (int I = 0; I < Rounds; ++I) {
    MaskFn F = function(D);
    Mask M = D.mask();
    // (x & ~M) | M and x | M are the same function.
    EXPECT_EQ(F.andWith(~M).orWith(M), F.orWith(M));
    EXPECT_EQ(F.orWith(M).orWith(M), F.orWith(M));
    EXPECT_EQ(F.after(MaskFn::identity()), F);
    EXPECT_EQ(MaskFn::identity().after(F), F);
  }
}

TEST(MaskAlgebra, CompositionIsOneAfterTheOther) {
  Dice D;
  for (int I = 0; I < Rounds; ++I) {
    MaskFn F = function(D);
    MaskFn G = function(D);
    Mask In = D.mask();
    ASSERT_EQ(F.after(G).apply(In), F.apply(G.apply(In)));
    ASSERT_TRUE(normalised(F.after(G)));
    MaskFn H = function(D);
    ASSERT_EQ(F.after(G).after(H), F.after(G.after(H)));
  }
}

TEST(MaskAlgebra, MeetAndJoinAreAndAndOr) {
  Dice D;
  for (int I = 0; I < Rounds; ++I) {
    MaskFn F = function(D);
    MaskFn G = function(D);
    Mask In = D.mask();
    ASSERT_EQ(meet(F, G).apply(In), F.apply(In) & G.apply(In));
    ASSERT_EQ(join(F, G).apply(In), F.apply(In) | G.apply(In));
    ASSERT_TRUE(normalised(meet(F, G)));
    ASSERT_TRUE(normalised(join(F, G)));
  }
}

TEST(MaskAlgebra, RangesHoldEveryValueBetweenTheirBounds) {
  Dice D;
  for (int I = 0; I < Rounds; ++I) {
    MaskRange Outer = range(D);
    MaskRange Inner = range(D);
    Mask In = D.mask();
    Mask Middle = D.between(Inner.Must.apply(In), Inner.May.apply(In));
    Mask Value = D.between(Outer.Must.apply(Middle), Outer.May.apply(Middle));
    ASSERT_TRUE(within(Outer.after(Inner), In, Value));

    Mask Low = D.mask();
    Mask High = Low | D.mask();
    Mask X = D.between(Low, High);
    ASSERT_TRUE(within(Inner.orBetween(Low, High), In, Middle | X));
    ASSERT_TRUE(within(Inner.andBetween(Low, High), In, Middle & X));
    ASSERT_TRUE(within(join(Inner, Outer), In, Middle));
    ASSERT_TRUE(within(join(Outer, Inner), In, Middle));
    ASSERT_TRUE(within(MaskRange::unknown(), In, Value));
  }
}

TEST(MaskAlgebra, BoundsAreNoWiderThanNeeded) {
  Dice D;
  for (int I = 0; I < Rounds; ++I) {
    MaskRange R = range(D);
    Mask In = D.mask();
    Mask Low = D.mask();
    Mask High = Low | D.mask();
    // Both ends are reached, so no tighter answer is right.
    ASSERT_EQ(R.orBetween(Low, High).Must.apply(In), R.Must.apply(In) | Low);
    ASSERT_EQ(R.orBetween(Low, High).May.apply(In), R.May.apply(In) | High);
    ASSERT_EQ(R.andBetween(Low, High).Must.apply(In), R.Must.apply(In) & Low);
    ASSERT_EQ(R.andBetween(Low, High).May.apply(In), R.May.apply(In) & High);
  }
}

TEST(MaskAlgebra, ComplementTurnsBoundsAround) {
  Dice D;
  for (int I = 0; I < Rounds; ++I) {
    Mask Low = D.mask();
    Mask High = Low | D.mask();
    MaskRange R{MaskFn::constant(Low), MaskFn::constant(High)};
    Mask Value = D.between(Low, High);
    ASSERT_TRUE(within(R.complement(), {}, ~Value));
    ASSERT_EQ(R.complement().complement(), R);
  }
  EXPECT_EQ(MaskRange::identity().complement(), MaskRange::unknown());
}

TEST(MaskAlgebra, SureRestrictionIsThatOfEveryValueBetween) {
  Dice D;
  int Sure = 0;
  for (int I = 0; I < Rounds; ++I) {
    Mask Low = D.mask();
    Mask High = Low | (D.mask() & D.mask() & D.mask());
    std::optional<Restriction> R = sureRestriction(Low, High);
    if (!R)
      continue;
    ++Sure;
    for (int K = 0; K < 8; ++K)
      ASSERT_EQ(restrictionOf(D.between(Low, High)), *R);
  }
  EXPECT_GT(Sure, Rounds / 4);
}

} // namespace
