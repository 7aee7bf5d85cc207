// Each finding is looked at once, in the order of the report.
#include "triage/Triage.h"

#include "Registry.h"

#include "report/SourceTexts.h"
#include "triage/IgnoreComments.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"

#include <algorithm>

namespace gfplint {
namespace {

bool isNamed(llvm::StringRef List, llvm::StringRef Rule) {
  llvm::SmallVector<llvm::StringRef, 8> Words;
  List.split(Words, ',', -1, /*KeepEmpty=*/false);
  return llvm::any_of(Words, [&](llvm::StringRef Word) { return matchesRule(Word.trim(), Rule); });
}

class Sieve {
public:
  Sieve(Report &R, const TriageInput &In) : R(R), In(In), Texts(R) {}
  TriageNotes run();

private:
  using Suppression = std::optional<std::pair<SuppressedBy, std::string>>;
  struct Judged {
    Finding What;
    Suppression Why;
  };
  /// An ignore, and the rules for which it matched something.
  struct Watched {
    IgnoreComment Comment;
    std::set<std::string> Used;
  };

  std::vector<Watched> &ignoresOf(FileId File);
  Suppression judge(Finding &F);
  Suppression byConfig(const Finding &F);
  Suppression bySource(const Finding &F);
  void reportIgnores(FileId File, std::vector<Finding> &Out);
  Finding about(FileId File, const IgnoreComment &I, Severity Level, std::string Message) const;
  void findStale(const std::set<std::string> &Found);
  void tellBroken();

