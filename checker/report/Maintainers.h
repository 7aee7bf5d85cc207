// The kernel's MAINTAINERS file: whose part of the tree a file is.
#pragma once

#include "llvm/ADT/StringRef.h"

#include <string>
#include <vector>

namespace gfplint {

/// One section, as scripts/get_maintainer.pl reads it; of its fields those that are asked for here.
struct Subsystem {
  std::string Name;
  /// `M:`, with address.
  std::vector<std::string> People;
  /// `L:`, the address alone.
  std::vector<std::string> Lists;
  /// `F:` and `X:`, with `*`, `?` and `[...]`; a folder ends in a slash.
  std::vector<std::string> Files;
  std::vector<std::string> Not;
};

class Maintainers {
public:
  Maintainers() = default;
  /// The text of the file. What is no section is passed over.
  explicit Maintainers(llvm::StringRef Text);

  [[nodiscard]] size_t size() const { return Sections.size(); }
  /// The section with the most precise pattern for a file, named from the source root; of several the first.
  /// Null where there is none but THE REST.
  [[nodiscard]] const Subsystem *of(llvm::StringRef File) const;

private:
  std::vector<Subsystem> Sections;
};

} // namespace gfplint
