// What is known of a part without its function bodies: enough to link a whole program and to say
// which bodies a question needs.
#pragma once

#include "ir/Ir.h"

#include <cassert>

namespace gfplint {

/// A string's number in a table of strings.
using StringId = uint32_t;

/// Strings one after another, by number.
class StringList {
public:
  [[nodiscard]] size_t size() const { return Ends.size(); }
  [[nodiscard]] llvm::StringRef operator[](StringId Id) const {
    uint32_t Begin = Id == 0 ? 0 : Ends[Id - 1];
    return llvm::StringRef(Bytes).substr(Begin, Ends[Id] - Begin);
  }
  void add(llvm::StringRef Text) {
    Bytes += Text;
    Ends.push_back(static_cast<uint32_t>(Bytes.size()));
  }
  friend bool operator==(const StringList &, const StringList &) = default;

private:
  std::string Bytes;
  std::vector<uint32_t> Ends;
};

/// One call: of a function by its key, or through an ops-table field. Calls of which neither is
/// known are not listed.
struct CallRef {
  /// The callee's key; with Indirect the field.
  StringId Name = 0;
  uint32_t Packed = 0;

  static constexpr uint32_t MaxEvent = 0x7fffffff;
  CallRef() = default;
  CallRef(StringId Name, uint32_t Event, bool Indirect)
      : Name(Name), Packed(Event | (Indirect ? ~MaxEvent : 0U)) {
    assert(Event <= MaxEvent && "call events are numbered from 0");
  }
  /// Event::Id.
  [[nodiscard]] uint32_t event() const { return Packed & MaxEvent; }
  [[nodiscard]] bool indirect() const { return Packed > MaxEvent; }
  friend bool operator==(const CallRef &, const CallRef &) = default;
};

struct FunctionIndex {
  StringId Name = 0;
  StringId Key = 0;
  bool Static = false;
  bool InHeader = false;
  /// An expression in it may take away __GFP_FS, __GFP_IO or __GFP_DIRECT_RECLAIM by its own
  /// constants. Where this is not set, no mask that a constant here explains lacks one of them.
  bool Restricts = false;
  /// It has a TaskFlags event.
  bool SetsTaskFlags = false;
  /// It types a mask of several words whose flags may contradict one another, or tests one for several bits.
  bool CombinesFlags = false;
  /// One of its parameters is a gfp_t.
  bool TakesMask = false;
  Loc At;
  /// Of the body's bytes.
  uint64_t BodyHash = 0;
  uint32_t BodySize = 0;
  /// How many of PartIndex::Calls, and of PartIndex::StoredFields, are its own.
  uint32_t Calls = 0;
  uint32_t Stores = 0;
  friend bool operator==(const FunctionIndex &, const FunctionIndex &) = default;
};

/// FieldFunction by numbers.
struct TableEntry {
  StringId Field = 0;
  StringId Function = 0;
  friend auto operator<=>(const TableEntry &, const TableEntry &) = default;
};

/// What it takes to find and to decode the bodies of a part.
struct BodyTable {
  struct Range {
    uint32_t Offset = 0;
    uint32_t Size = 0;
  };
  /// The reader's numbers of the files that the bytes number from 0.
  std::vector<FileId> Files;
  /// Where each function's bytes are in EncodedPart::Bodies.
  std::vector<Range> Ranges;
};

struct PartIndex {
  std::string File;
  /// Of the bytes that this was decoded from; they include the hashes of the bodies.
  uint64_t Hash = 0;
  StringList Strings;
  std::vector<FunctionIndex> Functions;
  /// The calls of the first function in the order of its events, then those of the next.
  std::vector<CallRef> Calls;
  /// The fields into which each function stores masks, likewise; each once.
  std::vector<StringId> StoredFields;
  std::vector<TableEntry> FieldFunctions;
  std::vector<FieldMask> FieldMasks;
  std::vector<MaskUse> Uses;
  std::vector<StringId> AddressTaken;
  /// Not needed for linking: who loads the bodies may take it.
  BodyTable Bodies;
};

/// The index of a part, but for what only encoding knows: body sizes, hashes and Bodies.
PartIndex indexOf(const Part &P);

} // namespace gfplint
