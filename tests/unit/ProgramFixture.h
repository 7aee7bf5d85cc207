// A program linked from hand-built functions, with the built-in knowledge of one kernel.
#pragma once

#include "IrBuilder.h"
#include "model/Loader.h"
#include "program/Arrivals.h"
#include "program/InMemory.h"

#include <gtest/gtest.h>

namespace gfplint::test {

inline constexpr Mask NoFs{Flag::DirectReclaim, Flag::KswapdReclaim, Flag::Io};
inline constexpr Mask NoIo{Flag::DirectReclaim, Flag::KswapdReclaim};
inline constexpr Mask NoWait{Flag::KswapdReclaim, Flag::NoWarn};
inline constexpr Mask Zero{Flag::Zero};

inline Model kernelModel(const char *Version = "6.12") {
  TreeView Tree;
  Tree.Version = KernelVersion::parse(Version);
  Tree.Declares = [](llvm::StringRef) { return true; };
  llvm::Expected<Model> M = loadModel(builtinModelSources(), Tree);
  if (!M) {
    ADD_FAILURE() << llvm::toString(M.takeError());
    return {};
  }
  return std::move(*M);
}

inline FlagTable kernelFlags() {
  FlagTable T;
  uint64_t Bit = 1;
  for (size_t I = 0; I + 1 < FlagCount; ++I, Bit <<= 1)
    T.add(flagName(static_cast<Flag>(I)), Bit);
  return T;
}

inline FileTable threeFiles() {
  FileTable Files;
  Files.intern("a.c");
  Files.intern("b.c");
  Files.intern("c.c");
  return Files;
}

inline LinkInput inMemory(const std::vector<Part> &Parts, FileTable &Files) {
  std::vector<EncodedPart> Encoded;
  for (const Part &P : Parts)
    Encoded.push_back(encode(P, Files));
  llvm::Expected<LinkInput> Input = linkInput(std::move(Encoded), Files);
  if (!Input) {
    ADD_FAILURE() << llvm::toString(Input.takeError());
    return {};
  }
  return std::move(*Input);
}

/// Parts are encoded and linked in the order in which they are given.
class Linked {
public:
  explicit Linked(const std::vector<Part> &Parts)
      : Knowledge(kernelModel()), Flags(kernelFlags()), Files(threeFiles()), Input(inMemory(Parts, Files)),
        P(std::move(Input.Parts), Files, std::move(Input.Load), Knowledge, Flags, 2) {}
  explicit Linked(std::vector<Function> Functions)
      : Linked(std::vector<Part>{partOf(std::move(Functions))}) {}

  static Part partOf(std::vector<Function> Functions, std::string File = "a.c") {
    Part P;
    P.File = std::move(File);
    P.Functions = std::move(Functions);
    return P;
  }
  [[nodiscard]] FunctionId id(llvm::StringRef Key) const { return P.find(Key).value(); }

private:
  Model Knowledge;
  FlagTable Flags;
  FileTable Files;
  LinkInput Input;

public:
  Program P;
};

} // namespace gfplint::test
