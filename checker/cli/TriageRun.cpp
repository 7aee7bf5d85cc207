// What triage asks of a session, and what users hear of it.
#include "cli/TriageRun.h"

#include "triage/IgnoreComments.h"
#include "triage/MentionIndex.h"

#include "llvm/ADT/StringSet.h"
#include "llvm/Support/MemoryBuffer.h"

namespace gfplint {
namespace {

/// So many stale entries are named without --verbose.
constexpr size_t FewStale = 5;

/// Whether files have the word, kept in the store by their contents.
class IgnoreFinder {
public:
  /// Unless `Keeps`, nothing is read from the store, and nothing written.
  IgnoreFinder(Session &S, const Report &R, bool Keeps)
      : S(S), R(R), Keeps(Keeps), Key(hashBytes("files with ignores, 1")) {
    if (!Keeps)
      return;
    if (std::optional<std::string> Bytes = S.Kept->blob(Key))
      Index = MentionIndex(*Bytes);
  }
  ~IgnoreFinder() {
    if (Keeps && Index.changed())
      S.Kept->putBlob(Key, {}, Index.bytes());
  }
  IgnoreFinder(const IgnoreFinder &) = delete;
  IgnoreFinder &operator=(const IgnoreFinder &) = delete;

  bool mayHave(FileId File) {
    const std::string Path = diskPath(R, File);
    if (R.Texts.contains(Path))
      return true;
    FileStates &Files = S.Kept->files();
    std::optional<ContentId> Now = Files.current(Path);
    if (!Now)
      return false;
    if (std::optional<bool> Known = Index.has(MentionIndex::keyOf(Files.content(*Now).Hash)))
      return *Known;
    auto Buffer = llvm::MemoryBuffer::getFile(Path);
    if (!Buffer)
      return false;
    llvm::StringRef Text = (*Buffer)->getBuffer();
    bool Has = Text.contains(IgnoreWord);
    // Of what was read, should it be another text by now.
    Index.add(MentionIndex::keyOf(hashBytes(Text)), Has);
    return Has;
  }

private:
  Session &S;
  const Report &R;
  bool Keeps;
  Hash128 Key;
  MentionIndex Index;
};

std::string placeOf(const BaselineEntry &E) {
  return E.Rule + " " + E.File + (E.Function.empty() ? "" : ": " + E.Function + "()");
}

std::string counted(size_t N, const char *One, const char *Several) {
  return std::to_string(N) + " " + (N == 1 ? One : Several);
}

} // namespace

llvm::Expected<std::optional<Baseline>> readKnown(const Options &O) {
  if (O.Baseline.empty())
    return std::nullopt;
  llvm::Expected<Baseline> Read = readBaseline(O.Baseline);
  if (!Read)
    return llvm::createStringError("--baseline: " + llvm::toString(Read.takeError()));
  return std::move(*Read);
}

TriageNotes triageRun(const Options &O, Session &S, Report &R, llvm::ArrayRef<const Rule *> Rules,
                      const Baseline *Known) {
  // One file is read sooner than what is known of all.
  IgnoreFinder Finder(S, R, O.What != Command::Kbuild);
  TriageInput In;
  In.Settings = &S.Settings;
  In.Known = Known;
  In.tookPart(Rules, S.Knowledge);
  In.Partial = !O.Paths.empty() || O.CompilerWords || !S.Failures.empty();
  llvm::StringSet<> Failed;
  for (const UnitFailure &F : S.Failures)
    Failed.insert(displayPath(F.File, S.SourceRoot));
  In.Asked = [&](FileId File) {
    return isOwn(R, File) && wasAskedFor(O, S, File) && !Failed.contains(R.Files->name(File));
  };
  In.MayHaveIgnore = [&](FileId File) { return Finder.mayHave(File); };
  return triage(R, In);
}

void tellTriage(const Options &O, const Session &S, const Report &R, const TriageNotes &Notes,
                const Baseline *Known) {
  if (O.Quiet)
    return;
  for (const std::string &Line : Notes.Broken)
    llvm::errs() << "gfplint: " << Line << "\n";
  if (!Notes.Stale.empty()) {
    llvm::errs() << "gfplint: " << Known->File << ": "
                 << counted(Notes.Stale.size(), "entry is no finding", "entries are no findings")
                 << " any more; --write-baseline=" << Known->File << " with --baseline drops "
                 << (Notes.Stale.size() == 1 ? "it" : "them") << "\n";
    size_t Named = O.Verbose ? Notes.Stale.size() : std::min(FewStale, Notes.Stale.size());
    for (size_t I = 0; I < Named; ++I) {
      const BaselineEntry &E = Known->Entries.at(Notes.Stale[I]);
      llvm::errs() << "gfplint: " << Known->File << ":" << E.Line << ": no finding any more: " << placeOf(E)
                   << "\n";
    }
    if (Named < Notes.Stale.size())
      llvm::errs() << "gfplint: and " << Notes.Stale.size() - Named << " more; --verbose names them\n";
  }
  if (!O.Verbose)
    return;
  for (const std::string &Line : Notes.UnusedEntries)
    llvm::errs() << "gfplint: " << Line << "\n";
  auto By = [&](SuppressedBy Who) {
    return llvm::count_if(R.Suppressed, [&](const SuppressedFinding &F) { return F.By == Who; });
  };
  if (!R.Suppressed.empty())
    llvm::errs() << "gfplint: " << counted(R.Suppressed.size(), "finding is", "findings are")
                 << " not shown: " << By(SuppressedBy::Source) << " by ignores in the source, "
                 << By(SuppressedBy::Config) << " by "
                 << (S.Settings.File.empty() ? "a configuration" : S.Settings.File) << ", "
                 << By(SuppressedBy::Baseline) << " by the baseline\n";
}

bool writeKnown(const Options &O, Report &R, const TriageNotes &Notes, const Baseline *Old) {
  size_t Added = R.Findings.size();
  Baseline New = takeAsKnown(R, Notes, Old);
  OutputTo To{nullptr, O.WriteBaseline, "--write-baseline"};
  if (!writeResult(To, [&](llvm::raw_ostream &Out) { Out << baselineText(New); }))
    return false;
  if (!O.Quiet) {
    llvm::errs() << "gfplint: " << O.WriteBaseline << ": "
                 << counted(New.Entries.size(), "finding is", "findings are") << " in the baseline";
    if (Old != nullptr)
      llvm::errs() << ", " << Added << " of them new; " << Notes.Stale.size() << " dropped";
    llvm::errs() << "\n";
  }
  return true;
}

} // namespace gfplint
