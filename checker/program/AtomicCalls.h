// Where a function forbids sleeping itself, and which of its calls run there.
#pragma once

#include "program/AtomicNets.h"

namespace gfplint {

/// A stretch of a function in which sleeping is forbidden.
struct AtomicSection {
  const LockFunction *Function = nullptr;
  /// As the source names the lock; empty where it has no name.
  std::string Lock;
  Loc TakenAt;
  /// The function as typed: `spin_lock_irqsave`.
  std::string By;
};

struct AtomicCalls {
  struct AtCall {
    /// Index into Sections.
    std::optional<uint32_t> Section;
    /// A caller's section may have ended before, or the function may have asked whether it is atomic: nothing
    /// is said of callers.
    bool OnItsOwn = false;
  };
  std::vector<AtomicSection> Sections;
  /// By Event::Id; calls of which there is nothing to say are left out.
  std::map<uint32_t, AtCall> Calls;
};

/// Of the wanted calls.
AtomicCalls atomicCalls(const Model &Knowledge, const CalleeLocks &Callees, const Function &F,
                        llvm::function_ref<bool(const Event &)> Wanted);

} // namespace gfplint
