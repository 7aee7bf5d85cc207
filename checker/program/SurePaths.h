// What happens on every way through a function that does not fail.
#pragma once

#include "ir/Ir.h"

#include "llvm/ADT/STLFunctionalExtras.h"

namespace gfplint {

/// Whether every path over edges that can be taken and that leaves the function, other than by returning a
/// negative number, has passed an event that is looked for. A function that never returns has.
bool alwaysPasses(const Function &F, llvm::function_ref<bool(const Event &)> LookedFor,
                  llvm::function_ref<bool(const Block &, const Edge &)> CanTake);

} // namespace gfplint
