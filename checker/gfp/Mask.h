// The GFP flags by name, and a set of them.
//
// Bit numbers differ between kernel versions and configurations, so a Mask never holds a kernel's
// bits: it is a set of named flags. FlagTable translates to and from the values of one tree.
#pragma once

#include "llvm/ADT/StringRef.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace gfplint {

/// Every flag that some kernel from 4.12 on defines as a single `__GFP_*` bit. `Other` stands for
/// all bits of a tree whose names are not known here.
enum class Flag : uint8_t {
  Dma,
  HighMem,
  Dma32,
  Movable,
  Reclaimable,
  High,
  Io,
  Fs,
  Zero,
  Atomic, // until 6.3 (2973d8229b78)
  DirectReclaim,
  KswapdReclaim,
  Write,
  NoWarn,
  RetryMayFail,
  NoFail,
  NoRetry,
  MemAlloc,
  Comp,
  NoMemAlloc,
  HardWall,
  ThisNode,
  Account,
  ZeroTags,
  SkipZero,
  SkipKasan,
  SkipKasanUnpoison, // 5.14 to 6.2
  SkipKasanPoison,   // 5.14 to 6.2
  NoLockdep,
  NoObjExt,
  Repeat, // until 4.13
  Cold,   // until 4.14
  NoTrack,
  Other,
};

inline constexpr size_t FlagCount = static_cast<size_t>(Flag::Other) + 1;

/// The kernel's name, for example `__GFP_IO`.
llvm::StringRef flagName(Flag F);
std::optional<Flag> flagNamed(llvm::StringRef Name);

/// A set of flags.
class Mask {
public:
  constexpr Mask() = default;
  constexpr Mask(std::initializer_list<Flag> Flags) {
    for (Flag F : Flags)
      Bits |= bit(F);
  }
  static constexpr Mask all() { return fromRaw((uint64_t(1) << FlagCount) - 1); }
  static constexpr Mask fromRaw(uint64_t Raw) {
    Mask M;
    M.Bits = Raw;
    return M;
  }

  /// The set as a word, for storing it; bit numbers are those of Flag.
  [[nodiscard]] constexpr uint64_t raw() const { return Bits; }
  [[nodiscard]] constexpr bool has(Flag F) const { return (Bits & bit(F)) != 0; }
  [[nodiscard]] constexpr bool hasAll(Mask M) const { return (Bits & M.Bits) == M.Bits; }
  [[nodiscard]] constexpr bool hasAny(Mask M) const { return (Bits & M.Bits) != 0; }
  [[nodiscard]] constexpr bool empty() const { return Bits == 0; }
  [[nodiscard]] unsigned count() const { return static_cast<unsigned>(__builtin_popcountll(Bits)); }

  friend constexpr Mask operator|(Mask A, Mask B) { return fromRaw(A.Bits | B.Bits); }
  friend constexpr Mask operator&(Mask A, Mask B) { return fromRaw(A.Bits & B.Bits); }
  friend constexpr Mask operator-(Mask A, Mask B) { return fromRaw(A.Bits & ~B.Bits); }
  /// Within the known flags.
  friend constexpr Mask operator~(Mask A) { return all() - A; }
  friend constexpr bool operator==(Mask, Mask) = default;
  friend constexpr auto operator<=>(Mask, Mask) = default;

private:
  static constexpr uint64_t bit(Flag F) { return uint64_t(1) << static_cast<unsigned>(F); }
  uint64_t Bits = 0;
};

namespace masks {
inline constexpr Mask Reclaim{Flag::DirectReclaim, Flag::KswapdReclaim};
inline constexpr Mask Kernel{Flag::DirectReclaim, Flag::KswapdReclaim, Flag::Io, Flag::Fs};
} // namespace masks

/// What a mask forbids compared with GFP_KERNEL, from the mildest to the strictest.
enum class Restriction : uint8_t { None, NoFs, NoIo, NoWait };

/// `GFP_NOFS`, `GFP_NOIO`, `GFP_NOWAIT`, or `GFP_KERNEL` for None.
llvm::StringRef restrictionName(Restriction R);

/// How far `M` keeps the allocator from reclaim. A mask without __GFP_DIRECT_RECLAIM is NoWait,
/// whatever its other bits: IO and FS mean nothing without direct reclaim.
Restriction restrictionOf(Mask M);

/// The restriction of a mask that says what GFP_NOFS, GFP_NOIO or GFP_NOWAIT says, by name or by
/// hand. Nothing for GFP_KERNEL and wider, for GFP_ATOMIC (it has reserves), and for masks without
/// any reclaim, which are not among the three.
std::optional<Restriction> restrictedMask(Mask M);

/// The names and values of one tree, as its calibration unit showed them.
class FlagTable {
public:
  /// `Value` may have several bits (`__GFP_RECLAIM`, `GFP_KERNEL`); names of single bits that are
  /// not known become Flag::Other and are kept in unknownNames().
  void add(llvm::StringRef Name, uint64_t Value);
  /// Bits that no flag of the tree has become Flag::Other.
  [[nodiscard]] Mask fromValue(uint64_t Value) const;
  [[nodiscard]] bool has(Flag F) const { return Known.has(F); }
  [[nodiscard]] Mask known() const { return Known; }
  /// All bits that are flags on this tree.
  [[nodiscard]] uint64_t allBits() const { return AllBits; }
  /// The set that a composite name (`GFP_NOWAIT`) stands for on this tree.
  [[nodiscard]] std::optional<Mask> named(llvm::StringRef Name) const;
  [[nodiscard]] const std::vector<std::string> &unknownNames() const { return Unknown; }
  /// Every name of this tree, of single flags and of composites, and what it stands for.
  [[nodiscard]] std::vector<std::pair<std::string, Mask>> names() const;
  /// As a kernel developer would write it: `GFP_NOFS | __GFP_ZERO`; `0` for the empty set.
  [[nodiscard]] std::string spell(Mask M) const;

private:
  struct Composite {
    std::string Name;
    Mask Flags;
  };
  std::array<uint64_t, FlagCount> Values{};
  Mask Known;
  uint64_t AllBits = 0;
  std::vector<std::pair<std::string, uint64_t>> Composites;
  std::vector<std::string> Unknown;
};

} // namespace gfplint
