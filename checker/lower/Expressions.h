// What can be told of a C expression or statement at a glance.
#pragma once

#include "lower/UnitContext.h"

#include "llvm/ADT/SmallPtrSet.h"

namespace gfplint {

/// Whether the expression is a gfp mask: by its type, or built from one by bit operations.
bool isMaskExpr(const clang::Expr *E);

/// `gfp & bits`, `!(gfp & bits)`, `gfp == value`: worth lowering as a condition.
bool testsMask(const clang::Expr *E);

/// Whether a variable of this type that gets this value holds a mask: it is a gfp_t, or an integer
/// that gets one (`unsigned int flags = GFP_NOIO`), though not just the outcome of a test.
bool holdsMask(clang::QualType Type, const clang::Expr *Value);

/// `task->flags |= bits` or `task->flags &= ~bits`, whichever task it is.
bool setsTaskFlags(const clang::BinaryOperator &B);

/// Adds the calls below `S` whose value nothing looks at.
void findDiscarded(const clang::Stmt *S, llvm::SmallPtrSetImpl<const clang::Expr *> &Found);

/// Adds the names of the macros that stand for the constants of an expression: `PF_MEMALLOC_NOFS`.
void constantNames(const UnitContext &Unit, const clang::Expr *E, std::vector<std::string> &Names);

} // namespace gfplint
