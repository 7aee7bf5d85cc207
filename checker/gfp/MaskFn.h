// A mask as a function of one incoming mask: `(in & keep) | set`, and a pair of such functions that
// bounds a value of which not everything is known.
//
// Every gfp expression in C that is built with `|`, `&`, `~`, constants and one incoming value has
// this form, and composition keeps it, so a mask is followed exactly through parameters.
#pragma once

#include "gfp/Mask.h"

namespace gfplint {

/// `(in & Keep) | Set`. Always normalised: Keep and Set are disjoint.
struct MaskFn {
  Mask Keep;
  Mask Set;

  static constexpr MaskFn identity() { return {Mask::all(), {}}; }
  static constexpr MaskFn constant(Mask M) { return {{}, M}; }

  [[nodiscard]] constexpr Mask apply(Mask In) const { return (In & Keep) | Set; }
  [[nodiscard]] constexpr bool isConstant() const { return Keep.empty(); }
  [[nodiscard]] constexpr MaskFn orWith(Mask M) const { return {Keep - M, Set | M}; }
  [[nodiscard]] constexpr MaskFn andWith(Mask M) const { return {Keep & M, Set & M}; }
  /// First `Inner`, then this.
  [[nodiscard]] constexpr MaskFn after(MaskFn Inner) const {
    Mask S = (Inner.Set & Keep) | Set;
    return {(Inner.Keep & Keep) - S, S};
  }
  /// The bits set by both, of the same `in`.
  friend constexpr MaskFn meet(MaskFn A, MaskFn B) {
    Mask S = A.Set & B.Set;
    return {((A.Keep & B.Keep) | (A.Keep & B.Set) | (A.Set & B.Keep)) - S, S};
  }
  /// The bits set by either, of the same `in`.
  friend constexpr MaskFn join(MaskFn A, MaskFn B) {
    Mask S = A.Set | B.Set;
    return {(A.Keep | B.Keep) - S, S};
  }
  friend constexpr bool operator==(MaskFn, MaskFn) = default;
  friend constexpr auto operator<=>(MaskFn, MaskFn) = default;
};

/// What is surely set and what may be set, of one incoming value. `Must` is a subset of `May` for
/// every input.
struct MaskRange {
  MaskFn Must;
  MaskFn May;

  static constexpr MaskRange identity() { return {MaskFn::identity(), MaskFn::identity()}; }
  static constexpr MaskRange constant(Mask M) { return {MaskFn::constant(M), MaskFn::constant(M)}; }
  static constexpr MaskRange unknown() { return {MaskFn::constant({}), MaskFn::constant(Mask::all())}; }

  [[nodiscard]] constexpr bool isExact() const { return Must == May; }
  [[nodiscard]] constexpr bool isConstant() const { return Must.isConstant() && May.isConstant(); }
  [[nodiscard]] constexpr MaskRange orWith(Mask M) const { return {Must.orWith(M), May.orWith(M)}; }
  [[nodiscard]] constexpr MaskRange andWith(Mask M) const { return {Must.andWith(M), May.andWith(M)}; }
  /// `| x` with an `x` that lies between the two masks.
  [[nodiscard]] constexpr MaskRange orBetween(Mask XMust, Mask XMay) const {
    return {Must.orWith(XMust), May.orWith(XMay)};
  }
  /// `& x` with an `x` that lies between the two masks.
  [[nodiscard]] constexpr MaskRange andBetween(Mask XMust, Mask XMay) const {
    return {Must.andWith(XMust), May.andWith(XMay)};
  }
  /// `~value`: known only where the value is a constant.
  [[nodiscard]] constexpr MaskRange complement() const {
    if (!isConstant())
      return unknown();
    return {MaskFn::constant(~May.Set), MaskFn::constant(~Must.Set)};
  }
  /// First `Inner`, then this.
  [[nodiscard]] constexpr MaskRange after(MaskRange Inner) const {
    return {Must.after(Inner.Must), May.after(Inner.May)};
  }
  friend constexpr MaskRange join(MaskRange A, MaskRange B) {
    return {meet(A.Must, B.Must), join(A.May, B.May)};
  }
  friend constexpr bool operator==(MaskRange, MaskRange) = default;
  friend constexpr auto operator<=>(MaskRange, MaskRange) = default;
};

/// How far a value between two masks keeps the allocator from reclaim: known only where both agree.
std::optional<Restriction> sureRestriction(Mask Must, Mask May);

} // namespace gfplint
