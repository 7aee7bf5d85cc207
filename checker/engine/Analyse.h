// A run over database entries: what the store still knows is taken from it, the rest is parsed and
// lowered by workers and stored.
#pragma once

#include "compile_db/Database.h"
#include "engine/HeaderPlan.h"
#include "engine/Pool.h"
#include "engine/Progress.h"
#include "engine/TreeFlags.h"
#include "frontend/Parse.h"
#include "gfp/Mask.h"
#include "ir/Index.h"
#include "store/Store.h"

#include <deque>
#include <map>
#include <memory>
#include <mutex>

namespace gfplint {

/// A unit that could not be analysed, or not wholly.
struct UnitFailure {
  std::string File;
  std::string Error;
};

/// What came of one entry.
struct UnitOutcome {
  bool Known = false;
  std::vector<PartId> Parts;
  std::string Error;
};

/// What earlier analyses of a run found out.
struct KnownUnits {
  /// By the unit's key in the store: those of files that changed just before the run are not in the store.
  std::map<Hash128, UnitOutcome> Outcomes;
  std::vector<KnownGroup> Groups;
};

struct AnalyseOptions {
  PoolOptions Pool;
  /// Parse units on top of shared precompiled headers where that cannot change what is learnt.
  bool UsePch = true;
  /// Shared headers are planned for these entries, the run's own among them, as a run over all of them
  /// would. Empty: for the run's own.
  llvm::ArrayRef<Entry> HeadersFor;
  /// How many units of a folder get shared headers of their own.
  size_t SmallestFolder = UsualFolder;
  /// Makes the shared headers and ends; no unit is parsed.
  bool HeadersOnly = false;
  /// These texts stand in for files on disk; what is learnt with them is stored as if they were there.
  const Overlay *Overlaid = nullptr;
  ProgressMode Progress = ProgressMode::None;
  /// The flags of the tree, where they were read before; else some of the entries tell them.
  std::optional<TreeFlags> Tree;
  /// What earlier analyses of the same run found out, on the same store; this one adds to it.
  KnownUnits *Earlier = nullptr;
  /// Remarks for --verbose, a line each.
  std::function<void(llvm::StringRef)> Verbose;
};

/// One entry's parts, by their places in Analysis::Parts.
struct UnitParts {
  std::string File;
  std::string Error;
  std::vector<uint32_t> Parts;
};

/// What the shared headers of one group cost.
struct HeaderCost {
  std::string Folder;
  /// Units that they serve, and how many of these this run parses.
  size_t Units = 0;
  size_t UnitsHere = 0;
  /// CPU seconds, of the worker and of storing what it sent.
  double Seconds = 0;
  bool Made = false;
};

struct Analysis {
  FlagTable Flags;
  FileTable Files;
  /// The distinct parts of all units, without their functions' bodies.
  std::vector<PartIndex> Parts;
  /// The store's ids of Parts, for their bodies.
  std::vector<PartId> Ids;
  /// In the order of the entries.
  std::vector<UnitParts> Units;
  /// In the order of the entries.
  std::vector<UnitFailure> Failures;
  size_t Analysed = 0;
  /// How many units were parsed in this run, and how many of them on top of a PCH.
  size_t Parsed = 0;
  size_t Shared = 0;
  /// The shared headers that were made, or tried, in this run.
  std::vector<HeaderCost> Headers;
  /// CPU seconds that planning them took, and reading the tree's flags.
  double PlanSeconds = 0;
  double FlagSeconds = 0;
  double HeaderSeconds = 0;
  double ParseSeconds = 0;
  double LoadSeconds = 0;
  /// The signal that ended the run early; the analysis is not whole then.
  int Interrupted = 0;
};

/// An error only where nothing can be done at all: the flags of the tree cannot be read. The result
/// does not depend on Pool.Jobs, the order of entries or what the store held.
llvm::Expected<Analysis> analyse(llvm::ArrayRef<Entry> Entries, llvm::StringRef SourceRoot, Store &Kept,
                                 const AnalyseOptions &Options);

/// Loads bodies of the functions of an analysis, for several threads at once; nothing else may use the store
/// meanwhile. It must outlive this.
class BodyReader {
public:
  /// Takes the tables that it needs out of the analysis's parts.
  BodyReader(Store &Kept, Analysis &A) : Kept(Kept), Ids(A.Ids) {
    for (PartIndex &P : A.Parts)
      Tables.push_back(std::move(P.Bodies));
  }
  llvm::Expected<Function> load(uint32_t Part, uint32_t Function);

private:
  llvm::Expected<std::shared_ptr<const std::string>> bodies(uint32_t Part);
  /// Questions stay within a file for a while, those of each thread.
  static constexpr size_t KeptParts = 64;
  std::mutex Access;
  Store &Kept;
  std::vector<PartId> Ids;
  std::vector<BodyTable> Tables;
  std::deque<std::pair<uint32_t, std::shared_ptr<const std::string>>> Recent;
};

/// A part with all its bodies.
llvm::Expected<Part> loadPart(Store &Kept, PartId Id, FileTable &Files);

} // namespace gfplint
