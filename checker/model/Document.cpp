// The YAML of kernel knowledge: which keys there are and what their values may be.
#include "model/Document.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/YAMLTraits.h"

namespace gfplint {
namespace {

constexpr std::pair<const char *, AllocatorFamily> Families[] = {{"other", AllocatorFamily::Other},
                                                                 {"page", AllocatorFamily::Page},
                                                                 {"slab", AllocatorFamily::Slab},
                                                                 {"vmalloc", AllocatorFamily::VMalloc},
                                                                 {"kvmalloc", AllocatorFamily::KVMalloc},
                                                                 {"percpu", AllocatorFamily::Percpu},
                                                                 {"mempool", AllocatorFamily::Mempool},
                                                                 {"bio", AllocatorFamily::Bio},
                                                                 {"skb", AllocatorFamily::Skb}};

/// In the order of NameList.
constexpr const char *NameListKeys[] = {"error-tests",  "no-allocation", "context-tests", "same-lock",
                                        "leaves-locks", "failures",      "sleeps",        "held-tests",
                                        "held-asserts", "doc-atomic",    "doc-sleeps",    "doc-unclear"};
static_assert(std::size(NameListKeys) == NameListCount);

constexpr std::pair<const char *, ScopeKind> ScopeKinds[] = {{"nofs", ScopeKind::NoFs},
                                                             {"noio", ScopeKind::NoIo},
                                                             {"nowait", ScopeKind::NoWait},
                                                             {"noreclaim", ScopeKind::NoReclaim},
                                                             {"pin", ScopeKind::Pin}};

constexpr std::pair<const char *, Restriction> Restrictions[] = {
    {"GFP_NOFS", Restriction::NoFs}, {"GFP_NOIO", Restriction::NoIo}, {"GFP_NOWAIT", Restriction::NoWait}};

constexpr std::pair<const char *, FactKind> FactKinds[] = {
    {"vmalloc-honours", FactKind::VmallocHonours},
    {"kvmalloc-falls-back", FactKind::KvmallocFallsBack},
    {"token-holds-new-bits", FactKind::TokenHoldsNewBits}};

/// Finds `Text` in a table; else gives an error that lists what could stand there. The text of an
/// error must outlive the reading: yaml::Input takes a StringRef.
template <typename T, size_t N>
std::string lookUp(const std::pair<const char *, T> (&Table)[N], llvm::StringRef Text, T &Value,
                   llvm::StringRef What) {
  std::string Known;
  for (const auto &[Name, Entry] : Table) {
    if (Text == Name) {
      Value = Entry;
      return {};
    }
    Known += (Known.empty() ? "" : ", ") + std::string(Name);
  }
  return ("unknown " + What + " '" + Text + "'; one of: " + Known).str();
}

/// Keeps the text of the last error of a scalar alive for yaml::Input.
llvm::StringRef kept(std::string Text) {
  static thread_local std::string Last;
  Last = std::move(Text);
  return Last;
}

} // namespace

} // namespace gfplint

using namespace gfplint;

LLVM_YAML_IS_SEQUENCE_VECTOR(gfplint::Requirement)
LLVM_YAML_IS_SEQUENCE_VECTOR(gfplint::Evidence)
LLVM_YAML_IS_SEQUENCE_VECTOR(gfplint::AllocatorGroup)
LLVM_YAML_IS_SEQUENCE_VECTOR(gfplint::ScopeGroup)
LLVM_YAML_IS_SEQUENCE_VECTOR(gfplint::TaskFlag)
LLVM_YAML_IS_SEQUENCE_VECTOR(gfplint::LockGroup)
LLVM_YAML_IS_SEQUENCE_VECTOR(gfplint::Fact)
LLVM_YAML_IS_SEQUENCE_VECTOR(gfplint::MaskTest)
LLVM_YAML_IS_SEQUENCE_VECTOR(gfplint::ArgumentFact)
LLVM_YAML_IS_SEQUENCE_VECTOR(gfplint::NameFact)
LLVM_YAML_IS_SEQUENCE_VECTOR(gfplint::AlsoEnds)
LLVM_YAML_IS_SEQUENCE_VECTOR(gfplint::AtomicEntryGroup)
LLVM_YAML_IS_FLOW_SEQUENCE_VECTOR(gfplint::Flag)

