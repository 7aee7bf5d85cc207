// .gfplint.yaml: what a tree's users chose once and for all. docs/configuration.md is its reference.
#pragma once

#include "program/Finding.h"
#include "triage/PathPattern.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace gfplint {

/// Findings that are not to be reported.
struct IgnoreEntry {
  /// Ids, or families with `*`.
  std::vector<std::string> Rules;
  PathPattern Path;
  /// A pattern for the function's name; nothing: any.
  std::optional<PathPattern> Function;
  std::string Reason;
  /// Where it stands in the file.
  unsigned Line = 0;
};

struct Config {
  /// As it was named or found; empty where there is none.
  std::string File;
  /// The folder that it lies in, absolute.
  std::string Folder;
  /// As --rules takes them; empty: all.
  std::string Rules;
  /// Empty: everything.
  std::vector<PathPattern> Check;
  std::vector<PathPattern> Exclude;
  /// By id, or family with `*`; nothing: off.
  std::map<std::string, std::optional<Severity>> Levels;
  std::vector<IgnoreEntry> Ignores;

  /// What `severity` says of a rule: its id comes before families, a longer family before a shorter one. Null
  /// where it says nothing.
  [[nodiscard]] const std::optional<Severity> *levelOf(llvm::StringRef Rule) const;

  // Files are named as reports name them. One outside of the source root, but in the folder of the
  // configuration or below, is taken from there.

  /// Whether `paths.check` has this file, or everything.
  [[nodiscard]] bool checks(llvm::StringRef File) const;
  /// Whether `paths.exclude` has it. An entry of it that would leave out one of `Named` itself does not hold
  /// for what lies there: somebody asked for it.
  [[nodiscard]] bool excludes(llvm::StringRef File, llvm::ArrayRef<std::string> Named) const;
  [[nodiscard]] bool ignores(const IgnoreEntry &E, const Finding &F, llvm::StringRef File) const;

private:
  [[nodiscard]] llvm::StringRef local(llvm::StringRef File) const;
};

/// The error begins with NAME:LINE:COLUMN, one line.
llvm::Expected<Config> parseConfig(llvm::StringRef Name, llvm::StringRef Text);

/// Reads a file; the error names it.
llvm::Expected<Config> readConfig(llvm::StringRef File);

/// The nearest .gfplint.yaml in the folder (absolute) or above; empty where there is none.
std::string findConfig(llvm::StringRef Folder);

} // namespace gfplint
