// Rounds of asking and analysing, until nothing new is asked.
#include "cli/OnlyNeeded.h"

#include "engine/Mentions.h"

#include <chrono>

namespace gfplint {
namespace {

/// Reading the texts of fewer takes as long as it saves.
constexpr size_t FewEntries = 200;

double secondsSince(std::chrono::steady_clock::time_point Start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - Start).count();
}

} // namespace

bool canLeaveUnitsOut(const Options &O, const Session &S, llvm::ArrayRef<const Rule *> Rules) {
  return !O.AllUnits && !O.Rules.empty() && S.Entries.size() > FewEntries && !Rules.empty() &&
         llvm::all_of(Rules, [&](const Rule *R) { return R->AsksByName != nullptr && R->AsksByName(S.Knowledge); });
}

llvm::Expected<NeededUnits> analyseNeeded(const Options &O, Session &S, llvm::ArrayRef<const Rule *> Rules,
                                          llvm::function_ref<llvm::Expected<bool>(llvm::ArrayRef<Entry>)> Analyse) {
  NeededUnits Out;
  auto Start = std::chrono::steady_clock::now();
  Mentions Texts(S.Entries, S.Flags, O.Jobs);
  Out.ScanSeconds = secondsSince(Start);
  Out.FilesRead = Texts.tree().files().size();
  // What the rules ask of nothing at all is where it begins.
  S.Linked = std::make_unique<Program>(std::vector<PartIndex>(), FileTable(), BodyLoader(), S.Knowledge, S.Flags);
  std::vector<bool> Needed(S.Entries.size(), false);
  while (true) {
    Start = std::chrono::steady_clock::now();
    S.Findings = runRules(*S.Linked, Rules);
    const Asked &Questions = S.Linked->asked();
    std::vector<size_t> More = Texts.more(Questions.Names, Questions.Fields);
    Out.AskSeconds += secondsSince(Start);
    Out.Names = Texts.names();
    if (More.empty() && Out.Rounds > 0)
      return Out;
    ++Out.Rounds;
    if (O.Verbose)
      llvm::errs() << "gfplint: round " << Out.Rounds << ": " << More.size() << " more units, " << Out.Names
                   << " names asked\n";
    for (size_t I : More)
      Needed[I] = true;
    std::vector<Entry> Some;
    for (size_t I = 0; I < Needed.size(); ++I)
      if (Needed[I])
        Some.push_back(S.Entries[I]);
    Out.Units = Some.size();
    llvm::Expected<bool> GoesOn = Analyse(Some);
    if (!GoesOn)
      return GoesOn.takeError();
    if (!*GoesOn) {
      S.Findings = runRules(*S.Linked, Rules);
      return Out;
    }
  }
}

} // namespace gfplint
