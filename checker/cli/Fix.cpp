// `gfplint fix`: edits are checked by analysing the edited text before anything is written.
#include "cli/FormatPatch.h"
#include "cli/TriageRun.h"

#include "Registry.h"
#include "fix/Apply.h"
#include "fix/Place.h"

#include <algorithm>
#include <set>

namespace gfplint {
namespace {

using Identity = std::tuple<std::string, std::string, std::string, std::string>;
using Identities = std::multiset<Identity>;

Identity identity(const Report &R, const Finding &F) {
  return {F.Rule, R.Files->name(F.At.File).str(), F.Function, F.Identity};
}

Identities identities(const Report &R) {
  Identities All;
  for (const Finding &F : R.Findings)
    All.insert(identity(R, F));
  return All;
}

/// One analysis with some files' texts replaced.
struct Trial {
  std::unique_ptr<Session> Run;
  Report Found;
};

class Fixer {
public:
  /// `Before`: all findings of the files as they are. `Known` may be null.
  Fixer(const Options &O, llvm::ArrayRef<const Rule *> Asked, const Report &Before, const Baseline *Known)
      : O(O), Asked(Asked), Before(Before), Known(Known) {}

  /// The files with all fixes that hold when tried. What a fix makes possible is done, too: a mask that is
  /// redundant within a scope that was put in.
  llvm::Expected<AppliedFixes> run(Session &S);
  std::vector<SkippedFix> Skipped;

private:
  /// The findings whose fixes may be applied. The baseline is asked for those of the files as they are.
  [[nodiscard]] Report wanted(const Report &All, Session &S, const Baseline *Asking);
  [[nodiscard]] bool applies(const Finding &F) const {
    return F.Suggested && (F.Suggested->Kind == Applicability::Safe ||
                           (F.Suggested->Kind == Applicability::Unsafe && O.Unsafe));
  }
  /// Analyses the same entries with the changed texts. An error says what the fixes would break, and
  /// `Culprit` in which file.
  [[nodiscard]] llvm::Expected<Trial> verify(llvm::ArrayRef<ChangedFile> Files, std::string &Culprit) const;
  llvm::Expected<AppliedFixes> settle(const Report &Fixes, std::optional<Trial> &Last);

