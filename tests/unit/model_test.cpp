// The model: its YAML, its gates in their order of trust, and what the built-in data says of kernels.
#include "model/Loader.h"
#include "model/SourceText.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

#include <gtest/gtest.h>

using namespace gfplint;

namespace {

KernelVersion version(llvm::StringRef Text) { return KernelVersion::parse(Text).value(); }

TreeView atVersion(llvm::StringRef Text, bool Forced = false) {
  TreeView View;
  View.Version = version(Text);
  View.VersionForced = Forced;
  return View;
}

/// The error of reading one source, without the line end.
std::string errorOf(llvm::StringRef Yaml) {
  llvm::Expected<Model> M = loadModel({ModelSource{"m.yaml", Yaml.str()}}, TreeView());
  return M ? "" : llvm::toString(M.takeError());
}

Model modelOf(llvm::StringRef Yaml, const TreeView &Tree = {}) {
  llvm::Expected<Model> M = loadModel({ModelSource{"m.yaml", Yaml.str()}}, Tree);
  if (!M) {
    ADD_FAILURE() << llvm::toString(M.takeError());
    return {};
  }
  return std::move(*M);
}

Model builtin(const TreeView &Tree) {
  llvm::Expected<Model> M = loadModel(builtinModelSources(), Tree);
  if (!M) {
    ADD_FAILURE() << llvm::toString(M.takeError());
    return {};
  }
  return std::move(*M);
}

const Decision *decision(const Model &M, llvm::StringRef Subject) {
  for (const Decision &D : M.decisions())
    if (D.Subject == Subject)
      return &D;
  return nullptr;
}

std::string whyOf(const Model &M, llvm::StringRef Subject) {
  const Decision *D = decision(M, Subject);
  return D != nullptr ? D->Why : "(no such decision)";
}

/// A source tree in a temporary folder, removed at the end.
class TempTree {
public:
  TempTree() {
    llvm::SmallString<128> Path;
    EXPECT_FALSE(llvm::sys::fs::createUniqueDirectory("gfplint-model", Path));
    Root = Path.str().str();
  }
  ~TempTree() { llvm::sys::fs::remove_directories(Root); }
  TempTree(const TempTree &) = delete;
  TempTree &operator=(const TempTree &) = delete;

  void write(llvm::StringRef File, llvm::StringRef Text) {
    llvm::SmallString<128> Path(Root);
    llvm::sys::path::append(Path, File);
    EXPECT_FALSE(llvm::sys::fs::create_directories(llvm::sys::path::parent_path(Path)));
    std::error_code Error;
    llvm::raw_fd_ostream Out(Path, Error);
    EXPECT_FALSE(Error);
    Out << Text;
  }

  std::string Root;
};

constexpr const char *OneFact = R"(
facts:
  - fact: vmalloc-honours
    mask: GFP_NOIO
    shows: [{file: mm/vmalloc.c, function: area, has: memalloc_noio_save}]
    since: '5.17'
)";
constexpr const char *OneFactSubject = "vmalloc honours GFP_NOIO";

TreeView showing(std::optional<bool> Answer) {
  TreeView View;
  View.Shows = [Answer](llvm::StringRef, llvm::StringRef, llvm::StringRef) { return Answer; };
  return View;
}

bool honoursNoIo(const TreeView &Tree) {
  return modelOf(OneFact, Tree).honours(AllocatorFamily::VMalloc, Restriction::NoIo);
}

// ---- errors of the data ----

TEST(ModelErrors, UnknownKey) {
  EXPECT_EQ(errorOf("allocators:\n  - family: slab\n    maks: 1\n    names: [f]\n"),
            "m.yaml:3:5: unknown key 'maks'");
}

TEST(ModelErrors, UnknownSection) {
  EXPECT_EQ(errorOf("allocator: []\n"), "m.yaml:1:1: unknown key 'allocator'");
}

TEST(ModelErrors, WrongType) {
  EXPECT_EQ(errorOf("allocators:\n  - {family: slab, mask: first, names: [f]}\n"),
            "m.yaml:2:26: invalid number");
  EXPECT_EQ(errorOf("allocators:\n  - {family: slab, names: f}\n"), "m.yaml:2:27: not a sequence");
}

TEST(ModelErrors, BadFamilyListsTheFamilies) {
  EXPECT_EQ(
      errorOf("allocators:\n  - {family: slap, mask: 1, names: [f]}\n"),
      "m.yaml:2:14: unknown family 'slap'; one of: other, page, slab, vmalloc, kvmalloc, percpu, mempool, "
      "bio, skb");
}

TEST(ModelErrors, MissingKey) {
  EXPECT_EQ(errorOf("allocators:\n  - {family: slab, mask: 1}\n"),
            "m.yaml:2:6: missing required key 'names'");
}

