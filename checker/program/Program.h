// The whole program: functions, who calls them, and what is known of each for its masks and scopes.
//
// It is linked from indexes alone. A function's body is decoded when a question first needs it and
// is kept from then on; ask the questions that the index answers before those that need bodies.
#pragma once

#include "model/Model.h"
#include "program/Links.h"
#include "program/LockFlow.h"
#include "program/MaskFlow.h"
#include "program/ScopeFlow.h"

#include "llvm/Support/Error.h"

#include <map>
#include <memory>
#include <set>

namespace gfplint {

/// Gives a function's body: the part's place among those that the program was made of, and the
/// function's in the part. It may be called from several threads at once.
using BodyLoader = std::function<llvm::Expected<Function>(uint32_t Part, uint32_t FunctionInPart)>;

/// A call of one function by another.
struct CallSite {
  FunctionId Caller = 0;
  /// The call's Event::Id; Program::event() decodes it.
  uint32_t Event = 0;
  /// Through an ops table or another pointer, which may hold this many functions; 0 for a direct
  /// call.
  size_t Targets = 0;
  [[nodiscard]] bool indirect() const { return Targets != 0; }
};

/// A value that some function or initialiser stores in a field.
struct FieldStore {
  std::string Field;
  /// Nothing for an initialiser outside functions.
  std::optional<FunctionId> In;
  /// The terms of the stored value, resolved as far as one function can.
  std::vector<ResolvedTerm> Terms;
  Loc At;
};

/// What answers depended on: had the program other units, only those that mention one of these could
/// have changed them.
struct Asked {
  /// Functions, macros, variables.
  std::set<std::string, std::less<>> Names;
  /// `struct.field`.
  std::set<std::string, std::less<>> Fields;
};

/// The part of a function's key that is its name.
llvm::StringRef nameOfKey(llvm::StringRef Key);

class Program {
public:
  /// Linking uses up the parts. They were decoded with `Files`, as `Load` decodes the bodies; equal
  /// ones are given once. The result depends on their contents alone, not on their order, nor on how many
  /// `Threads` work at once.
  Program(std::vector<PartIndex> Parts, FileTable Files, BodyLoader Load, const Model &Knowledge,
          const FlagTable &Flags, unsigned Threads = 1);

  const Model &Knowledge;
  const FlagTable &Flags;
  FileTable Files;

  // From the index.

