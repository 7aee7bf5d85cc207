// Worker processes: a job that crashes, hangs or eats all memory costs itself alone.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace gfplint {

struct PoolOptions {
  /// Worker processes; at least 1.
  unsigned Jobs = 1;
  /// A job that takes longer is killed.
  std::chrono::seconds Timeout{120};
  /// Bytes that a worker may hold beyond what this process held when it was forked; 0 for any number.
  uint64_t MemoryLimit = uint64_t(4) << 30;
  /// Jobs in the order in which they start, the longest first for instance. Those not named follow.
  std::vector<size_t> Order;
  /// A worker makes room for a fresh one after so many jobs; 0 for never.
  unsigned JobsPerWorker = 0;
};

struct JobResult {
  /// What the job returned; empty where Failure is set.
  std::string Bytes;
  /// One line: how the worker died. Empty for a job that returned.
  std::string Failure;
};

struct PoolEnd {
  /// SIGINT or SIGTERM where one ended the run before all jobs were done; else 0.
  int Interrupted = 0;
};

/// Runs jobs 0 to Count-1, each in one of the worker processes. `Work` runs in a child process: what it
/// changes in memory stays there, between its jobs too. `Done(job, result)` is called in this process
/// once for each job as it ends, in any order; workers wait for it where it is slow. A job whose worker
/// died is tried once more in a fresh one.
///
/// While this runs, SIGINT and SIGTERM stop it, unless they were ignored before: workers are killed, no
/// job is begun, and it returns. A second signal does what it does by default. Workers die with this
/// process. One run at a time in a process.
PoolEnd runJobs(size_t Count, const PoolOptions &Options, const std::function<std::string(size_t)> &Work,
                const std::function<void(size_t, JobResult &&)> &Done);

} // namespace gfplint
