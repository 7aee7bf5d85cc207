// Where a function can keep the value that it is about to return.
#pragma once

#include "fix/Layout.h"

namespace gfplint {

struct ResultVariable {
  std::string Name;
  /// `int ret;`; empty where the function has the variable already.
  std::string Declaration;
};

/// A variable of the function's own return type: one of its own that is named as such variables are, or a
/// new one. An error, on one line, where the type is not plainly written in front of the name.
llvm::Expected<ResultVariable> resultVariable(llvm::StringRef Text, const Layout &Lines, uint32_t NameAt);

/// Whether a returned value is the same after a scope was ended: it calls nothing but the macros around error
/// pointers. `Return` is the statement.
bool isPlainValue(llvm::StringRef Return);

} // namespace gfplint
