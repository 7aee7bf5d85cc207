// `gfplint fix --format-patch DIR`.
#pragma once

#include "cli/Session.h"
#include "fix/Apply.h"

namespace gfplint {

/// Writes a patch for each subsystem into the folder and names it on standard output. Returns whether all
/// could be written; says so if not.
bool writePatches(const Options &O, const Session &S, const AppliedFixes &Done);

} // namespace gfplint
