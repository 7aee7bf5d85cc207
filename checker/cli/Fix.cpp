// `gfplint fix`: edits are checked by analysing the edited text before anything is written.
#include "cli/Session.h"

#include "Registry.h"
#include "fix/Apply.h"
#include "fix/Place.h"

#include <algorithm>
#include <set>

namespace gfplint {
namespace {

using Identities = std::multiset<std::tuple<std::string, std::string, std::string, std::string>>;

Identities identities(const Report &R) {
  Identities All;
  for (const Finding &F : R.Findings)
    All.insert({F.Rule, R.Files->name(F.At.File).str(), F.Function, F.Identity});
  return All;
}

/// Analyses the same entries with the changed texts. An error says what the fixes would break.
llvm::Error verify(const Options &O, llvm::ArrayRef<const Rule *> Rules, const Report &Before,
                   llvm::ArrayRef<ChangedFile> Files) {
  Overlay Texts;
  for (const ChangedFile &F : Files)
    Texts[F.DiskPath] = F.After;
  llvm::Expected<std::unique_ptr<Session>> S = openSession(O, &Texts);
  if (!S)
    return S.takeError();
  Report After = startReport(**S);
  After.Findings = runRules(*(*S)->Linked, Rules);
  if (After.Failures.size() > Before.Failures.size())
    return llvm::createStringError("the fixed files do not compile: " + After.Failures.front().File + ": " +
                                   After.Failures.front().Error);
  Identities Old = identities(Before);
  for (const Finding &F : After.Findings) {
    // What a fix replaces may show up as a note: a restricted mask where there was none.
    if (F.Level == Severity::Note)
      continue;
    auto It = Old.find({F.Rule, After.Files->name(F.At.File).str(), F.Function, F.Identity});
    if (It == Old.end())
      return llvm::createStringError("the fixes would bring a new finding: " + After.Files->name(F.At.File) +
                                     ":" + llvm::Twine(F.At.Line) + ": " + F.Message);
    Old.erase(It);
  }
  return llvm::Error::success();
}

/// The files with all fixes that hold when tried. Tries all at once; where that fails, adds one
/// after another and says in `Skipped` which would break something.
llvm::Expected<std::vector<ChangedFile>> chooseFixes(const Options &O, llvm::ArrayRef<const Rule *> Rules,
                                                     const Report &All, const Report &Asked,
                                                     std::vector<std::string> &Skipped) {
  llvm::Expected<std::vector<ChangedFile>> Files = applyFixes(Asked, O.Unsafe, Skipped);
  if (!Files || Files->empty())
    return Files;
  llvm::Error Whole = verify(O, Rules, All, *Files);
  if (!Whole)
    return Files;
  llvm::consumeError(std::move(Whole));

  Report Kept = Asked;
  Kept.Findings.clear();
  std::vector<ChangedFile> Good;
  std::vector<std::string> AlreadyTold;
  for (const Finding &F : Asked.Findings) {
    bool Applies = F.Suggested && (F.Suggested->Kind == Applicability::Safe ||
                                   (F.Suggested->Kind == Applicability::Unsafe && O.Unsafe));
    if (!Applies)
      continue;
    Kept.Findings.push_back(F);
    llvm::Expected<std::vector<ChangedFile>> Trial = applyFixes(Kept, O.Unsafe, AlreadyTold);
    if (!Trial)
      return Trial;
    if (llvm::Error E = verify(O, Rules, All, *Trial)) {
      Skipped.push_back(Asked.Files->name(F.At.File).str() + ":" + std::to_string(F.At.Line) +
                        ": fix left out: " + llvm::toString(std::move(E)));
      Kept.Findings.pop_back();
      continue;
    }
    Good = std::move(*Trial);
  }
  return Good;
}

} // namespace

int runFix(const Options &O) {
  llvm::Expected<std::vector<const Rule *>> Rules = selectRules(O.Rules);
  if (!Rules) {
    llvm::errs() << "gfplint: " << llvm::toString(Rules.takeError()) << "\n";
    return 2;
  }
  llvm::Expected<std::unique_ptr<Session>> S = openSession(O);
  if (!S) {
    llvm::errs() << "gfplint: " << llvm::toString(S.takeError()) << "\n";
    return 2;
  }
  Report R = startReport(**S);
  // A fix of one rule must not bring a finding of another.
  std::vector<const Rule *> Every;
  for (const Rule &One : allRules())
    Every.push_back(&One);
  R.Findings = runRules(*(*S)->Linked, Every);
  Report Asked = R;
  std::erase_if(Asked.Findings, [&](const Finding &F) {
    return !wasAskedFor(O, **S, F.At.File) ||
           std::none_of(Rules->begin(), Rules->end(), [&](const Rule *One) { return F.Rule == One->Id; });
  });
  placeFixes(Asked);
  std::vector<std::string> Skipped;
  llvm::Expected<std::vector<ChangedFile>> Files = chooseFixes(O, Every, R, Asked, Skipped);
  if (!Files) {
    llvm::errs() << "gfplint: " << llvm::toString(Files.takeError()) << "\n";
    return 2;
  }
  if (!O.Quiet)
    for (const std::string &Line : Skipped)
      llvm::errs() << "gfplint: " << Line << "\n";
  closeSession(O, **S);
  bool Failed = tellFailures(O, (*S)->Failures);
  Failed = tellLoadErrors(**S) || Failed;
  if (O.DryRun) {
    bool Written = writeResult(O, [&](llvm::raw_ostream &Out) { Out << unifiedDiff(*Files); });
    return Failed || !Written ? 2 : 0;
  }
  if (llvm::Error E = writeFiles(*Files)) {
    llvm::errs() << "gfplint: " << llvm::toString(std::move(E)) << "\n";
    return 2;
  }
  if (!O.Quiet)
    for (const ChangedFile &F : *Files)
      llvm::errs() << "gfplint: fixed " << F.Name << "\n";
  return Failed ? 2 : 0;
}

} // namespace gfplint
