// IR as bytes, for crossing from a worker process and for keeping on disk.
//
// MessagePack through LLVM's writer and reader. A part becomes an index, which is enough to link,
// and the bodies of its functions, each of which is decoded alone when it is wanted. File numbers
// are local to a part's bytes: decoding maps them onto the reader's own table.
#pragma once

#include "ir/Index.h"

#include "llvm/Support/Error.h"

#include <array>

namespace gfplint {

/// Changes whenever the layout of Ir.h or Index.h does; bytes of another version are refused.
inline constexpr unsigned IrVersion = 3;

struct EncodedPart {
  /// Of Index and Bodies. Equal parts have equal hashes, whatever the numbers of their files were.
  std::array<uint8_t, 16> Hash{};
  std::string Index;
  /// The encodings of the functions after one another.
  std::string Bodies;
  friend bool operator==(const EncodedPart &, const EncodedPart &) = default;
};

/// A Unit whose parts are encoded.
struct EncodedUnit {
  std::string File;
  std::string Error;
  std::vector<EncodedPart> Parts;
  friend bool operator==(const EncodedUnit &, const EncodedUnit &) = default;
};

EncodedPart encode(const Part &P, const FileTable &Files);
EncodedUnit encode(const Unit &U, const FileTable &Files);

// In all that follows damaged or foreign bytes are an error, never a crash.

llvm::Expected<PartIndex> decodeIndex(llvm::StringRef Index, FileTable &Files);

/// `Bytes` are those of one function, as BodyTable::Ranges says; `Table` is that of its part.
llvm::Expected<Function> decodeBody(llvm::StringRef Bytes, const BodyTable &Table);

/// Index and all bodies.
llvm::Expected<Part> decode(const EncodedPart &P, FileTable &Files);

/// A unit in one piece, for a pipe.
std::string pack(const EncodedUnit &U);
llvm::Expected<EncodedUnit> unpack(llvm::StringRef Bytes);

} // namespace gfplint
