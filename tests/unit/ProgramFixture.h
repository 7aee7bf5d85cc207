// A program linked from hand-built functions, with the built-in knowledge of one kernel.
#pragma once

#include "IrBuilder.h"
#include "model/Loader.h"
#include "program/Arrivals.h"

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

/// Units are linked as they are given.
class Linked {
public:
  explicit Linked(std::vector<Unit> Units)
      : Knowledge(kernelModel()), Flags(kernelFlags()), P(std::move(Units), threeFiles(), Knowledge, Flags) {}
  explicit Linked(std::vector<Function> Functions)
      : Linked(std::vector<Unit>{unitOf(std::move(Functions))}) {}

  static Unit unitOf(std::vector<Function> Functions) {
    Unit U;
    U.File = "a.c";
    U.Functions = std::move(Functions);
    return U;
  }
  [[nodiscard]] FunctionId id(llvm::StringRef Key) const { return P.find(Key).value(); }

private:
  Model Knowledge;
  FlagTable Flags;

public:
  Program P;
};

} // namespace gfplint::test
