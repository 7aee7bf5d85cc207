// A callee as a maintainer knows it.
#pragma once

#include "program/Program.h"

namespace gfplint {

/// As typed at the call, or the function's own name.
inline std::string calleeName(const Event &Call) {
  if (!Call.Typed.empty())
    return Call.Typed;
  return Call.Callee.empty() ? "a function pointer" : nameOfKey(Call.Callee).str();
}

} // namespace gfplint
