// What one function says about sleeping in memory allocation: which of its calls allocate or may lead to an
// allocation, with what, and in which atomic section.
//
// It is small and needs no body: facts of very many functions are kept at once.
#pragma once

#include "program/AtomicCalls.h"

#include <variant>

namespace gfplint {

/// A mask or a number that a call hands on.
struct HandedOn {
  enum class Kind : uint8_t {
    Number,     ///< Value
    OwnParam,   ///< Param, a number or a pointer
    MayBlock,   ///< a mask with __GFP_DIRECT_RECLAIM
    NeverBlock, ///< a mask without
    OwnMask,    ///< a mask that may block where, and only where, that of Param may
  };
  Kind What = Kind::Number;
  uint32_t Argument = 0;
  int64_t Value = 0;
  uint32_t Param = 0;
};

/// What must hold of a function's parameters for something to happen in it.
struct CallerConditions {
  /// Sorted.
  std::vector<ParamGuard> Guards;
  /// Parameters of which something is asked that is not understood; sorted.
  std::vector<uint32_t> Opaque;
  /// Parameters whose masks must have __GFP_DIRECT_RECLAIM; sorted.
  std::vector<uint32_t> Blocking;
  friend auto operator<=>(const CallerConditions &, const CallerConditions &) = default;
};

struct SleepCall {
  /// Event::Id.
  uint32_t Event = 0;
  /// NoFunction where the call itself allocates.
  FunctionId Callee = NoFunction;
  /// The call is made through a pointer that may hold this many functions; 0 for a direct one.
  size_t Targets = 0;
  /// Index into SleepFacts::Sections.
  std::optional<uint32_t> Section;
  /// A caller's section may have ended before, or the function may have asked whether it is atomic: nothing
  /// is said of callers.
  bool OnItsOwn = false;
  /// Every way through the function that does not fail passes the call.
  bool Always = false;
  /// It happens only under these.
  CallerConditions Under;
  /// A call: what the callee gets.
  std::vector<HandedOn> Args;
  /// An allocation: index of the mask among the arguments; nothing for a fixed mask.
  std::optional<unsigned> MaskArg;
  /// An allocation: it may sleep whatever the callers say but for `Under`.
  bool Sleeps = false;
};

struct SleepFacts {
  /// Every way through the function that does not fail sleeps, or takes a lock that may, whatever it
  /// allocates.
  bool Sleeps = false;
  std::vector<AtomicSection> Sections;
  /// In the order of the events.
  std::vector<SleepCall> Calls;
};

/// Which calls of other functions matter.
using MattersToSleep = llvm::function_ref<bool(FunctionId Callee)>;

/// Calls through pointers that may hold more than `MaxTargets` functions are left out. Needs no other body.
SleepFacts sleepFacts(const Program &P, const CalleeLocks &Callees, const Function &F, MattersToSleep Matters,
                      size_t MaxTargets);

} // namespace gfplint
