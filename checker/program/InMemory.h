// Linking encoded parts that are kept in memory: what a small run and tests need.
#pragma once

#include "ir/Encode.h"
#include "program/Program.h"

namespace gfplint {

struct LinkInput {
  std::vector<PartIndex> Parts;
  BodyLoader Load;
};

/// Decodes the indexes and makes a loader that keeps the bodies. Of equal parts one is taken.
llvm::Expected<LinkInput> linkInput(std::vector<EncodedPart> Parts, FileTable &Files);

} // namespace gfplint
