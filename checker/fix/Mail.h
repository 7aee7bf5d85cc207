// Applied fixes as patches that can be mailed, one for each subsystem.
#pragma once

#include "fix/Apply.h"
#include "report/Maintainers.h"

#include <ctime>

namespace gfplint {

struct MailSettings {
  /// `Name <address>`
  std::string From;
  std::time_t Date = 0;
  std::string ToolVersion;
};

struct PatchFile {
  /// `0001-btrfs-open-memalloc-scopes.patch`
  std::string Name;
  std::string Text;
};

/// Patches as `git am` takes them, in the order of their first files. Each has a draft of the message:
/// what was changed and why, the way to each finding, and which other allocations it changes.
std::vector<PatchFile> mailPatches(llvm::ArrayRef<ChangedFile> Files, llvm::ArrayRef<AppliedFix> Fixes,
                                   const Maintainers &Known, const MailSettings &Settings);

} // namespace gfplint
