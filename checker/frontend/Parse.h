// One translation unit parsed in this process.
#pragma once

#include "compile_db/Database.h"

#include "clang/Frontend/FrontendAction.h"
#include "clang/Lex/Preprocessor.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace gfplint {

/// Contents that stand in for files on disk, by absolute path.
using Overlay = std::map<std::string, std::string>;

/// How a parse went.
struct ParseOutcome {
  /// The first error on one line; empty where there was none.
  std::string Error;
  /// An error was that a file is missing or cannot be read: it may be there the next time.
  bool FileMissing = false;
  /// Lines of the main file, ascending, below whose #include an error lies, or which have one
  /// themselves.
  std::vector<unsigned> Guilty;
};

/// Files that a parse itself read: absolute, without `.` and `..`, sorted. Those of a PCH are not
/// among them.
std::vector<std::string> filesRead(clang::SourceManager &Sources);

/// What parsing depends on beside its input: Clang's version.
std::string parserIdentity();

/// Parses units one after another, remembering which files exist between them. Not thread-safe.
class Parser {
public:
  Parser();
  ~Parser();
  Parser(const Parser &) = delete;
  Parser &operator=(const Parser &) = delete;

  /// What is known of the files below a working directory.
  clang::FileManager &files(llvm::StringRef Directory);

  /// Runs the action over the entry. Nothing is written to disk, unless the action does, or to the
  /// terminal.
  ParseOutcome run(const Entry &E, std::unique_ptr<clang::FrontendAction> Action,
                   const Overlay *Files = nullptr);

private:
  struct State;
  std::unique_ptr<State> S;
};

/// Runs the action over `Files`' text of `File`, an absolute path, the way in which another unit is being
/// compiled. Nothing is written, as with Parser::run().
ParseOutcome parseLike(const clang::Preprocessor &Unit, llvm::StringRef File,
                       std::unique_ptr<clang::FrontendAction> Action, const Overlay &Files);

} // namespace gfplint