TEST(ModelErrors, BadValues) {
  EXPECT_EQ(errorOf("task-flags:\n  - {flag: PF_X, scope: noxx}\n"),
            "m.yaml:2:25: unknown scope 'noxx'; one of: nofs, noio, nowait, noreclaim, pin");
  EXPECT_EQ(errorOf("mask-tests:\n  - {names: [f], flags: [__GFP_NONE]}\n"),
            "m.yaml:2:26: unknown flag '__GFP_NONE'");
  EXPECT_EQ(errorOf("facts:\n  - {fact: token-holds-new-bits, since: six}\n"),
            "m.yaml:2:41: 'six' is no kernel version like 6.12 or 6.12.117");
  EXPECT_EQ(errorOf("facts:\n  - {fact: vmalloc-likes, mask: GFP_NOFS}\n"),
            "m.yaml:2:12: unknown fact 'vmalloc-likes'; one of: vmalloc-honours, kvmalloc-falls-back, "
            "token-holds-new-bits");
  EXPECT_EQ(errorOf("facts:\n  - {fact: vmalloc-honours, mask: GFP_NOSE}\n"),
            "m.yaml:2:35: unknown mask 'GFP_NOSE'; one of: GFP_NOFS, GFP_NOIO, GFP_NOWAIT");
  EXPECT_EQ(errorOf("facts:\n  - {fact: token-holds-new-bits, requires: ['a:']}\n"),
            "m.yaml:2:45: expected SYMBOL or FILE:SYMBOL");
}

TEST(ModelErrors, KeysThatContradict) {
  EXPECT_EQ(errorOf("facts:\n  - {fact: vmalloc-honours}\n"), "m.yaml:2:6: this fact needs 'mask'");
  EXPECT_EQ(errorOf("facts:\n  - {fact: token-holds-new-bits, mask: GFP_NOFS}\n"),
            "m.yaml:2:6: this fact takes no 'mask'");
  EXPECT_EQ(errorOf("scopes:\n  - {scope: nofs, restore: [r]}\n"),
            "m.yaml:2:6: 'restore' needs 'token' (the argument that holds the token)");
  EXPECT_EQ(errorOf("scopes:\n  - {scope: nofs, flag: 0, save: [s]}\n"),
            "m.yaml:2:6: an entry has either 'scope' or 'flag' (the argument that names the task flag)");
  EXPECT_EQ(errorOf("allocators:\n  - {family: skb, mask: 0, fixed: GFP_NOWAIT, names: [f]}\n"),
            "m.yaml:2:6: an entry has either 'mask' or 'fixed'");
  EXPECT_EQ(errorOf("mask-tests:\n  - {names: [f], flags: [], since: '6.9', until: '6.9'}\n"),
            "m.yaml:2:6: 'until' must be later than 'since'");
  EXPECT_EQ(errorOf("atomic-entries:\n  - {context: a timer, names: [t]}\n"),
            "m.yaml:2:6: 'names' and 'argument' (which argument is called) go together");
  EXPECT_EQ(errorOf("atomic-entries:\n  - {context: a timer, fields: [timer]}\n"),
            "m.yaml:2:6: 'timer' is no field like timer_list.function");
}

TEST(ModelErrors, NoYamlAtAll) {
  std::string Error = errorOf("allocators:\n  - {family: slab\n");
  EXPECT_EQ(Error.rfind("m.yaml:", 0), 0U) << Error;
  EXPECT_EQ(Error.find('\n'), std::string::npos);
}

TEST(ModelErrors, SecondDocument) {
  EXPECT_EQ(errorOf("suffixes: [_a]\n---\nsuffixes: [_b]\n"), "m.yaml:1:1: a file holds one YAML document");
}

TEST(ModelErrors, NameOfTheSecondSource) {
  ModelSource Sources[] = {{"good.yaml", "suffixes: [_noprof]\n"}, {"bad.yaml", "\nfacts: 3\n"}};
  llvm::Expected<Model> M = loadModel(Sources, TreeView());
  ASSERT_FALSE(M);
  EXPECT_EQ(llvm::toString(M.takeError()), "bad.yaml:2:8: not a sequence");
}

TEST(ModelErrors, EmptyFilesAreFine) {
  EXPECT_EQ(errorOf(""), "");
  EXPECT_EQ(errorOf("# nothing yet\n"), "");
}

// ---- lookups ----

