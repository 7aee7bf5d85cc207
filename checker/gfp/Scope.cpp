// Scopes as functions of a mask.
#include "gfp/Scope.h"

#include <array>

namespace gfplint {
namespace {
constexpr std::array<const char *, ScopeKindCount> Names = {"nofs", "noio", "nowait", "noreclaim", "pin"};
}

llvm::StringRef scopeName(ScopeKind K) { return Names[static_cast<size_t>(K)]; }

std::optional<ScopeKind> scopeNamed(llvm::StringRef Name) {
  for (size_t I = 0; I < ScopeKindCount; ++I)
    if (Name == Names[I])
      return static_cast<ScopeKind>(I);
  return std::nullopt;
}

MaskFn scopeEffect(ScopeKind K) {
  constexpr MaskFn Id = MaskFn::identity();
  switch (K) {
  case ScopeKind::NoFs:
    return Id.andWith(~Mask{Flag::Fs});
  case ScopeKind::NoIo:
    return Id.andWith(~Mask{Flag::Io, Flag::Fs});
  case ScopeKind::NoWait:
    return Id.andWith(~Mask{Flag::DirectReclaim});
  case ScopeKind::NoReclaim:
    return Id.orWith(Mask{Flag::MemAlloc});
  case ScopeKind::Pin:
    return Id.andWith(~Mask{Flag::Movable});
  }
  return Id;
}

MaskFn ScopeSet::effect() const {
  MaskFn Fn = MaskFn::identity();
  for (size_t I = 0; I < ScopeKindCount; ++I)
    if (auto K = static_cast<ScopeKind>(I); has(K))
      Fn = scopeEffect(K).after(Fn);
  return Fn;
}

bool ScopeSet::implies(Restriction R) const { return restrictionOf(effect().apply(masks::Kernel)) >= R; }

std::optional<ScopeKind> scopeFor(Restriction R) {
  switch (R) {
  case Restriction::None:
    return std::nullopt;
  case Restriction::NoFs:
    return ScopeKind::NoFs;
  case Restriction::NoIo:
    return ScopeKind::NoIo;
  case Restriction::NoWait:
    return ScopeKind::NoWait;
  }
  return std::nullopt;
}

} // namespace gfplint
