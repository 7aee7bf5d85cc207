// LLVM's CommandLine, with the words after `--` kept apart.
#include "cli/Options.h"

#include "cli/Kbuild.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/raw_ostream.h"

#include <algorithm>
#include <thread>

namespace gfplint {
namespace {

namespace cl = llvm::cl;

cl::OptionCategory Category("gfplint options");
cl::SubCommand CheckCommand("check", "analyse and report findings (the default)");
cl::SubCommand FixCommand("fix", "apply the fixes of findings, or show them with --dry-run");
cl::SubCommand SitesCommand("sites", "list call sites of GFP_NOFS, GFP_NOIO and GFP_NOWAIT");
cl::SubCommand RulesCommand("rules",
                            "list the rules, a line each; with -p, whether each can work on that tree");
cl::SubCommand ExplainCommand("explain", "show a rule's page");
cl::SubCommand DumpCommand("dump-ir", "print what gfplint understood of the files");

cl::SubCommand QueryCommand("query", "ask of the program: query callers FUNCTION");
cl::SubCommand KbuildCommand("kbuild", "what make C=1 CHECK=\"gfplint kbuild\" calls");

#define ANALYSES                                                                                             \
  cl::sub(CheckCommand), cl::sub(FixCommand), cl::sub(SitesCommand), cl::sub(DumpCommand),                   \
      cl::sub(QueryCommand)
/// What makes sense for a single file of a build, too.
#define ALL_ANALYSES ANALYSES, cl::sub(KbuildCommand)
/// What is asked of a tree beside its files.
#define USES_KNOWLEDGE                                                                                       \
  cl::sub(CheckCommand), cl::sub(FixCommand), cl::sub(SitesCommand), cl::sub(QueryCommand),                  \
      cl::sub(KbuildCommand), cl::sub(RulesCommand)

cl::opt<std::string> Database("p", cl::desc("build directory or compile_commands.json"), cl::value_desc("DB"),
                              cl::cat(Category), ANALYSES, cl::sub(RulesCommand));
cl::list<std::string> Paths(cl::Positional, cl::desc("[PATH...]"), cl::cat(Category), ANALYSES);
cl::list<std::string> RuleName(cl::Positional, cl::desc("RULE"), cl::cat(Category), cl::sub(ExplainCommand));
cl::opt<std::string> RuleList("rules", cl::desc("rules to run: a,b or family-*; -a leaves one out"),
                              cl::value_desc("LIST"), cl::cat(Category), cl::sub(KbuildCommand),
                              cl::sub(CheckCommand), cl::sub(FixCommand));
cl::opt<std::string>
    ConfigFile("config", cl::desc("configuration (default: .gfplint.yaml in the source root or above)"),
               cl::value_desc("FILE"), cl::cat(Category), cl::sub(KbuildCommand), cl::sub(CheckCommand),
               cl::sub(FixCommand), cl::sub(SitesCommand));
cl::opt<std::string> BaselineFile("baseline", cl::desc("leave out the findings that this file lists"),
                                  cl::value_desc("FILE"), cl::cat(Category), cl::sub(KbuildCommand),
                                  cl::sub(CheckCommand), cl::sub(FixCommand));
cl::opt<std::string> WriteBaseline("write-baseline",
                                   cl::desc("list all findings in this file instead of reporting them"),
                                   cl::value_desc("FILE"), cl::cat(Category), cl::sub(CheckCommand));
const std::string FormHelp = "form of the result: " + formatNames();
cl::opt<std::string> Form("format", cl::desc(FormHelp), cl::init("text"), cl::value_desc("FORM"),
                          cl::cat(Category), cl::sub(CheckCommand), cl::sub(SitesCommand));
cl::list<std::string> Outputs("output",
                              cl::desc("one more report; may be given several times ('-': standard output)"),
                              cl::value_desc("FORM:FILE"), cl::cat(Category), cl::sub(CheckCommand));
cl::opt<std::string> Output("o", cl::desc("write the result to a file"), cl::value_desc("FILE"),
                            cl::cat(Category), ANALYSES);
cl::opt<unsigned> Jobs("j", cl::desc("worker processes, and threads of the rules (default: all cores)"),
                       cl::Prefix, cl::value_desc("N"), cl::init(0), cl::cat(Category), ANALYSES);
cl::opt<unsigned> UnitTimeout("unit-timeout",
                              cl::desc("seconds after which a unit is given up (default 120)"), cl::init(120),
                              cl::value_desc("SECONDS"), cl::cat(Category), ALL_ANALYSES);
cl::opt<unsigned> UnitMemory("unit-memory",
                             cl::desc("MiB with which a unit is given up (default 4096, 0: any)"),
                             cl::init(4096), cl::value_desc("MIB"), cl::cat(Category), ALL_ANALYSES);
cl::opt<Severity> FailOn("fail-on", cl::desc("severity from which the exit status is 1"),
                         cl::init(Severity::Warning),
                         cl::values(clEnumValN(Severity::Note, "note", ""),
                                    clEnumValN(Severity::Warning, "warning", "(default)"),
                                    clEnumValN(Severity::Error, "error", "")),
                         cl::cat(Category), cl::sub(KbuildCommand), cl::sub(CheckCommand));
cl::opt<std::string> Version("kernel-version", cl::desc("take the kernel for this version"),
                             cl::value_desc("X.Y"), cl::cat(Category), USES_KNOWLEDGE);
cl::list<std::string> Models("model", cl::desc("more kernel knowledge (YAML)"), cl::value_desc("FILE"),
                             cl::cat(Category), USES_KNOWLEDGE);
cl::opt<ShowProgress>
    Show("progress", cl::desc("progress on standard error"), cl::init(ShowProgress::Auto),
         cl::values(clEnumValN(ShowProgress::Auto, "auto",
                               "one line on a terminal, else a line in 10 s (default)"),
                    clEnumValN(ShowProgress::Always, "always", "one line that is drawn anew"),
                    clEnumValN(ShowProgress::Never, "never", "")),
         cl::cat(Category), ANALYSES);
cl::opt<bool> Quiet("quiet", cl::desc("no remarks on standard error"), cl::cat(Category), ALL_ANALYSES);
cl::opt<bool> Verbose("verbose", cl::desc("say what was decided, and why"), cl::cat(Category), ALL_ANALYSES);
cl::opt<bool> Stats("stats", cl::desc("times and counts on standard error"), cl::cat(Category), ALL_ANALYSES);
cl::opt<std::string>
    CacheDir("cache-dir", cl::desc("where to keep what was learnt (default: .gfplint beside the database)"),
             cl::value_desc("DIR"), cl::cat(Category), ALL_ANALYSES);
cl::opt<bool> NoCache("no-cache", cl::desc("keep nothing, and use nothing that was kept"), cl::cat(Category),
                      ALL_ANALYSES);
cl::opt<bool> NoPch("no-pch", cl::desc("parse every unit without shared precompiled headers"),
                    cl::cat(Category), ANALYSES);
cl::opt<std::string>
    HeadersFor("headers-for",
               cl::desc("plan shared headers for all units of this database, as a run over it "
                        "would (for benchmarks)"),
               cl::value_desc("DB"), cl::Hidden, cl::cat(Category), cl::sub(CheckCommand));
cl::opt<bool> HeadersOnly("headers-only", cl::desc("make the shared headers and end (for benchmarks)"),
                          cl::Hidden, cl::cat(Category), cl::sub(CheckCommand));
cl::opt<bool> AllUnits("all-units", cl::desc("analyse units too that cannot change what the rules find"),
                       cl::cat(Category), cl::sub(CheckCommand));
cl::opt<std::string>
    DiffRevision("diff",
                 cl::desc("only what concerns the changes since a commit: on changed lines, with a "
                          "trace over them, or not there before"),
                 cl::value_desc("REV"), cl::cat(Category), cl::sub(CheckCommand));
cl::opt<std::string>
    PatchFile("patch",
              cl::desc("the same for a patch, a mail or a mailbox, applied or not ('-': standard "
                       "input)"),
              cl::value_desc("FILE"), cl::cat(Category), cl::sub(CheckCommand));
cl::opt<bool> AllUses("all-uses", cl::desc("uses that are no call argument too"), cl::cat(Category),
                      cl::sub(SitesCommand));
cl::opt<bool> DryRun("dry-run", cl::desc("print a unified diff instead of changing files"), cl::cat(Category),
                     cl::sub(FixCommand));
cl::opt<std::string> ExportFixes("export-fixes",
                                 cl::desc("write the YAML of clang-apply-replacements instead of "
                                          "changing files"),
                                 cl::value_desc("FILE"), cl::cat(Category), cl::sub(FixCommand));
cl::opt<bool> Unsafe("unsafe", cl::desc("fixes that change behaviour too"), cl::cat(Category),
                     cl::sub(FixCommand));

cl::opt<std::string>
    FormatPatch("format-patch",
                cl::desc("write patches to be mailed, one a subsystem, instead of changing files"),
                cl::value_desc("DIR"), cl::cat(Category), cl::sub(FixCommand));
cl::opt<ScopeStyle> Style(
    "scope-style", cl::desc("how scopes are written"), cl::init(ScopeStyle::Save),
    cl::values(clEnumValN(ScopeStyle::Save, "save", "memalloc_..._save() and _restore() (default)"),
               clEnumValN(ScopeStyle::Guard, "guard",
                          "a guard, where the tree has its class and the scope lasts to the end of a block")),
    cl::cat(Category), cl::sub(CheckCommand), cl::sub(FixCommand));

cl::opt<bool> QueryContext("context", cl::desc("the callers' callers too, with their scopes and locks"),
                           cl::cat(Category), cl::sub(QueryCommand));

void printVersion(llvm::raw_ostream &Out) { Out << "gfplint " << GFPLINT_VERSION << "\n"; }

std::optional<Options> mistake(const std::string &Text, int &Status) {
  llvm::errs() << "gfplint: " << Text << "\n";
  Status = 2;
  return std::nullopt;
}

bool isCommand(llvm::StringRef Word) {
  static constexpr llvm::StringLiteral Names[] = {"check",   "fix",     "sites", "rules",
                                                  "explain", "dump-ir", "query", "kbuild"};
  return std::find(std::begin(Names), std::end(Names), Word) != std::end(Names);
}

/// Parts the words behind `kbuild`: those of its own options go to `Words`, the others are sparse's and the
/// compiler's. Our options stand before the compile's own flags, as CHECK= and CF= put them there; what
/// begins like one of them and is none is a mistake that is returned.
std::string splitKbuildWords(llvm::ArrayRef<const char *> Behind, std::vector<const char *> &Words,
                             Options &O) {
  Words.push_back("kbuild");
  O.CompilerWords.emplace();
  bool OfKbuild = llvm::any_of(Behind, isKbuildMark);
  bool InFront = true;
  for (llvm::StringRef Word : Behind) {
    llvm::StringRef Name = Word.split('=').first;
    bool Long = Name.consume_front("--");
    bool IsHelp = Long && (Name == "help" || Name == "help-list");
    if (InFront && Long && (IsHelp || KbuildCommand.OptionsMap.count(Name) > 0)) {
      Words.push_back(Word.data());
      continue;
    }
    if (OfKbuild && O.CompilerWords->empty() && Long)
      return "kbuild has no option '" + Word.str() + "' (see gfplint kbuild --help)";
    InFront = InFront && !isKbuildMark(Word);
    O.CompilerWords->push_back(Word.str());
  }
  return "";
}

/// What is wrong with --format, -o and --output; empty where nothing is.
std::string chooseOutputs(Options &O) {
  const ReportFormat *One = formatNamed(Form);
  if (One == nullptr)
    return "--format: there is no form '" + Form + "'; there are " + formatNames();
  if (O.What == Command::Sites && Form != "text" && Form != "json")
    return "--format: sites are written as text or json, not as " + Form;
  for (llvm::StringRef Word : Outputs) {
    auto [Name, File] = Word.split(':');
    const ReportFormat *Asked = formatNamed(Name);
    if (Asked == nullptr || File.empty())
      return "--output: '" + Word.str() + "' is not FORM:FILE; forms are " + formatNames();
    O.Outputs.push_back({Asked, File.str(), "--output"});
  }
  // With --output alone nothing else is written.
  if (O.Outputs.empty() || Form.getNumOccurrences() > 0 || Output.getNumOccurrences() > 0)
    O.Outputs.insert(O.Outputs.begin(), {One, Output.empty() ? std::string("-") : std::string(Output), "-o"});
  for (size_t I = 0; I < O.Outputs.size(); ++I)
    for (size_t J = I + 1; J < O.Outputs.size(); ++J)
      if (O.Outputs[I].File == O.Outputs[J].File)
        return "two reports go to '" + O.Outputs[I].File + "'";
  return "";
}

} // namespace

std::optional<Options> parseOptions(int Argc, const char **Argv, int &Status) {
  Status = 0;
  Options O;
  std::vector<const char *> Words = {Argv[0]};
  int I = 1;
  bool Plain = Argc == 1 || llvm::StringRef(Argv[1]) == "--help" || llvm::StringRef(Argv[1]) == "--version";
  if (!Plain && !isCommand(Argv[1]))
    Words.push_back("check");
  if (Argc > 1 && llvm::StringRef(Argv[1]) == "kbuild") {
    if (std::string Wrong = splitKbuildWords(llvm::ArrayRef(Argv, Argc).drop_front(2), Words, O);
        !Wrong.empty())
      return mistake(Wrong, Status);
  } else {
    for (; I < Argc && llvm::StringRef(Argv[I]) != "--"; ++I)
      Words.push_back(Argv[I]);
    if (I < Argc)
      O.CompilerWords = std::vector<std::string>(Argv + I + 1, Argv + Argc);
  }
  if (Argc == 1)
    Words.push_back("--help");

  for (cl::SubCommand *Sub : {&CheckCommand, &FixCommand, &SitesCommand, &RulesCommand, &ExplainCommand,
                              &DumpCommand, &QueryCommand, &KbuildCommand})
    cl::HideUnrelatedOptions(Category, *Sub);
  cl::HideUnrelatedOptions(Category);
  cl::SetVersionPrinter(printVersion);
  std::string Errors;
  llvm::raw_string_ostream ErrorOut(Errors);
  if (!cl::ParseCommandLineOptions(static_cast<int>(Words.size()), Words.data(),
                                   "gfplint: misuse of GFP flags in the Linux kernel\n\n"
                                   "  gfplint check -p DB [PATH...]\n"
                                   "  gfplint check -- CFLAGS... FILE.c\n"
                                   "  make C=1 CHECK=\"gfplint kbuild [options]\"\n",
                                   &ErrorOut)) {
    std::string First = llvm::StringRef(ErrorOut.str()).ltrim().split('\n').first.str();
    // What a parser of values finds wrong LLVM has told already.
    if (First.empty()) {
      Status = 2;
      return std::nullopt;
    }
    size_t Colon = First.find(": ");
    return mistake((Colon == std::string::npos ? First : First.substr(Colon + 2)) + " (see gfplint --help)",
                   Status);
  }
  O.What = FixCommand       ? Command::Fix
           : SitesCommand   ? Command::Sites
           : RulesCommand   ? Command::Rules
           : ExplainCommand ? Command::Explain
           : DumpCommand    ? Command::Dump
           : QueryCommand   ? Command::Query
           : KbuildCommand  ? Command::Kbuild
                            : Command::Check;
  O.Database = Database;
  O.Paths.assign(Paths.begin(), Paths.end());
  if (O.What == Command::Explain)
    O.Paths.assign(RuleName.begin(), RuleName.end());
  if (O.What == Command::Query) {
    if (O.Paths.size() < 2 || O.Paths.front() != "callers")
      return mistake("query what? Write: gfplint query callers FUNCTION -p DB [PATH...]", Status);
    O.QueryFunction = O.Paths[1];
    O.QueryContext = QueryContext;
    O.Paths.erase(O.Paths.begin(), O.Paths.begin() + 2);
  }
  O.Rules = RuleList;
  O.Config = ConfigFile;
  O.Baseline = BaselineFile;
  O.WriteBaseline = WriteBaseline;
  for (const cl::opt<std::string> *Named : {&ConfigFile, &BaselineFile, &WriteBaseline})
    if (Named->getNumOccurrences() > 0 && Named->empty())
      return mistake("--" + Named->ArgStr.str() + ": which file?", Status);
  if (std::string Wrong = chooseOutputs(O); !Wrong.empty())
    return mistake(Wrong, Status);
  O.Jobs = Jobs != 0 ? Jobs : std::max(1U, std::thread::hardware_concurrency());
  O.UnitTimeout = std::chrono::seconds(UnitTimeout);
  O.UnitMemory = uint64_t(UnitMemory) << 20;
  O.CacheDir = CacheDir;
  O.NoCache = NoCache;
  O.UsePch = !NoPch;
  O.HeadersFor = HeadersFor;
  O.HeadersOnly = HeadersOnly;
  O.AllUnits = AllUnits;
  O.FailOn = FailOn;
  O.FailOnGiven = FailOn.getNumOccurrences() > 0;
  O.Models.assign(Models.begin(), Models.end());
  O.Show = Show;
  O.Quiet = Quiet;
  O.Verbose = Verbose;
  O.Stats = Stats;
  O.AllUses = AllUses;
  O.DiffRevision = DiffRevision;
  O.PatchFile = PatchFile;
  O.DryRun = DryRun;
  O.ExportFixes = ExportFixes;
  O.Unsafe = Unsafe;
  O.FormatPatch = FormatPatch;
  O.Style = Style;
  if (Version.getNumOccurrences() > 0) {
    O.Version = KernelVersion::parse(Version);
    if (!O.Version)
      return mistake("--kernel-version: '" + Version + "' is no version; write it as 6.12", Status);
  }
  bool Analyses = O.What != Command::Rules && O.What != Command::Explain;
  if (Analyses && O.Database.empty() && !O.CompilerWords)
    return mistake("which database? Give -p DB (a build directory or a compile_commands.json), "
                   "or -- CFLAGS... FILE.c",
                   Status);
  if (Analyses && !O.Database.empty() && O.CompilerWords)
    return mistake("-p DB and -- CFLAGS... exclude one another", Status);
  if (!O.FormatPatch.empty() && (O.DryRun || !O.ExportFixes.empty()))
    return mistake("--format-patch excludes --dry-run and --export-fixes", Status);
  for (const auto *Option : {&DiffRevision, &PatchFile})
    if (Option->getNumOccurrences() > 0 && Option->empty())
      return mistake("--" + Option->ArgStr.str() + " needs a value", Status);
  if (!O.DiffRevision.empty() && !O.PatchFile.empty())
    return mistake("--diff and --patch exclude one another", Status);
  if (!O.WriteBaseline.empty() && (!O.DiffRevision.empty() || !O.PatchFile.empty()))
    return mistake("--write-baseline lists all findings: --diff and --patch exclude it", Status);
  if (O.What == Command::Fix && Output.getNumOccurrences() > 0 && !O.DryRun)
    return mistake("-o is for what --dry-run prints", Status);
  if (O.What == Command::Rules && O.Database.empty() &&
      Database.getNumOccurrences() + Models.getNumOccurrences() + Version.getNumOccurrences() > 0)
    return mistake("of which tree? Give -p DB (a build directory or a compile_commands.json)", Status);
  if (O.HeadersOnly && (O.NoCache || !O.UsePch))
    return mistake("--headers-only keeps what it makes: --no-cache and --no-pch exclude it", Status);
  return O;
}

} // namespace gfplint