TEST(ModelLookup, SuffixMeansTheSameFunction) {
  Model M = modelOf("suffixes: [_noprof]\nallocators:\n  - {family: slab, mask: 1, names: [kmalloc]}\n");
  ASSERT_NE(M.allocator("kmalloc_noprof"), nullptr);
  EXPECT_EQ(M.allocator("kmalloc_noprof"), M.allocator("kmalloc"));
  EXPECT_EQ(M.allocator("_noprof"), nullptr);
  EXPECT_EQ(M.allocator("kmalloc_noproof"), nullptr);
}

TEST(ModelLookup, ExactNameWinsOverSuffix) {
  Model M = modelOf("suffixes: [_noprof]\nallocators:\n  - {family: slab, mask: 1, names: [f]}\n"
                    "  - {family: slab, mask: 3, names: [f_noprof]}\n");
  EXPECT_EQ(M.allocator("f_noprof")->MaskArg, 3U);
  EXPECT_EQ(M.allocator("f")->MaskArg, 1U);
}

TEST(ModelLookup, NoSuffixWithoutTheSection) {
  Model M = modelOf("allocators:\n  - {family: slab, mask: 1, names: [f]}\n");
  EXPECT_EQ(M.allocator("f_noprof"), nullptr);
}

TEST(ModelLookup, FieldsOfAnAllocator) {
  Model M = modelOf("allocators:\n  - {family: mempool, mask: 1, sleeps-by-raw-mask: true, names: [a, b]}\n"
                    "  - {family: skb, fixed: GFP_NOWAIT, names: [c]}\n");
  for (const char *Name : {"a", "b"}) {
    const Allocator *A = M.allocator(Name);
    ASSERT_NE(A, nullptr);
    EXPECT_EQ(A->Name, Name);
    EXPECT_EQ(A->Family, AllocatorFamily::Mempool);
    EXPECT_EQ(A->MaskArg, 1U);
    EXPECT_TRUE(A->SleepsByRawMask);
  }
  EXPECT_FALSE(M.allocator("c")->MaskArg);
  EXPECT_EQ(M.allocator("c")->Fixed, Restriction::NoWait);
  EXPECT_FALSE(M.allocator("c")->SleepsByRawMask);
}

TEST(ModelLookup, LaterSourceReplaces) {
  ModelSource Sources[] = {{"a.yaml", "allocators:\n  - {family: slab, mask: 1, names: [f, g]}\n"
                                      "mask-tests:\n  - {names: [t], flags: [__GFP_IO]}\n" +
                                          std::string(OneFact).substr(1)},
                           {"b.yaml",
                            "allocators:\n  - {family: vmalloc, mask: 2, names: [f]}\n"
                            "mask-tests:\n  - {names: [t], flags: [__GFP_FS]}\n"
                            "facts:\n  - {fact: vmalloc-honours, mask: GFP_NOIO, otherwise: false}\n"}};
  llvm::Expected<Model> M = loadModel(Sources, TreeView());
  ASSERT_TRUE(bool(M)) << llvm::toString(M.takeError());
  EXPECT_EQ(M->allocator("f")->MaskArg, 2U);
  EXPECT_EQ(M->allocator("f")->Family, AllocatorFamily::VMalloc);
  EXPECT_EQ(M->allocator("g")->MaskArg, 1U);
  EXPECT_EQ(M->maskTest("t"), Mask{Flag::Fs});
  EXPECT_FALSE(M->honours(AllocatorFamily::VMalloc, Restriction::NoIo));
  ASSERT_EQ(M->decisions().size(), 1U);
  EXPECT_FALSE(M->decisions()[0].Holds);
}

TEST(ModelLookup, LaterEntryThatDoesNotHoldReplacesNothing) {
  Model M = modelOf("allocators:\n  - {family: bio, mask: 0, until: '5.18', names: [f]}\n"
                    "  - {family: bio, mask: 3, since: '5.18', names: [f]}\n",
                    atVersion("5.10"));
  EXPECT_EQ(M.allocator("f")->MaskArg, 0U);
}

TEST(ModelLookup, Locks) {
  Model M = modelOf("locks:\n  - {kind: k, lock: 1, atomic: true, take: [t], take-if-zero: [z], "
                    "take-if-nonzero: [n], release: [r]}\n  - {kind: rcu, take: [q]}\n");
  EXPECT_EQ(M.lockFunction("t")->Action, LockAction::Take);
  EXPECT_EQ(M.lockFunction("z")->Action, LockAction::TryTake);
  EXPECT_TRUE(M.lockFunction("z")->TakenOnZero);
  EXPECT_EQ(M.lockFunction("n")->Action, LockAction::TryTake);
  EXPECT_FALSE(M.lockFunction("n")->TakenOnZero);
  EXPECT_EQ(M.lockFunction("r")->Action, LockAction::Release);
  EXPECT_EQ(M.lockFunction("t")->LockArg, 1U);
  EXPECT_TRUE(M.lockFunction("r")->Atomic);
  EXPECT_FALSE(M.lockFunction("q")->LockArg);
  EXPECT_FALSE(M.lockFunction("q")->Atomic);
  EXPECT_EQ(M.lockFunction("other"), nullptr);
}

