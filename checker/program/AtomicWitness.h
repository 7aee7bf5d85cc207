// A way on which a function runs where sleeping is forbidden: from a caller's lock, or from where the kernel
// calls a handler.
#pragma once

#include "program/AtomicEntries.h"
#include "program/AtomicNets.h"
#include "program/Finding.h"

namespace gfplint {

/// One of the shortest ways, from where sleeping is forbidden down to the call of the function; empty where
/// none is found over `Levels` calls. Pointers that may hold more than `MaxTargets` functions lead nowhere.
std::vector<TraceStep> atomicWitness(const Program &P, const AtomicNets &Nets,
                                     const std::vector<AtomicEntryPoint> &Entries, FunctionId Id,
                                     unsigned Levels, size_t MaxTargets);

} // namespace gfplint
