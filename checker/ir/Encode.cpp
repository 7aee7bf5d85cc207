// Parts and units to bytes and back, and the checks that make foreign bytes safe to use.
#include "ir/Encode.h"

#include "ir/Codec.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Support/xxhash.h"

#include <algorithm>
#include <functional>

namespace gfplint {

using codec::Decoder;
using codec::Encoder;
using codec::LocalFiles;

namespace {

/// Whether every number that refers to a place or a block refers to one.
class ReferenceCheck {
public:
  static bool holds(const Function &F) {
    auto All = [](const auto &List, const auto &Test) { return std::all_of(List.begin(), List.end(), Test); };
    auto IsPlace = [&](PlaceId Id) { return Id == NoPlace || Id < F.Places.size(); };
    auto IsMask = [&](const std::optional<MaskExpr> &M) {
      return !M || All(M->Terms, [&](const MaskTerm &T) {
        return (T.From.Kind != SourceKind::Local || T.From.Index < F.Places.size()) &&
               (T.From.Kind != SourceKind::Field || IsPlace(T.From.Index));
      });
    };
    std::function<bool(const Condition &)> IsCondition = [&](const Condition &C) {
      return All(C.Reads, IsPlace) && IsPlace(C.Compared) && (!C.Test || IsMask(C.Test->Operand)) &&
             All(C.Parts, IsCondition);
    };
    auto IsEvent = [&](const Event &E) {
      // An assignment without a target would be one to nothing.
      bool Assigns = E.Kind == EventKind::Assign || E.Kind == EventKind::AssignMask;
      return E.Id <= CallRef::MaxEvent && IsPlace(E.Target) && (!Assigns || E.Target != NoPlace) &&
             (E.Kind != EventKind::AssignMask || E.Value) && IsPlace(E.From) && IsMask(E.Value) &&
             (!E.Branch || IsCondition(*E.Branch)) &&
             All(E.Args, [&](const Arg &A) { return IsPlace(A.Var) && IsMask(A.Mask); });
    };
    return (F.Exit < F.Blocks.size() || F.Blocks.empty()) &&
           All(F.Places, [&](const Place &P) { return All(P.Roots, IsPlace); }) &&
           All(F.Blocks, [&](const Block &B) {
             return All(B.Events, IsEvent) && (!B.Branch || IsCondition(*B.Branch)) &&
                    All(B.Succs, [&](const Edge &E) { return E.To < F.Blocks.size(); });
           });
  }
};

/// Whether every number in the index refers to something.
bool referencesHold(const PartIndex &P) {
  auto All = [](const auto &List, const auto &Test) { return std::all_of(List.begin(), List.end(), Test); };
  auto IsString = [&](StringId Id) { return Id < P.Strings.size(); };
  uint64_t Calls = 0;
  uint64_t Stores = 0;
  uint64_t Bytes = 0;
  for (const FunctionIndex &F : P.Functions) {
    Calls += F.Calls;
    Stores += F.Stores;
    Bytes += F.BodySize;
    if (!IsString(F.Name) || !IsString(F.Key))
      return false;
  }
  return Calls == P.Calls.size() && Stores == P.StoredFields.size() && Bytes <= UINT32_MAX &&
         All(P.Calls, [&](const CallRef &C) { return IsString(C.Name); }) && All(P.StoredFields, IsString) &&
         All(P.FieldFunctions,
             [&](const TableEntry &T) { return IsString(T.Field) && IsString(T.Function); }) &&
         All(P.AddressTaken, IsString);
}

struct Header {
  unsigned Version = IrVersion;
  std::vector<std::string> Files;
};
template <class A> void members(A &Io, Header &V) { Io(V.Version, V.Files); }

template <class... T> std::string bytesOf(LocalFiles &Files, const T &...Values) {
  std::string Bytes;
  llvm::raw_string_ostream Out(Bytes);
  Encoder(Out, Files)(Values...);
  return Out.str();
}

std::array<uint8_t, 16> hashOf(llvm::StringRef Index, llvm::StringRef Bodies) {
  std::array<uint8_t, 32> Both{};
  size_t At = 0;
  for (llvm::StringRef Bytes : {Index, Bodies}) {
    llvm::XXH128_hash_t H = llvm::xxh3_128bits(llvm::arrayRefFromStringRef(Bytes));
    for (uint64_t Half : {H.low64, H.high64}) {
      llvm::support::endian::write64le(&Both[At], Half);
      At += sizeof Half;
    }
  }
  llvm::XXH128_hash_t H = llvm::xxh3_128bits(Both);
  std::array<uint8_t, 16> Hash{};
  llvm::support::endian::write64le(Hash.data(), H.low64);
  llvm::support::endian::write64le(Hash.data() + 8, H.high64);
  return Hash;
}

llvm::Error damaged(const char *What) { return llvm::createStringError("damaged IR: %s", What); }

} // namespace

EncodedPart encode(const Part &P, const FileTable &Files) {
  EncodedPart Out;
  LocalFiles Local;
  PartIndex Index = indexOf(P);
  for (size_t I = 0; I < P.Functions.size(); ++I) {
    std::string Body = bytesOf(Local, P.Functions[I]);
    Index.Functions[I].BodySize = static_cast<uint32_t>(Body.size());
    Index.Functions[I].BodyHash = llvm::xxh3_64bits(Body);
    Out.Bodies += Body;
  }
  std::string Inner = bytesOf(Local, Index);
  Header H;
  for (FileId Id : Local.Order)
    H.Files.push_back(Files.name(Id).str());
  Out.Index = bytesOf(Local, H, Inner);
  Out.Hash = hashOf(Out.Index, Out.Bodies);
  return Out;
}

EncodedUnit encode(const Unit &U, const FileTable &Files) {
  EncodedUnit Out{U.File, U.Error, {}};
  for (const Part &P : U.Parts)
    Out.Parts.push_back(encode(P, Files));
  return Out;
}

llvm::Expected<PartIndex> decodeIndex(llvm::StringRef Bytes, FileTable &Files) {
  Header H;
  std::string Body;
  Decoder Outer(Bytes, {});
  Outer(H);
  if (!Outer.failed() && H.Version != IrVersion)
    return llvm::createStringError("IR of version %u, this program reads %u", H.Version, IrVersion);
  Outer(Body);
  if (Outer.failed() || !Outer.atEnd())
    return damaged("the frame of an index");
  PartIndex P;
  for (const std::string &Name : H.Files)
    P.Bodies.Files.push_back(Name.empty() ? 0 : Files.intern(Name));
  Decoder Inner(Body, P.Bodies.Files);
  Inner(P);
  if (Inner.failed() || !Inner.atEnd() || !referencesHold(P))
    return damaged("an index");
  P.Hash = llvm::xxh3_64bits(Bytes);
  uint32_t Offset = 0;
  for (const FunctionIndex &F : P.Functions) {
    P.Bodies.Ranges.push_back({Offset, F.BodySize});
    Offset += F.BodySize;
  }
  return P;
}

llvm::Expected<Function> decodeBody(llvm::StringRef Bytes, const BodyTable &Table) {
  Decoder D(Bytes, Table.Files);
  Function F;
  D(F);
  if (D.failed() || !D.atEnd() || !ReferenceCheck::holds(F))
    return damaged("the body of a function");
  return F;
}

llvm::Expected<Part> decode(const EncodedPart &P, FileTable &Files) {
  llvm::Expected<PartIndex> Index = decodeIndex(P.Index, Files);
  if (!Index)
    return Index.takeError();
  Part Out;
  for (const BodyTable::Range &R : Index->Bodies.Ranges) {
    llvm::Expected<Function> F =
        decodeBody(llvm::StringRef(P.Bodies).substr(R.Offset, R.Size), Index->Bodies);
    if (!F)
      return F.takeError();
    Out.Functions.push_back(std::move(*F));
  }
  auto Text = [&](StringId Id) { return Index->Strings[Id].str(); };
  Out.File = std::move(Index->File);
  for (const TableEntry &T : Index->FieldFunctions)
    Out.FieldFunctions.push_back({Text(T.Field), Text(T.Function)});
  Out.FieldMasks = std::move(Index->FieldMasks);
  Out.Uses = std::move(Index->Uses);
  for (StringId Key : Index->AddressTaken)
    Out.AddressTaken.push_back(Text(Key));
  return Out;
}

std::string pack(const EncodedUnit &U) {
  LocalFiles None;
  return bytesOf(None, IrVersion, U);
}

llvm::Expected<EncodedUnit> unpack(llvm::StringRef Bytes) {
  unsigned Version = 0;
  Decoder D(Bytes, {});
  D(Version);
  if (!D.failed() && Version != IrVersion)
    return llvm::createStringError("IR of version %u, this program reads %u", Version, IrVersion);
  EncodedUnit U;
  D(U);
  if (D.failed() || !D.atEnd())
    return damaged("a unit");
  return U;
}

} // namespace gfplint
