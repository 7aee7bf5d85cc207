// Triage for the commands: the configuration's say in which rules run, the baseline's files, and what is said
// on standard error.
#pragma once

#include "cli/Session.h"
#include "triage/Triage.h"

namespace gfplint {

/// Reads --baseline; nothing where there is none. Before the analysis: a mistake in it should not cost one.
llvm::Expected<std::optional<Baseline>> readKnown(const Options &O);

/// Sorts out the report's findings. `Rules` are those that ran; unused-ignore is reported where it is one.
TriageNotes triageRun(const Options &O, Session &S, Report &R, llvm::ArrayRef<const Rule *> Rules,
                      const Baseline *Known);

void tellTriage(const Options &O, const Session &S, const Report &R, const TriageNotes &Notes,
                const Baseline *Known);

/// --write-baseline; takes the findings out of the report. Returns whether it could be written; says so if
/// not.
bool writeKnown(const Options &O, Report &R, const TriageNotes &Notes, const Baseline *Old);

} // namespace gfplint
