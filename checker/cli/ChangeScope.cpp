// The side before the change is analysed first, and let go but for the fingerprints of its findings.
#include "cli/ChangeScope.h"

#include "files/ReadInput.h"

#include "cli/TriageRun.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Path.h"

#include <algorithm>

namespace gfplint {
namespace {

/// The folder whose history or whose files a change is of: the kernel's source root, or, for a module outside
/// it, where gfplint was called.
std::string folderOf(const Session &S) {
  bool AnyInside = std::any_of(S.Entries.begin(), S.Entries.end(), [&](const Entry &E) {
    return !llvm::sys::path::is_absolute(displayPath(E.File, S.SourceRoot));
  });
  llvm::SmallString<256> Here;
  if ((!S.SourceRoot.empty() && AnyInside) || llvm::sys::fs::current_path(Here))
    return S.SourceRoot;
  return Here.str().str();
}

/// Bytes of a --patch file; a release candidate's is of some 100 MiB.
constexpr uint64_t MaxPatch = uint64_t(1) << 30;

llvm::Expected<Change> readPatch(const std::string &File, const std::string &Folder) {
  llvm::Expected<std::string> Text = readInput(File, MaxPatch);
  if (!Text)
    return llvm::createStringError("--patch: " + File + ": " + llvm::toString(Text.takeError()));
  return changeOfPatch(Folder, File == "-" ? "--patch" : "--patch: " + File, *Text);
}

/// For people: names of C files of the change that no entry compiles.
void tellUnknownFiles(const Change &What, const Session &S) {
  std::set<std::string> Known;
  for (const Entry &E : S.Entries)
    Known.insert(E.File);
  for (const ChangedSource &F : What.Files)
    if (F.After && llvm::StringRef(F.Name).ends_with(".c") && !Known.contains(F.Path))
      llvm::errs() << "gfplint: " << F.Name
                   << " is changed, but not among the analysed files of the database\n";
}

void takeAway(Session &S, const std::set<std::string> &Files) {
  std::erase_if(S.Entries, [&](const Entry &E) { return Files.contains(E.File); });
}

} // namespace

llvm::Error ChangeScope::findOut(const Options &O, Session &S) {
  const std::string Folder = folderOf(S);
  if (Folder.empty())
    return llvm::createStringError("no source root was found for the database: what is the change of?");
  llvm::Expected<Change> Found =
      O.PatchFile.empty() ? changeSince(Folder, O.DiffRevision) : readPatch(O.PatchFile, Folder);
  if (!Found)
    return O.PatchFile.empty() ? llvm::createStringError("--diff: " + llvm::toString(Found.takeError()))
                               : Found.takeError();
  What = std::move(*Found);
  for (const ChangedSource &F : What.Files) {
    Overlay &Elsewhere = What.IsApplied ? Before : After;
    if (const std::optional<std::string> &Text = What.IsApplied ? F.Before : F.After)
      Elsewhere[F.Path] = *Text;
    if (!F.Before)
      NotBefore.insert(F.Path);
    if (!F.After)
      NotAfter.insert(F.Path);
    Lines[F.Path] = F.Lines;
  }
  if (!O.Quiet)
    tellUnknownFiles(What, S);
  takeAway(S, NotBefore);
  return llvm::Error::success();
}

llvm::Expected<ChangeScope> ChangeScope::look(const Options &O, llvm::ArrayRef<const Rule *> Rules) {
  ChangeScope Scope;
  // Which units matter is read from the text on disk.
  llvm::Expected<std::unique_ptr<Session>> S =
      openSession(O, &Scope.Before, {}, [&](Session &Opened) { return Scope.findOut(O, Opened); });
  if (!S)
    return S.takeError();
  Report R = startReport(**S);
  std::vector<const Rule *> Running = rulesThatRun((*S)->Settings, O.Rules, Rules);
  R.Findings = runRules(*(*S)->Linked, Running);
  std::erase_if(R.Findings, [&](const Finding &F) { return !wasAskedFor(O, **S, F.At.File); });
  for (const auto &[Path, Text] : Scope.Before)
    R.Texts[Path] = Text;
  // What was ignored then and is not now is news.
  triageRun(O, **S, R, Running, nullptr);
  for (const Finding &F : R.Findings)
    Scope.FoundBefore.insert(F.Fingerprint);
  if (!O.Quiet)
    for (const UnitFailure &F : (*S)->Failures)
      llvm::errs() << "gfplint: " << F.File << ": not analysed as it was before the change: " << F.Error
                   << "\n";
  closeSession(O, **S);
  return Scope;
}

llvm::Expected<std::unique_ptr<Session>> ChangeScope::openAfter(const Options &O,
                                                                llvm::ArrayRef<const Rule *> Rules) {
  return openSession(O, &After, After.empty() ? Rules : llvm::ArrayRef<const Rule *>(), [&](Session &S) {
    takeAway(S, NotAfter);
    return llvm::Error::success();
  });
}

bool ChangeScope::touches(const Report &R, Loc At) const {
  auto Changed = Lines.find(diskPath(R, At.File));
  return Changed != Lines.end() &&
         std::any_of(Changed->second.begin(), Changed->second.end(),
                     [&](const ChangedLines &L) { return L.First <= At.Line && At.Line <= L.Last; });
}

bool ChangeScope::concerns(const Report &R, const Finding &F) const {
  return touches(R, F.At) || llvm::any_of(F.Trace, [&](const TraceStep &S) { return touches(R, S.At); }) ||
         !FoundBefore.contains(F.Fingerprint);
}

void ChangeScope::putTexts(Report &R) const {
  for (const auto &[Path, Text] : After)
    R.Texts[Path] = Text;
}

void ChangeScope::keepConcerned(Report &R, const Options &O) const {
  size_t All = R.Findings.size();
  std::erase_if(R.Findings, [&](const Finding &F) { return !concerns(R, F); });
  std::erase_if(R.Suppressed, [&](const SuppressedFinding &F) { return !concerns(R, F.What); });
  if (!O.Quiet)
    llvm::errs() << llvm::formatv("gfplint: the change is of {0} files; it concerns {1} of {2} findings\n",
                                  What.Files.size(), R.Findings.size(), All);
}

} // namespace gfplint
