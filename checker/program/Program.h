// All units linked: functions, who calls them, and what is known of each for its masks and scopes.
#pragma once

#include "ir/Ir.h"
#include "model/Model.h"
#include "program/MaskFlow.h"
#include "program/ScopeFlow.h"

#include "llvm/ADT/StringMap.h"

#include <deque>
#include <map>
#include <memory>

namespace gfplint {

using FunctionId = uint32_t;

/// A call of one function by another.
struct CallSite {
  FunctionId Caller = 0;
  const Event *Call = nullptr;
  /// Through an ops table or another pointer.
  bool Indirect = false;
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

/// The part of a function's key that is its name.
llvm::StringRef nameOfKey(llvm::StringRef Key);

class Program {
public:
  /// Merges the units. The result depends on their contents alone, not on their order.
  Program(std::vector<Unit> Units, FileTable Files, const Model &Knowledge, const FlagTable &Flags);

  const Model &Knowledge;
  const FlagTable &Flags;
  FileTable Files;

  /// Functions sorted by key.
  [[nodiscard]] size_t size() const { return Functions.size(); }
  [[nodiscard]] const Function &function(FunctionId Id) const { return Functions[Id]; }
  [[nodiscard]] std::optional<FunctionId> find(llvm::StringRef Key) const;
  /// The callee with a body, for a direct call.
  [[nodiscard]] std::optional<FunctionId> callee(const Event &Call) const;
  /// Functions that an ops-table field may hold.
  [[nodiscard]] const std::vector<FunctionId> &targets(llvm::StringRef Field) const;
  [[nodiscard]] const std::vector<CallSite> &callers(FunctionId Id) const { return Callers[Id]; }
  /// Every call of it is known: it is static and its address goes nowhere unseen.
  [[nodiscard]] bool hasAllCallers(FunctionId Id) const;
  [[nodiscard]] const std::vector<FieldStore> &stores(llvm::StringRef Field) const;
  [[nodiscard]] const std::vector<MaskUse> &uses() const { return Uses; }

  [[nodiscard]] const MaskFlow &masks(FunctionId Id) const;
  [[nodiscard]] const ScopeFlow &scopes(FunctionId Id) const;
  /// Scopes that every caller surely holds, on all ways in.
  [[nodiscard]] ScopeSet inherited(FunctionId Id) const;

  /// What the model knows of the callee.
  [[nodiscard]] const Allocator *allocator(const Event &Call) const;
  /// Index of the mask among the call's arguments: where the model says, or, where the parameter
  /// lists of kernels differ, the only mask there is.
  [[nodiscard]] static std::optional<unsigned> maskArgument(const Event &Call, const Allocator &Callee);
  [[nodiscard]] bool isAllocator(FunctionId Id) const;

  [[nodiscard]] std::string spell(Mask M) const { return Flags.spell(M); }

private:
  void linkCalls();
  void linkStores(const std::vector<FieldMask> &Initialisers);
  ScopeSet inherited(FunctionId Id, std::vector<FunctionId> &Stack) const;

  std::vector<Function> Functions;
  llvm::StringMap<FunctionId> ByKey;
  std::vector<std::vector<CallSite>> Callers;
  std::map<std::string, std::vector<FunctionId>, std::less<>> Tables;
  std::map<std::string, std::vector<FieldStore>, std::less<>> Stores;
  std::vector<MaskUse> Uses;
  std::vector<bool> Escapes;
  mutable std::vector<std::unique_ptr<MaskFlow>> MaskCache;
  mutable std::vector<std::unique_ptr<ScopeFlow>> ScopeCache;
  mutable std::vector<std::optional<ScopeSet>> InheritedCache;
};

} // namespace gfplint
