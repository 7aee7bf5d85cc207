// One YAML document of kernel knowledge as it was written, before its gates are settled. The schema
// for its readers is in rules/kernel/README.md.
#pragma once

#include "model/Gate.h"
#include "model/Loader.h"

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace gfplint {

struct AllocatorGroup {
  AllocatorFamily Family = AllocatorFamily::Other;
  std::optional<unsigned> Mask;
  std::optional<Restriction> Fixed;
  bool SleepsByRawMask = false;
  bool AtomicSafe = false;
  std::vector<std::string> Names;
  Gate When;
};

/// Functions that open and close one scope, or with no Kind the general form. They are known on every
/// tree; the gate says whether the tree can open the scope with the first of Save.
struct ScopeGroup {
  std::optional<ScopeKind> Kind;
  std::optional<unsigned> Flag;
  std::optional<unsigned> Token;
  std::vector<std::string> Save;
  std::vector<std::string> Restore;
  std::string Header;
  std::string Guard;
  Gate When;
};

struct TaskFlag {
  std::string Name;
  ScopeKind Kind = ScopeKind::NoFs;
  Gate When;
};

struct LockGroup {
  std::string Kind;
  std::optional<unsigned> Lock;
  bool Atomic = false;
  bool Reclaim = true;
  std::optional<ScopeKind> Opens;
  std::vector<std::string> Take;
  std::vector<std::string> TakeIfZero;
  std::vector<std::string> TakeIfNonzero;
  std::vector<std::string> TakeResult;
  std::vector<std::string> Release;
  std::vector<std::string> Maps;
  Gate When;
};

enum class FactKind : uint8_t { VmallocHonours, KvmallocFallsBack, TokenHoldsNewBits };

struct Fact {
  FactKind Kind = FactKind::VmallocHonours;
  std::optional<Restriction> Mask;
  Gate When;
};

struct MaskTest {
  std::vector<std::string> Names;
  Mask Flags;
  Gate When;
};

/// Functions of which one argument matters: the thread's function, the flags that are put back.
struct ArgumentFact {
  std::vector<std::string> Names;
  unsigned Argument = 0;
  Gate When;
};

/// Releases of a lock that end a section of another kind with it.
struct AlsoEnds {
  std::vector<std::string> Names;
  std::string Kind;
  Gate When;
};

/// Entries of a NameList.
struct NameFact {
  std::vector<std::string> Names;
  Gate When;
};

/// Functions that call one of their arguments, and fields whose functions are called, where sleeping is
/// forbidden.
struct AtomicEntryGroup {
  std::string Context;
  std::string Unless;
  std::vector<std::string> Names;
  std::optional<unsigned> Argument;
  std::vector<std::string> Fields;
  Gate When;
};

struct Document {
  std::vector<std::string> Suffixes;
  std::vector<AllocatorGroup> Allocators;
  std::vector<ScopeGroup> Scopes;
  std::vector<TaskFlag> TaskFlags;
  std::vector<LockGroup> Locks;
  std::vector<Fact> Facts;
  std::vector<MaskTest> MaskTests;
  std::vector<ArgumentFact> Threads;
  std::vector<ArgumentFact> FlagRestores;
  std::array<std::vector<NameFact>, NameListCount> Names;
  std::vector<AlsoEnds> Ends;
  std::vector<AtomicEntryGroup> AtomicEntries;
};

/// Reads and checks one source. An error has one line: `FILE:LINE:COLUMN: what`.
llvm::Expected<Document> parseDocument(const ModelSource &Source);

} // namespace gfplint
