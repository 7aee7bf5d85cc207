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
  /// In which the jobs are started; empty for 0 to Count-1.
  std::vector<size_t> Order;
};

struct JobResult {
  /// What the job returned; empty where Failure is set.
  std::string Bytes;
  /// One line: how the worker died. Empty for a job that returned.
  std::string Failure;
};

int runJobs(size_t Count, const PoolOptions &Options,
                               const std::function<std::string(size_t)> &Work,
                               const std::function<void(size_t, JobResult)> &Done);

} // namespace gfplint
