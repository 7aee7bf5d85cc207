// When an entry of the data holds: by what the tree shows, and by version.
#pragma once

#include "model/Model.h"

#include <optional>
#include <string>
#include <vector>

namespace gfplint {

/// `FILE:SYMBOL`, or a symbol of any header below include/linux.
struct Requirement {
  std::string File;
  std::string Symbol;
};

/// A function of the tree and words that are looked for in its body (the whole file where Function
/// is empty).
struct Evidence {
  std::string File;
  std::string Function;
  std::string Word;
};

/// The conditions of one entry; an empty gate always holds.
struct Gate {
  /// Any of these is declared.
  std::vector<Requirement> Requires;
  /// Any of these is there.
  std::vector<Evidence> Shows;
  /// None of these is there, and one of the functions is.
  std::vector<Evidence> Lacks;
  /// The first version that has it.
  std::optional<KernelVersion> Since;
  /// The first version that has it no more.
  std::optional<KernelVersion> Until;
  /// What is taken where neither the tree nor a version tells; without it, the newest kernel's
  /// answer.
  std::optional<bool> Otherwise;
};

struct Verdict {
  bool Holds = false;
  /// One line, for Decision::Why.
  std::string Why;
};

/// A forced version decides where the gate names versions; else what the tree shows; else the
/// tree's version; else the newest behaviour.
Verdict settle(const Gate &G, const TreeView &Tree);

} // namespace gfplint
