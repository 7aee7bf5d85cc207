// rules/compiler/flags.yaml, read and asked.
#include "compile_db/FlagRules.h"

#include "model/EmbeddedFile.h"

#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/YAMLTraits.h"

#include <algorithm>

namespace gfplint {
namespace {

/// A group of flags that share their fate and the reason for it.
struct Group {
  std::string Reason;
  std::vector<std::string> Exact;
  std::vector<std::string> Prefix;
  std::vector<std::string> WithSeparateArgument;
};

struct Target {
  std::string Arch;
  std::string Triple;
};

/// The whole file.
struct FlagFile {
  std::vector<Group> Drop;
  std::vector<Group> Keep;
  std::vector<Group> DropBehindXclang;
  std::vector<Group> DropOfSparse;
  std::vector<std::string> Launchers;
  std::vector<Target> Targets;
  std::vector<std::string> EvenOut;
};

} // namespace

extern const llvm::ArrayRef<EmbeddedFile> CompilerYaml; // generated

} // namespace gfplint

LLVM_YAML_IS_SEQUENCE_VECTOR(gfplint::Group)
LLVM_YAML_IS_SEQUENCE_VECTOR(gfplint::Target)

namespace llvm::yaml {

template <> struct MappingTraits<gfplint::Group> {
  static void mapping(IO &Io, gfplint::Group &G) {
    Io.mapRequired("reason", G.Reason);
    Io.mapOptional("exact", G.Exact);
    Io.mapOptional("prefix", G.Prefix);
    Io.mapOptional("with_separate_argument", G.WithSeparateArgument);
  }
  static std::string validate(IO &, gfplint::Group &G) {
    for (const auto *Words : {&G.Exact, &G.Prefix, &G.WithSeparateArgument})
      for (const std::string &Word : *Words)
        if (Word.size() < 2 || Word.front() != '-')
          return "a flag begins with '-' and has a name: '" + Word + "'";
    return {};
  }
};

template <> struct MappingTraits<gfplint::Target> {
  static void mapping(IO &Io, gfplint::Target &T) {
    Io.mapRequired("arch", T.Arch);
    Io.mapRequired("target", T.Triple);
  }
};

template <> struct MappingTraits<gfplint::FlagFile> {
  static void mapping(IO &Io, gfplint::FlagFile &F) {
    Io.mapRequired("drop", F.Drop);
    Io.mapOptional("keep", F.Keep);
    Io.mapOptional("drop_behind_xclang", F.DropBehindXclang);
    Io.mapOptional("drop_of_sparse", F.DropOfSparse);
    Io.mapOptional("launchers", F.Launchers);
    Io.mapOptional("targets", F.Targets);
    Io.mapOptional("even_out", F.EvenOut);
  }
};

} // namespace llvm::yaml

namespace gfplint {
namespace {

/// The first error of the file.
struct ErrorSink {
  llvm::StringRef Name;
  std::string Text;
};

void keepFirst(const llvm::SMDiagnostic &Diag, void *Context) {
  auto &Sink = *static_cast<ErrorSink *>(Context);
  if (!Sink.Text.empty() || Diag.getKind() != llvm::SourceMgr::DK_Error)
    return;
  Sink.Text = (Sink.Name + ":" + llvm::Twine(std::max(Diag.getLineNo(), 1)) + ":" +
               llvm::Twine(std::max(Diag.getColumnNo(), 0) + 1) + ": " + Diag.getMessage())
                  .str();
}

void fill(WordTable &Table, const std::vector<Group> &Groups, bool Drop) {
  for (const Group &G : Groups) {
    for (const std::string &Word : G.Exact)
      Table.addWhole(Word, {Drop, false});
    for (const std::string &Word : G.WithSeparateArgument)
      Table.addWhole(Word, {Drop, true});
    for (const std::string &Word : G.Prefix)
      Table.addPrefix(Word, {Drop, false});
  }
}

unsigned char bucketOf(llvm::StringRef Word) {
  return Word.size() < 2 ? 0 : static_cast<unsigned char>(Word[1]);
}

} // namespace

void WordTable::addWhole(llvm::StringRef Word, FlagDecision Decision) { Whole[Word] = Decision; }

void WordTable::addPrefix(llvm::StringRef Text, FlagDecision Decision) {
  std::vector<Prefix> &Bucket = Prefixes[bucketOf(Text)];
  auto IsShorter = [&](const Prefix &P) { return P.Text.size() < Text.size(); };
  Bucket.insert(std::find_if(Bucket.begin(), Bucket.end(), IsShorter), Prefix{Text.str(), Decision});
}

FlagDecision WordTable::decide(llvm::StringRef Word) const {
  if (auto It = Whole.find(Word); It != Whole.end())
    return It->second;
  for (const Prefix &P : Prefixes[bucketOf(Word)])
    if (Word.starts_with(P.Text))
      return P.Decision;
  return {};
}

llvm::Expected<FlagRules> parseFlagRules(llvm::StringRef Text, llvm::StringRef Name) {
  ErrorSink Sink{Name, {}};
  FlagFile File;
  llvm::yaml::Input In(Text, nullptr, keepFirst, &Sink);
  In >> File;
  if (In.error() && Sink.Text.empty())
    Sink.Text = (Name + ":1:1: " + In.error().message()).str();
  if (!Sink.Text.empty())
    return llvm::createStringError(llvm::inconvertibleErrorCode(), Sink.Text);

  FlagRules Rules;
  fill(Rules.Words, File.Drop, /*Drop=*/true);
  fill(Rules.Words, File.Keep, /*Drop=*/false);
  fill(Rules.BehindXclang, File.DropBehindXclang, /*Drop=*/true);
  fill(Rules.OfSparse, File.DropOfSparse, /*Drop=*/true);
  for (const std::string &Launcher : File.Launchers)
    Rules.Launchers[Launcher] = true;
  for (const Target &T : File.Targets)
    Rules.Targets[T.Arch] = T.Triple;
  for (const std::string &Macro : File.EvenOut)
    Rules.EvenOut[Macro] = true;
  return Rules;
}

const FlagRules &builtinFlagRules() {
  static const FlagRules Rules = [] {
    llvm::Expected<FlagRules> Parsed = parseFlagRules(CompilerYaml.front().Text, "rules/compiler/flags.yaml");
    if (!Parsed)
      llvm::report_fatal_error(Parsed.takeError()); // A build that the tests do not let pass.
    return std::move(*Parsed);
  }();
  return Rules;
}

} // namespace gfplint
