// A change of the sources: what its files held before and hold after it, and which lines it touches. From
// git, or from a patch that git takes apart and applies in a folder of its own; nothing of the tree is
// written.
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace gfplint {

/// A stretch of lines of the new side, counted from 1. Where lines were only taken out, the two around the
/// gap.
struct ChangedLines {
  unsigned First = 1;
  unsigned Last = 1;
  friend bool operator==(const ChangedLines &, const ChangedLines &) = default;
};

struct ChangedSource {
  /// As the change names it: relative to the folder that it is of.
  std::string Name;
  /// On disk, absolute.
  std::string Path;
  /// Nothing where the file is not there.
  std::optional<std::string> Before;
  std::optional<std::string> After;
  /// Sorted.
  std::vector<ChangedLines> Lines;
};

struct Change {
  /// By name. Binary files are left out.
  std::vector<ChangedSource> Files;
  /// Whether the tree on disk holds the side after the change (the other one is made up), or the one before.
  bool IsApplied = true;
};

/// What the tree in `Folder`, a git work tree or a part of one, differs in from a commit, files that git does
/// not know yet included. The error is one line.
llvm::Expected<Change> changeSince(const std::string &Folder, const std::string &Revision);

/// What a patch, or a mail or mailbox of several, changes in the tree in `Folder`, which has the patches
/// applied or not. `Name` is for messages. The error is one line.
llvm::Expected<Change> changeOfPatch(const std::string &Folder, const std::string &Name,
                                     llvm::StringRef Text);

} // namespace gfplint
