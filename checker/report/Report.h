// What a run found, in the forms that people and programs read.
#pragma once

#include "gfp/KernelVersion.h"
#include "ir/Ir.h"
#include "program/Finding.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/raw_ostream.h"

#include <map>
#include <set>

namespace gfplint {

struct ReportFailure {
  std::string File;
  std::string Error;
};

/// What took a finding out of the report: a comment in the source, an entry of the configuration, a baseline.
enum class SuppressedBy : uint8_t { Source, Config, Baseline };

struct SuppressedFinding {
  Finding What;
  SuppressedBy By = SuppressedBy::Source;
  /// As it was written; empty for a baseline.
  std::string Reason;
};

/// A run's result. Findings are in the order of the report.
struct Report {
  std::string ToolVersion;
  std::optional<KernelVersion> Kernel;
  size_t Entries = 0;
  size_t Analysed = 0;
  /// Entries that were not looked at because they cannot change the findings.
  size_t Skipped = 0;
  std::vector<ReportFailure> Failures;
  std::vector<Finding> Findings;
  /// Findings that are not to be shown; in the same order, those of a baseline being written last.
  std::vector<SuppressedFinding> Suppressed;
  const FileTable *Files = nullptr;
  /// For reading the source lines that the text form shows.
  std::string SourceRoot;
  /// Files outside the source root that are entries of the database, as reports show them: a module's own.
  std::set<std::string> OwnFiles;
  /// By diskPath(): what was analysed in place of the file.
  std::map<std::string, std::string> Texts;
};

/// `FILE:LINE:COL: SEVERITY: MESSAGE [RULE]`, the source line with a caret, and `note:` lines.
void writeText(const Report &R, llvm::raw_ostream &Out);
/// What stands behind `note: `.
std::string noteText(const TraceStep &S);
std::string noteText(const Fix &F);
std::string noteText(const FixEffect &E);
/// All of these of a finding: the steps of its trace, its fix, and what that changes.
void forEachNote(const Finding &F, llvm::function_ref<void(Loc At, const std::string &Text)> Use);
/// One JSON object, as the contract describes it.
void writeJson(const Report &R, llvm::raw_ostream &Out);
/// One page for people, in one file that needs nothing else: see Html.h.
void writeHtml(const Report &R, llvm::raw_ostream &Out);

// One file a form, each named as the form is.
void writeSarif(const Report &R, llvm::raw_ostream &Out);
void writeGithub(const Report &R, llvm::raw_ostream &Out);
void writeGitlab(const Report &R, llvm::raw_ostream &Out);
void writeCheckstyle(const Report &R, llvm::raw_ostream &Out);
void writeRdjson(const Report &R, llvm::raw_ostream &Out);
void writeKernel(const Report &R, llvm::raw_ostream &Out);
void writeClangTidyYaml(const Report &R, llvm::raw_ostream &Out);

/// One row of the inventory.
struct SiteRow {
  Loc At;
  std::string Function;
  std::string Mask;
  std::string Callee;
  /// `argument`, `stored`, `initialiser`, `compared`, `returned`, `other`, `macro`, `not-compiled`.
  std::string Use;
};

/// `fs/gfs2` for fs/gfs2/log.c: the part of the tree that a file belongs to, at most two folders deep.
std::string subsystemOf(llvm::StringRef File);
void writeSitesText(llvm::ArrayRef<SiteRow> Rows, const Report &R, llvm::raw_ostream &Out);
void writeSitesJson(llvm::ArrayRef<SiteRow> Rows, const Report &R, llvm::raw_ostream &Out);

/// Stays the same when unrelated lines move: 16 hexadecimal digits for each finding, in order.
std::vector<std::string> fingerprints(const Report &R);
/// Gives each finding its fingerprint, which it then keeps when others are taken out of the report.
void numberFindings(Report &R);

/// Whether a fix may change the file: it lies in the source root, or is an entry of the database.
bool isOwn(const Report &R, FileId File);

/// The file's path on disk.
std::string diskPath(const Report &R, FileId File);
std::string diskPath(const Report &R, llvm::StringRef Name);

} // namespace gfplint
