// The keys of .gfplint.yaml and what their values may be, with the place of each mistake.
#include "triage/Config.h"
#include "triage/Words.h"

#include "Registry.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/YAMLParser.h"

#include <set>

namespace gfplint {
namespace {

namespace yaml = llvm::yaml;

class Reader {
public:
  Reader(llvm::StringRef Name, llvm::StringRef Text) : Name(Name) {
    Source.setDiagHandler(keepFirst, this);
    Stream.emplace(llvm::MemoryBufferRef(Text, Name), Source, /*ShowColors=*/false);
  }

  llvm::Expected<Config> read();

private:
  static void keepFirst(const llvm::SMDiagnostic &Diag, void *Context);
  /// Notes the first mistake; returns false, for whoever asks whether to go on.
  bool fail(yaml::Node *At, const llvm::Twine &What) {
    // Not an alias was meant, but a pattern. Such a node's own place is that of the next one.
    if (auto *Alias = llvm::dyn_cast<yaml::AliasNode>(At); Alias != nullptr && Error.empty()) {
      llvm::SMLoc Star = llvm::SMLoc::getFromPointer(Alias->getName().data() - 1);
      Stream->printError({Star, Star}, "what begins with '*' must be in quotes");
    }
    if (Error.empty())
      Stream->printError(At, What);
    return false;
  }
  [[nodiscard]] bool good() { return Error.empty() && !Stream->failed(); }

  bool scalar(yaml::Node *At, std::string &Out, const llvm::Twine &What);
  bool mapping(yaml::Node *At, const llvm::Twine &What,
               llvm::function_ref<bool(yaml::Node *Key, llvm::StringRef Word, yaml::Node *Value)> Each);
  /// A sequence, or one scalar in place of a sequence of one.
  bool list(yaml::Node *At, const llvm::Twine &What,
            llvm::function_ref<bool(yaml::Node *Item, const std::string &Word)> Each);
  bool unknownKey(yaml::Node *Key, llvm::StringRef Word, llvm::ArrayRef<llvm::StringRef> Known);
  bool rulePattern(yaml::Node *At, llvm::StringRef Word);
  bool patterns(yaml::Node *At, const llvm::Twine &What, std::vector<PathPattern> &Out);
  bool pattern(yaml::Node *At, const llvm::Twine &What, std::optional<PathPattern> &Out);

  bool document(yaml::Node *Root);
  bool rules(yaml::Node *Value);
  bool paths(yaml::Node *Value);
  bool severity(yaml::Node *Value);
  bool ignore(yaml::Node *Value);
  bool ignoreEntry(yaml::Node *Item);

