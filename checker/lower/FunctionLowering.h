// One function body: its CFG as blocks of events.
#pragma once

#include "lower/UnitContext.h"

namespace gfplint {

/// Lowers a function that has a body. Nothing where Clang cannot build its CFG.
std::optional<Function> lowerFunction(UnitContext &Unit, const clang::FunctionDecl &F);

} // namespace gfplint
