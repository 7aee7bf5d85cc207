// What memory a process holds, as the kernel counts it.
#pragma once

#include <cstdint>
#include <sys/types.h>

namespace gfplint {

struct ProcessMemory {
  /// Bytes in RAM that are no file's: forking hands these down, and workers share files' pages.
  uint64_t Resident = 0;
  /// Bytes of writable address space.
  uint64_t Data = 0;
};

/// Zeros where the process is gone.
ProcessMemory memoryOf(pid_t Pid);

} // namespace gfplint
