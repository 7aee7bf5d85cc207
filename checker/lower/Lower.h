// From C to IR: the only reader of Clang's AST and CFG.
#pragma once

#include "frontend/Parse.h"
#include "frontend/PchGuard.h"

#include "ir/Ir.h"

namespace clang {
class ASTContext;
}

namespace gfplint {

class WordRecorder;

/// What lowering needs beside the unit itself; the same for all units of a run.
struct LowerOptions {
  const FlagTable &Flags;
  /// Absolute; file names in the IR are relative to it where they lie inside.
  std::string SourceRoot;
};

/// A unit's IR, and what it was made from.
struct LoweredUnit {
  Unit Ir;
  /// The files that were read, the main file included; absolute, sorted. Without those of a PCH.
  std::vector<std::string> Files;
  /// On top of a PCH: the files of it that the unit includes. Their parts are not in Ir.
  llvm::BitVector Shared;
  /// A file that it includes was missing, or could not be read.
  bool FileMissing = false;
  /// Not empty: why the unit must be lowered again without the PCH; Ir is of no use then.
  std::string Objection;
};

/// Parses one entry and lowers every function with a body in the main file, and those of headers
/// that may matter. Where the unit has an error, Unit::Error is set and what was understood is kept.
/// With `Headers`, on top of that PCH, which was made with the same flags.
LoweredUnit lowerEntry(Parser &P, const Entry &E, const LowerOptions &Options, FileTable &Files,
                       const Overlay *Overlaid = nullptr, LoadedHeaders *Headers = nullptr);

/// Lowers a unit that somebody else parsed to its end, the bodies of all headers included: its parts are
/// those that lowerEntry() would have made. `Words` has watched its preprocessor.
std::vector<Part> lowerParsed(clang::ASTContext &Ast, const WordRecorder &Words, const LowerOptions &Options,
                              FileTable &Files);

/// What a PCH was made of, with the parts of its files.
struct LoweredHeaders {
  SharedHeaders Shared;
  /// One for each file of Shared; empty where the file has nothing to say.
  std::vector<std::optional<Part>> Parts;
  /// Not empty: there is no PCH, for this reason.
  std::string Error;
  /// Lines of the file whose headers do not compile there.
  std::vector<unsigned> Guilty;
};

/// Compiles a file that includes nothing but headers to a PCH, and lowers the headers' functions.
LoweredHeaders lowerHeaders(Parser &P, const Entry &E, const std::string &PchFile,
                            const LowerOptions &Options, FileTable &Files);

} // namespace gfplint
