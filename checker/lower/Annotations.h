// What the source says of a whole function beside its code: annotations such as `__must_hold(&q->lock)`
// between its head and its body, and the `Context:` of its kernel-doc comment.
#pragma once

#include "lower/Places.h"

#include "clang/AST/Decl.h"

namespace gfplint {

/// As events for the function's entry, without ids; see Ir.h. An annotation counts where its argument is a
/// variable, or a member of one, of a struct type, or a single word that names no variable (`RCU`).
std::vector<Event> entryEvents(UnitContext &Unit, const clang::FunctionDecl &F, Places &Where);

} // namespace gfplint