  Report &R;
  const TriageInput &In;
  SourceTexts Texts;
  TriageNotes Notes;
  std::map<FileId, std::vector<Watched>> Ignores;
  std::vector<bool> EntryUsed;
};

std::vector<Sieve::Watched> &Sieve::ignoresOf(FileId File) {
  auto [It, New] = Ignores.try_emplace(File);
  if (!New || File == 0 || !In.MayHaveIgnore(File))
    return It->second;
  if (std::optional<llvm::StringRef> Text = Texts.text(File))
    for (IgnoreComment &I : readIgnores(*Text))
      It->second.push_back({std::move(I), {}});
  return It->second;
}

Sieve::Suppression Sieve::byConfig(const Finding &F) {
  llvm::StringRef File = R.Files->name(F.At.File);
  const std::vector<IgnoreEntry> &Entries = In.Settings->Ignores;
  Suppression Found;
  for (size_t I = 0; I < Entries.size(); ++I)
    if (In.Settings->ignores(Entries[I], F, File)) {
      EntryUsed[I] = true;
      if (!Found)
        Found = {SuppressedBy::Config, Entries[I].Reason};
    }
  return Found;
}

Sieve::Suppression Sieve::bySource(const Finding &F) {
  Suppression Found;
  for (Watched &W : ignoresOf(F.At.File)) {
    if (!W.Comment.Problem.empty() || !W.Comment.covers(F.At.Line) || !W.Comment.names(F.Rule))
      continue;
    W.Used.insert(F.Rule);
    if (!Found)
      Found = {SuppressedBy::Source, W.Comment.Reason};
  }
  return Found;
}

/// Both are asked, so that neither is called unused because of the other.
Sieve::Suppression Sieve::judge(Finding &F) {
  if (const std::optional<Severity> *Level = In.Settings->levelOf(F.Rule); Level != nullptr && *Level)
    F.Level = **Level;
  Suppression Config = byConfig(F);
  Suppression Source = bySource(F);
  return Config ? Config : Source;
}

Finding Sieve::about(FileId File, const IgnoreComment &I, Severity Level, std::string Message) const {
  Finding F;
  F.Rule = UnusedIgnoreRule;
  F.Level = Level;
  F.At = {File, I.Line, I.Column, I.Offset};
  F.Message = std::move(Message);
  F.Identity = llvm::join(I.Rules, ",") + " " + F.Message;
  return F;
}

void Sieve::reportIgnores(FileId File, std::vector<Finding> &Out) {
  for (const Watched &W : ignoresOf(File)) {
    const IgnoreComment &I = W.Comment;
    if (!I.Problem.empty()) {
      Out.push_back(about(File, I, Severity::Warning, "this ignore does not count: " + I.Problem));
      continue;
    }
    if (I.MayBeUnused || I.Conditional)
      continue;
    std::string Unused;
    for (const std::string &Rule : I.Rules)
      if (In.Ran.contains(Rule) && !W.Used.contains(Rule))
        Unused += (Unused.empty() ? "" : ", ") + Rule;
    if (!Unused.empty())
      Out.push_back(about(
          File, I, Severity::Note,
          "there is no finding of " + Unused +
              (I.Statement.First != 0 ? " in this statement: " : ", and no statement on the line below: ") +
              (In.Partial ? "if a run over all files has none either, the ignore can go"
                          : "the ignore can go")));
  }
}

/// Entries that this run would have found again, were they still there.
void Sieve::findStale(const std::set<std::string> &Found) {
  std::map<llvm::StringRef, FileId> ByName;
  for (FileId File = 1; File < R.Files->size(); ++File)
    ByName[R.Files->name(File)] = File;
  for (const auto &[Print, E] : In.Known->Entries) {
    if (Found.contains(Print) || !In.Ran.contains(E.Rule))
      continue;
    auto File = ByName.find(E.File);
    bool Gone = File == ByName.end() && !In.Partial && !llvm::sys::fs::exists(diskPath(R, E.File));
    if (Gone || (File != ByName.end() && In.Asked(File->second)))
      Notes.Stale.push_back(Print);
  }
}

void Sieve::tellBroken() {
  for (const auto &[File, All] : Ignores)
    for (const Watched &W : All)
      if (!W.Comment.Problem.empty())
        Notes.Broken.push_back((R.Files->name(File) + ":" + llvm::Twine(W.Comment.Line) +
                                ": this ignore does not count: " + W.Comment.Problem)
                                   .str());
  llvm::sort(Notes.Broken);
}

TriageNotes Sieve::run() {
  EntryUsed.resize(In.Settings->Ignores.size());
  std::vector<Judged> All;
  auto Judge = [&](std::vector<Finding> &Findings) {
    for (Finding &F : Findings) {
      Suppression Why = judge(F);
      All.push_back({std::move(F), std::move(Why)});
    }
    Findings.clear();
  };
  Judge(R.Findings);
  if (In.ReportUnused) {
    std::vector<Finding> About;
    for (FileId File = 1; File < R.Files->size(); ++File)
      if (In.Asked(File))
        reportIgnores(File, About);
    Judge(About);
  } else {
    tellBroken();
  }
  auto Key = [&](const Judged &J) {
    return std::tuple(R.Files->name(J.What.At.File), J.What.At.Line, J.What.At.Column,
                      llvm::StringRef(J.What.Rule), llvm::StringRef(J.What.Message),
                      llvm::StringRef(J.What.Identity));
  };
  llvm::stable_sort(All, [&](const Judged &A, const Judged &B) { return Key(A) < Key(B); });
  // Numbered while all are there: what is taken out changes no other's fingerprint.
  for (Judged &J : All)
    R.Findings.push_back(std::move(J.What));
  numberFindings(R);
  std::vector<Finding> Numbered = std::move(R.Findings);
  R.Findings.clear();
  std::set<std::string> Found;
  for (size_t I = 0; I < Numbered.size(); ++I) {
    Suppression &Why = All[I].Why;
    if (!Why && In.Known != nullptr && In.Known->Entries.contains(Numbered[I].Fingerprint)) {
      Found.insert(Numbered[I].Fingerprint);
      Why = {SuppressedBy::Baseline, ""};
    }
    if (Why)
      R.Suppressed.push_back({std::move(Numbered[I]), Why->first, std::move(Why->second)});
    else
      R.Findings.push_back(std::move(Numbered[I]));
  }
  if (In.Known != nullptr)
    findStale(Found);
  for (size_t I = 0; I < EntryUsed.size(); ++I) {
    const IgnoreEntry &E = In.Settings->Ignores[I];
    bool Ran = llvm::any_of(E.Rules, [&](const std::string &Pattern) {
      return llvm::any_of(In.Ran, [&](const std::string &Id) { return matchesRule(Pattern, Id); });
    });
    if (!EntryUsed[I] && Ran)
      Notes.UnusedEntries.push_back(In.Settings->File + ":" + std::to_string(E.Line) + ": no finding of " +
                                    llvm::join(E.Rules, ", ") + " in '" + E.Path.text() +
                                    "' is ignored by this");
  }
  return std::move(Notes);
}

} // namespace

std::vector<const Rule *> rulesThatRun(const Config &Settings, llvm::StringRef Asked,
                                       llvm::ArrayRef<const Rule *> Chosen) {
  std::vector<const Rule *> Running = Chosen.vec();
  if (Asked.empty() && !Settings.Rules.empty()) {
    // It was read with the rules' names before it.
    if (llvm::Expected<std::vector<const Rule *>> Those = selectRules(Settings.Rules))
      Running = std::move(*Those);
    else
      llvm::consumeError(Those.takeError());
  }
  std::erase_if(Running, [&](const Rule *R) {
    const std::optional<Severity> *Level = Settings.levelOf(R->Id);
    return Level != nullptr && !*Level && !isNamed(Asked, R->Id);
  });
  return Running;
}

void TriageInput::tookPart(llvm::ArrayRef<const Rule *> Rules, const Model &Knowledge) {
  for (const Rule *One : Rules) {
    ReportUnused = ReportUnused || llvm::StringRef(One->Id) == UnusedIgnoreRule;
    if (One->WhyNot == nullptr || One->WhyNot(Knowledge).empty())
      Ran.insert(One->Id);
  }
}

TriageNotes triage(Report &R, const TriageInput &In) { return Sieve(R, In).run(); }

Baseline takeAsKnown(Report &R, const TriageNotes &Notes, const Baseline *Old) {
  Baseline New;
  if (Old != nullptr)
    New.Entries = Old->Entries;
  for (const std::string &Print : Notes.Stale)
    New.Entries.erase(Print);
  auto Put = [&](const Finding &F) {
    New.Entries[F.Fingerprint] = {F.Rule, R.Files->name(F.At.File).str(), F.Function, 0};
  };
  for (const SuppressedFinding &S : R.Suppressed)
    if (S.By == SuppressedBy::Baseline)
      Put(S.What);
  for (Finding &F : R.Findings) {
    Put(F);
    R.Suppressed.push_back({std::move(F), SuppressedBy::Baseline, ""});
  }
  R.Findings.clear();
  return New;
}

} // namespace gfplint
