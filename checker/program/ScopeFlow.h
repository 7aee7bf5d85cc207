// Which memalloc scopes are surely active at each call of a function.
#pragma once

#include "ir/Ir.h"
#include "model/Model.h"

#include <functional>
#include <map>
#include <vector>

namespace gfplint {

/// What a call does to the scopes, by the model.
struct ScopeOperation {
  ScopeAction Action = ScopeAction::Save;
  /// Nothing where the kind cannot be told (a computed PF_ flag).
  std::vector<ScopeKind> Kinds;
  /// Save: where the token goes. Restore: where it comes from. NoPlace for neither.
  PlaceId Token = NoPlace;
  /// Restore: the token is a constant.
  std::optional<int64_t> ConstantToken;
};

/// Nothing where the call is no scope function.
std::optional<ScopeOperation> scopeOperation(const Event &Call, const Model &Knowledge);

/// A scope that is open at some point.
struct OpenScope {
  ScopeKind Kind = ScopeKind::NoFs;
  PlaceId Token = NoPlace;
  Loc SavedAt;
  /// The wrapper that opened it, or empty.
  std::string Through;
  friend auto operator<=>(const OpenScope &, const OpenScope &) = default;
};

/// What a function does to its caller's scopes, on every path.
struct ScopeSummary {
  std::vector<OpenScope> Opens;
  /// May be closed without having been opened here.
  ScopeSet Closes;
};

class ScopeFlow {
public:
  /// `Callee` gives the summary of a called function, or null where it is not known.
  ScopeFlow(const Function &F, const Model &Knowledge,
            const std::function<const ScopeSummary *(const Event &)> &Callee);

  /// The scopes that are open at a call on every path to it.
  [[nodiscard]] const std::vector<OpenScope> &at(uint32_t CallId) const;
  [[nodiscard]] ScopeSet kindsAt(uint32_t CallId) const;
  [[nodiscard]] const ScopeSummary &summary() const { return Summary; }

private:
  std::map<uint32_t, std::vector<OpenScope>> AtCall;
  ScopeSummary Summary;
};

} // namespace gfplint
