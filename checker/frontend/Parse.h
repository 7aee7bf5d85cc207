// One translation unit parsed in this process.
#pragma once

#include "compile_db/Database.h"

#include "clang/Frontend/FrontendAction.h"

#include <map>
#include <memory>
#include <string>

namespace gfplint {

/// Contents that stand in for files on disk, by absolute path.
using Overlay = std::map<std::string, std::string>;

/// Parses units one after another, remembering which files exist between them. Not thread-safe.
class Parser {
public:
  Parser();
  ~Parser();
  Parser(const Parser &) = delete;
  Parser &operator=(const Parser &) = delete;

  /// What is known of the files below a working directory.
  clang::FileManager &files(llvm::StringRef Directory);

  /// Runs the action over the entry. Returns the empty string, or the first error on one line.
  /// Nothing is written to disk or to the terminal.
  std::string run(const Entry &E, std::unique_ptr<clang::FrontendAction> Action,
                  const Overlay *Files = nullptr);

private:
  struct State;
  std::unique_ptr<State> S;
};

} // namespace gfplint