// ---- gates, in the order of trust ----

TEST(ModelGates, ForcedVersionOutranksTheTree) {
  TreeView Tree = showing(true);
  Tree.Version = version("5.10");
  Tree.VersionForced = true;
  Model M = modelOf(OneFact, Tree);
  EXPECT_FALSE(M.honours(AllocatorFamily::VMalloc, Restriction::NoIo));
  EXPECT_EQ(whyOf(M, OneFactSubject), "since 5.17, --kernel-version=5.10 given");
  Tree = showing(false);
  Tree.Version = version("5.17");
  Tree.VersionForced = true;
  EXPECT_TRUE(honoursNoIo(Tree));
}

TEST(ModelGates, TreeOutranksItsVersion) {
  TreeView Tree = showing(true);
  Tree.Version = version("5.10");
  Model M = modelOf(OneFact, Tree);
  EXPECT_TRUE(M.honours(AllocatorFamily::VMalloc, Restriction::NoIo));
  EXPECT_EQ(whyOf(M, OneFactSubject), "mm/vmalloc.c: area has memalloc_noio_save");
  Tree = showing(false);
  Tree.Version = version("6.12");
  M = modelOf(OneFact, Tree);
  EXPECT_FALSE(M.honours(AllocatorFamily::VMalloc, Restriction::NoIo));
  EXPECT_EQ(whyOf(M, OneFactSubject), "mm/vmalloc.c: area does not have memalloc_noio_save");
}

TEST(ModelGates, VersionWhereTheTreeDoesNotTell) {
  TreeView Tree = showing(std::nullopt);
  Tree.Version = version("5.16.20");
  EXPECT_FALSE(honoursNoIo(Tree));
  Tree.Version = version("5.17");
  EXPECT_TRUE(honoursNoIo(Tree));
  EXPECT_EQ(whyOf(modelOf(OneFact, Tree), OneFactSubject), "since 5.17, the tree is 5.17");
}

TEST(ModelGates, NewestBehaviourWhereNothingTells) {
  Model M = modelOf(OneFact);
  EXPECT_TRUE(M.honours(AllocatorFamily::VMalloc, Restriction::NoIo));
  EXPECT_EQ(whyOf(M, OneFactSubject),
            "since 5.17, no kernel version is known: the newest kernel's behaviour is taken");
  EXPECT_FALSE(modelOf("facts:\n  - {fact: vmalloc-honours, mask: GFP_NOIO, until: '6.0'}\n")
                   .honours(AllocatorFamily::VMalloc, Restriction::NoIo));
}

TEST(ModelGates, OtherwiseDecidesLast) {
  constexpr const char *Yaml =
      "facts:\n  - {fact: token-holds-new-bits, requires: [h:s], otherwise: false}\n";
  EXPECT_FALSE(modelOf(Yaml).tokenHoldsNewBits());
  EXPECT_TRUE(modelOf(Yaml, showing(true)).tokenHoldsNewBits());
}

TEST(ModelGates, UntilIsTheFirstVersionWithout) {
  constexpr const char *Yaml =
      "allocators:\n  - {family: slab, mask: 1, since: '6.9', until: '6.12', names: [f]}\n";
  EXPECT_EQ(modelOf(Yaml, atVersion("6.8.12")).allocator("f"), nullptr);
  EXPECT_NE(modelOf(Yaml, atVersion("6.9")).allocator("f"), nullptr);
  EXPECT_NE(modelOf(Yaml, atVersion("6.11.99")).allocator("f"), nullptr);
  EXPECT_EQ(modelOf(Yaml, atVersion("6.12")).allocator("f"), nullptr);
}

TEST(ModelGates, PlainSymbolAsksDeclares) {
  constexpr const char *Yaml = "allocators:\n  - {family: slab, mask: 1, requires: [sym], names: [f]}\n";
  TreeView Tree;
  Tree.Declares = [](llvm::StringRef Name) { return Name == "sym"; };
  EXPECT_NE(modelOf(Yaml, Tree).allocator("f"), nullptr);
  Tree.Declares = [](llvm::StringRef) { return false; };
  EXPECT_EQ(modelOf(Yaml, Tree).allocator("f"), nullptr);
}

