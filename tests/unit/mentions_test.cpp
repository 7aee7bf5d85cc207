// Which files of a small tree mention what was asked.
#include "engine/Mentions.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include <gtest/gtest.h>

using namespace gfplint;

namespace {

std::vector<std::string> bodiesWith(const ScannedText &T, llvm::StringRef Name) {
  std::vector<std::string> Names;
  for (const TextBody &B : T.Bodies)
    if (llvm::is_contained(T.words(B), wordOf(Name)))
      Names.push_back(B.Name);
  return Names;
}

/// A folder with the files that a test writes; every .c file is an entry with -I include.
class Tree {
public:
  Tree() {
    EXPECT_FALSE(llvm::sys::fs::createUniqueDirectory("gfplint-mentions", Root));
    EXPECT_FALSE(llvm::sys::fs::create_directory(path("include")));
  }
  ~Tree() { llvm::sys::fs::remove_directories(Root); }

  void file(const std::string &Name, llvm::StringRef Text) {
    std::error_code Error;
    llvm::raw_fd_ostream Out(path(Name), Error);
    ASSERT_FALSE(Error);
    Out << Text;
    if (llvm::StringRef(Name).ends_with(".c") && !llvm::StringRef(Name).contains("part"))
      Entries.push_back({path(Name), Root.str().str(), {"-Iinclude", path(Name)}});
  }
  /// The names of the entries that asking leads to.
  std::vector<std::string> asking(const Mentions::Names &Names, const Mentions::Names &Fields = {}) {
    FlagTable Flags;
    Flags.add("__GFP_FS", 1);
    Flags.add("__GFP_IO", 2);
    Flags.add("GFP_KERNEL", 3);
    Mentions M(Entries, Flags, 1);
    std::vector<std::string> Found;
    for (size_t I : M.more(Names, Fields))
      Found.push_back(llvm::sys::path::filename(Entries[I].File).str());
    EXPECT_TRUE(M.more(Names, Fields).empty()) << "asking again finds nothing new";
    return Found;
  }

private:
  std::string path(const std::string &Name) { return (Root + "/" + Name).str(); }
  llvm::SmallString<128> Root;
  std::vector<Entry> Entries;
};

using Files = std::vector<std::string>;

TEST(SourceScan, WordsOfAFile) {
  ScannedText T = scanText("/* gone */ int a = 'b'; // gone2\n#define M x \\\n  y\nchar *s = \"gone3\";\n", false);
  for (const char *Word : {"a", "M", "x", "y", "s"})
    EXPECT_TRUE(llvm::is_contained(T.Words, wordOf(Word))) << Word;
  for (const char *Word : {"gone", "gone2", "gone3", "b"})
    EXPECT_FALSE(llvm::is_contained(T.Words, wordOf(Word))) << Word;
}

TEST(SourceScan, BodiesOfAHeader) {
  ScannedText T = scanText("#ifndef H\n#define H\n"
                           "#define USES(p) wanted(p)\n"
                           "int prototype(struct wanted *p);\n"
                           "static inline struct x *code(int p)\n{\n\tif (p) {\n\t\twanted(p);\n\t}\n\treturn 0;\n}\n"
                           "struct s { int (*wanted)(int); };\n"
                           "static const struct s table = { .a = wanted };\n"
                           "enum { FIRST = wanted, SECOND };\n"
                           "static int MADE(name)(int p) { return wanted(p); }\n"
                           "#endif\n",
                           true);
  EXPECT_TRUE(T.Words.empty());
  EXPECT_EQ(bodiesWith(T, "wanted"), (Files{"USES", "code", "table", "FIRST", "MADE"}));
  EXPECT_EQ(T.Bodies.back().Is, TextBody::Kind::Template);
  EXPECT_TRUE(llvm::is_contained(T.Tags, wordOf("s")));
  EXPECT_FALSE(llvm::is_contained(T.Tags, wordOf("x")));
}

TEST(SourceScan, IncludesAndConditionals) {
  ScannedText T = scanText("#ifndef H\n#define H\n#include <a.h>\n#ifdef X\n#include \"b.h\"\n#endif\n#endif\n", true);
  ASSERT_EQ(T.Includes.size(), 2U);
  EXPECT_TRUE(T.Includes[0].Always);
  EXPECT_FALSE(T.Includes[0].Quoted);
  EXPECT_FALSE(T.Includes[1].Always);
  EXPECT_TRUE(T.Includes[1].Quoted);
  // Both branches open the same function.
  T = scanText("#ifdef A\nint f(int a) {\n#else\nint f(void) {\n#endif\n\tx();\n}\nint g(void) { y(); }\n", true);
  EXPECT_EQ(bodiesWith(T, "y"), Files{"g"});
}

TEST(Mentions, InTheFileItself) {
  Tree T;
  T.file("a.c", "void f(void) { vmalloc(1); }");
  T.file("b.c", "/* vmalloc */ void g(void) { f(); }");
  EXPECT_EQ(T.asking({"vmalloc"}), Files{"a.c"});
  EXPECT_EQ(T.asking({"f", "vmalloc"}), (Files{"a.c", "b.c"}));
  EXPECT_TRUE(T.asking({"nothing"}).empty());
}

TEST(Mentions, ThroughMacrosOfHeaders) {
  Tree T;
  T.file("include/mask.h", "#define MY_GFP (__GFP_IO | __GFP_ZERO)\n");
  T.file("include/more.h", "#include <mask.h>\n#define MY_ALLOC(x) alloc(x, MY_GFP)\n");
  T.file("a.c", "#include <more.h>\nvoid f(void) { MY_ALLOC(1); }");
  T.file("b.c", "#include <more.h>\nvoid g(void) { other(1); }");
  EXPECT_EQ(T.asking({"__GFP_IO"}), Files{"a.c"});
}

TEST(Mentions, FlagsStandForTheirValues) {
  Tree T;
  T.file("include/gfp.h", "#define GFP_KERNEL (__GFP_IO | __GFP_FS)\n");
  T.file("a.c", "#include <gfp.h>\nvoid f(void) { kmalloc(1, GFP_KERNEL); }");
  T.file("b.c", "#include <gfp.h>\nvoid g(void) { kmalloc(1, GFP_KERNEL & ~__GFP_FS); }");
  EXPECT_EQ(T.asking({"__GFP_FS"}), Files{"b.c"});
}

TEST(Mentions, CodeInAHeaderNeedsOneThatIncludesIt) {
  Tree T;
  T.file("include/h.h", "static inline void *h(int n) { return vmalloc(n); }\n");
  T.file("a.c", "#ifdef X\n#include <h.h>\n#endif\nvoid a(void) { }");
  T.file("b.c", "#include <h.h>\nvoid b(void) { h(1); }");
  T.file("c.c", "#include <h.h>\nvoid c(void) { h(2); }");
  EXPECT_EQ(T.asking({"vmalloc"}), Files{"b.c"});
  EXPECT_EQ(T.asking({"vmalloc", "h"}), (Files{"b.c", "c.c"}));
}

TEST(Mentions, FieldsOfAStructThatIsSeen) {
  Tree T;
  T.file("include/ops.h", "struct ops { void *(*alloc)(gfp_t); };\n");
  T.file("a.c", "#include <ops.h>\nvoid a(struct ops *o) { o->alloc(1); }");
  T.file("b.c", "struct other { int alloc; };\nvoid b(struct other *o) { o->alloc = 1; }");
  T.file("c.c", "#include <ops.h>\nstatic struct ops table = { function };");
  T.file("d.c", "#include <ops.h>\nstatic struct ops table = { .free = function };");
  EXPECT_EQ(T.asking({}, {"ops.alloc"}), (Files{"a.c", "c.c"}));
  // Where the struct is defined nobody knows: every use counts.
  EXPECT_EQ(T.asking({}, {"unseen.alloc"}), (Files{"a.c", "b.c"}));
}

TEST(Mentions, NamesPastedFromPieces) {
  Tree T;
  T.file("include/paste.h", "#define GUARD(name) class_##name##_constructor()\n#define JOIN(a, b) a##b\n");
  T.file("a.c", "#include <paste.h>\nvoid a(void) { GUARD(nofs); }");
  T.file("b.c", "#include <paste.h>\nvoid b(void) { GUARD(other); }");
  T.file("c.c", "#include <paste.h>\nvoid c(void) { JOIN(class_, nofs_constructor)(); }");
  EXPECT_EQ(T.asking({"class_nofs_constructor"}), (Files{"a.c", "c.c"}));
}

TEST(Mentions, IncludedSourcesAndTemplates) {
  Tree T;
  T.file("part.c", "static void p(void) { vmalloc(1); }");
  T.file("include/template.h", "static void NAME(walk)(void) { vfree_it(1); }\n");
  T.file("a.c", "#include \"part.c\"\n");
  T.file("b.c", "#define NAME(x) one_##x\n#include <template.h>\n");
  T.file("c.c", "#define NAME(x) two_##x\n#include <template.h>\n");
  EXPECT_EQ(T.asking({"vmalloc"}), Files{"a.c"});
  EXPECT_EQ(T.asking({"vfree_it"}), (Files{"b.c", "c.c"}));
}

} // namespace
