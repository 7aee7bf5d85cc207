// MessagePack for the structs of the IR: one description of each struct's members serves writing and
// reading. For Encode.cpp alone.
#pragma once

#include "ir/Encode.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/BinaryFormat/MsgPackReader.h"
#include "llvm/BinaryFormat/MsgPackWriter.h"

#include <algorithm>
#include <type_traits>

namespace gfplint::codec {

template <class A> void members(A &Io, Loc &V) {
  Io.file(V.File);
  Io(V.Line, V.Column, V.Offset);
}
template <class A> void members(A &Io, Site &V) { Io(V.At, V.Spelled, V.Length); }
template <class A> void members(A &Io, Mask &V) {
  uint64_t Raw = V.raw();
  Io(Raw);
  V = Mask::fromRaw(Raw);
}
template <class A> void members(A &Io, MaskFn &V) { Io(V.Keep, V.Set); }
template <class A> void members(A &Io, MaskRange &V) { Io(V.Must, V.May); }
template <class A> void members(A &Io, Place &V) {
  Io(V.Kind, V.Text, V.Field, V.Index, V.Roots, V.AddressTaken);
}
template <class A> void members(A &Io, Source &V) { Io(V.Kind, V.Index, V.Name); }
template <class A> void members(A &Io, MaskTerm &V) { Io(V.From, V.Range, V.Chosen); }
template <class A> void members(A &Io, MaskExpr &V) { Io(V.Terms, V.Where, V.Text, V.Complement); }
template <class A> void members(A &Io, Arg &V) {
  Io(V.Var, V.ByAddress, V.Constant, V.Names, V.Mask, V.Function, V.Result);
}
template <class A> void members(A &Io, Event &V) {
  Io(V.Kind, V.Where, V.Id, V.Callee, V.Typed, V.Indirect, V.Args, V.Cleanup, V.Target, V.ToReturn,
     V.Discarded, V.Value, V.Constant, V.From, V.Negated, V.Branch);
}
template <class A> void members(A &Io, MaskTest &V) { Io(V.Operand, V.Kind, V.Bits, V.Value); }
template <class A> void members(A &Io, Condition &V) {
  Io(V.Key, V.Negated, V.Text, V.At, V.Reads, V.Test, V.Compared, V.Op, V.Value, V.CallResult, V.HasCall,
     V.Parts, V.IsAnd);
}
template <class A> void members(A &Io, Edge &V) { Io(V.To, V.Kind, V.CaseLow, V.CaseHigh); }
template <class A> void members(A &Io, Block &V) { Io(V.Events, V.Branch, V.Succs); }
template <class A> void members(A &Io, Param &V) { Io(V.Name, V.IsMask); }
template <class A> void members(A &Io, Function &V) {
  Io(V.Name, V.Key, V.Static, V.InHeader, V.At, V.End, V.Params, V.ReturnsMask, V.Places, V.Blocks, V.Exit);
}
template <class A> void members(A &Io, FieldFunction &V) { Io(V.Field, V.Function); }
template <class A> void members(A &Io, FieldMask &V) { Io(V.Field, V.Function, V.Value); }
template <class A> void members(A &Io, MaskUse &V) {
  Io(V.Where, V.Word, V.Kind, V.Function, V.Callee, V.Text, V.Value);
}
template <class A> void members(A &Io, CallRef &V) { Io(V.Name, V.Packed); }
template <class A> void members(A &Io, FunctionIndex &V) {
  Io(V.Name, V.Key, V.Static, V.InHeader, V.Restricts, V.SetsTaskFlags, V.CombinesFlags, V.TakesMask, V.At,
     V.BodyHash, V.BodySize, V.Calls, V.Stores);
}
template <class A> void members(A &Io, TableEntry &V) { Io(V.Field, V.Function); }
template <class A> void members(A &Io, PartIndex &V) {
  Io(V.File, V.Strings, V.Functions, V.Calls, V.StoredFields, V.FieldFunctions, V.FieldMasks, V.Uses,
     V.AddressTaken);
}
template <class A> void members(A &Io, EncodedPart &V) {
  std::string Hash(V.Hash.begin(), V.Hash.end());
  Io(Hash, V.Index, V.Bodies);
  Hash.resize(V.Hash.size());
  std::copy(Hash.begin(), Hash.end(), V.Hash.begin());
}
template <class A> void members(A &Io, EncodedUnit &V) { Io(V.File, V.Error, V.Parts); }

// The last value of each enumeration: a larger one is damage.
constexpr PlaceKind lastOf(PlaceKind) { return PlaceKind::Field; }
constexpr SourceKind lastOf(SourceKind) { return SourceKind::Unknown; }
constexpr EventKind lastOf(EventKind) { return EventKind::TaskFlags; }
constexpr MaskTestKind lastOf(MaskTestKind) { return MaskTestKind::Equal; }
constexpr CompareOp lastOf(CompareOp) { return CompareOp::Lt; }
constexpr EdgeKind lastOf(EdgeKind) { return EdgeKind::Default; }
constexpr UseKind lastOf(UseKind) { return UseKind::NotCompiled; }

/// The files that a part's bytes mention, numbered in the order in which they do.
struct LocalFiles {
  llvm::DenseMap<FileId, FileId> Numbers;
  std::vector<FileId> Order;
};

class Encoder {
public:
  Encoder(llvm::raw_ostream &Out, LocalFiles &Files) : Out(Out), Files(Files) {}

