// The indexes of all parts linked: one function a key, calls to callees, fields to what they may
// hold. Flat arrays only; no function body is needed.
#pragma once

#include "program/Groups.h"
#include "program/Strings.h"

#include "llvm/ADT/DenseMap.h"

namespace gfplint {

/// Functions are numbered in the order of their keys.
using FunctionId = uint32_t;
inline constexpr FunctionId NoFunction = ~0U;

struct Links {
  struct Record {
    StringId Key = 0;
    StringId Name = 0;
    Loc At;
    /// Where its body is, in the numbering of the caller's parts.
    uint32_t Part = 0;
    uint32_t InPart = 0;
    bool Static = false;
    bool InHeader = false;
    bool Restricts = false;
    bool SetsTaskFlags = false;
    bool CombinesFlags = false;
    bool TakesMask = false;
    /// It may be called from where nobody sees.
    bool Escapes = false;
  };

  /// The result depends on the contents of the parts alone, not on their order. The parts are used
  /// up.
  Links(std::vector<PartIndex> Parts, const FileTable &Files);

  Strings Texts;
  std::vector<Record> Functions;
  /// By string; NoFunction where no function has the key.
  std::vector<FunctionId> ByKey;
  /// The calls of all functions, those of function 0 first.
  std::vector<CallRef> Calls;
  /// Where each function's calls begin, and where the last one's end.
  std::vector<uint32_t> CallsBegin;
  /// Function: indices of direct calls of it.
  Groups DirectCalls;
  /// Field: indices of the calls through it.
  Groups CallsThrough;
  /// Field: the functions that it may hold.
  Groups Targets;
  /// Function: the fields that may hold it.
  Groups HeldBy;
  /// Field: the functions that store masks into it.
  Groups Storing;
  std::vector<FieldMask> Initialisers;
  /// Field: indices of Initialisers.
  Groups InitialisersOf;
  std::vector<MaskUse> Uses;
  /// By part: keys of its functions that were separated from namesakes, and their new keys.
  llvm::DenseMap<uint32_t, llvm::DenseMap<StringId, StringId>> Renamed;

  [[nodiscard]] std::optional<FunctionId> find(llvm::StringRef Key) const;
  [[nodiscard]] llvm::ArrayRef<CallRef> callsOf(FunctionId Id) const {
    return llvm::ArrayRef<CallRef>(Calls).slice(CallsBegin[Id], CallsBegin[Id + 1] - CallsBegin[Id]);
  }
  /// The function that makes the call with this index.
  [[nodiscard]] FunctionId callerOf(uint32_t Call) const;
  /// Indices of the direct and indirect calls of a function, in the order of their callers.
  [[nodiscard]] std::vector<uint32_t> callsTo(FunctionId Id) const;

private:
  void makeGlobal(PartIndex &P);
  void separateNamesakes(std::vector<PartIndex> &Parts, llvm::ArrayRef<uint32_t> Order,
                         const FileTable &Files);
  void chooseFunctions(const std::vector<PartIndex> &Parts, llvm::ArrayRef<uint32_t> Order);
  void linkCalls();
  void linkFields(const std::vector<PartIndex> &Parts, llvm::ArrayRef<uint32_t> Order);
  std::vector<StringId> StoredFields;
  std::vector<uint32_t> StoresBegin;
};

} // namespace gfplint
