// What a worker process does with its jobs: makes precompiled headers, and turns units into parts.
#pragma once

#include "engine/Message.h"
#include "frontend/PchPlan.h"
#include "lower/Lower.h"

#include "llvm/ADT/DenseSet.h"

#include <deque>
#include <set>

namespace gfplint {

/// What all jobs of a run share; made before the workers are.
struct WorkerContext {
  llvm::ArrayRef<Entry> Entries;
  LowerOptions Lower;
  const Overlay *Overlaid = nullptr;
  /// What the groups' units are indexes into: Entries, or more entries that the groups are planned for.
  llvm::ArrayRef<Entry> Planned;
  std::vector<PchGroup> Groups;
  /// For each group the description of its PCH (SharedHeadersFile), or empty where it has none.
  std::vector<std::string> Descriptions;
  /// For each group, where to make its PCH: a path without an ending.
  std::vector<std::string> PchPaths;
  /// For each entry its group, and the one to try next; NoGroup for none.
  std::vector<uint32_t> GroupOf;
  std::vector<uint32_t> SecondGroupOf;
  static constexpr uint32_t NoGroup = ~0U;
};

/// Lives in one worker process from its first job to its last.
class Worker {
public:
  explicit Worker(const WorkerContext &Context) : Context(Context) {}

  /// Chooses headers for a group and compiles them, next to their description.
  JobMessage makeHeaders(size_t Group);
  JobMessage analyseUnit(size_t Entry);

private:
  /// A PCH that this worker has loaded, with the parts of its files.
  struct Loaded {
    uint32_t Group = 0;
    std::string Error;
    SharedHeaders Shared;
    std::vector<PartHash> Parts;
    std::unique_ptr<LoadedHeaders> Headers;
  };
  JobMessage compileHeaders(size_t Group);
  Loaded &load(uint32_t Group);
  /// On top of the group's headers; null where the group has none.
  Loaded *analyseOnTop(const Entry &E, uint32_t Group, FileTable &Files, LoweredUnit &U, JobMessage &M);
  void addDep(JobMessage &M, const std::string &Path);
  PartHash addPart(JobMessage &M, const Part &P, const FileTable &Files);

  const WorkerContext &Context;
  Parser P;
  std::deque<std::unique_ptr<Loaded>> Recent;
  llvm::DenseSet<PathHash> SentPaths;
  std::set<PartHash> SentParts;
};

} // namespace gfplint
