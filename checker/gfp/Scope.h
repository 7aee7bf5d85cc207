// The memalloc scopes: what each does to the mask of every allocation inside it.
#pragma once

#include "gfp/MaskFn.h"

namespace gfplint {

/// include/linux/sched/mm.h. NoWait is the kernel's PF_MEMALLOC_NORECLAIM of 6.9 to 6.12-rc2, and
/// the memalloc_nowait_save() that was proposed for mainline.
enum class ScopeKind : uint8_t { NoFs, NoIo, NoWait, NoReclaim, Pin };
inline constexpr size_t ScopeKindCount = 5;

/// `nofs`, `noio`, `nowait`, `noreclaim`, `pin`: as in memalloc_nofs_save.
llvm::StringRef scopeName(ScopeKind K);
std::optional<ScopeKind> scopeNamed(llvm::StringRef Name);

/// current_gfp_context() and the allocator's own tests, as one more function of the mask.
/// noreclaim (PF_MEMALLOC) sets __GFP_MEMALLOC unless the mask has __GFP_NOMEMALLOC; that exception
/// is not part of this function.
MaskFn scopeEffect(ScopeKind K);

/// A set of scopes.
class ScopeSet {
public:
  constexpr ScopeSet() = default;
  constexpr ScopeSet(std::initializer_list<ScopeKind> Kinds) {
    for (ScopeKind K : Kinds)
      insert(K);
  }
  constexpr void insert(ScopeKind K) { Bits |= 1U << static_cast<unsigned>(K); }
  constexpr void erase(ScopeKind K) { Bits &= ~(1U << static_cast<unsigned>(K)); }
  [[nodiscard]] constexpr bool has(ScopeKind K) const {
    return (Bits & (1U << static_cast<unsigned>(K))) != 0;
  }
  [[nodiscard]] constexpr bool empty() const { return Bits == 0; }
  /// All scopes of the set applied after one another.
  [[nodiscard]] MaskFn effect() const;
  /// Whether a scope of the set forbids at least what `R` forbids.
  [[nodiscard]] bool implies(Restriction R) const;
  friend constexpr ScopeSet operator|(ScopeSet A, ScopeSet B) { return raw(A.Bits | B.Bits); }
  friend constexpr ScopeSet operator&(ScopeSet A, ScopeSet B) { return raw(A.Bits & B.Bits); }
  friend constexpr bool operator==(ScopeSet, ScopeSet) = default;
  friend constexpr auto operator<=>(ScopeSet, ScopeSet) = default;
  static constexpr ScopeSet all() { return raw((1U << ScopeKindCount) - 1); }

private:
  static constexpr ScopeSet raw(unsigned B) {
    ScopeSet S;
    S.Bits = B;
    return S;
  }
  unsigned Bits = 0;
};

/// The scope that forbids what `R` forbids; none for Restriction::None.
std::optional<ScopeKind> scopeFor(Restriction R);

} // namespace gfplint