  template <class... T> void operator()(const T &...Values) { (put(Values), ...); }
  void file(FileId Id) {
    auto [It, New] = Files.Numbers.try_emplace(Id, static_cast<FileId>(Files.Order.size()));
    if (New)
      Files.Order.push_back(Id);
    put(It->second);
  }

private:
  template <class T> void put(const T &Value) {
    if constexpr (std::is_same_v<T, bool>)
      Out.write(Value);
    else if constexpr (std::is_enum_v<T>)
      Out.write(static_cast<uint64_t>(Value));
    else if constexpr (std::is_integral_v<T>) {
      if constexpr (std::is_signed_v<T>)
        Out.write(static_cast<int64_t>(Value));
      else
        Out.write(static_cast<uint64_t>(Value));
    } else
      // The description is shared with reading, which needs a mutable struct; writing leaves it as
      // it is.
      members(*this, const_cast<T &>(Value));
  }
  void put(const std::string &Value) { Out.write(llvm::StringRef(Value)); }
  void put(const StringList &Values) {
    Out.writeArraySize(static_cast<uint32_t>(Values.size()));
    for (StringId I = 0; I < Values.size(); ++I)
      Out.write(Values[I]);
  }
  template <class T> void put(const std::vector<T> &Values) {
    Out.writeArraySize(static_cast<uint32_t>(Values.size()));
    for (const T &V : Values)
      put(V);
  }
  template <class T> void put(const std::optional<T> &Value) {
    put(Value.has_value());
    if (Value)
      put(*Value);
  }

  llvm::msgpack::Writer Out;
  LocalFiles &Files;
};

class Decoder {
public:
  Decoder(llvm::StringRef Bytes, llvm::ArrayRef<FileId> Files)
      : In(Bytes), Remaining(Bytes.size()), Files(Files) {}

  template <class... T> void operator()(T &...Values) { (get(Values), ...); }
  void file(FileId &Id) {
    get(Id);
    if (Id < Files.size())
      Id = Files[Id];
    else
      fail();
  }
  [[nodiscard]] bool failed() const { return Failed; }
  /// Whether all bytes were read.
  bool atEnd() {
    llvm::msgpack::Object O;
    llvm::Expected<bool> More = In.read(O);
    if (More)
      return !*More;
    llvm::consumeError(More.takeError());
    return false;
  }

  template <class T> void get(T &Value) {
    if constexpr (std::is_same_v<T, bool>)
      Value = next(llvm::msgpack::Type::Boolean).Bool;
    else if constexpr (std::is_enum_v<T>) {
      int64_t Raw = integer();
      if (Raw < 0 || Raw > static_cast<int64_t>(lastOf(T{})))
        return fail();
      Value = static_cast<T>(Raw);
    } else if constexpr (std::is_integral_v<T>)
      Value = static_cast<T>(integer());
    else
      members(*this, Value);
  }
  void get(std::string &Value) { Value = next(llvm::msgpack::Type::String).Raw.str(); }
  void get(StringList &Values) {
    for (size_t Left = next(llvm::msgpack::Type::Array).Length; Left > 0 && !Failed; --Left)
      Values.add(next(llvm::msgpack::Type::String).Raw);
  }
  template <class T> void get(std::vector<T> &Values) {
    size_t Size = next(llvm::msgpack::Type::Array).Length;
    // Every element takes at least a byte, so a larger count is damage.
    if (Size > Remaining)
      return fail();
    Values.resize(Size);
    for (T &V : Values) {
      if (Failed)
        return;
      get(V);
    }
  }
  template <class T> void get(std::optional<T> &Value) {
    bool Has = false;
    get(Has);
    if (!Has || Failed)
      return;
    Value.emplace();
    get(*Value);
  }

private:
  void fail() { Failed = true; }
  int64_t integer() {
    llvm::msgpack::Object O = next(llvm::msgpack::Type::Int, llvm::msgpack::Type::UInt);
    return O.Kind == llvm::msgpack::Type::UInt ? static_cast<int64_t>(O.UInt) : O.Int;
  }
  llvm::msgpack::Object next(llvm::msgpack::Type Want, std::optional<llvm::msgpack::Type> Or = std::nullopt) {
    llvm::msgpack::Object O;
    O.Kind = llvm::msgpack::Type::Int;
    O.Int = 0;
    if (Failed)
      return zero(Want);
    llvm::Expected<bool> More = In.read(O);
    if (!More) {
      llvm::consumeError(More.takeError());
      fail();
    } else if (!*More || (O.Kind != Want && O.Kind != Or)) {
      fail();
    }
    return Failed ? zero(Want) : O;
  }
  static llvm::msgpack::Object zero(llvm::msgpack::Type Kind) {
    llvm::msgpack::Object O;
    O.Kind = Kind;
    if (Kind == llvm::msgpack::Type::String)
      O.Raw = llvm::StringRef();
    else if (Kind == llvm::msgpack::Type::Array)
      O.Length = 0;
    else if (Kind == llvm::msgpack::Type::Boolean)
      O.Bool = false;
    else
      O.Int = 0;
    return O;
  }

  llvm::msgpack::Reader In;
  size_t Remaining;
  llvm::ArrayRef<FileId> Files;
  bool Failed = false;
};

} // namespace gfplint::codec
