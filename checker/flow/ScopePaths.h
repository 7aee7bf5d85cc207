// The memalloc scopes along every path of one function: what goes wrong, and how its ways out leave
// the caller's scopes.
#pragma once

#include "flow/Tokens.h"
#include "flow/Walk.h"

namespace gfplint {

/// How some path leaves the function.
struct ScopeExit {
  TokenState Tokens;
  /// The returned value: not 0, 0, or not known.
  std::optional<bool> Nonzero;
  friend auto operator<=>(const ScopeExit &, const ScopeExit &) = default;
};

class ScopePaths {
public:
  /// Explores the function. It and `Ask` must outlive this.
  ScopePaths(const Function &F, const TokenQuestions &Ask);

  struct Problem : ScopeProblem {
    /// Where it shows: the event, or the way out of the function.
    Loc At;
    /// The branches from the scope's opening on, oldest first.
    std::vector<BranchTaken> Way;
  };

  /// Each kind once for a place; of several ways there a shortest one.
  [[nodiscard]] const std::vector<Problem> &problems() const { return Problems; }
  [[nodiscard]] const std::set<ScopeExit> &exits() const { return Exits; }
  /// Tokens outside the function that some path opened and ended again.
  [[nodiscard]] const std::set<TokenPlace> &balanced() const { return Balanced; }
  /// Every end of a scope in the function that ends nothing on any path.
  [[nodiscard]] std::vector<const Event *> futile() const { return Tokens.alwaysFutile(); }
  /// Whether every path that leaves the function there has the scope open.
  [[nodiscard]] bool alwaysOpenAt(Loc WayOut, uint32_t SaveId) const;
  [[nodiscard]] const TokenFlow &tokens() const { return Tokens; }
  /// Nothing is known: there are more paths than are explored.
  [[nodiscard]] bool tooLarge() const { return TooLarge; }

private:
  using Path = Walk<TokenState>::Path;

  void explore();
  void pass(std::vector<Path> &Paths, const Event &E, size_t NodeIndex);
  void applyEffect(std::vector<Path> &Paths, const Event &E, const ScopeEffect &Effect, size_t NodeIndex);
  void noteReturn(Path &Now, const Event &E) const;
  void leave(const Path &Now, size_t NodeIndex);
  void add(ScopeProblem P, Loc At, size_t NodeIndex);

  const Function &F;
  TokenFlow Tokens;
  Correlation Branches;
  Walk<TokenState> Ways;
  std::vector<Problem> Problems;
  std::set<std::tuple<ScopeProblemKind, Loc, uint32_t>> Seen;
  std::set<ScopeExit> Exits;
  std::set<TokenPlace> Balanced;
  struct WayOut {
    size_t Paths = 0;
    /// How many have the scope open, by SaveId.
    std::map<uint32_t, size_t> Open;
  };
  std::map<Loc, WayOut> WaysOut;
  bool TooLarge = false;
};

} // namespace gfplint
