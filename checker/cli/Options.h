// The command line.
#pragma once

#include "fix/Place.h"
#include "gfp/KernelVersion.h"
#include "program/Finding.h"
#include "report/Formats.h"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace gfplint {

enum class Command : uint8_t { Check, Fix, Sites, Rules, Explain, Dump, Query, Kbuild };
enum class ShowProgress : uint8_t { Auto, Always, Never };

/// Where a result goes.
struct OutputTo {
  /// Null where it is no report.
  const ReportFormat *Form = nullptr;
  /// `-` is standard output.
  std::string File;
  /// The option that named it, for messages.
  std::string Option;
};

struct Options {
  Command What = Command::Check;
  /// -p: a build directory or a compile_commands.json.
  std::string Database;
  /// PATHs, or RULE for explain.
  std::vector<std::string> Paths;
  /// Everything after `--`, where it was given; for `kbuild` all but its own options.
  std::optional<std::vector<std::string>> CompilerWords;
  std::string Rules;
  /// At least one; only `check` has several.
  std::vector<OutputTo> Outputs;
  /// Empty: .gfplint.yaml in the source root or above.
  std::string Config;
  /// Empty: none.
  std::string Baseline;
  std::string WriteBaseline;
  unsigned Jobs = 1;
  std::chrono::seconds UnitTimeout{120};
  /// Bytes.
  uint64_t UnitMemory = uint64_t(4) << 30;
  Severity FailOn = Severity::Warning;
  /// Whether the command line says it: `kbuild` fails only then.
  bool FailOnGiven = false;
  std::optional<KernelVersion> Version;
  /// Where the store is; empty for the database's folder.
  std::string CacheDir;
  bool NoCache = false;
  bool UsePch = true;
  /// For benchmarks: another database, for all of whose units the shared headers are planned; and
  /// whether to make those headers and end.
  std::string HeadersFor;
  bool HeadersOnly = false;
  /// Analyse units too that cannot change what the chosen rules find.
  bool AllUnits = false;
  std::vector<std::string> Models;
  ShowProgress Show = ShowProgress::Auto;
  bool Quiet = false;
  bool Verbose = false;
  bool Stats = false;
  bool AllUses = false;
  /// Only what a change concerns: since a commit, or of a patch; empty where everything is asked for.
  std::string DiffRevision;
  /// `-` is standard input.
  std::string PatchFile;
  bool DryRun = false;
  /// Where `fix` writes its edits as YAML; empty where it does not.
  std::string ExportFixes;
  bool Unsafe = false;
  /// Where `fix` writes patches to be mailed; empty where it does not.
  std::string FormatPatch;
  ScopeStyle Style = ScopeStyle::Save;
  /// `query callers FUNCTION`, and whether the callers' callers are asked for, too.
  std::string QueryFunction;
  bool QueryContext = false;
};

/// Nothing where the program is to end with `Status`: 0 after --help or --version, 2 after a
/// mistake, which has been told on standard error.
std::optional<Options> parseOptions(int Argc, const char **Argv, int &Status);

} // namespace gfplint
