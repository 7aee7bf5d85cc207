// What a scope changes below it: allocations whose masks it weakens, and what is called there and not seen.
#pragma once

#include "program/Finding.h"
#include "program/Program.h"

namespace gfplint {

/// A mask with all that it says: without direct reclaim the bits for what that may do mean nothing.
Mask effectiveMask(Mask M);

/// What a scope that is newly opened around calls does to the allocations in them.
class ScopeEffects {
public:
  ScopeEffects(const Program &P, ScopeKind Kind) : P(P), Scope(scopeEffect(Kind)), Kind(Kind) {}

  /// `Replaced`: the calls' own masks that the rewrite replaces, by call and argument.
  void run(FunctionId In, const std::vector<const Event *> &Calls,
           const std::set<std::pair<const Event *, unsigned>> &Replaced);
  [[nodiscard]] std::vector<FixEffect> take() { return {All.begin(), All.end()}; }
  /// What is called and not looked at; functions of headers only where there is nothing else.
  [[nodiscard]] const std::set<std::string> &unseen() const { return Unseen.empty() ? Inline : Unseen; }

private:
  void call(FunctionId In, const Event &E, unsigned Depth);

  const Program &P;
  MaskFn Scope;
  ScopeKind Kind;
  std::set<FixEffect> All;
  std::set<std::string> Unseen;
  std::set<std::string> Inline;
  std::set<FunctionId> Seen;
  std::set<std::pair<const Event *, unsigned>> Replaced;
};

} // namespace gfplint
