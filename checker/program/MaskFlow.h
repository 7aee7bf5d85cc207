// Which values the masks of one function have, at each of its calls.
#pragma once

#include "ir/Ir.h"
#include "model/Model.h"

#include <map>

namespace gfplint {

/// What the branches on the way say of a followed value: these bits are surely set, those clear.
struct Requirement {
  Mask Set;
  Mask Clear;

  /// Whether some mask between the bounds can meet it.
  [[nodiscard]] bool possible(Mask Must, Mask May) const { return May.hasAll(Set) && !Must.hasAny(Clear); }
  friend auto operator<=>(const Requirement &, const Requirement &) = default;
};

/// One value that a mask may have, as a function of something outside the function's own variables.
/// From.Kind is never Local.
struct ResolvedTerm {
  Source From;
  MaskRange Range = MaskRange::unknown();
  /// Of the incoming value of From; meaningless for constants.
  Requirement Needs;
  Site Chosen;

  friend bool operator==(const ResolvedTerm &, const ResolvedTerm &) = default;
};

/// Narrows a requirement on the value of `Range` to one on its input; nothing where no input can
/// meet it.
std::optional<Requirement> requirementBefore(MaskRange Range, Requirement OnValue);

class MaskFlow {
public:
  MaskFlow(const Function &F, const Model &Knowledge);

  /// The values of a call's argument; empty where the call cannot be reached or has no mask there.
  [[nodiscard]] const std::vector<ResolvedTerm> &argument(uint32_t CallId, unsigned Index) const;
  /// What the function may return, where it returns a gfp_t.
  [[nodiscard]] const std::vector<ResolvedTerm> &returned() const { return Returned; }

  struct Store {
    const Event *Assign;
    std::vector<ResolvedTerm> Terms;
  };
  /// Masks assigned to fields and globals.
  [[nodiscard]] const std::vector<Store> &stores() const { return Stores; }
  /// Whether the event's block can be reached at all.
  [[nodiscard]] bool reached(uint32_t CallId) const { return Reached.contains(CallId); }

private:
  std::map<std::pair<uint32_t, unsigned>, std::vector<ResolvedTerm>> Arguments;
  std::map<uint32_t, bool> Reached;
  std::vector<ResolvedTerm> Returned;
  std::vector<Store> Stores;
};

} // namespace gfplint
