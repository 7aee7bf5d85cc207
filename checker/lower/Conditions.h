// Branch conditions: what they test, in a form that two of them can be compared by.
#pragma once

#include "lower/Masks.h"
#include "lower/Places.h"

namespace gfplint {

Condition lowerCondition(UnitContext &Unit, const clang::Expr *E, Places &Where,
                         const MaskOperands &Operands);

} // namespace gfplint
