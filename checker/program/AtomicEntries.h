// Functions that the kernel calls where sleeping is forbidden: handlers that are handed to it, and functions
// of ops tables that it calls under its locks.
#pragma once

#include "program/Program.h"

namespace gfplint {

struct AtomicEntryPoint {
  FunctionId Function = 0;
  AtomicEntry Entry;
  /// Where it is handed over, by which function and with which call; or the function itself, nothing, and the
  /// field that holds it.
  Loc At;
  std::optional<FunctionId> In;
  std::string By;
};

/// Each function once, sorted; of several reasons one that holds without exception, and of
/// those a registration before a table, and the first in the order of files.
std::vector<AtomicEntryPoint> atomicEntries(const Program &P);

} // namespace gfplint
