// A kernel version, `6.12` or `6.12.117`, ordered.
#pragma once

#include "llvm/ADT/StringRef.h"

#include <compare>
#include <optional>
#include <string>

namespace gfplint {

struct KernelVersion {
  unsigned Major = 0;
  unsigned Minor = 0;
  unsigned Patch = 0;

  /// Accepts `X.Y`, `X.Y.Z`, and either with a suffix that begins with `-` (`6.12.0-rc3`).
  static std::optional<KernelVersion> parse(llvm::StringRef Text);
  /// `6.12.117`, or `6.12` where the patch level is 0.
  [[nodiscard]] std::string str() const;
  friend auto operator<=>(const KernelVersion &, const KernelVersion &) = default;
};

} // namespace gfplint
