// From C to IR: the only reader of Clang's AST and CFG.
#pragma once

#include "frontend/Parse.h"

#include "ir/Ir.h"

namespace gfplint {

/// What lowering needs beside the unit itself; the same for all units of a run.
struct LowerOptions {
  const FlagTable &Flags;
  /// Absolute; file names in the IR are relative to it where they lie inside.
  std::string SourceRoot;
};

/// Parses one entry and lowers every function with a body in the main file, and those of headers
/// that may matter. Where the unit has an error, Unit::Error is set and what was understood is kept.
Unit lowerEntry(Parser &P, const Entry &E, const LowerOptions &Options, FileTable &Files,
                const Overlay *Overlaid = nullptr);

} // namespace gfplint