namespace llvm::yaml {

template <typename T> struct PlainScalar {
  static QuotingType mustQuote(StringRef) { return QuotingType::None; }
};

template <> struct ScalarTraits<AllocatorFamily> : PlainScalar<AllocatorFamily> {
  static void output(const AllocatorFamily &, void *, raw_ostream &) {}
  static StringRef input(StringRef Text, void *, AllocatorFamily &Value) {
    return kept(lookUp(Families, Text, Value, "family"));
  }
};

template <> struct ScalarTraits<ScopeKind> : PlainScalar<ScopeKind> {
  static void output(const ScopeKind &, void *, raw_ostream &) {}
  static StringRef input(StringRef Text, void *, ScopeKind &Value) {
    return kept(lookUp(ScopeKinds, Text, Value, "scope"));
  }
};

template <> struct ScalarTraits<Restriction> : PlainScalar<Restriction> {
  static void output(const Restriction &, void *, raw_ostream &) {}
  static StringRef input(StringRef Text, void *, Restriction &Value) {
    return kept(lookUp(Restrictions, Text, Value, "mask"));
  }
};

template <> struct ScalarTraits<FactKind> : PlainScalar<FactKind> {
  static void output(const FactKind &, void *, raw_ostream &) {}
  static StringRef input(StringRef Text, void *, FactKind &Value) {
    return kept(lookUp(FactKinds, Text, Value, "fact"));
  }
};

template <> struct ScalarTraits<Flag> : PlainScalar<Flag> {
  static void output(const Flag &, void *, raw_ostream &) {}
  static StringRef input(StringRef Text, void *, Flag &Value) {
    std::optional<Flag> F = flagNamed(Text);
    Value = F.value_or(Flag::Other);
    return F ? StringRef() : kept(("unknown flag '" + Text + "'").str());
  }
};

template <> struct ScalarTraits<KernelVersion> : PlainScalar<KernelVersion> {
  static void output(const KernelVersion &, void *, raw_ostream &) {}
  static StringRef input(StringRef Text, void *, KernelVersion &Value) {
    std::optional<KernelVersion> V = KernelVersion::parse(Text);
    Value = V.value_or(KernelVersion());
    return V ? StringRef() : kept(("'" + Text + "' is no kernel version like 6.12 or 6.12.117").str());
  }
};

template <> struct ScalarTraits<Requirement> : PlainScalar<Requirement> {
  static void output(const Requirement &, void *, raw_ostream &) {}
  static StringRef input(StringRef Text, void *, Requirement &Value) {
    auto [Before, After] = Text.split(':');
    bool HasFile = Text.contains(':');
    Value = HasFile ? Requirement{Before.str(), After.str()} : Requirement{"", Before.str()};
    bool Bad = Value.Symbol.empty() || (HasFile && Value.File.empty());
    return Bad ? "expected SYMBOL or FILE:SYMBOL" : StringRef();
  }
};

template <> struct MappingTraits<Evidence> {
  static void mapping(IO &Io, Evidence &E) {
    Io.mapRequired("file", E.File);
    Io.mapOptional("function", E.Function);
    Io.mapRequired("has", E.Word);
  }
};

namespace {

/// The keys of Gate, which stand beside an entry's own, and `source`, which is for readers.
void mapGate(IO &Io, Gate &G) {
  std::optional<std::string> Source;
  Io.mapOptional("requires", G.Requires);
  Io.mapOptional("shows", G.Shows);
  Io.mapOptional("lacks", G.Lacks);
  Io.mapOptional("since", G.Since);
  Io.mapOptional("until", G.Until);
  Io.mapOptional("otherwise", G.Otherwise);
  Io.mapOptional("source", Source);
}

std::string checkGate(const Gate &G) {
  if (G.Since && G.Until && *G.Since >= *G.Until)
    return "'until' must be later than 'since'";
  return {};
}

} // namespace

template <> struct MappingTraits<AllocatorGroup> {
  static void mapping(IO &Io, AllocatorGroup &A) {
    Io.mapRequired("family", A.Family);
    Io.mapOptional("mask", A.Mask);
    Io.mapOptional("fixed", A.Fixed);
    Io.mapOptional("sleeps-by-raw-mask", A.SleepsByRawMask);
    Io.mapOptional("atomic-safe", A.AtomicSafe);
    Io.mapRequired("names", A.Names);
    mapGate(Io, A.When);
  }
  static std::string validate(IO &, AllocatorGroup &A) {
    if (A.Mask && A.Fixed)
      return "an entry has either 'mask' or 'fixed'";
    return checkGate(A.When);
  }
};

template <> struct MappingTraits<ScopeGroup> {
  static void mapping(IO &Io, ScopeGroup &S) {
    Io.mapOptional("scope", S.Kind);
    Io.mapOptional("flag", S.Flag);
    Io.mapOptional("token", S.Token);
    Io.mapOptional("save", S.Save);
    Io.mapOptional("restore", S.Restore);
    Io.mapOptional("header", S.Header);
    Io.mapOptional("guard", S.Guard);
    mapGate(Io, S.When);
  }
  static std::string validate(IO &, ScopeGroup &S) {
    if (S.Kind.has_value() == S.Flag.has_value())
      return "an entry has either 'scope' or 'flag' (the argument that names the task flag)";
    if (!S.Restore.empty() && !S.Token)
      return "'restore' needs 'token' (the argument that holds the token)";
    return checkGate(S.When);
  }
};

template <> struct MappingTraits<TaskFlag> {
  static void mapping(IO &Io, TaskFlag &T) {
    Io.mapRequired("flag", T.Name);
    Io.mapRequired("scope", T.Kind);
    mapGate(Io, T.When);
  }
  static std::string validate(IO &, TaskFlag &T) { return checkGate(T.When); }
};

template <> struct MappingTraits<LockGroup> {
  static void mapping(IO &Io, LockGroup &L) {
    Io.mapRequired("kind", L.Kind);
    Io.mapOptional("lock", L.Lock);
    Io.mapOptional("reclaim", L.Reclaim);
    Io.mapOptional("atomic", L.Atomic);
    Io.mapOptional("take", L.Take);
    Io.mapOptional("take-if-zero", L.TakeIfZero);
    Io.mapOptional("take-if-nonzero", L.TakeIfNonzero);
    Io.mapOptional("take-result", L.TakeResult);
    Io.mapOptional("opens", L.Opens);
    Io.mapOptional("release", L.Release);
    Io.mapOptional("maps", L.Maps);
    mapGate(Io, L.When);
  }
  static std::string validate(IO &, LockGroup &L) { return checkGate(L.When); }
};

template <> struct MappingTraits<Fact> {
  static void mapping(IO &Io, Fact &F) {
    Io.mapRequired("fact", F.Kind);
    Io.mapOptional("mask", F.Mask);
    mapGate(Io, F.When);
  }
  static std::string validate(IO &, Fact &F) {
    bool NeedsMask = F.Kind != FactKind::TokenHoldsNewBits;
    if (NeedsMask != F.Mask.has_value())
      return NeedsMask ? "this fact needs 'mask'" : "this fact takes no 'mask'";
    return checkGate(F.When);
  }
};

template <> struct MappingTraits<MaskTest> {
  static void mapping(IO &Io, MaskTest &T) {
    std::vector<Flag> Flags;
    Io.mapRequired("names", T.Names);
    Io.mapRequired("flags", Flags);
    for (Flag F : Flags)
      T.Flags = T.Flags | gfplint::Mask{F};
    mapGate(Io, T.When);
  }
  static std::string validate(IO &, MaskTest &T) { return checkGate(T.When); }
};

template <> struct MappingTraits<ArgumentFact> {
  static void mapping(IO &Io, ArgumentFact &A) {
    Io.mapRequired("names", A.Names);
    Io.mapRequired("argument", A.Argument);
    mapGate(Io, A.When);
  }
  static std::string validate(IO &, ArgumentFact &A) { return checkGate(A.When); }
};

template <> struct MappingTraits<AlsoEnds> {
  static void mapping(IO &Io, AlsoEnds &A) {
    Io.mapRequired("names", A.Names);
    Io.mapRequired("kind", A.Kind);
    mapGate(Io, A.When);
  }
  static std::string validate(IO &, AlsoEnds &A) { return checkGate(A.When); }
};

template <> struct MappingTraits<NameFact> {
  static void mapping(IO &Io, NameFact &N) {
    Io.mapRequired("names", N.Names);
    mapGate(Io, N.When);
  }
  static std::string validate(IO &, NameFact &N) { return checkGate(N.When); }
};

template <> struct MappingTraits<AtomicEntryGroup> {
  static void mapping(IO &Io, AtomicEntryGroup &A) {
    Io.mapRequired("context", A.Context);
    Io.mapOptional("unless", A.Unless);
    Io.mapOptional("names", A.Names);
    Io.mapOptional("argument", A.Argument);
    Io.mapOptional("fields", A.Fields);
    mapGate(Io, A.When);
  }
  static std::string validate(IO &, AtomicEntryGroup &A) {
    if (A.Names.empty() == A.Argument.has_value())
      return "'names' and 'argument' (which argument is called) go together";
    for (const std::string &Field : A.Fields)
      if (llvm::StringRef(Field).count('.') != 1)
        return "'" + Field + "' is no field like timer_list.function";
    return checkGate(A.When);
  }
};

template <> struct MappingTraits<gfplint::Document> {
  static void mapping(IO &Io, gfplint::Document &D) {
    Io.mapOptional("suffixes", D.Suffixes);
    Io.mapOptional("allocators", D.Allocators);
    Io.mapOptional("scopes", D.Scopes);
    Io.mapOptional("task-flags", D.TaskFlags);
    Io.mapOptional("locks", D.Locks);
    Io.mapOptional("facts", D.Facts);
    Io.mapOptional("mask-tests", D.MaskTests);
    Io.mapOptional("threads", D.Threads);
    Io.mapOptional("flag-restores", D.FlagRestores);
    for (size_t I = 0; I < gfplint::NameListCount; ++I)
      Io.mapOptional(gfplint::NameListKeys[I], D.Names[I]);
    Io.mapOptional("also-ends", D.Ends);
    Io.mapOptional("atomic-entries", D.AtomicEntries);
  }
};

} // namespace llvm::yaml

