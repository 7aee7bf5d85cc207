// From what a fix is to do to bytes of the file: where a scope's lines go, how they look there.
#pragma once

#include "report/Report.h"

namespace gfplint {

/// How a scope is written: save and restore, or a guard where the tree has its class and the scope can
/// last to the end of its block.
enum class ScopeStyle : uint8_t { Save, Guard };

/// Turns what every fix of the report still asks of the text into edits. A fix that the text has no place
/// for loses its edits, becomes Display, and says why in its title.
void placeFixes(Report &R, ScopeStyle Style = ScopeStyle::Save);

/// The edits of one scope in a file's text. The error is one line.
llvm::Expected<std::vector<Edit>> placeScope(llvm::StringRef Text, const ScopeInsertion &S,
                                             ScopeStyle Style = ScopeStyle::Save);
/// The same for a change of one statement.
llvm::Expected<std::vector<Edit>> placeChange(llvm::StringRef Text, const StatementChange &C);

} // namespace gfplint
