// What functions do to the spinlocks, the interrupts and the preemption of their callers: over the whole
// program, through wrappers in whatever file.
#pragma once

#include "program/Program.h"

namespace gfplint {

class AtomicNets {
public:
  /// Looks at every function that calls one of the model's lock functions under which sleeping is
  /// forbidden, and from there at callers of wrappers, as far as MaxWrappers calls up. `P` must outlive
  /// this.
  explicit AtomicNets(const Program &P) : AtomicNets(P, {}) {}

  /// Who wants to see bodies that are looked at anyway: loading them is what costs.
  struct Visitor {
    /// Whether to be shown a function that calls a lock function; may be asked by several threads at once.
    std::function<bool(FunctionId)> Wants;
    /// Before anything is known of wrappers, and from several threads at once.
    std::function<void(FunctionId, const Function &, const CalleeLocks &)> See;
  };
  AtomicNets(const Program &P, const Visitor &Guest);

  /// Functions that take or release such a lock, by themselves or through wrappers; sorted.
  [[nodiscard]] const std::vector<FunctionId> &users() const { return Users; }
  /// Whether the function does anything to its callers' locks.
  [[nodiscard]] bool has(FunctionId Id) const { return Nets.contains(Id); }
  /// For LockFlow.
  [[nodiscard]] const CalleeLocks &callees() const { return Callees; }

private:
  static constexpr unsigned MaxWrappers = 3;

  const Program &P;
  llvm::DenseMap<FunctionId, std::vector<NetLock>> Nets;
  std::vector<FunctionId> Users;
  CalleeLocks Callees;
};

} // namespace gfplint
