// What several rules say in the same words.
#pragma once

#include "flow/Walk.h"
#include "program/Arrivals.h"
#include "program/CalleeName.h"
#include "program/Finding.h"

namespace gfplint {

/// The mask as it arrives, in a maintainer's words.
std::string maskText(const Program &P, const Arrival &A);

/// From the place where the mask was chosen, over each call that handed it on, to its arrival.
std::vector<TraceStep> traceOf(const Program &P, const Arrival &A, FunctionId In, const Event &Call);

/// Doubts that an arrival carries, as the end of a message; empty where there are none.
std::string doubtsOf(const Arrival &A);

/// The severity with an arrival's doubts taken into account.
Severity withDoubts(Severity Sure, const Arrival &A);

/// Calls `Ask(function, call, index of its mask)` for every reached call to an allocator of the family with
/// a mask argument, outside the bodies of the allocators themselves.
void forEachAllocation(const Program &P, AllocatorFamily Family,
                       const std::function<void(FunctionId, const Event &, unsigned)> &Ask);

/// How a branch on a path was decided.
TraceStep branchStep(const BranchTaken &B, const Function &F);

/// Leaves one arrival of those that come the same way from the same function with the same
/// restriction: the arms of one `?:` are one mistake.
std::vector<Arrival> onePerWay(std::vector<Arrival> All);

/// Where a call's mask is typed, or else the call.
Loc maskPlace(const Event &Call, unsigned Argument);

/// A finding at a mask that arrives at an allocator.
Finding arrivalFinding(const Program &P, const char *Rule, Severity Level, FunctionId In, const Event &Call,
                       unsigned Argument, const Arrival &A);

} // namespace gfplint
