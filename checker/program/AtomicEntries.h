// Functions that the kernel calls where sleeping is forbidden: handlers that are handed to it, and functions
// of ops tables that it calls under its locks; and functions whose comments say so.
#pragma once

#include "program/Program.h"

namespace gfplint {

struct AtomicEntryPoint {
  FunctionId Function = 0;
  AtomicEntry Entry;
  /// What shows it, and in which function: where it is handed over; else the function itself, or its comment.
  Loc At;
  FunctionId In = 0;
  /// Only its comment says so.
  bool Documented = false;
  /// `is handed to request_irq()`, `is stored in timer_list.function`
  std::string How;
};

/// Each function once, sorted; of several reasons one that holds without exception, and of
/// those a registration before a table, and the first in the order of files.
std::vector<AtomicEntryPoint> atomicEntries(const Program &P);

} // namespace gfplint