TEST(ModelGates, AllEvidenceMustAgree) {
  constexpr const char *Yaml = "facts:\n  - fact: token-holds-new-bits\n    requires: [h:s]\n"
                               "    lacks: [{file: c, function: g, has: w}]\n";
  auto Holds = [&](std::optional<bool> Declared, std::optional<bool> HasWord) {
    TreeView Tree;
    Tree.Shows = [=](llvm::StringRef File, llvm::StringRef, llvm::StringRef) {
      return File == "h" ? Declared : HasWord;
    };
    return modelOf(Yaml, Tree).tokenHoldsNewBits();
  };
  EXPECT_TRUE(Holds(true, false));
  EXPECT_FALSE(Holds(true, true));
  EXPECT_FALSE(Holds(false, false));
  EXPECT_FALSE(Holds(std::nullopt, true));
  EXPECT_TRUE(Holds(std::nullopt, false));
}

TEST(ModelGates, AnyOfSeveralShows) {
  constexpr const char *Yaml = "facts:\n  - fact: token-holds-new-bits\n"
                               "    shows: [{file: a, has: w}, {file: b, has: w}]\n";
  auto Holds = [&](std::optional<bool> A, std::optional<bool> B) {
    TreeView Tree;
    Tree.Shows = [=](llvm::StringRef File, llvm::StringRef, llvm::StringRef) { return File == "a" ? A : B; };
    return modelOf(Yaml, Tree).tokenHoldsNewBits();
  };
  EXPECT_TRUE(Holds(false, true));
  EXPECT_TRUE(Holds(std::nullopt, true));
  EXPECT_FALSE(Holds(std::nullopt, false));
}

TEST(ModelGates, ScopeFunctionsAreKnownThoughTheTreeCannotOpenTheScope) {
  Model M = builtin(showing(false));
  EXPECT_FALSE(M.hasScope(ScopeKind::NoWait));
  ASSERT_NE(M.scopeFunction("memalloc_nowait_save"), nullptr);
  EXPECT_EQ(M.scopeFunction("memalloc_nowait_save")->Kind, ScopeKind::NoWait);
}

// ---- text of C ----

TEST(SourceText, CommentsAndLiteralsAreBlank) {
  EXPECT_EQ(blankComments("a/*b*/c//d\n'e'\"f\\\"g\"h"), "a     c   \n' '\"    \"h");
  EXPECT_EQ(blankComments("a /* open"), "a        ");
}

TEST(SourceText, BodyOfTheDefinitionOnly) {
  std::string Text =
      blankComments("void f(void);\n"
                    "#define f(x) { macro }\n"
                    "int xf(void)\n{ longer }\n"
                    "int fx(void)\n{ longer }\n"
                    "int g(void)\n{\n\tif (f(1)) { call; }\n}\n"
                    "static int __init\nf(int (*cb)(int))\n\t__acquires(x)\n{ { a } /* } */ b }\n"
                    "int h(void) { }\n");
  std::optional<llvm::StringRef> Body = functionBody(Text, "f");
  ASSERT_TRUE(Body);
  EXPECT_EQ(*Body, "{ { a }         b }");
  EXPECT_FALSE(functionBody(Text, "cb"));
  EXPECT_FALSE(functionBody("void f(void);\nint g(void) { return 0; }\n", "f"));
}

TEST(SourceText, TokensHoweverSpaced) {
  EXPECT_TRUE(hasTokens("if ((flags&GFP_KERNEL)\n\t!= GFP_KERNEL)", "(flags & GFP_KERNEL) != GFP_KERNEL"));
  EXPECT_FALSE(
      hasTokens("if ((flags & GFP_KERNEL_ACCOUNT) != GFP_KERNEL)", "(flags & GFP_KERNEL) != GFP_KERNEL"));
  EXPECT_FALSE(hasTokens("xmemalloc_noio_save memalloc_noio_saved", "memalloc_noio_save"));
  EXPECT_TRUE(hasTokens("xmemalloc_noio_save memalloc_noio_save", "memalloc_noio_save"));
  EXPECT_FALSE(hasTokens("anything", ""));
}

// ---- a tree on disk ----

TEST(TreeView, VersionFromTheMakefile) {
  TempTree T;
  EXPECT_FALSE(viewTree(T.Root, std::nullopt, false).Version);
  T.write("Makefile", "# SPDX\nVERSION = 6\nPATCHLEVEL = 12\nSUBLEVEL = 117\nEXTRAVERSION =\n");
  EXPECT_EQ(viewTree(T.Root, std::nullopt, false).Version, version("6.12.117"));
  EXPECT_EQ(viewTree(T.Root, version("5.4"), true).Version, version("5.4"));
}

