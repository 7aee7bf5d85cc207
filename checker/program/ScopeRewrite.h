// From restricted masks that a function types to scopes that replace them: which region, which masks, and
// what else changes.
#pragma once

#include "program/Finding.h"
#include "program/MaskEdit.h"
#include "program/Program.h"

namespace gfplint {

/// What can be said of replacing one of them.
struct ScopeAdvice {
  std::optional<Fix> Rewrite;
  /// Where there is none: why, or where to look.
  std::string Remark;
};

/// The rewrites of one function, planned together: masks in one region share its scope, which is as strict
/// as the strictest of them.
class ScopeRewrites {
public:
  ScopeRewrites(const Program &P, FunctionId Id);

  [[nodiscard]] const std::vector<RestrictedArgument> &sites() const { return Sites; }
  /// `Forbids`: what the mask at the argument, or one of those it may be, forbids.
  [[nodiscard]] ScopeAdvice advice(const Event &Call, unsigned Argument, Restriction Forbids) const;

private:
  /// A scope's place, and the sites (by number) that it serves.
  struct Region {
    const Event *Open = nullptr;
    std::vector<const Event *> Ends;
    std::vector<const Condition *> Failures;
    std::vector<const Event *> Inside;
    std::string Why;
    std::string Where;
    std::vector<size_t> Sites;
  };
  void findSites();
  void choose();
  [[nodiscard]] std::optional<Edit> replacement(size_t Site, llvm::ArrayRef<size_t> Together) const;
  [[nodiscard]] Fix rewrite(const Region &R) const;
  [[nodiscard]] std::optional<Fix> redundant(size_t Site) const;
  [[nodiscard]] ScopeAdvice callersSay(Restriction R, std::optional<size_t> Site) const;

  const Program &P;
  FunctionId Id;
  const Function &F;
  std::vector<RestrictedArgument> Sites;
  std::vector<Region> Chosen;
  /// Sites that a scope which is open already serves.
  std::set<size_t> InScope;
  [[nodiscard]] std::optional<size_t> siteOf(const Event &Call, unsigned Argument) const;
};

} // namespace gfplint