  /// Functions are sorted by key.
  [[nodiscard]] size_t size() const { return Index.Functions.size(); }
  [[nodiscard]] llvm::StringRef key(FunctionId Id) const {
    askName(Id);
    return keyOf(Id);
  }
  [[nodiscard]] llvm::StringRef name(FunctionId Id) const { return Index.Texts[Index.Functions[Id].Name]; }
  [[nodiscard]] Loc at(FunctionId Id) const { return Index.Functions[Id].At; }
  [[nodiscard]] bool isStatic(FunctionId Id) const { return Index.Functions[Id].Static; }
  [[nodiscard]] std::optional<FunctionId> find(llvm::StringRef Key) const;
  /// The callee with a body, for a direct call. Not noted in asked(): for callees that are known to be
  /// there, or to do nothing that matters where they are not.
  [[nodiscard]] std::optional<FunctionId> callee(const Event &Call) const;
  /// Functions that a function calls directly; each once, sorted. Not noted in asked().
  [[nodiscard]] std::vector<FunctionId> callees(FunctionId Id) const;
  /// Functions that an ops-table field may hold, sorted.
  [[nodiscard]] llvm::ArrayRef<FunctionId> targets(llvm::StringRef Field) const;
  /// The same, not noted in asked().
  [[nodiscard]] llvm::ArrayRef<FunctionId> targetsUnasked(llvm::StringRef Field) const;
  /// By caller, each one's in the order of its events; without calls through pointers that may hold
  /// more than `MaxTargets` functions.
  [[nodiscard]] std::vector<CallSite> callers(FunctionId Id, size_t MaxTargets = SIZE_MAX) const;
  /// Calls of functions with a body, in the order of the caller's events; through a pointer those that it may
  /// hold, where these are at most `MaxTargets`. A file that puts functions of its own into the field calls
  /// those. Not noted in asked().
  void forEachCall(FunctionId Caller, size_t MaxTargets,
                   llvm::function_ref<void(uint32_t Event, FunctionId Callee)> Use) const;
  /// Every call that may be one of the function, by caller. Not noted in asked().
  void forEachCaller(FunctionId Id, llvm::function_ref<void(FunctionId Caller, uint32_t Event)> Use) const;
  /// What a pointer may hold where a function of this file calls it: see forEachCall().
  [[nodiscard]] std::vector<FunctionId> targetsFrom(FileId File, llvm::ArrayRef<FunctionId> All) const;
  /// Each once, sorted. Not noted in asked(); askCallers() does so.
  [[nodiscard]] std::vector<FunctionId> directCallers(FunctionId Id) const;
  void askCallers(FunctionId Id) const { askName(Id); }
  /// Notes that whatever mentions the field matters.
  void askReaders(llvm::StringRef Field) const { askField(Field); }
  [[nodiscard]] bool hasDirectCaller(FunctionId Id) const { return !Index.DirectCalls[Id].empty(); }
  /// Every call of it is known: it is static and its address goes nowhere unseen.
  [[nodiscard]] bool hasAllCallers(FunctionId Id) const;
  [[nodiscard]] const std::vector<MaskUse> &uses() const { return Index.Uses; }
  [[nodiscard]] bool isAllocator(FunctionId Id) const { return Knowledge.allocator(name(Id)) != nullptr; }
  /// Functions, other than allocators, with a call to an allocator of the family that takes a mask; sorted.
  [[nodiscard]] const std::vector<FunctionId> &callersWithMask(AllocatorFamily Family) const;
  /// Those with a call to any allocator; sorted.
  [[nodiscard]] const std::vector<FunctionId> &callersOfAllocators() const;
  /// Functions whose own constants may make a mask without __GFP_FS, __GFP_IO or
  /// __GFP_DIRECT_RECLAIM, and maybe others; sorted.
  [[nodiscard]] std::vector<FunctionId> restricting() const;
  /// Functions that set or clear flags of a task by hand; sorted.
  [[nodiscard]] std::vector<FunctionId> settingTaskFlags() const;
  /// Functions that type masks of several words, other than GFP_KERNEL with what goes with it, or test masks
  /// for several bits at once; sorted. Not noted in asked().
  [[nodiscard]] std::vector<FunctionId> combiningFlags() const {
    return having(&Links::Record::CombinesFlags);
  }
  /// Functions with a direct call of a function whose name is wanted; sorted. Not noted in asked().
  [[nodiscard]] std::vector<FunctionId>
  callersOfNamed(llvm::function_ref<bool(llvm::StringRef Name)> Wanted) const;
  /// Whether some call of the function is wanted: by the callee's name and, where it has a body, its id.
  /// Calls through pointers that may hold more than `MaxTargets` functions are left out. Not noted in
  /// asked().
  [[nodiscard]] bool anyCall(FunctionId Id, size_t MaxTargets,
                             llvm::function_ref<bool(llvm::StringRef Name, FunctionId Callee)> Wanted) const;
  /// For each function over how many calls it comes to one of the goals, up to Max, else UINT8_MAX; calls
  /// through pointers that may hold more than `MaxTargets` functions lead nowhere. Not noted in asked().
  [[nodiscard]] std::vector<uint8_t> callsAway(const std::vector<FunctionId> &Goals, uint8_t Max,
                                               size_t MaxTargets) const;
  /// One of its parameters is a gfp_t.
  [[nodiscard]] bool takesMask(FunctionId Id) const { return Index.Functions[Id].TakesMask; }

  // From bodies.

  /// Where the body cannot be loaded, a function without blocks, and a line in loadErrors().
  [[nodiscard]] const Function &function(FunctionId Id) const;
  /// Shows a body to `Use` without keeping it: for questions to very many functions.
  void withFunction(FunctionId Id, llvm::function_ref<void(const Function &)> Use) const;
  /// Shows the bodies of very many functions without keeping them: calls Use(index in Ids, body) on several
  /// threads at once, in no order. `Use` may ask of the program what is not noted in asked(), and nothing
  /// that comes from bodies.
  void forEachBody(llvm::ArrayRef<FunctionId> Ids,
                   llvm::function_ref<void(size_t Index, const Function &)> Use) const;
  /// Functions in the order in which their bodies lie beside one another: the cheapest one to look at many.
  [[nodiscard]] std::vector<FunctionId> inLoadOrder(std::vector<FunctionId> Ids) const;
  /// The call itself; null where the caller's body could not be loaded.
  [[nodiscard]] const Event *event(const CallSite &Site) const;
  [[nodiscard]] const std::vector<FieldStore> &stores(llvm::StringRef Field) const;
  [[nodiscard]] const MaskFlow &masks(FunctionId Id) const;
  [[nodiscard]] const ScopeFlow &scopes(FunctionId Id) const;
  /// What the function does to its caller's locks, by itself and by what it calls in its own file and in
  /// headers.
  [[nodiscard]] const std::vector<NetLock> &locks(FunctionId Id) const;
  /// What a call in the function does to locks.
  [[nodiscard]] std::vector<LockOperation> lockOperations(FunctionId In, const Event &Call) const;
  /// The locks that are surely held at the calls of a function, by Event::Id.
  [[nodiscard]] std::map<uint32_t, std::vector<LockOperation>> heldLocks(FunctionId Id) const;
  /// The callee's body, where it can be looked at whatever else was analysed: it is in a header, or in the
  /// file of the caller.
  [[nodiscard]] std::optional<FunctionId> visibleCallee(FunctionId In, const Event &Call) const;
  /// Functions that call scope functions, or callees that open or close scopes; sorted. The scopes
  /// of all others are empty.
  [[nodiscard]] const std::vector<FunctionId> &scopeUsers() const;
  /// It is started as a thread of its own: what it does to its task ends with it.
  [[nodiscard]] bool isThread(FunctionId Id) const;
  /// Scopes that every caller surely holds, on all ways in.
  [[nodiscard]] ScopeSet inherited(FunctionId Id) const;
  /// One line for each body that was wanted and could not be loaded.
  [[nodiscard]] const std::vector<std::string> &loadErrors() const { return LoadErrors; }
  /// Something to say with --verbose.
  void remark(std::string Line) const { Remarks.push_back(std::move(Line)); }
  [[nodiscard]] const std::vector<std::string> &remarks() const { return Remarks; }
  /// How many bodies were loaded.
  [[nodiscard]] size_t loaded() const { return Loaded; }

