// Analysing only the entries that can change what the chosen rules find.
#pragma once

#include "cli/Session.h"

#include "Registry.h"

namespace gfplint {

/// What it took, for --stats.
struct NeededUnits {
  size_t Units = 0;
  size_t Rounds = 0;
  /// Names that were asked, with those that macros lead to.
  size_t Names = 0;
  size_t FilesRead = 0;
  double ScanSeconds = 0;
  double AskSeconds = 0;
};

/// Whether rules were asked for by --rules, all of them say what their findings depend on, and there are
/// enough entries for it to pay. Without --rules a run is a look at everything, failures included.
bool canLeaveUnitsOut(const Options &O, const Session &S, llvm::ArrayRef<const Rule *> Rules);

/// Calls `Analyse` with more and more entries, in the order of S.Entries; it leaves the program that is
/// linked from them in S.Linked. Ends when the rules, run on it, depend on no other entry; their findings
/// are in S.Findings then, and are those that a run over all entries has. Ends early where `Analyse`
/// returns false.
llvm::Expected<NeededUnits> analyseNeeded(const Options &O, Session &S, llvm::ArrayRef<const Rule *> Rules,
                                          llvm::function_ref<llvm::Expected<bool>(llvm::ArrayRef<Entry>)> Analyse);

} // namespace gfplint
