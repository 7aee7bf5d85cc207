// Kernel knowledge, read from rules/kernel/*.yaml and from `--model` files: which functions
// allocate, open and close scopes, and lock, and what the tree's allocators honour.
//
// Facts are gated by what the tree shows (`requires:`, `shows:`) and by version (`since:`,
// `until:`); see rules/kernel/README.md for the schema.
#pragma once

#include "gfp/KernelVersion.h"
#include "gfp/Scope.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/Error.h"

#include <array>
#include <functional>
#include <string>
#include <vector>

namespace gfplint {

/// What a rule needs to know of an allocator beyond its mask.
enum class AllocatorFamily : uint8_t { Other, Page, Slab, VMalloc, KVMalloc, Percpu, Mempool, Bio, Skb };
inline constexpr size_t AllocatorFamilyCount = static_cast<size_t>(AllocatorFamily::Skb) + 1;

struct Allocator {
  std::string Name;
  AllocatorFamily Family = AllocatorFamily::Other;
  /// Index of the mask among the arguments, from 0; nothing where the mask is fixed. Where the
  /// parameter there is no gfp_t, the function's only gfp_t parameter is meant: configurations add
  /// parameters (CONFIG_SLAB_BUCKETS, __kmalloc_node_noprof).
  std::optional<unsigned> MaskArg;
  /// Where MaskArg is empty: what the fixed mask forbids.
  Restriction Fixed = Restriction::None;
  /// Decides by the raw mask, not by the scope, whether to sleep (mempool_alloc).
  bool SleepsByRawMask = false;
  /// May be called with a lock held whatever the mask says: it lets go of the lock (__xa_store), or allocates
  /// only where its object asks for it (xas_nomem).
  bool AtomicSafe = false;
};

enum class ScopeAction : uint8_t { Save, Restore };

/// A function that opens or closes a scope.
struct ScopeFunction {
  std::string Name;
  ScopeAction Action = ScopeAction::Save;
  /// Nothing for the general form, whose kind is named by the PF_ flag in argument FlagArg.
  std::optional<ScopeKind> Kind;
  std::optional<unsigned> FlagArg;
  /// Restore: index of the token among the arguments.
  std::optional<unsigned> TokenArg;
};

/// How code opens and ends a scope of some kind.
struct ScopeApi {
  std::string Save;
  std::string Restore;
  /// As an `#include <...>` names it.
  std::string Header;
  /// A statement that opens the scope to the end of its block; empty where the tree has none.
  std::string Guard;
};

/// Assert: whoever calls the function holds the lock.
enum class LockAction : uint8_t { Take, TryTake, Release, Assert };

struct LockFunction {
  std::string Name;
  LockAction Action = LockAction::Take;
  /// `mutex`, `rwsem`, `spinlock`, …
  std::string Kind;
  /// Index of the lock among the arguments; nothing where it has none (rcu_read_lock).
  std::optional<unsigned> LockArg;
  /// Sleeping is forbidden while it is held.
  bool Atomic = false;
  /// TryTake: it is taken where the result is 0 (mutex_lock_interruptible); else where it is not 0
  /// (mutex_trylock).
  bool TakenOnZero = false;
  /// TryTake: the result is the lock (a transaction's handle). It is not taken where the result is null or
  /// an error.
  bool IsResult = false;
  /// Reclaim may come back for it: a reason to restrict what is allocated while it is held.
  bool Reclaim = true;
  /// Release: another kind of section that ends with it: interrupts, for spin_unlock_irqrestore().
  std::string AlsoEnds;
  /// A scope that is open as long as it is held, because whoever takes it opens one.
  std::optional<ScopeKind> Opens;
};

/// How the kernel calls functions that are handed to it: where they must not sleep.
struct AtomicEntry {
  /// `an interrupt handler`: what such a function is.
  std::string Context;
  /// When it may sleep after all; empty where it never may.
  std::string Unless;
  /// Where it is handed over by a call: which argument. Meaningless for a field.
  unsigned Argument = 0;
};

/// Names of which nothing but the name is to be known; each list has its key in the YAML.
enum class NameList : uint8_t {
  ErrorTests,
  NoAllocation,
  ContextTests,
  SameLock,
  LeavesLocks,
  Failures,
  Sleeps,
  HeldTests,
  HeldAsserts,
  DocAtomic,
  DocSleeps,
  DocUnclear,
};
inline constexpr size_t NameListCount = static_cast<size_t>(NameList::DocUnclear) + 1;

/// What the `Context:` of a kernel-doc comment says.
enum class DocumentedAs : uint8_t { Unclear, Atomic, Sleeps };

/// What gates are asked of; a pure view of a tree, so that tests need none.
struct TreeView {
  std::optional<KernelVersion> Version;
  /// `--kernel-version` was given: it outranks what the tree shows.
  bool VersionForced = false;
  /// Whether the body of `Function` in `File` (relative to the source root; the whole file where
  /// `Function` is empty) has the word `Word`, or several C tokens after one another. Nothing where
  /// the file or the function is not there.
  std::function<std::optional<bool>(llvm::StringRef File, llvm::StringRef Function, llvm::StringRef Word)>
      Shows;
  /// Whether the tree's include/linux has the name. Empty where there is no such folder.
  std::function<bool(llvm::StringRef Name)> Declares;
};

/// A fact of the tree that was decided, and why, for `--verbose`.
struct Decision {
  std::string Subject;
  bool Holds = false;
  std::string Why;
};

/// The knowledge that holds for one tree.
class Model {
public:
  [[nodiscard]] const Allocator *allocator(llvm::StringRef Name) const;
  [[nodiscard]] const ScopeFunction *scopeFunction(llvm::StringRef Name) const;
  /// All names that allocator() knows, with and without suffixes.
  [[nodiscard]] std::vector<std::string> allocatorNames() const;
  /// Those of the family's allocators that take a mask.
  [[nodiscard]] std::vector<std::string> allocatorNamesWithMask(AllocatorFamily Family) const;
  /// All names that scopeFunction() knows.
  [[nodiscard]] std::vector<std::string> scopeFunctionNames() const;
  [[nodiscard]] const LockFunction *lockFunction(llvm::StringRef Name) const;
  /// The scope that a task flag opens (`PF_MEMALLOC_NOFS`).
  [[nodiscard]] std::optional<ScopeKind> scopeOfTaskFlag(llvm::StringRef Name) const;
  /// All names that scopeOfTaskFlag() knows.
  [[nodiscard]] std::vector<std::string> taskFlagNames() const;
  /// Functions that put flags of the task back to what a variable has: which argument names the flags.
  [[nodiscard]] std::optional<unsigned> flagRestore(llvm::StringRef Name) const;
  /// Whether allocators of the family do what a mask of this restriction asks for.
  [[nodiscard]] bool honours(AllocatorFamily Family, Restriction R) const;
  /// Whether an allocator of the family falls back to vmalloc with such a mask (kvmalloc).
  [[nodiscard]] bool fallsBack(AllocatorFamily Family, Restriction R) const;
  /// Since 6.9 a token holds the bits that the save newly set, and restore clears those; before,
  /// it holds the old value of the bit.
  [[nodiscard]] bool tokenHoldsNewBits() const { return TokenHoldsNewBits; }
  /// Functions that test the mask for DIRECT_RECLAIM, like gfpflags_allow_blocking.
  [[nodiscard]] std::optional<Mask> maskTest(llvm::StringRef Name) const;
  /// Functions that tell whether a pointer is an error instead, like IS_ERR.
  [[nodiscard]] bool isErrorTest(llvm::StringRef Name) const { return listed(NameList::ErrorTests, Name); }
  /// Functions that surely allocate nothing.
  [[nodiscard]] bool allocatesNothing(llvm::StringRef Name) const {
    return listed(NameList::NoAllocation, Name);
  }
  /// Functions that start a thread: which argument is the thread's function.
  [[nodiscard]] std::optional<unsigned> threadStart(llvm::StringRef Name) const;
  /// A function that takes another one which it calls where sleeping is forbidden (request_irq).
  [[nodiscard]] const AtomicEntry *atomicRegistration(llvm::StringRef Name) const;
  /// Fields (`timer_list.function`) whose functions the kernel calls where sleeping is forbidden; sorted.
  [[nodiscard]] std::vector<std::pair<std::string, AtomicEntry>> atomicFields() const;
  /// Functions that tell whether sleeping is forbidden where they are called (preempt_count).
  [[nodiscard]] bool testsContext(llvm::StringRef Name) const { return listed(NameList::ContextTests, Name); }
  /// Functions that ask whether a lock is held by its lockdep_map (lock_is_held).
  [[nodiscard]] bool asksForLock(llvm::StringRef Name) const { return listed(NameList::HeldTests, Name); }
  /// What a macro (lockdep_assert_held) that asks for the lock_map in this field (`spinlock.dep_map`)
  /// asserts; null where nothing is known of it.
  [[nodiscard]] const LockFunction *assertion(llvm::StringRef Typed, llvm::StringRef MapField) const;
  /// What a kernel-doc comment's `Context:` says of sleeping.
  [[nodiscard]] DocumentedAs documentedAs(llvm::StringRef Context) const;
  /// Functions that sleep, or say that they may (might_sleep), whatever they are called with.
  [[nodiscard]] bool sleeps(llvm::StringRef Name) const { return listed(NameList::Sleeps, Name); }
  /// Functions that run only where something has already gone wrong, and tell of it.
  [[nodiscard]] bool tellsOfFailure(llvm::StringRef Name) const { return listed(NameList::Failures, Name); }
  /// Functions that leave their callers' locks as they are, though that takes more to see than one path at a
  /// time.
  [[nodiscard]] bool leavesLocks(llvm::StringRef Name) const { return listed(NameList::LeavesLocks, Name); }
  /// Functions that return the lock that they are given (spinlock_check).
  [[nodiscard]] bool returnsItsLock(llvm::StringRef Name) const { return listed(NameList::SameLock, Name); }
  /// Whether it knows a lock under which sleeping is forbidden.
  [[nodiscard]] bool hasAtomicLocks() const;
  [[nodiscard]] const std::vector<Decision> &decisions() const { return Decisions; }
  /// Whether this tree can open a scope of the kind.
  [[nodiscard]] bool hasScope(ScopeKind K) const;
  /// The functions for it; null where the tree has none.
  [[nodiscard]] const ScopeApi *scopeApi(ScopeKind K) const;

private:
  [[nodiscard]] bool listed(NameList List, llvm::StringRef Name) const {
    return Names[static_cast<size_t>(List)].contains(Name);
  }
  void addSpellings(llvm::StringRef Name, std::vector<std::string> &Names) const;
  friend class ModelLoader;
  llvm::StringMap<Allocator> Allocators;
  llvm::StringMap<ScopeFunction> Scopes;
  llvm::StringMap<LockFunction> Locks;
  llvm::StringMap<ScopeKind> TaskFlags;
  llvm::StringMap<Mask> MaskTests;
  std::array<llvm::StringSet<>, NameListCount> Names;
  llvm::StringMap<unsigned> ThreadStarts;
  llvm::StringMap<unsigned> FlagRestores;
  llvm::StringMap<AtomicEntry> AtomicRegistrations;
  llvm::StringMap<AtomicEntry> AtomicFields;
  /// By the field of the lockdep_map.
  llvm::StringMap<LockFunction> Asserted;
  std::vector<Decision> Decisions;
  ScopeSet Available;
  std::array<ScopeApi, ScopeKindCount> Apis;
  uint8_t VmallocHonours = 0; // bit Restriction
  uint8_t KvmallocFallsBack = 0;
  bool TokenHoldsNewBits = false;
  std::vector<std::string> Suffixes;
};

} // namespace gfplint
