// Units on top of a precompiled header: where the guard has no objection, nothing differs.
#include "PchFixture.h"

using namespace gfplint;
using namespace gfplint::test;

namespace {

using Names = std::vector<std::string>;

/// Two headers that do not include one another, each with an allocating inline function.
class Pch : public PchTest {
protected:
  void SetUp() override {
    Tree.write("include/one.h", "#ifndef ONE_H\n#define ONE_H\n#include <gfp.h>\n#define ONE_SIZE 16\n"
                                "static inline void *one_get(gfp_t gfp) { return kmalloc(ONE_SIZE, gfp); }\n"
                                "#endif\n");
    Tree.write("include/two.h",
               "#ifndef TWO_H\n#define TWO_H\n#include <gfp.h>\n#define TWO_SIZE 32\n"
               "static inline void *two_get(gfp_t gfp)\n{\n#ifdef TWO_NOFS\n\tgfp = GFP_NOFS;\n"
               "#endif\n\treturn kmalloc(TWO_SIZE, gfp);\n}\n#endif\n");
  }
};

TEST_F(Pch, CoversWhatTheUnitIncludes) {
  makePch({"one.h", "two.h"});
  BothWays Both = lower("#include <one.h>\n#include <two.h>\n"
                        "void *f(void) { return two_get(one_get(GFP_KERNEL) ? GFP_NOFS : GFP_KERNEL); }\n");
  EXPECT_EQ(Both.Objection, "");
  EXPECT_EQ(Both.Shared, (Names{"gfp.h", "one.h", "two.h"}));
  BothWays Only = lower("#include <two.h>\nvoid *f(void) { return two_get(GFP_KERNEL); }\n");
  EXPECT_EQ(Only.Objection, "");
  EXPECT_EQ(Only.Shared, (Names{"gfp.h", "two.h"}));
  BothWays None = lower("int f(int n) { return n ? 1 : 2; }\n");
  EXPECT_EQ(None.Objection, "");
  EXPECT_EQ(None.Shared, Names());
}

TEST_F(Pch, IncludesThroughTheUnitsOwnHeader) {
  makePch({"one.h", "two.h"});
  Tree.write("own.h", "#include <two.h>\nstatic inline void *own_get(void) { return two_get(GFP_NOFS); }\n");
  BothWays Both = lower("#include \"own.h\"\nvoid *f(void) { return own_get(); }\n");
  EXPECT_EQ(Both.Objection, "");
  EXPECT_EQ(Both.Shared, (Names{"gfp.h", "two.h"}));
}

TEST_F(Pch, MacroOfAHeaderThatIsNotIncluded) {
  makePch({"one.h", "two.h"});
  for (llvm::StringRef Test :
       {"#ifdef ONE_SIZE", "#if defined(ONE_SIZE)", "#ifndef ONE_SIZE", "#if ONE_SIZE == 16",
        "#if 0\n#elif defined(ONE_SIZE)", "#if 0\n#elifdef ONE_SIZE"}) {
    BothWays Both =
        lower(("#include <two.h>\n" + Test + "\nvoid *f(void) { return two_get(GFP_NOFS); }\n#else\n" +
               "void *f(void) { return two_get(GFP_KERNEL); }\n#endif\n")
                  .str());
    EXPECT_EQ(Both.Objection, "it uses the macro ONE_SIZE without including what defines it") << Test.str();
    EXPECT_EQ(Both.ErrorWithout, "");
  }
  // Without the macro the name is a variable of the unit's.
  EXPECT_NE(lower("int g(int ONE_SIZE) { return ONE_SIZE; }\n").Objection, "");
}

TEST_F(Pch, MacroDefinedBeforeTheInclude) {
  makePch({"one.h", "two.h"});
  llvm::StringRef Body = "void *f(void) { return two_get(GFP_KERNEL); }\n";
  EXPECT_EQ(lower(("#define TWO_NOFS\n#include <two.h>\n" + Body).str()).Objection,
            "it defines TWO_NOFS before it includes " + Tree.path("include/two.h"));
  EXPECT_EQ(lower(("#include <two.h>\n#define TWO_NOFS\n" + Body).str()).Objection, "");
  // A name that no header that it includes looks at.
  EXPECT_EQ(
      lower("#define TWO_NOFS\n#include <one.h>\nvoid *f(void) { return one_get(GFP_KERNEL); }\n").Objection,
      "");
  // Through a header of its own.
  Tree.write("own.h", "#define TWO_NOFS\n");
  EXPECT_NE(lower(("#include \"own.h\"\n#include <two.h>\n" + Body).str()).Objection, "");
  // A name that is no macro in the header, but a word there.
  EXPECT_NE(lower(("#define gfp mask\n#include <two.h>\n" + Body).str()).Objection, "");
}

/// A header whose messages start with what pr_fmt() says.
class PchFormat : public Pch {
protected:
  void SetUp() override {
    Pch::SetUp();
    Tree.write("include/say.h", "#ifndef SAY_H\n#define SAY_H\n#include <gfp.h>\n"
                                "#ifndef pr_fmt\n#define pr_fmt(fmt) fmt\n#endif\n"
                                "#define pr_err(fmt, ...) printk(pr_fmt(fmt), ##__VA_ARGS__)\n#endif\n");
    Tree.write("include/user.h", "#ifndef USER_H\n#define USER_H\n#include <say.h>\n"
                                 "static inline void *user_get(gfp_t gfp)\n{\n\tvoid *p = kmalloc(8, gfp);\n"
                                 "\tif (pr_err(\"no memory\\n\"))\n\t\treturn kmalloc(16, gfp);\n"
                                 "\treturn p;\n}\n#endif\n");
    makePch({"say.h", "user.h"});
  }
  static std::string unit(llvm::StringRef Define, llvm::StringRef Header) {
    return (Define + "#include <" + Header + ">\n" +
            "void *f(int n)\n{\n\tif (pr_err(\"f %d\\n\", n) > 3)\n\t\treturn kmalloc(8, GFP_NOFS);\n"
            "\treturn kmalloc(8, GFP_KERNEL);\n}\n")
        .str();
  }
};

TEST_F(PchFormat, DefaultIsOverridden) {
  for (llvm::StringRef Define :
       {"", "#define pr_fmt(fmt) \"x: \" fmt\n", "#define NAME \"x\"\n#define pr_fmt(f) NAME \": \" f\n"})
    for (llvm::StringRef Header : {"say.h", "user.h"})
      EXPECT_EQ(lower(unit(Define, Header)).Objection, "") << Define.str() << Header.str();
}

TEST_F(PchFormat, ConstantsBehindTheFormat) {
  for (llvm::StringRef Define : {"#define pr_fmt(fmt) \"%s: \" fmt, __func__\n",
                                 "#define pr_fmt(fmt) \"%s:%d \" fmt, __func__, __LINE__\n"})
    for (llvm::StringRef Header : {"say.h", "user.h"})
      EXPECT_EQ(lower(unit(Define, Header)).Objection, "") << Define.str() << Header.str();
}

TEST_F(PchFormat, MoreThanAFormatMattersWhereAFunctionUsesIt) {
  constexpr llvm::StringLiteral Define = "int mark(void);\n#define pr_fmt(fmt) \"%d: \" fmt, mark()\n";
  EXPECT_EQ(lower(unit(Define, "say.h")).Objection, "");
  EXPECT_EQ(lower(unit(Define, "user.h")).Objection,
            "a function in " + Tree.path("include/user.h") + " depends on its pr_fmt");
}

TEST_F(PchFormat, HeadersWithFormatsOfTheirOwn) {
  Tree.write("include/driver.h",
             "#ifndef DRIVER_H\n#define DRIVER_H\n#include <say.h>\n#ifdef pr_fmt\n"
             "#undef pr_fmt\n#endif\n#define pr_fmt(fmt) \"driver: %s\" fmt, __func__\n#endif\n");
  makePch({"say.h", "driver.h", "user.h"});
  for (llvm::StringRef Define : {"", "#define pr_fmt(fmt) \"%s: \" fmt, __func__\n"})
    for (llvm::StringRef Header : {"say.h", "user.h", "driver.h"})
      EXPECT_EQ(lower(unit(Define, Header)).Objection, "") << Define.str() << Header.str();
  // It would be the header's, if the unit were parsed alone.
  constexpr llvm::StringLiteral Own = "int mark(void);\n#define pr_fmt(fmt) \"%d: \" fmt, mark()\n";
  EXPECT_EQ(lower(unit(Own, "driver.h")).Objection, "headers have a pr_fmt of their own");
  // One that is more than a format.
  Tree.write("include/odd.h", "#ifndef ODD_H\n#define ODD_H\n#include <say.h>\n#undef pr_fmt\n"
                              "int mark(void);\n#define pr_fmt(fmt) \"%d: \" fmt, mark()\n#endif\n");
  makePch({"say.h", "odd.h", "user.h"});
  EXPECT_NE(lower(unit("", "user.h")).Objection, "");
  EXPECT_NE(lower(unit("", "say.h")).Objection, "");
}

TEST_F(Pch, MacroThatIsItsOwnName) {
  Tree.write("include/self.h", "#ifndef SELF_H\n#define SELF_H\n#include <gfp.h>\n#define self_get self_get\n"
                               "void *self_get(gfp_t gfp);\n#endif\n");
  Tree.write("include/uses.h",
             "#ifndef USES_H\n#define USES_H\n#include <gfp.h>\nvoid *self_get(gfp_t gfp);\n"
             "static inline void *uses(void) { return self_get(GFP_NOFS); }\n#endif\n");
  makePch({"self.h", "uses.h"});
  EXPECT_EQ(
      lower("#include <uses.h>\nvoid *f(void) { return self_get(GFP_KERNEL) ? uses() : 0; }\n").Objection,
      "");
  EXPECT_NE(lower("#include <uses.h>\n#ifdef self_get\nvoid *f(void) { return uses(); }\n#endif\n").Objection,
            "");
  EXPECT_NE(lower("#define self_get other\n#include <uses.h>\nvoid *f(void) { return uses(); }\n").Objection,
            "");
}

TEST_F(Pch, MacroDefinedToTheSameEffect) {
  Tree.write("include/undef.h",
             "#ifndef UNDEF_H\n#define UNDEF_H\n#include <gfp.h>\n#define UNDEF_GFP GFP_NOFS\n"
             "static inline void *undef_get(void) { return kmalloc(8, UNDEF_GFP); }\n#endif\n");
  makePch({"undef.h"});
  constexpr llvm::StringLiteral Body = "#include <undef.h>\nvoid *f(void) { return undef_get(); }\n";
  EXPECT_EQ(lower(("#define UNDEF_GFP GFP_NOFS\n" + Body).str()).Objection, "");
  EXPECT_NE(lower(("#define UNDEF_GFP GFP_KERNEL\n" + Body).str()).Objection, "");
  EXPECT_EQ(lower(("#define UNDEF_GFP GFP_NOFS\n#undef UNDEF_GFP\n" + Body).str()).Objection, "");
  // Two headers that say the same: either will do for itself.
  Tree.write("include/again.h",
             "#ifndef AGAIN_H\n#define AGAIN_H\n#include <gfp.h>\n#define UNDEF_GFP GFP_NOFS\n"
             "static inline void *again_get(void) { return kmalloc(8, UNDEF_GFP); }\n#endif\n");
  makePch({"undef.h", "again.h"});
  EXPECT_EQ(lower("#include <again.h>\nvoid *f(void) { return again_get(); }\n").Objection, "");
}

TEST_F(Pch, MacroThatIsTakenBack) {
  Tree.write("include/items.h",
             "#ifndef ITEMS_H\n#define ITEMS_H\n#include <gfp.h>\n#define ITEMS() x(a) x(b)\n"
             "#define x(n) void *n##_get(gfp_t gfp);\nITEMS()\n#undef x\n"
             "static inline void *items(int x) { return x ? a_get(GFP_NOFS) : b_get(GFP_NOFS); }\n"
             "#endif\n");
  makePch({"items.h", "one.h"});
  constexpr llvm::StringLiteral Lists = "#define x(n) int n;\nx(first)\n#undef x\n";
  constexpr llvm::StringLiteral Body = "#include <items.h>\nvoid *f(void) { return items(1); }\n";
  EXPECT_EQ(lower((Lists + Body).str()).Objection, "");
  EXPECT_NE(lower(("#define x(n) int n;\n" + Body).str()).Objection, "");
  // One that another header reads.
  Tree.write("include/big.h",
             "#ifndef BIG_H\n#define BIG_H\n#include <gfp.h>\n#ifdef ONE_SIZE\n"
             "static inline void *big(void) { return kmalloc(ONE_SIZE, GFP_NOFS); }\n#endif\n#endif\n");
  makePch({"one.h", "big.h"});
  EXPECT_NE(
      lower("#include <one.h>\n#undef ONE_SIZE\n#include <big.h>\nvoid *f(void) { return one_get(1); }\n")
          .Objection,
      "");
}

TEST_F(Pch, MacroOfTheCommand) {
  makePch({"one.h", "two.h"});
  EXPECT_EQ(
      lower("#include <one.h>\nvoid *f(void) { return one_get(MINE); }\n", {"-DMINE=GFP_NOFS"}).Objection,
      "");
  EXPECT_EQ(lower("#include <two.h>\nvoid *f(void) { return two_get(3); }\n", {"-DTWO_NOFS"}).Objection,
            "it defines TWO_NOFS before it includes " + Tree.path("include/two.h"));
  EXPECT_NE(lower("#include <one.h>\nvoid *f(void) { return one_get(3); }\n", {"-DONE_SIZE=8"}).Objection,
            "");
}

TEST_F(Pch, HeaderWithoutGuard) {
  Tree.write("include/make.h",
             "#include <gfp.h>\n#ifndef MAKE\n#define MAKE make_get\n#endif\n"
             "static inline void *MAKE(gfp_t gfp) { return kmalloc(8, gfp); }\n#undef MAKE\n");
  Tree.write("include/list.h", "#ifdef LIST\nLIST(a)\nLIST(b)\n#endif\n");
  makePch({"make.h", "list.h"});
  // Its one function is defined twice in a unit on top of the PCH.
  EXPECT_NE(lower("#include <make.h>\nvoid *f(void) { return make_get(GFP_NOFS); }\n").Objection, "");
  EXPECT_NE(
      lower("#define MAKE other_get\n#include <make.h>\nvoid *f(void) { return other_get(GFP_NOFS); }\n")
          .Objection,
      "");
  // A list that says nothing of its own; what it says to a unit that defines its macro is not the same.
  EXPECT_EQ(lower("#include <gfp.h>\n#include <list.h>\nvoid *f(void) { return kmalloc(8, GFP_NOFS); }\n")
                .Objection,
            "");
  lower(
      "#include <gfp.h>\n#define LIST(n) static inline void *n##_get(void) { return kmalloc(8, GFP_NOFS); }\n"
      "#include <list.h>\nvoid *f(void) { return a_get() ? a_get() : b_get(); }\n");
}

TEST_F(Pch, UnitThatDoesNotCompileOnTop) {
  makePch({"one.h", "two.h"});
  BothWays Both = lower("#include <two.h>\nint one_get;\nvoid *f(void) { return two_get(GFP_NOFS); }\n");
  EXPECT_TRUE(llvm::StringRef(Both.Objection).starts_with("with the precompiled headers: "))
      << Both.Objection;
  EXPECT_EQ(Both.ErrorWithout, "");
}

TEST_F(Pch, DeclaresWhatAnotherHeaderDefines) {
  Tree.write("include/inline.h", "#ifndef INLINE_H\n#define INLINE_H\n#include <gfp.h>\n"
                                 "static inline void *pick(gfp_t gfp) { return kmalloc(8, gfp); }\n"
                                 "extern void stop(void) __attribute__((noreturn));\n#endif\n");
  makePch({"inline.h", "two.h"});
  // The unit means a function of its own by the same name.
  BothWays Both =
      lower("#include <two.h>\nvoid *pick(gfp_t gfp);\nvoid *f(void) { return pick(GFP_NOFS); }\n");
  EXPECT_EQ(Both.ErrorWithout, "");
  EXPECT_NE(Both.Objection, "");
  lower("#include <two.h>\nvoid stop(void);\nvoid *f(int n)\n{\n\tif (n)\n\t\tstop();\n\treturn "
        "two_get(GFP_NOFS);\n}\n");
  lower("#include <two.h>\nvoid *f(int n)\n{\n\textern void stop(void);\n\tif (n)\n\t\tstop();\n\treturn "
        "two_get(GFP_NOFS);\n}\n");
  EXPECT_EQ(lower("#include <inline.h>\nvoid stop(void);\nvoid *f(int n)\n{\n\tif (n)\n\t\tstop();\n\treturn "
                  "pick(GFP_NOFS);\n}\n")
                .Objection,
            "");
}

TEST_F(Pch, HeadersThatDependOnOneAnothersMacros) {
  Tree.write("include/mode.h", "#ifndef MODE_H\n#define MODE_H\n#define MODE_NOFS\n#endif\n");
  Tree.write("include/modal.h",
             "#ifndef MODAL_H\n#define MODAL_H\n#include <gfp.h>\n"
             "static inline void *modal_get(void)\n{\n#ifdef MODE_NOFS\n"
             "\treturn kmalloc(8, GFP_NOFS);\n#else\n\treturn kmalloc(8, GFP_KERNEL);\n#endif\n}\n"
             "#endif\n");
  constexpr llvm::StringLiteral Body = "void *f(void) { return modal_get(); }\n";
  makePch({"mode.h", "modal.h"});
  std::string Sees = "in the headers' order " + Tree.path("include/modal.h") + " sees macros of " +
                     Tree.path("include/mode.h");
  EXPECT_EQ(lower(("#include <modal.h>\n" + Body).str()).Objection, Sees);
  EXPECT_EQ(lower(("#include <modal.h>\n#include <mode.h>\n" + Body).str()).Objection, Sees);
  EXPECT_EQ(lower(("#include <mode.h>\n#include <modal.h>\n" + Body).str()).Objection, "");
  makePch({"modal.h", "mode.h"});
  EXPECT_EQ(lower(("#include <mode.h>\n#include <modal.h>\n" + Body).str()).Objection,
            "it includes " + Tree.path("include/mode.h") + " before " + Tree.path("include/modal.h") +
                ", which looks at names of its macros");
  EXPECT_EQ(lower(("#include <modal.h>\n" + Body).str()).Objection, "");
  EXPECT_EQ(lower(("#include <modal.h>\n#include <mode.h>\n" + Body).str()).Objection, "");
}

TEST_F(Pch, UnitThatForgotAnInclude) {
  Tree.write("include/type.h",
             "#ifndef TYPE_H\n#define TYPE_H\nstruct item { int size; };\ntypedef struct item item_t;\n"
             "enum kind { KIND_A, KIND_B };\nvoid *memset(void *p, int c, unsigned long n);\n#endif\n");
  makePch({"type.h", "one.h", "two.h"});
  for (llvm::StringRef Body :
       {"void *f(void) { return one_get(GFP_NOFS); }\n", "int f(item_t *p) { return p != 0; }\n",
        "int f(struct item *p) { return p->size; }\n", "int f(void) { return KIND_B; }\n",
        "unsigned long f(void) { return sizeof(struct item); }\n", "struct item one;\n"}) {
    EXPECT_NE(lower(("#include <two.h>\n" + Body).str()).Objection, "") << Body.str();
    EXPECT_EQ(lower(("#include <type.h>\n#include <one.h>\n#include <two.h>\n" + Body).str()).Objection, "")
        << Body.str();
  }
  // A pointer needs no definition; a builtin function needs a declaration.
  EXPECT_EQ(lower("struct item;\nint f(struct item *p) { return p != 0; }\n").Objection, "");
  EXPECT_EQ(lower("extern struct item there;\nvoid *f(void) { return &there; }\n").Objection, "");
  EXPECT_NE(lower("void f(void *p) { memset(p, 0, 8); }\n").Objection, "");
  EXPECT_EQ(lower("void f(void *p) { __builtin_memset(p, 0, 8); }\n").Objection, "");
}

TEST_F(Pch, HeadersThatDoNotCompileAreNamed) {
  Tree.write("include/bad.h", "int f(;\n");
  Tree.write("pch.c", "#include <one.h>\n#include <bad.h>\n#include <two.h>\n");
  LoweredHeaders H = lowerHeaders(P, Tree.entry("pch.c"), Tree.path("pch.pch"), {Flags, Tree.Root}, Files);
  EXPECT_TRUE(llvm::StringRef(H.Error).contains("bad.h:")) << H.Error;
  EXPECT_TRUE(std::find(H.Guilty.begin(), H.Guilty.end(), 2U) != H.Guilty.end());
}

TEST_F(Pch, RecordsWhichHeaderLooksAtWhichName) {
  Tree.write("include/quiet.h", "#ifndef QUIET_H\n#define QUIET_H\nint quiet(void);\n#endif\n");
  makePch({"one.h", "two.h", "quiet.h"});
  auto Number = [&](llvm::StringRef Name) {
    for (uint32_t I = 0; I < Shared.Files.size(); ++I)
      if (Shared.Files[I].Path == Tree.path("include/" + Name.str()))
        return I;
    ADD_FAILURE() << "no " << Name.str();
    return 0U;
  };
  llvm::BitVector One = Shared.closure(Number("one.h"));
  llvm::BitVector Two = Shared.closure(Number("two.h"));
  EXPECT_EQ(One.count(), 2U);
  EXPECT_TRUE(One.test(Number("gfp.h")));
  EXPECT_TRUE(Shared.isReadIn("TWO_NOFS", Two));
  EXPECT_FALSE(Shared.isReadIn("TWO_NOFS", One));
  EXPECT_TRUE(Shared.isReadIn("kmalloc", Two));
  EXPECT_FALSE(Shared.isReadIn("two_get", One));
  EXPECT_FALSE(Shared.isReadIn("no_such_name", Two));
  EXPECT_TRUE(Shared.Files[Number("one.h")].HasPart);
  EXPECT_FALSE(Shared.Files[Number("quiet.h")].HasPart);
  EXPECT_EQ(Shared.Pch, Tree.path("pch1.pch"));
}

} // namespace
