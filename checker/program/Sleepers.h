// How functions come to an allocation that may sleep: by themselves and through what they call, with what
// their callers must have handed to them for it.
#pragma once

#include "program/SleepFacts.h"

namespace gfplint {

/// One way from a function to an allocation.
struct SleepWay {
  /// The call in the function: SleepCall::Event.
  uint32_t Event = 0;
  /// Whom it calls, and which of ways(Callee, one less) goes on; NoFunction where it allocates.
  FunctionId Callee = NoFunction;
  uint32_t Next = 0;
  /// What the function's caller must hand to it.
  CallerConditions If;
  /// Calls between the function and the allocating one.
  uint32_t Length = 0;
  /// How many functions the pointer may hold through which the call itself goes, and the largest such number
  /// on the way from there; 0 where there is none. 1 where each of them sleeps: it does not matter which it
  /// is.
  size_t Targets = 0;
  size_t TargetsBelow = 0;
  /// Something on the way depends on an argument of which nothing is known.
  bool Guessed = false;
  /// The function sleeps on every way through it that does not fail: it allocates there, or its callee does
  /// so, and so on.
  bool Sure = false;
};

/// Notes where it does not matter which function a pointer holds, for all ways of one function.
void settlePointers(std::vector<SleepWay> &Ways);

class Sleepers {
public:
  /// Looks as many calls down as `Depth`. `P` must outlive this.
  Sleepers(const Program &P, unsigned Depth, size_t MaxTargets);

  [[nodiscard]] const AtomicNets &nets() const { return *Nets; }

  /// Makes the facts of these functions, and of what their calls in sections, or all their calls, may lead
  /// to, in a cheap order.
  void prepare(std::vector<FunctionId> Roots, bool SectionsOnly);
  /// What is kept of the function as long as this lives.
  [[nodiscard]] const SleepFacts &facts(FunctionId Id);
  /// The ways over at most `Depth` calls, the sure ones first, then the shortest; those on which an earlier
  /// one already says all are left out.
  [[nodiscard]] const std::vector<SleepWay> &ways(FunctionId Id, unsigned Depth);
  /// The ways that go on from a call, with its arguments put in.
  [[nodiscard]] std::vector<SleepWay> waysThrough(const SleepCall &Call, unsigned Depth);

private:
  [[nodiscard]] bool mayMatter(FunctionId Id) const;
  [[nodiscard]] std::unique_ptr<const SleepFacts> factsOf(const Function &F,
                                                          const CalleeLocks &Callees) const;
  void makeFacts(llvm::ArrayRef<FunctionId> Ids);
  [[nodiscard]] bool isNear(FunctionId Callee) const { return Distance[Callee] < Depth; }
  /// Different conditions that are kept of one function.
  static constexpr size_t MaxWays = 6;

  const Program &P;
  unsigned Depth;
  size_t MaxTargets;
  /// Over how many calls each function comes to an allocator.
  std::vector<uint8_t> Distance;
  llvm::DenseMap<FunctionId, std::unique_ptr<const SleepFacts>> Facts;
  std::unique_ptr<const AtomicNets> Nets;
  llvm::DenseMap<std::pair<FunctionId, unsigned>, std::unique_ptr<const std::vector<SleepWay>>> Ways;
};

} // namespace gfplint