namespace gfplint {
namespace {

/// The first error of one source.
struct ErrorSink {
  llvm::StringRef File;
  std::string Text;
};

void keepFirst(const llvm::SMDiagnostic &Diag, void *Context) {
  auto &Sink = *static_cast<ErrorSink *>(Context);
  if (!Sink.Text.empty() || Diag.getKind() != llvm::SourceMgr::DK_Error)
    return;
  Sink.Text = (Sink.File + ":" + llvm::Twine(std::max(Diag.getLineNo(), 1)) + ":" +
               llvm::Twine(std::max(Diag.getColumnNo(), 0) + 1) + ": " + Diag.getMessage())
                  .str();
}

} // namespace

llvm::Expected<Document> parseDocument(const ModelSource &Source) {
  ErrorSink Sink{Source.Name, {}};
  Document Result;
  llvm::yaml::Input In(Source.Text, nullptr, keepFirst, &Sink);
  // As `In >> Result`, which does not tell whether there was a document: in an empty file yaml::Input
  // must not be asked for the next one.
  bool HasDocument = In.setCurrentDocument();
  llvm::yaml::EmptyContext Context;
  if (HasDocument)
    llvm::yaml::yamlize(In, Result, true, Context);
  if (HasDocument && !In.error() && Sink.Text.empty() && In.nextDocument())
    Sink.Text = Source.Name + ":1:1: a file holds one YAML document";
  if (In.error() && Sink.Text.empty())
    Sink.Text = Source.Name + ":1:1: " + In.error().message();
  if (!Sink.Text.empty())
    return llvm::createStringError(llvm::inconvertibleErrorCode(), Sink.Text.c_str());
  return Result;
}

} // namespace gfplint
