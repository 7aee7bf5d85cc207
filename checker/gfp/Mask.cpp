// Names of flags, and the translation between a tree's bits and named flags.
#include "gfp/Mask.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MathExtras.h"

#include <algorithm>

namespace gfplint {
namespace {

constexpr std::array<const char *, FlagCount> Names = {
    "__GFP_DMA",
    "__GFP_HIGHMEM",
    "__GFP_DMA32",
    "__GFP_MOVABLE",
    "__GFP_RECLAIMABLE",
    "__GFP_HIGH",
    "__GFP_IO",
    "__GFP_FS",
    "__GFP_ZERO",
    "__GFP_ATOMIC",
    "__GFP_DIRECT_RECLAIM",
    "__GFP_KSWAPD_RECLAIM",
    "__GFP_WRITE",
    "__GFP_NOWARN",
    "__GFP_RETRY_MAYFAIL",
    "__GFP_NOFAIL",
    "__GFP_NORETRY",
    "__GFP_MEMALLOC",
    "__GFP_COMP",
    "__GFP_NOMEMALLOC",
    "__GFP_HARDWALL",
    "__GFP_THISNODE",
    "__GFP_ACCOUNT",
    "__GFP_ZEROTAGS",
    "__GFP_SKIP_ZERO",
    "__GFP_SKIP_KASAN",
    "__GFP_SKIP_KASAN_UNPOISON",
    "__GFP_SKIP_KASAN_POISON",
    "__GFP_NOLOCKDEP",
    "__GFP_NO_OBJ_EXT",
    "__GFP_REPEAT",
    "__GFP_COLD",
    "__GFP_NOTRACK",
    "(unknown bits)",
};

/// The names that FlagTable::spell may begin with, widest first; a tree without one skips it.
constexpr std::array<const char *, 6> Preferred = {"GFP_HIGHUSER_MOVABLE", "GFP_HIGHUSER", "GFP_USER",
                                                   "GFP_KERNEL",           "GFP_NOFS",     "GFP_NOIO"};
constexpr std::array<const char *, 2> PreferredNoReclaim = {"GFP_ATOMIC", "GFP_NOWAIT"};

} // namespace

llvm::StringRef flagName(Flag F) { return Names[static_cast<size_t>(F)]; }

std::optional<Flag> flagNamed(llvm::StringRef Name) {
  for (size_t I = 0; I + 1 < FlagCount; ++I)
    if (Name == Names[I])
      return static_cast<Flag>(I);
  return std::nullopt;
}

llvm::StringRef restrictionName(Restriction R) {
  switch (R) {
  case Restriction::None:
    return "GFP_KERNEL";
  case Restriction::NoFs:
    return "GFP_NOFS";
  case Restriction::NoIo:
    return "GFP_NOIO";
  case Restriction::NoWait:
    return "GFP_NOWAIT";
  }
  return "";
}

Restriction restrictionOf(Mask M) {
  if (!M.has(Flag::DirectReclaim))
    return Restriction::NoWait;
  if (!M.has(Flag::Io))
    return Restriction::NoIo;
  if (!M.has(Flag::Fs))
    return Restriction::NoFs;
  return Restriction::None;
}

std::optional<Restriction> restrictedMask(Mask M) {
  Restriction R = restrictionOf(M);
  if (R == Restriction::None || !M.has(Flag::KswapdReclaim) ||
      (R == Restriction::NoWait && M.has(Flag::High)))
    return std::nullopt;
  return R;
}

void FlagTable::add(llvm::StringRef Name, uint64_t Value) {
  if (Value == 0)
    return;
  if (!llvm::isPowerOf2_64(Value) || !Name.starts_with("__GFP_")) {
    Composites.emplace_back(Name.str(), Value);
    return;
  }
  std::optional<Flag> F = flagNamed(Name);
  if (!F) {
    Unknown.push_back(Name.str());
    F = Flag::Other;
  }
  Values[static_cast<size_t>(*F)] |= Value;
  AllBits |= Value;
  Known = Known | Mask{*F};
}

Mask FlagTable::fromValue(uint64_t Value) const {
  Mask M;
  uint64_t Named = 0;
  for (size_t I = 0; I < FlagCount; ++I) {
    if ((Value & Values[I]) == 0)
      continue;
    M = M | Mask{static_cast<Flag>(I)};
    Named |= Values[I];
  }
  if ((Value & ~Named) != 0)
    M = M | Mask{Flag::Other};
  return M;
}

std::optional<Mask> FlagTable::named(llvm::StringRef Name) const {
  if (std::optional<Flag> F = flagNamed(Name); F && Known.has(*F))
    return Mask{*F};
  for (const auto &[Composite, Value] : Composites)
    if (Name == Composite)
      return fromValue(Value);
  return std::nullopt;
}

std::vector<std::pair<std::string, Mask>> FlagTable::names() const {
  std::vector<std::pair<std::string, Mask>> All;
  for (size_t I = 0; I + 1 < FlagCount; ++I)
    if (auto F = static_cast<Flag>(I); Known.has(F))
      All.emplace_back(flagName(F).str(), Mask{F});
  for (const std::string &Name : Unknown)
    All.emplace_back(Name, Mask{Flag::Other});
  for (const auto &[Name, Value] : Composites)
    All.emplace_back(Name, fromValue(Value));
  return All;
}

std::string FlagTable::spell(Mask M) const {
  std::string Text;
  Mask Rest = M;
  auto TryName = [&](llvm::StringRef Name) {
    std::optional<Mask> Base = named(Name);
    if (!Base || Base->empty() || !Rest.hasAll(*Base))
      return false;
    Text = Name.str();
    Rest = Rest - *Base;
    return true;
  };
  if (M.has(Flag::DirectReclaim))
    (void)std::any_of(Preferred.begin(), Preferred.end(), TryName);
  else
    (void)std::any_of(PreferredNoReclaim.begin(), PreferredNoReclaim.end(), TryName);
  for (size_t I = 0; I < FlagCount; ++I) {
    Flag F = static_cast<Flag>(I);
    if (!Rest.has(F))
      continue;
    if (!Text.empty())
      Text += " | ";
    Text += flagName(F);
  }
  return Text.empty() ? "0" : Text;
}

} // namespace gfplint