TEST(TreeView, ShowsOnlyWhatTheBodyHas) {
  TempTree T;
  T.write("mm/vmalloc.c", "static void other(void)\n{\n\tmemalloc_noio_save();\n}\n"
                          "static void *area_noprof(int a)\n{\n\t/* memalloc_noio_save */\n\tnofs();\n}\n");
  TreeView View = viewTree(T.Root + "/", std::nullopt, false);
  EXPECT_EQ(View.Shows("mm/vmalloc.c", "other", "memalloc_noio_save"), true);
  EXPECT_EQ(View.Shows("mm/vmalloc.c", "area", "memalloc_noio_save"), false);
  EXPECT_EQ(View.Shows("mm/vmalloc.c", "area", "nofs"), true);
  EXPECT_EQ(View.Shows("mm/vmalloc.c", "", "memalloc_noio_save"), true);
  EXPECT_EQ(View.Shows("mm/vmalloc.c", "missing", "nofs"), std::nullopt);
  EXPECT_EQ(View.Shows("mm/util.c", "", "nofs"), std::nullopt);
}

TEST(TreeView, DeclaresLooksBelowIncludeLinux) {
  TempTree T;
  EXPECT_FALSE(viewTree(T.Root, std::nullopt, false).Declares);
  T.write("include/linux/sched/mm.h", "unsigned memalloc_nowait_save(void); /* memalloc_gone */\n");
  T.write("include/linux/notes.txt", "memalloc_text\n");
  TreeView View = viewTree(T.Root, std::nullopt, false);
  ASSERT_TRUE(View.Declares);
  EXPECT_TRUE(View.Declares("memalloc_nowait_save"));
  EXPECT_FALSE(View.Declares("memalloc_nowait"));
  EXPECT_FALSE(View.Declares("memalloc_gone"));
  EXPECT_FALSE(View.Declares("memalloc_text"));
}

TEST(TreeView, BuiltinFactsFromATree) {
  TempTree T;
  T.write("Makefile", "VERSION = 5\nPATCHLEVEL = 10\n");
  T.write("include/linux/sched/mm.h", "static inline unsigned memalloc_nowait_save(void)\n{\n}\n"
                                      "static inline void memalloc_flags_restore(unsigned flags)\n"
                                      "{\n\tcurrent->flags &= ~flags;\n}\n");
  T.write("mm/vmalloc.c", "static void *__vmalloc_area_node(int a)\n{\n\tmemalloc_nofs_save();\n}\n");
  T.write("mm/util.c", "void *__kvmalloc_node_noprof(DECL_BUCKET_PARAMS(size, b), gfp_t flags, int node)\n"
                       "{\n\tif (!gfpflags_allow_blocking(flags))\n\t\treturn NULL;\n}\n");
  Model M = builtin(viewTree(T.Root, std::nullopt, false));
  EXPECT_TRUE(M.honours(AllocatorFamily::VMalloc, Restriction::NoFs));
  EXPECT_FALSE(M.honours(AllocatorFamily::VMalloc, Restriction::NoIo));
  EXPECT_FALSE(M.honours(AllocatorFamily::VMalloc, Restriction::NoWait));
  EXPECT_TRUE(M.fallsBack(AllocatorFamily::KVMalloc, Restriction::NoFs));
  EXPECT_FALSE(M.fallsBack(AllocatorFamily::KVMalloc, Restriction::NoWait));
  EXPECT_TRUE(M.hasScope(ScopeKind::NoWait));
  EXPECT_TRUE(M.tokenHoldsNewBits());
  EXPECT_EQ(whyOf(M, "vmalloc honours GFP_NOFS"), "mm/vmalloc.c: __vmalloc_area_node has memalloc_nofs_save");
}

TEST(TreeView, BuiltinFactsFromANewTree) {
  TempTree T;
  T.write("mm/vmalloc.c", "static void *__vmalloc_area_node(int a)\n{\n\tmemalloc_apply_gfp_scope(a);\n}\n"
                          "unsigned int\nmemalloc_apply_gfp_scope(gfp_t gfp_mask)\n{\n"
                          "\tmemalloc_noreclaim_save(); memalloc_nofs_save(); memalloc_noio_save();\n}\n");
  T.write("mm/slub.c", "void *__kvmalloc_node_noprof(DECL_BUCKET_PARAMS(size, b), gfp_t flags, int node)\n"
                       "{\n\tallow_block = gfpflags_allow_blocking(flags);\n}\n");
  TreeView View = viewTree(T.Root, version("6.12"), false);
  Model M = builtin(View);
  for (Restriction R : {Restriction::NoFs, Restriction::NoIo, Restriction::NoWait}) {
    EXPECT_TRUE(M.honours(AllocatorFamily::VMalloc, R)) << restrictionName(R).str();
    EXPECT_TRUE(M.fallsBack(AllocatorFamily::KVMalloc, R)) << restrictionName(R).str();
  }
}

