// /proc/PID/statm.
#include "engine/ProcessMemory.h"

#include <algorithm>
#include <cstdio>
#include <string>
#include <unistd.h>

namespace gfplint {

ProcessMemory memoryOf(pid_t Pid) {
  ProcessMemory M;
  std::string Name = "/proc/" + std::to_string(Pid) + "/statm";
  FILE *File = fopen(Name.c_str(), "re");
  if (!File)
    return M;
  unsigned long long Resident = 0;
  unsigned long long OfFiles = 0;
  unsigned long long Data = 0;
  if (fscanf(File, "%*u %llu %llu %*u %*u %llu", &Resident, &OfFiles, &Data) == 3) {
    auto Page = static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
    M = {(Resident - std::min(Resident, OfFiles)) * Page, Data * Page};
  }
  fclose(File);
  return M;
}

} // namespace gfplint