  llvm::StringRef Name;
  llvm::SourceMgr Source;
  std::optional<yaml::Stream> Stream;
  std::string Error;
  Config Out;
};

void Reader::keepFirst(const llvm::SMDiagnostic &Diag, void *Context) {
  auto &R = *static_cast<Reader *>(Context);
  if (R.Error.empty() && Diag.getKind() == llvm::SourceMgr::DK_Error)
    R.Error = (R.Name + ":" + llvm::Twine(std::max(Diag.getLineNo(), 1)) + ":" +
               llvm::Twine(std::max(Diag.getColumnNo(), 0) + 1) + ": " + Diag.getMessage())
                  .str();
}

bool Reader::scalar(yaml::Node *At, std::string &Text, const llvm::Twine &What) {
  if (auto *Plain = llvm::dyn_cast_or_null<yaml::ScalarNode>(At)) {
    llvm::SmallString<64> Storage;
    Text = Plain->getValue(Storage).str();
    return good();
  }
  if (auto *Block = llvm::dyn_cast_or_null<yaml::BlockScalarNode>(At)) {
    Text = Block->getValue().trim().str();
    return good();
  }
  return At != nullptr && fail(At, What);
}

bool Reader::mapping(
    yaml::Node *At, const llvm::Twine &What,
    llvm::function_ref<bool(yaml::Node *Key, llvm::StringRef Word, yaml::Node *Value)> Each) {
  auto *Map = llvm::dyn_cast_or_null<yaml::MappingNode>(At);
  if (Map == nullptr)
    return At != nullptr && fail(At, What);
  std::set<std::string> Seen;
  for (yaml::KeyValueNode &Pair : *Map) {
    yaml::Node *Key = Pair.getKey();
    std::string Word;
    if (!scalar(Key, Word, "a key is one word"))
      return false;
    if (!Seen.insert(Word).second)
      return fail(Key, "'" + Word + "' is there twice");
    yaml::Node *Value = Pair.getValue();
    if (Value == nullptr || !Each(Key, Word, Value) || !good())
      return false;
  }
  return good();
}

bool Reader::list(yaml::Node *At, const llvm::Twine &What,
                  llvm::function_ref<bool(yaml::Node *Item, const std::string &Word)> Each) {
  std::string Word;
  if (llvm::isa_and_nonnull<yaml::ScalarNode>(At))
    return scalar(At, Word, What) && Each(At, Word);
  auto *Sequence = llvm::dyn_cast_or_null<yaml::SequenceNode>(At);
  if (Sequence == nullptr)
    return At != nullptr && fail(At, What);
  for (yaml::Node &Item : *Sequence)
    if (!scalar(&Item, Word, What) || !Each(&Item, Word))
      return false;
  return good();
}

bool Reader::unknownKey(yaml::Node *Key, llvm::StringRef Word, llvm::ArrayRef<llvm::StringRef> Known) {
  std::string Near = suggestion(Word, Known);
  std::string All;
  for (llvm::StringRef K : Known)
    All += (All.empty() ? "" : ", ") + K.str();
  return fail(Key, "unknown key '" + Word + "'" + (Near.empty() ? "; known here: " + All : Near));
}

bool Reader::rulePattern(yaml::Node *At, llvm::StringRef Word) {
  return anyRule(Word) || fail(At, noSuchRule(Word));
}

bool Reader::pattern(yaml::Node *At, const llvm::Twine &What, std::optional<PathPattern> &Made) {
  std::string Word;
  if (!scalar(At, Word, What))
    return false;
  llvm::Expected<PathPattern> P = PathPattern::create(Word);
  if (!P)
    return fail(At, llvm::toString(P.takeError()));
  Made = std::move(*P);
  return true;
}

bool Reader::patterns(yaml::Node *At, const llvm::Twine &What, std::vector<PathPattern> &All) {
  return list(At, What, [&](yaml::Node *Item, const std::string &Word) {
    llvm::Expected<PathPattern> P = PathPattern::create(Word);
    if (!P)
      return fail(Item, llvm::toString(P.takeError()));
    All.push_back(std::move(*P));
    return true;
  });
}

/// A list as --rules has it, or a mapping of rules to on and off.
bool Reader::rules(yaml::Node *Value) {
  auto Add = [&](llvm::StringRef Word) { Out.Rules += (Out.Rules.empty() ? "" : ",") + Word.str(); };
  if (llvm::isa<yaml::MappingNode>(Value))
    return mapping(Value, "", [&](yaml::Node *Key, llvm::StringRef Word, yaml::Node *Switch) {
      std::string Text;
      if (!rulePattern(Key, Word) || !scalar(Switch, Text, "'on' or 'off' is missing"))
        return false;
      std::optional<bool> On = yaml::parseBool(Text);
      if (!On)
        return fail(Switch, "'" + Text + "' is neither 'on' nor 'off'");
      Add((*On ? "" : "-") + Word.str());
      return true;
    });
  return list(Value, "rules is a list of ids, or a mapping of ids to 'on' or 'off'",
              [&](yaml::Node *Item, const std::string &Words) {
                llvm::SmallVector<llvm::StringRef, 4> Each;
                llvm::StringRef(Words).split(Each, ',', -1, /*KeepEmpty=*/false);
                for (llvm::StringRef Word : Each) {
                  llvm::StringRef Id = Word.trim();
                  Add(Id);
                  Id.consume_front("-");
                  if (!rulePattern(Item, Id))
                    return false;
                }
                return true;
              });
}

bool Reader::paths(yaml::Node *Value) {
  return mapping(Value, "paths has the keys check and exclude",
                 [&](yaml::Node *Key, llvm::StringRef Word, yaml::Node *List) {
                   if (Word == "check")
                     return patterns(List, "check is a list of files and folders", Out.Check);
                   if (Word == "exclude")
                     return patterns(List, "exclude is a list of files and folders", Out.Exclude);
                   return unknownKey(Key, Word, {"check", "exclude"});
                 });
}

bool Reader::severity(yaml::Node *Value) {
  return mapping(
      Value, "severity is a mapping of rules to note, warning, error or off",
      [&](yaml::Node *Key, llvm::StringRef Word, yaml::Node *Level) {
        std::string Text;
        if (!rulePattern(Key, Word) || !scalar(Level, Text, "note, warning, error or off is missing"))
          return false;
        std::optional<Severity> S = severityNamed(Text);
        if (!S && Text != "off")
          return fail(Level, "there is no severity '" + Text + "'; one of: note, warning, error, off");
        Out.Levels[Word.str()] = S;
        return true;
      });
}

bool Reader::ignoreEntry(yaml::Node *Item) {
  std::vector<std::string> Ids;
  std::optional<PathPattern> Path;
  std::optional<PathPattern> Function;
  std::string Reason;
  bool Done =
      mapping(Item, "an entry has the keys rules, path, function and reason",
              [&](yaml::Node *Key, llvm::StringRef Word, yaml::Node *Value) {
                if (Word == "rule" || Word == "rules")
                  return list(Value, "rules is a list of ids", [&](yaml::Node *At, const std::string &Id) {
                    Ids.push_back(Id);
                    return rulePattern(At, Id);
                  });
                if (Word == "path")
                  return pattern(Value, "path is a file or a folder", Path);
                if (Word == "function")
                  return pattern(Value, "function is the name of one", Function);
                if (Word == "reason")
                  return scalar(Value, Reason, "reason is a text");
                return unknownKey(Key, Word, {"rules", "path", "function", "reason"});
              });
  if (!Done)
    return false;
  if (Ids.empty())
    return fail(Item, "'rules' is missing: which findings are to be ignored?");
  if (!Path)
    return fail(Item, "'path' is missing: in which files?");
  if (llvm::StringRef(Reason).trim().empty())
    return fail(Item, "'reason' is missing: why is it right there?");
  unsigned Line = Source.getLineAndColumn(Item->getSourceRange().Start).first;
  Out.Ignores.push_back({std::move(Ids), std::move(*Path), std::move(Function), std::move(Reason), Line});
  return true;
}

bool Reader::ignore(yaml::Node *Value) {
  auto *Sequence = llvm::dyn_cast<yaml::SequenceNode>(Value);
  if (Sequence == nullptr)
    return fail(Value, "ignore is a list of entries with the keys rules, path, function and reason");
  for (yaml::Node &Item : *Sequence)
    if (!ignoreEntry(&Item))
      return false;
  return good();
}

bool Reader::document(yaml::Node *Root) {
  if (llvm::isa<yaml::NullNode>(Root))
    return true;
  return mapping(Root, "a configuration has the keys rules, paths, severity and ignore",
                 [&](yaml::Node *Key, llvm::StringRef Word, yaml::Node *Value) {
                   // A key without a value says nothing.
                   bool Empty = llvm::isa<yaml::NullNode>(Value);
                   if (Word == "rules")
                     return Empty || rules(Value);
                   if (Word == "paths")
                     return Empty || paths(Value);
                   if (Word == "severity")
                     return Empty || severity(Value);
                   if (Word == "ignore")
                     return Empty || ignore(Value);
                   return unknownKey(Key, Word, {"rules", "paths", "severity", "ignore"});
                 });
}

llvm::Expected<Config> Reader::read() {
  Out.File = Name.str();
  auto It = Stream->begin();
  if (It != Stream->end()) {
    yaml::Node *Root = It->getRoot();
    if (Root != nullptr && document(Root) && good()) {
      ++It;
      if (It != Stream->end() && It->getRoot() != nullptr)
        fail(It->getRoot(), "a file holds one YAML document");
    }
  }
  if (Error.empty() && Stream->failed())
    Error = (Name + ":1:1: this is no YAML").str();
  if (!Error.empty())
    return llvm::createStringError(llvm::inconvertibleErrorCode(), "%s", Error.c_str());
  return std::move(Out);
}

} // namespace

llvm::Expected<Config> parseConfig(llvm::StringRef Name, llvm::StringRef Text) {
  return Reader(Name, Text).read();
}

} // namespace gfplint
