// From the command line to a linked program: what check, fix and sites have in common.
#pragma once

#include "cli/Options.h"
#include "compile_db/Database.h"
#include "engine/Analyse.h"
#include "program/Program.h"
#include "report/Report.h"
#include "triage/Config.h"

#include "Registry.h"

#include <memory>

namespace gfplint {

/// One run's inputs and what came of them.
struct Session {
  /// Before what reads from it.
  std::vector<std::string> Remarks;
  std::unique_ptr<Store> Kept;
  std::unique_ptr<BodyReader> Bodies;
  std::vector<Entry> Entries;
  /// Entries of --headers-for, and the CPU seconds that loading them took.
  std::vector<Entry> HeadersFor;
  double HeadersForSeconds = 0;
  std::string SourceRoot;
  /// From --config or found above the source; empty where there is none.
  Config Settings;
  /// What PATHs may mean, named as reports name files.
  std::vector<std::string> Named;
  std::optional<KernelVersion> Version;
  Model Knowledge;
  FlagTable Flags;
  std::vector<UnitFailure> Failures;
  size_t Analysed = 0;
  /// Entries that were left out because they cannot matter.
  size_t Skipped = 0;
  std::unique_ptr<Program> Linked;
  /// Where the rules were run already.
  std::optional<std::vector<Finding>> Findings;
};

/// Is shown the entries and the source root before anything is analysed; may take entries away.
using BeforeAnalysis = llvm::function_ref<llvm::Error(Session &S)>;

/// Loads the database, selects, parses and links. With `Overlaid`, those texts stand in for files
/// on disk; `First` may still fill it. With `Rules`, entries that cannot change what these find are left out.
/// The error is one line.
llvm::Expected<std::unique_ptr<Session>> openSession(const Options &O, const Overlay *Overlaid = nullptr,
                                                     llvm::ArrayRef<const Rule *> Rules = {},
                                                     BeforeAnalysis First = nullptr);

/// Analyses without linking, for `dump-ir`; Linked stays empty.
llvm::Expected<Analysis> analyseOnly(const Options &O, Session &S);

/// Loads the database, the knowledge of its tree and the tree's flags; no unit is analysed.
llvm::Expected<std::unique_ptr<Session>> openTree(const Options &O);

/// What is wrong with the entries, the configuration and the models that the arguments name, whatever the C
/// files hold; nothing is analysed or kept.
llvm::Error tryInputs(const Options &O);

/// The end of a run: the store is written, and what it remarked is said.
void closeSession(const Options &O, Session &S);

/// The report's frame, without findings.
Report startReport(const Session &S);

/// Keeps what lies in files that were asked for: with PATHs, findings elsewhere are another run's, and what
/// the configuration leaves out is nobody's.
bool wasAskedFor(const Options &O, const Session &S, FileId File);

/// Writes a result whole, or leaves the file as it was. Returns whether it could be written; says so if not.
bool writeResult(const OutputTo &To, const std::function<void(llvm::raw_ostream &)> &Write);

/// Names failed units on standard error; returns whether there were any.
bool tellFailures(const Options &O, const std::vector<UnitFailure> &Failures);

/// Names functions whose bodies could not be read on standard error; returns whether there were any.
bool tellLoadErrors(const Session &S);

int runCheck(const Options &O);
int runFix(const Options &O);
int runSites(const Options &O);
int runRulesCommand(const Options &O);
int runExplain(const Options &O);
int runDump(const Options &O);
int runQuery(const Options &O);
int runKbuild(const Options &O);

} // namespace gfplint
