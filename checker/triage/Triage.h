// What becomes of findings after the rules ran and before they are reported: severities of the configuration,
// ignores of the configuration and of the source, then the baseline.
#pragma once

#include "report/Report.h"
#include "triage/Baseline.h"
#include "triage/Config.h"

#include "Registry.h"

#include "llvm/ADT/STLFunctionalExtras.h"

#include <functional>
#include <set>

namespace gfplint {

/// Reports ignores that do not count, or match nothing. It looks at findings and comments, not at the
/// program.
constexpr llvm::StringLiteral UnusedIgnoreRule = "unused-ignore";

/// Of the rules that a run chose those that run. `Asked` is --rules: without it the configuration chooses,
/// and a rule whose severity is off runs only where it is named.
std::vector<const Rule *> rulesThatRun(const Config &Settings, llvm::StringRef Asked,
                                       llvm::ArrayRef<const Rule *> Chosen);

struct TriageInput {
  const Config *Settings = nullptr;
  /// Null without --baseline.
  const Baseline *Known = nullptr;
  /// Ids of the rules that ran and can find something on this tree.
  std::set<std::string> Ran;
  /// Whether unused-ignore is reported.
  bool ReportUnused = false;
  /// Files, or callers in them, were not looked at: what is unused here may be used in a run over all.
  bool Partial = false;
  /// Whether the file's ignores are looked at: it was asked for and analysed.
  std::function<bool(FileId)> Asked;
  /// Whether its text may have an ignore; `true` costs reading it.
  std::function<bool(FileId)> MayHaveIgnore;

  /// Fills Ran and ReportUnused.
  void tookPart(llvm::ArrayRef<const Rule *> Rules, const Model &Knowledge);
};

/// What is to be said beside the report.
struct TriageNotes {
  /// In files with findings, where unused-ignore does not report them: ignores that do not count.
  std::vector<std::string> Broken;
  /// Entries of the configuration that matched nothing, though their rules ran.
  std::vector<std::string> UnusedEntries;
  /// Fingerprints in the baseline that are findings no more, of rules that ran and files that were looked at.
  std::vector<std::string> Stale;
};

/// Moves findings from R.Findings to R.Suppressed, sets severities, and adds those of unused-ignore; each
/// finding has its fingerprint afterwards.
TriageNotes triage(Report &R, const TriageInput &In);

/// The baseline that --write-baseline writes: what this run found, and of `Old` (may be null) what it could
/// not look at. All findings move to R.Suppressed, being known from now on.
Baseline takeAsKnown(Report &R, const TriageNotes &Notes, const Baseline *Old);

} // namespace gfplint
