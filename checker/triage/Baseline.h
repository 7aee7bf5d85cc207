// A baseline: the findings that were there when it was written, and are no news.
//
//     # gfplint baseline 1
//     0123456789abcdef # scope-unpaired fs/demo/file.c: demo_write()
//
// An entry a line, sorted by fingerprint, without line numbers: a change of one finding is a change of one
// line, wherever Git merges two of them.
#pragma once

#include "report/Report.h"

#include <map>

namespace gfplint {

struct BaselineEntry {
  /// What its comment says; empty where it says nothing. `File` as reports name it.
  std::string Rule;
  std::string File;
  std::string Function;
  /// In the file it was read from.
  unsigned Line = 0;
};

struct Baseline {
  /// As it was named.
  std::string File;
  /// By fingerprint.
  std::map<std::string, BaselineEntry> Entries;
};

/// The error begins with NAME and, where there is one, the line; it says what to do.
llvm::Expected<Baseline> parseBaseline(llvm::StringRef Name, llvm::StringRef Text);

/// Reads a file of 64 MiB at most; the error names it.
llvm::Expected<Baseline> readBaseline(llvm::StringRef File);

/// The whole text.
std::string baselineText(const Baseline &B);

} // namespace gfplint