  const Options &O;
  llvm::ArrayRef<const Rule *> Asked;
  const Report &Before;
  const Baseline *Known;
  /// What would break something or is in the baseline, and is not tried again.
  std::set<Identity> LeftOut;
};

std::vector<const Rule *> everyRule() {
  std::vector<const Rule *> Every;
  for (const Rule &One : allRules())
    Every.push_back(&One);
  return Every;
}

Report Fixer::wanted(const Report &All, Session &S, const Baseline *Asking) {
  Report R = All;
  std::erase_if(R.Findings, [&](const Finding &F) {
    return !wasAskedFor(O, S, F.At.File) || LeftOut.contains(identity(All, F)) ||
           std::none_of(Asked.begin(), Asked.end(), [&](const Rule *One) { return F.Rule == One->Id; });
  });
  TriageNotes Notes = triageRun(O, S, R, Asked, Asking);
  if (&All == &Before)
    tellTriage(O, S, R, Notes, Asking);
  for (const SuppressedFinding &F : R.Suppressed)
    if (F.By == SuppressedBy::Baseline)
      LeftOut.insert(identity(R, F.What));
  std::erase_if(R.Findings, [&](const Finding &F) { return LeftOut.contains(identity(R, F)); });
  placeFixes(R, O.Style);
  return R;
}

llvm::Expected<Trial> Fixer::verify(llvm::ArrayRef<ChangedFile> Files, std::string &Culprit) const {
  Overlay Texts;
  for (const ChangedFile &F : Files)
    Texts[F.DiskPath] = F.After;
  llvm::Expected<std::unique_ptr<Session>> S = openSession(O, &Texts);
  if (!S)
    return S.takeError();
  Trial T;
  T.Found = startReport(**S);
  T.Found.Texts = std::move(Texts);
  T.Found.Findings = runRules(*(*S)->Linked, everyRule());
  T.Run = std::move(*S);
  if (T.Found.Failures.size() > Before.Failures.size()) {
    for (const ReportFailure &F : T.Found.Failures)
      if (std::none_of(Before.Failures.begin(), Before.Failures.end(),
                       [&](const ReportFailure &Old) { return Old.File == F.File; }))
        Culprit = F.File;
    return llvm::createStringError("the fixed files do not compile: " + T.Found.Failures.front().File + ": " +
                                   T.Found.Failures.front().Error);
  }
  Identities Old = identities(Before);
  for (const Finding &F : T.Found.Findings) {
    // What a fix replaces may show up as a note: a restricted mask where there was none. And masks in a scope
    // that a fix opened are what that fix says: GFP_KERNEL in a nowait scope, or what is now said twice.
    bool OfNewScope =
        llvm::any_of(allRules(), [&](const Rule &R) { return R.FollowsScopes && F.Rule == R.Id; });
    if (F.Level == Severity::Note || (OfNewScope && F.Level == Severity::Warning))
      continue;
    auto It = Old.find(identity(T.Found, F));
    if (It == Old.end()) {
      Culprit = T.Found.Files->name(F.At.File).str();
      return llvm::createStringError("the fixes would bring a new finding: " + Culprit + ":" +
                                     llvm::Twine(F.At.Line) + ": " + F.Message);
    }
    Old.erase(It);
  }
  return T;
}

/// All fixes at once, but for those of files in which they would break something: these are tried one after
/// another, and `Skipped` says which were left out.
llvm::Expected<AppliedFixes> Fixer::settle(const Report &Fixes, std::optional<Trial> &Last) {
  std::set<std::string> Doubtful;
  auto FileOf = [&](const Finding &F) { return Fixes.Files->name(F.Suggested->Edits.front().At.File).str(); };
  Report Kept = Fixes;
  std::erase_if(Kept.Findings, [&](const Finding &F) { return !applies(F) || F.Suggested->Edits.empty(); });
  const std::vector<Finding> All = Kept.Findings;
  llvm::Expected<AppliedFixes> Done = AppliedFixes();
  while (true) {
    std::vector<SkippedFix> Told;
    Done = applyFixes(Kept, O.Unsafe, Told);
    if (!Done || Done->Files.empty())
      break;
    std::string Culprit;
    llvm::Expected<Trial> T = verify(Done->Files, Culprit);
    if (T) {
      Last = std::move(*T);
      break;
    }
    llvm::consumeError(T.takeError());
    // What no one file is to blame for makes all of them doubtful.
    bool Known = std::any_of(Kept.Findings.begin(), Kept.Findings.end(),
                             [&](const Finding &F) { return FileOf(F) == Culprit; });
    std::erase_if(Kept.Findings, [&](const Finding &F) {
      bool Out = !Known || FileOf(F) == Culprit;
      if (Out)
        Doubtful.insert(FileOf(F));
      return Out;
    });
  }
  if (!Done)
    return Done;
  for (const Finding &F : All) {
    if (!Doubtful.contains(FileOf(F)))
      continue;
    Kept.Findings.push_back(F);
    std::vector<SkippedFix> Told;
    llvm::Expected<AppliedFixes> Tried = applyFixes(Kept, O.Unsafe, Told);
    if (!Tried)
      return Tried;
    std::string Culprit;
    llvm::Expected<Trial> T = verify(Tried->Files, Culprit);
    if (!T) {
      Skipped.push_back({Fixes.Files->name(F.At.File).str() + ":" + std::to_string(F.At.Line) +
                             ": fix left out: " + llvm::toString(T.takeError()),
                         false});
      LeftOut.insert(identity(Fixes, F));
      Kept.Findings.pop_back();
      continue;
    }
    Last = std::move(*T);
    Done = std::move(Tried);
  }
  return Done;
}

/// What is changed in all, from what was and what a further round changed of it.
std::vector<ChangedFile> merged(std::vector<ChangedFile> Files, llvm::ArrayRef<ChangedFile> More) {
  for (const ChangedFile &New : More) {
    auto It = std::find_if(Files.begin(), Files.end(),
                           [&](const ChangedFile &F) { return F.DiskPath == New.DiskPath; });
    if (It == Files.end())
      Files.push_back(New);
    else
      *It = compose(*It, New);
  }
  std::sort(Files.begin(), Files.end(),
            [](const ChangedFile &A, const ChangedFile &B) { return A.Name < B.Name; });
  return Files;
}

llvm::Expected<AppliedFixes> Fixer::run(Session &S) {
  constexpr unsigned MaxRounds = 5;
  Report Fixes = wanted(Before, S, Known);
  // Only for what is left out: trying may leave out more.
  if (llvm::Expected<AppliedFixes> Most = applyFixes(Fixes, O.Unsafe, Skipped); !Most || Most->Files.empty())
    return Most;
  std::optional<Trial> Last;
  llvm::Expected<AppliedFixes> Done = settle(Fixes, Last);
  if (!Done)
    return Done;
  for (unsigned Round = 1; Last && Round < MaxRounds; ++Round) {
    std::vector<SkippedFix> Left;
    llvm::Expected<AppliedFixes> More = applyFixes(wanted(Last->Found, *Last->Run, nullptr), O.Unsafe, Left);
    if (!More)
      return More;
    if (More->Files.empty())
      break;
    std::vector<ChangedFile> Both = merged(Done->Files, More->Files);
    std::string Culprit;
    llvm::Expected<Trial> T = verify(Both, Culprit);
    if (!T) {
      Skipped.push_back({"a further fix was left out: " + llvm::toString(T.takeError()), false});
      break;
    }
    std::erase_if(Skipped, [](const SkippedFix &X) { return X.Later; });
    std::copy_if(Left.begin(), Left.end(), std::back_inserter(Skipped),
                 [](const SkippedFix &X) { return X.Later; });
    Last = std::move(*T);
    Done->Files = std::move(Both);
    Done->Fixes.insert(Done->Fixes.end(), More->Fixes.begin(), More->Fixes.end());
  }
  return Done;
}

} // namespace

int runFix(const Options &O) {
  llvm::Expected<std::vector<const Rule *>> Rules = selectRules(O.Rules);
  if (!Rules) {
    llvm::errs() << "gfplint: " << llvm::toString(Rules.takeError()) << "\n";
    return 2;
  }
  llvm::Expected<std::optional<Baseline>> Known = readKnown(O);
  if (!Known) {
    llvm::errs() << "gfplint: " << llvm::toString(Known.takeError()) << "\n";
    return 2;
  }
  llvm::Expected<std::unique_ptr<Session>> S = openSession(O);
  if (!S) {
    llvm::errs() << "gfplint: " << llvm::toString(S.takeError()) << "\n";
    return 2;
  }
  std::vector<const Rule *> Running = rulesThatRun((*S)->Settings, O.Rules, *Rules);
  // An ignore without a finding has no fix.
  llvm::erase_if(Running, [](const Rule *One) { return One->Run == nullptr; });
  Report R = startReport(**S);
  // A fix of one rule must not bring a finding of another.
  R.Findings = runRules(*(*S)->Linked, everyRule());
  Fixer Fixes(O, Running, R, *Known ? &**Known : nullptr);
  llvm::Expected<AppliedFixes> Done = Fixes.run(**S);
  if (!Done) {
    llvm::errs() << "gfplint: " << llvm::toString(Done.takeError()) << "\n";
    return 2;
  }
  const std::vector<ChangedFile> &Files = Done->Files;
  if (!O.Quiet)
    for (const SkippedFix &X : Fixes.Skipped)
      llvm::errs() << "gfplint: " << X.Text << "\n";
  closeSession(O, **S);
  bool Failed = tellFailures(O, (*S)->Failures);
  Failed = tellLoadErrors(**S) || Failed;
  if (!O.ExportFixes.empty()) {
    OutputTo Yaml{nullptr, O.ExportFixes, "--export-fixes"};
    if (!writeResult(Yaml, [&](llvm::raw_ostream &Out) { Out << replacementsYaml(Files); }))
      return 2;
    if (!O.DryRun)
      return Failed ? 2 : 0;
  }
  if (!O.FormatPatch.empty())
    return writePatches(O, **S, *Done) && !Failed ? 0 : 2;
  if (O.DryRun) {
    bool Written = writeResult(O.Outputs.front(), [&](llvm::raw_ostream &Out) { Out << unifiedDiff(Files); });
    return Failed || !Written ? 2 : 0;
  }
  if (llvm::Error E = writeFiles(Files)) {
    llvm::errs() << "gfplint: " << llvm::toString(std::move(E)) << "\n";
    return 2;
  }
  if (!O.Quiet)
    for (const ChangedFile &F : Files)
      llvm::errs() << "gfplint: fixed " << F.Name << "\n";
  return Failed ? 2 : 0;
}

} // namespace gfplint
