// `x = c ? a : b` as the two assignments that it is: each arm stands in a block of its own.
#pragma once

#include "lower/Places.h"

namespace gfplint {

/// The arms, stripped, of every such assignment or initialisation, and the place that each goes to;
/// without those of masks, which keep both arms as terms, and of constants.
llvm::DenseMap<const clang::Expr *, PlaceId> findArms(UnitContext &Unit, const clang::FunctionDecl &F,
                                                      Places &Where);

} // namespace gfplint
