// From what a fix is to do to bytes of the file: where a scope's lines go, how they look there.
#pragma once

#include "report/Report.h"

namespace gfplint {

/// Turns what every fix of the report still asks of the text into edits. A fix that the text has no place
/// for loses its edits, becomes Display, and says why in its title.
void placeFixes(Report &R);

/// The edits of one scope in a file's text. The error is one line.
llvm::Expected<std::vector<Edit>> placeScope(llvm::StringRef Text, const ScopeInsertion &S);
/// The same for a change of one statement.
llvm::Expected<std::vector<Edit>> placeChange(llvm::StringRef Text, const StatementChange &C);

} // namespace gfplint
