// Which values the masks of one function have, at each of its calls.
#pragma once

#include "ir/Ir.h"
#include "model/Model.h"

#include <map>

namespace gfplint {

/// What the branches on the way say of a followed value: these bits are surely set, those clear.
struct Requirement {
  /// `Of(value)` is not `Value`.
  struct Unlike {
    MaskFn Of;
    Mask Value;
    friend auto operator<=>(const Unlike &, const Unlike &) = default;
  };
  Mask Set;
  Mask Clear;
  /// Sorted.
  std::vector<Unlike> Not;

  /// Whether nothing can meet both.
  [[nodiscard]] bool impossible() const { return Set.hasAny(Clear); }
  /// Whether a mask that is known exactly meets it.
  [[nodiscard]] bool met(Mask M) const;
  /// What both ask for.
  [[nodiscard]] Requirement with(const Requirement &Other) const;
  /// What either is sure to ask for.
  [[nodiscard]] Requirement orElse(const Requirement &Other) const;
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
std::optional<Requirement> requirementBefore(MaskRange Range, const Requirement &OnValue);

/// What the branches on the way to a call say of a parameter that is no mask: the outcome of
/// comparing it with a constant.
struct ParamGuard {
  uint32_t Param = 0;
  CompareOp Op = CompareOp::Eq;
  int64_t Value = 0;
  bool Outcome = true;

  [[nodiscard]] bool met(int64_t Argument) const {
    return (Op == CompareOp::Eq ? Argument == Value : Argument < Value) == Outcome;
  }
  friend auto operator<=>(const ParamGuard &, const ParamGuard &) = default;
};

/// What the branches on the way to a call say of a parameter that is a mask.
struct MaskGuard {
  uint32_t Param = 0;
  Requirement Needs;
};

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
  /// Sorted; what every way to the call says of the parameters.
  [[nodiscard]] const std::vector<ParamGuard> &guards(uint32_t CallId) const;
  [[nodiscard]] const std::vector<MaskGuard> &maskGuards(uint32_t CallId) const;
  /// Parameters, sorted, of which every way to the call asks something that is not understood.
  [[nodiscard]] const std::vector<uint32_t> &opaque(uint32_t CallId) const;
  /// Whether the event's block can be reached at all.
  [[nodiscard]] bool reached(uint32_t CallId) const { return Reached.contains(CallId); }

private:
  std::map<std::pair<uint32_t, unsigned>, std::vector<ResolvedTerm>> Arguments;
  std::map<uint32_t, std::vector<ParamGuard>> Guards;
  std::map<uint32_t, std::vector<MaskGuard>> MaskGuards;
  std::map<uint32_t, std::vector<uint32_t>> Opaque;
  std::map<uint32_t, bool> Reached;
  std::vector<ResolvedTerm> Returned;
  std::vector<Store> Stores;
};

} // namespace gfplint