// ---- the built-in data ----

struct Expectation {
  const char *Version;
  bool VmallocNoFs, VmallocNoIo, VmallocNoWait;
  bool FallsBackNoFs, FallsBackNoIo, FallsBackNoWait;
  bool NewBits, Pin;
};

TEST(BuiltinModel, FactsByForcedVersion) {
  const Expectation Table[] = {
      {"5.10", false, false, false, false, false, false, false, true},
      {"6.1", true, true, false, true, true, false, false, true},
      {"6.12", true, true, false, true, true, false, true, true},
      {"6.19", true, true, true, true, true, true, true, true},
  };
  for (const Expectation &E : Table) {
    SCOPED_TRACE(E.Version);
    Model M = builtin(atVersion(E.Version, true));
    EXPECT_EQ(M.honours(AllocatorFamily::VMalloc, Restriction::NoFs), E.VmallocNoFs);
    EXPECT_EQ(M.honours(AllocatorFamily::VMalloc, Restriction::NoIo), E.VmallocNoIo);
    EXPECT_EQ(M.honours(AllocatorFamily::VMalloc, Restriction::NoWait), E.VmallocNoWait);
    EXPECT_EQ(M.fallsBack(AllocatorFamily::KVMalloc, Restriction::NoFs), E.FallsBackNoFs);
    EXPECT_EQ(M.fallsBack(AllocatorFamily::KVMalloc, Restriction::NoIo), E.FallsBackNoIo);
    EXPECT_EQ(M.fallsBack(AllocatorFamily::KVMalloc, Restriction::NoWait), E.FallsBackNoWait);
    EXPECT_EQ(M.tokenHoldsNewBits(), E.NewBits);
    EXPECT_EQ(M.hasScope(ScopeKind::Pin), E.Pin);
    EXPECT_FALSE(M.hasScope(ScopeKind::NoWait));
    EXPECT_TRUE(M.honours(AllocatorFamily::VMalloc, Restriction::None));
    EXPECT_TRUE(M.fallsBack(AllocatorFamily::KVMalloc, Restriction::None));
    EXPECT_FALSE(M.fallsBack(AllocatorFamily::Slab, Restriction::None));
    for (Restriction R : {Restriction::NoFs, Restriction::NoIo, Restriction::NoWait}) {
      EXPECT_TRUE(M.honours(AllocatorFamily::Slab, R));
      EXPECT_TRUE(M.honours(AllocatorFamily::KVMalloc, R));
    }
    EXPECT_TRUE(M.hasScope(ScopeKind::NoFs) && M.hasScope(ScopeKind::NoIo) &&
                M.hasScope(ScopeKind::NoReclaim));
  }
}

TEST(BuiltinModel, MaskArguments) {
  Model M = builtin(atVersion("6.12"));
  const std::tuple<const char *, AllocatorFamily, unsigned> Table[] = {
      {"kmalloc", AllocatorFamily::Slab, 1},
      {"kmalloc_noprof", AllocatorFamily::Slab, 1},
      {"__kmalloc_cache_noprof", AllocatorFamily::Slab, 1},
      {"kcalloc", AllocatorFamily::Slab, 2},
      {"krealloc_array_noprof", AllocatorFamily::Slab, 3},
      {"kmem_cache_alloc_noprof", AllocatorFamily::Slab, 1},
      {"kasprintf", AllocatorFamily::Slab, 0},
      {"alloc_pages_noprof", AllocatorFamily::Page, 0},
      {"get_free_pages_noprof", AllocatorFamily::Page, 0},
      {"alloc_pages_node_noprof", AllocatorFamily::Page, 1},
      {"__filemap_get_folio", AllocatorFamily::Page, 3},
      {"__vmalloc_noprof", AllocatorFamily::VMalloc, 1},
      {"__vmalloc_node_range_noprof", AllocatorFamily::VMalloc, 4},
      {"__kvmalloc_node_noprof", AllocatorFamily::KVMalloc, 1},
      {"kvrealloc_noprof", AllocatorFamily::KVMalloc, 2},
      {"pcpu_alloc_noprof", AllocatorFamily::Percpu, 3},
      {"mempool_alloc_noprof", AllocatorFamily::Mempool, 1},
      {"bio_alloc_bioset", AllocatorFamily::Bio, 3},
      {"__alloc_skb", AllocatorFamily::Skb, 1},
      {"pskb_expand_head", AllocatorFamily::Skb, 3},
      {"xa_store", AllocatorFamily::Other, 3},
      {"usb_submit_urb", AllocatorFamily::Other, 1},
  };
  for (const auto &[Name, Family, MaskArg] : Table) {
    const Allocator *A = M.allocator(Name);
    ASSERT_NE(A, nullptr) << Name;
    EXPECT_EQ(A->Family, Family) << Name;
    EXPECT_EQ(A->MaskArg, MaskArg) << Name;
  }
  EXPECT_FALSE(M.allocator("vmalloc_noprof")->MaskArg);
  EXPECT_EQ(M.allocator("netdev_alloc_skb")->Fixed, Restriction::NoWait);
  EXPECT_TRUE(M.allocator("mempool_alloc_noprof")->SleepsByRawMask);
  EXPECT_TRUE(M.allocator("bio_alloc_bioset")->SleepsByRawMask);
  EXPECT_FALSE(M.allocator("kmalloc")->SleepsByRawMask);
}

