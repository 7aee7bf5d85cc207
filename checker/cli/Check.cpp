// `gfplint check`, and `dump-ir` for those who want to see what it saw.
#include "cli/ChangeScope.h"
#include "cli/TriageRun.h"

#include "Registry.h"
#include "fix/Place.h"

#include "llvm/Support/FormatVariadic.h"

#include <algorithm>
#include <chrono>
#include <malloc.h>

#include <set>

namespace gfplint {

namespace {

double secondsSince(std::chrono::steady_clock::time_point Start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - Start).count();
}

/// --headers-only.
int makeHeaders(const Options &O) {
  Session S;
  llvm::Expected<Analysis> A = analyseOnly(O, S);
  if (!A) {
    llvm::errs() << "gfplint: " << llvm::toString(A.takeError()) << "\n";
    return 2;
  }
  closeSession(O, S);
  return A->Interrupted != 0 ? 2 : 0;
}

/// Rules look at bodies by the hundred thousand, each for a moment: what one leaves is for the next, and does
/// not go back to the system in between.
void keepFreedMemory() {
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  mallopt(M_TOP_PAD, 64 << 20);
}

/// In so many files some allocation is to be expected.
constexpr size_t ManyFiles = 100;

/// A rule must not fall silent because the kernel moved a name.
void tellMissingAnchors(const Session &S, llvm::ArrayRef<const Rule *> Rules) {
  if (S.Analysed < ManyFiles || Rules.empty())
    return;
  std::set<std::string> Missing;
  if (S.Linked->callersOfAllocators().empty())
    Missing.insert("call of an allocator");
  for (const Rule *R : Rules)
    if (std::string What = R->NotFound != nullptr ? R->NotFound(*S.Linked) : ""; !What.empty())
      Missing.insert(std::move(What));
  for (const std::string &What : Missing)
    llvm::errs() << "gfplint: in " << S.Analysed << " files there is no " << What
                 << " that is known here: its name may have changed; --model=FILE can teach new ones\n";
}

} // namespace

int runCheck(const Options &O) {
  if (O.HeadersOnly)
    return makeHeaders(O);
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
  std::optional<ChangeScope> Concerned;
  if (!O.DiffRevision.empty() || !O.PatchFile.empty()) {
    llvm::Expected<ChangeScope> Looked = ChangeScope::look(O, *Rules);
    if (!Looked) {
      llvm::errs() << "gfplint: " << llvm::toString(Looked.takeError()) << "\n";
      return 2;
    }
    Concerned = std::move(*Looked);
  }
  llvm::Expected<std::unique_ptr<Session>> S =
      Concerned ? Concerned->openAfter(O, *Rules) : openSession(O, nullptr, *Rules);
  if (!S) {
    llvm::errs() << "gfplint: " << llvm::toString(S.takeError()) << "\n";
    return 2;
  }
  auto RulesStart = std::chrono::steady_clock::now();
  keepFreedMemory();
  Report R = startReport(**S);
  std::vector<const Rule *> Running = rulesThatRun((*S)->Settings, O.Rules, *Rules);
  R.Findings = (*S)->Findings ? std::move(*(*S)->Findings) : runRules(*(*S)->Linked, Running);
  std::erase_if(R.Findings, [&](const Finding &F) {
    return !wasAskedFor(O, **S, F.At.File) ||
           llvm::none_of(Running, [&](const Rule *One) { return F.Rule == One->Id; });
  });
  if (Concerned)
    Concerned->putTexts(R);
  auto TriageStart = std::chrono::steady_clock::now();
  const Baseline *Old = *Known ? &**Known : nullptr;
  TriageNotes Notes = triageRun(O, **S, R, Running, Old);
  bool Written = O.WriteBaseline.empty() || writeKnown(O, R, Notes, Old);
  tellTriage(O, **S, R, Notes, Old);
  auto FixesStart = std::chrono::steady_clock::now();
  if (Concerned)
    Concerned->keepConcerned(R, O);
  placeFixes(R, O.Style);
  if (O.Verbose)
    for (const std::string &Line : (*S)->Linked->remarks())
      llvm::errs() << "gfplint: " << Line << "\n";
  if (!O.Quiet)
    tellMissingAnchors(**S, Running);
  for (const OutputTo &To : O.Outputs)
    Written = writeResult(To, [&](llvm::raw_ostream &Out) { To.Form->Write(R, Out); }) && Written;
  if (O.Stats)
    llvm::errs() << llvm::formatv(
        "gfplint: seconds: {0:F2} rules, {1:F2} ignores and baseline, {2:F2} report\n",
        std::chrono::duration<double>(TriageStart - RulesStart).count(),
        std::chrono::duration<double>(FixesStart - TriageStart).count(), secondsSince(FixesStart));
  closeSession(O, **S);
  bool Failed = tellFailures(O, (*S)->Failures);
  Failed = tellLoadErrors(**S) || Failed;
  if (!Written || Failed)
    return 2;
  for (const Finding &F : R.Findings)
    if (F.Level >= O.FailOn)
      return 1;
  return 0;
}

int runDump(const Options &O) {
  Session S;
  llvm::Expected<Analysis> A = analyseOnly(O, S);
  if (!A) {
    llvm::errs() << "gfplint: " << llvm::toString(A.takeError()) << "\n";
    return 2;
  }
  std::string Text;
  for (const UnitParts &One : A->Units) {
    Unit U{One.File, One.Error, {}};
    FileTable Files;
    for (uint32_t Number : One.Parts) {
      llvm::Expected<Part> Loaded = loadPart(*S.Kept, A->Ids[Number], Files);
      if (!Loaded) {
        llvm::errs() << "gfplint: " << U.File << ": " << llvm::toString(Loaded.takeError()) << "\n";
        return 2;
      }
      U.Parts.push_back(std::move(*Loaded));
    }
    std::sort(U.Parts.begin(), U.Parts.end(), [&](const Part &X, const Part &Y) {
      return std::tuple(X.File != U.File, X.File) < std::tuple(Y.File != U.File, Y.File);
    });
    Text += dump(U, Files, A->Flags);
  }
  closeSession(O, S);
  bool Written = writeResult(O.Outputs.front(), [&](llvm::raw_ostream &Out) { Out << Text; });
  return tellFailures(O, A->Failures) || !Written ? 2 : 0;
}

} // namespace gfplint
