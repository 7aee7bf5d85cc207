// Worker processes: a job that crashes, hangs or eats all memory costs itself alone.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace gfplint {

struct PoolOptions {
  /// Worker processes; at least 1.
  unsigned Jobs = 1;
  /// A job that takes longer is killed.
  std::chrono::seconds Timeout{120};
};

struct JobResult {
  /// What the job returned; empty where Failure is set.
  std::string Bytes;
  /// One line: how the worker died. Empty for a job that returned.
  std::string Failure;
};

/// Runs jobs 0 to Count-1, each in one of the worker processes, and returns their results in that
/// order. `Work` runs in a child process: what it changes in memory stays there, between its jobs
/// too. `Done(i)` is called in this process as each job ends, in any order. A job whose worker died
/// is tried once more in a fresh one.
std::vector<JobResult> runJobs(size_t Count, const PoolOptions &Options,
                               const std::function<std::string(size_t)> &Work,
                               const std::function<void(size_t)> &Done);

} // namespace gfplint