  /// What the model knows of the callee.
  [[nodiscard]] const Allocator *allocator(const Event &Call) const;
  /// The model says so of the callee, or of the name as typed: of memcpy(), whatever that is here.
  [[nodiscard]] bool allocatesNothing(const Event &Call) const;
  /// Index of the mask among the call's arguments: where the model says, or, where the parameter
  /// lists of kernels differ, the only mask there is.
  [[nodiscard]] static std::optional<unsigned> maskArgument(const Event &Call, const Allocator &Callee);

  [[nodiscard]] std::string spell(Mask M) const { return Flags.spell(M); }

  /// Of all questions so far, but for callee(), callees(), directCallers() and uses().
  [[nodiscard]] const Asked &asked() const { return Questions; }

private:
  [[nodiscard]] CalleeLocks locksOfCallees(FunctionId In) const;
  void findCallersOfInterest();
  [[nodiscard]] std::vector<FunctionId> having(bool Links::Record::*Flag) const;
  [[nodiscard]] llvm::StringRef keyOf(FunctionId Id) const { return Index.Texts[Index.Functions[Id].Key]; }
  /// A static function of a .c file is nobody else's.
  void askName(FunctionId Id) const {
    if (const Links::Record &R = Index.Functions[Id]; !R.Static || R.InHeader)
      Questions.Names.insert(name(Id).str());
  }
  void askField(llvm::StringRef Field) const;
  Function load(FunctionId Id) const;
  [[nodiscard]] bool isLoadedBefore(FunctionId A, FunctionId B) const {
    const Links::Record &X = Index.Functions[A];
    const Links::Record &Y = Index.Functions[B];
    return std::tie(X.Part, X.InPart) < std::tie(Y.Part, Y.InPart);
  }
  Function loadUncounted(FunctionId Id, std::string &Problem) const;
  void rename(Function &F, const llvm::DenseMap<StringId, StringId> &New) const;
  void findScopes() const;
  ScopeSet inherited(FunctionId Id, std::vector<FunctionId> &Stack, bool &Cut) const;

  Links Index;
  BodyLoader Load;
  unsigned AtOnce;
  std::array<std::vector<FunctionId>, AllocatorFamilyCount> FamilyCallers;
  std::vector<FunctionId> AllocatorCallers;
  /// Functions that call a scope function themselves.
  std::vector<FunctionId> ScopeCallers;
  /// Functions that start threads.
  std::vector<FunctionId> ThreadStarters;
  mutable std::optional<std::set<FunctionId>> Threads;
  mutable std::vector<std::unique_ptr<const Function>> Bodies;
  mutable size_t Loaded = 0;
  mutable Asked Questions;
  mutable std::vector<std::string> LoadErrors;
  mutable std::vector<std::string> Remarks;
  mutable std::vector<std::unique_ptr<const MaskFlow>> MaskCache;
  mutable llvm::StringMap<std::vector<FieldStore>> StoreCache;
  mutable llvm::DenseMap<FunctionId, std::unique_ptr<const std::vector<NetLock>>> LockCache;
  mutable llvm::DenseMap<FunctionId, std::unique_ptr<const ScopeFlow>> ScopeFlows;
  mutable std::optional<std::vector<FunctionId>> ScopeUsers;
  mutable llvm::DenseMap<FunctionId, ScopeSet> InheritedCache;
};

} // namespace gfplint
