// Edits to files: put together, checked against what was analysed, written whole or not at all.
#pragma once

#include "report/Report.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Error.h"

#include <map>

namespace gfplint {

/// A file before and after its edits.
struct ChangedFile {
  /// As reports show it.
  std::string Name;
  std::string DiskPath;
  std::string Before;
  std::string After;
  /// What makes After of Before, by offset; none overlap.
  std::vector<Edit> Edits;
};

/// A fix that was not applied, in words.
struct SkippedFix {
  std::string Text;
  /// Another fix was in its way: it may go in when that one is done.
  bool Later = false;
};

/// A fix that went in, in words.
struct AppliedFix {
  std::string File;
  std::string Function;
  std::string Message;
  std::string Title;
  /// `fs/a.c:12 foo(): what`
  std::vector<std::string> Trace;
  /// `fs/a.c:12 foo(): GFP_KERNEL becomes GFP_NOFS`
  std::vector<std::string> Effects;
};

struct AppliedFixes {
  std::vector<ChangedFile> Files;
  std::vector<AppliedFix> Fixes;
};

/// Applies the edits of the findings' fixes of the given applicabilities to the files' text. Of two
/// fixes that touch the same bytes the first in report order stays; `Skipped` says which were left out.
/// An error where a file cannot be read, or is shorter than an edit expects.
llvm::Expected<AppliedFixes> applyFixes(const Report &R, bool WithUnsafe, std::vector<SkippedFix> &Skipped);

/// `First`, and then `Second`, which changes what `First` made of the file.
ChangedFile compose(const ChangedFile &First, const ChangedFile &Second);

/// A unified diff of all files that `patch -p1` and `git apply` take from the source root.
std::string unifiedDiff(llvm::ArrayRef<ChangedFile> Files);

/// The edits as the YAML that clang-apply-replacements takes; files by their paths on disk.
std::string replacementsYaml(llvm::ArrayRef<ChangedFile> Files);

/// Replaces the files by rename. A file whose text is no longer `Before` is left alone and named in
/// the error; the others are written all the same.
llvm::Error writeFiles(llvm::ArrayRef<ChangedFile> Files);

} // namespace gfplint
