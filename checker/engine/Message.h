// What a worker process says of one job, as bytes for the pipe.
//
// Paths and parts are sent once by each worker: a part of a header is the same for hundreds of units.
#pragma once

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace gfplint {

/// llvm::xxh3_64bits of a path.
using PathHash = uint64_t;
using PartHash = std::array<uint8_t, 16>;

struct SentPart {
  PartHash Hash{};
  /// Both compressed (store/Compress.h).
  std::string Index;
  std::string Bodies;
  friend bool operator==(const SentPart &, const SentPart &) = default;
};

/// One unit analysed, or one precompiled header made.
struct JobMessage {
  /// Its first error; empty where there was none.
  std::string Error;
  /// The error tells nothing about the contents of files: a file was missing, or could not be read.
  bool FileMissing = false;
  /// Every file it was made from.
  std::vector<PathHash> Deps;
  /// Paths behind hashes that this worker names for the first time.
  std::vector<std::string> NewPaths;
  /// Of a unit: its parts. Of a precompiled header: one for each of its files, zero for none.
  std::vector<PartHash> Parts;
  /// Those that this worker sends for the first time.
  std::vector<SentPart> NewParts;
  /// What it took: of a unit wall time, of a precompiled header CPU time.
  uint32_t Milliseconds = 0;
  /// Of a unit: why it was parsed without the precompiled headers that it could have had; empty
  /// where it was parsed with them, or had none.
  std::string Objection;
  /// It was parsed on top of a precompiled header.
  bool Shared = false;
  friend bool operator==(const JobMessage &, const JobMessage &) = default;
};

std::string pack(const JobMessage &M);
/// Bytes that pack() did not write are an error.
llvm::Expected<JobMessage> unpackMessage(llvm::StringRef Bytes);

} // namespace gfplint