TEST(BuiltinModel, MaskArgumentsThatMoved) {
  EXPECT_EQ(builtin(atVersion("5.10")).allocator("bio_alloc")->MaskArg, 0U);
  EXPECT_EQ(builtin(atVersion("6.1")).allocator("bio_alloc")->MaskArg, 3U);
  EXPECT_EQ(builtin(atVersion("6.1")).allocator("kvrealloc")->MaskArg, 3U);
  EXPECT_EQ(builtin(TreeView()).allocator("kvrealloc")->MaskArg, 2U);
}

TEST(BuiltinModel, Scopes) {
  Model M = builtin(atVersion("6.12"));
  const ScopeFunction *Save = M.scopeFunction("memalloc_nofs_save");
  ASSERT_NE(Save, nullptr);
  EXPECT_EQ(Save->Action, ScopeAction::Save);
  EXPECT_EQ(Save->Kind, ScopeKind::NoFs);
  EXPECT_FALSE(Save->FlagArg || Save->TokenArg);
  const ScopeFunction *Restore = M.scopeFunction("memalloc_noio_restore");
  ASSERT_NE(Restore, nullptr);
  EXPECT_EQ(Restore->Action, ScopeAction::Restore);
  EXPECT_EQ(Restore->Kind, ScopeKind::NoIo);
  EXPECT_EQ(Restore->TokenArg, 0U);
  for (const char *Name : {"memalloc_flags_save", "class_memalloc_flags_constructor"}) {
    ASSERT_NE(M.scopeFunction(Name), nullptr) << Name;
    EXPECT_FALSE(M.scopeFunction(Name)->Kind);
    EXPECT_EQ(M.scopeFunction(Name)->FlagArg, 0U);
  }
  EXPECT_EQ(M.scopeFunction("class_memalloc_flags_destructor")->TokenArg, 0U);
  EXPECT_EQ(M.scopeOfTaskFlag("PF_MEMALLOC_NOFS"), ScopeKind::NoFs);
  EXPECT_EQ(M.scopeOfTaskFlag("PF_MEMALLOC"), ScopeKind::NoReclaim);
  EXPECT_EQ(M.scopeOfTaskFlag("PF_MEMALLOC_NORECLAIM"), ScopeKind::NoWait);
  EXPECT_EQ(M.scopeOfTaskFlag("PF_KTHREAD"), std::nullopt);
}

TEST(BuiltinModel, LocksAndMaskTests) {
  Model M = builtin(atVersion("6.12"));
  EXPECT_FALSE(M.lockFunction("mutex_lock_nested")->Atomic);
  EXPECT_TRUE(M.lockFunction("_raw_spin_lock_irqsave")->Atomic);
  EXPECT_EQ(M.lockFunction("_raw_spin_unlock_irqrestore")->Kind, M.lockFunction("spin_lock")->Kind);
  EXPECT_FALSE(M.lockFunction("rcu_read_lock")->LockArg);
  EXPECT_TRUE(M.lockFunction("mutex_lock_interruptible_nested")->TakenOnZero);
  EXPECT_FALSE(M.lockFunction("mutex_trylock")->TakenOnZero);
  EXPECT_EQ(M.lockFunction("bit_spin_lock")->LockArg, 1U);
  EXPECT_EQ(M.maskTest("gfpflags_allow_blocking"), Mask{Flag::DirectReclaim});
  EXPECT_EQ(M.maskTest("gfp_has_io_fs"), (Mask{Flag::Io, Flag::Fs}));
  EXPECT_EQ(M.maskTest("kmalloc"), std::nullopt);
}

TEST(BuiltinModel, EverySourceIsNamed) {
  std::vector<ModelSource> Sources = builtinModelSources();
  ASSERT_GE(Sources.size(), 4U);
  for (size_t I = 1; I < Sources.size(); ++I)
    EXPECT_LT(Sources[I - 1].Name, Sources[I].Name);
  EXPECT_EQ(Sources[0].Name, "rules/kernel/allocators.yaml");
}

} // namespace
