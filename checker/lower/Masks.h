// gfp expressions as terms of the form `(in & keep) | set`.
#pragma once

#include "lower/UnitContext.h"

#include <functional>

namespace gfplint {

/// What a mask expression refers to, resolved by the function that it stands in.
struct MaskOperands {
  /// The place of a local variable or parameter.
  std::function<PlaceId(const clang::VarDecl &)> Local;
  /// The place of a field or a global variable, or NoPlace.
  std::function<PlaceId(const clang::Expr &)> Stored;
  /// The event id of a call.
  std::function<uint32_t(const clang::CallExpr &)> Call;
};

/// A value that is neither constant nor followed becomes a term of SourceKind::Unknown.
MaskExpr lowerMask(UnitContext &Unit, const clang::Expr *E, const MaskOperands &Operands);

/// `Left OP Right` for the compound assignment `Left OP= Right`.
MaskExpr lowerMaskOperation(UnitContext &Unit, clang::BinaryOperatorKind Op, const clang::Expr *Left,
                            const clang::Expr *Right, const MaskOperands &Operands);

} // namespace gfplint
