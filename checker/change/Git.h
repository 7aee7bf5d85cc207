// Running git.
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace gfplint {

/// A folder that goes with all that is in it.
class ScratchFolder {
public:
  ScratchFolder();
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder &) = delete;
  ScratchFolder &operator=(const ScratchFolder &) = delete;
  /// Empty where it could not be made.
  [[nodiscard]] const std::string &path() const { return Path; }
  [[nodiscard]] std::string operator/(llvm::StringRef Name) const { return Path + "/" + Name.str(); }

private:
  std::string Path;
};

struct GitAnswer {
  int Status = 0;
  std::string Output;
  /// What it wrote to standard error, on one line.
  std::string Complaint;
};

/// `git -C Folder WORDS...`, with `Input` on standard input. An error only where git cannot be run at all. No
/// setting of the user changes the answer's form, and no repository above `Scratch` is looked for.
llvm::Expected<GitAnswer> runGit(const ScratchFolder &Scratch, const std::string &Folder,
                                 std::vector<std::string> Words, llvm::StringRef Input = "");

/// The texts between the NUL bytes at the end of each.
std::vector<std::string> splitAtNul(llvm::StringRef Text);

/// Nothing where it cannot be read.
std::optional<std::string> readText(const std::string &Path);
/// Makes the folders above it, too.
llvm::Error writeText(const std::string &Path, llvm::StringRef Text);

} // namespace gfplint
