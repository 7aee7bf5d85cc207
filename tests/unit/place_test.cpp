// Where a fix's lines go in a function's text, and what is left alone.
#include "fix/Layout.h"
#include "fix/LineLength.h"
#include "fix/Place.h"

#include <gtest/gtest.h>

using namespace gfplint;

namespace {

Loc at(llvm::StringRef Text, llvm::StringRef What) {
  size_t Offset = Text.find(What);
  EXPECT_NE(Offset, llvm::StringRef::npos) << What.str();
  Loc L;
  L.File = 1;
  L.Offset = static_cast<uint32_t>(Offset);
  L.Line = static_cast<uint32_t>(Text.take_front(Offset).count('\n') + 1);
  L.Column = static_cast<uint32_t>(Offset - Text.take_front(Offset).rfind('\n'));
  return L;
}

/// A scope from before "take(" to behind each "release(".
ScopeInsertion scope(llvm::StringRef Text, llvm::StringRef Name = "demo") {
  ScopeInsertion S;
  S.Kind = "nofs";
  S.Save = "memalloc_nofs_save";
  S.Restore = "memalloc_nofs_restore";
  S.Header = "linux/sched/mm.h";
  S.Why = "the lock";
  S.NameAt = at(Text, Name);
  S.BraceAt = S.NameAt;
  S.BraceAt.Offset = static_cast<uint32_t>(Text.rfind('}'));
  S.Before = at(Text, "take(");
  for (size_t I = Text.find("release("); I != llvm::StringRef::npos; I = Text.find("release(", I + 1)) {
    Loc L = S.NameAt;
    L.Offset = static_cast<uint32_t>(I);
    S.After.push_back(L);
  }
  return S;
}

std::string edited(llvm::StringRef Text, llvm::Expected<std::vector<Edit>> Edits) {
  if (!Edits)
    return "refused: " + llvm::toString(Edits.takeError());
  std::stable_sort(Edits->begin(), Edits->end(),
                   [](const Edit &A, const Edit &B) { return A.At.Offset < B.At.Offset; });
  std::string Out = Text.str();
  for (auto It = Edits->rbegin(); It != Edits->rend(); ++It)
    Out.replace(It->At.Offset, It->Length, It->Text);
  return Out;
}

std::string placed(llvm::StringRef Text) { return edited(Text, placeScope(Text, scope(Text))); }

TEST(PlaceTest, ScopeAroundALock) {
  EXPECT_EQ(
      placed("#include <linux/a.h>\n#include <linux/z.h>\n\n"
             "int demo(void)\n{\n\tint err = 0;\n\n\ttake();\n\tif (err)\n\t\tgoto out;\nout:\n\trelease();\n"
             "\treturn err;\n}\n"),
      "#include <linux/a.h>\n#include <linux/sched/mm.h>\n#include <linux/z.h>\n\n"
      "int demo(void)\n{\n\tint err = 0;\n\tunsigned int nofs_flags;\n\n"
      "\t/* Allocations under the lock must not enter the file system */\n\tnofs_flags = "
      "memalloc_nofs_save();\n"
      "\ttake();\n\tif (err)\n\t\tgoto out;\nout:\n\trelease();\n\tmemalloc_nofs_restore(nofs_flags);\n"
      "\treturn err;\n}\n");
}

TEST(PlaceTest, LineEndingsStay) {
  std::string After =
      placed("#include <linux/a.h>\r\n\r\nvoid demo(void)\r\n{\r\n\ttake();\r\n\trelease();\r\n}");
  EXPECT_EQ(llvm::StringRef(After).count('\n'), llvm::StringRef(After).count("\r\n")) << After;
  EXPECT_TRUE(llvm::StringRef(After).ends_with("}")) << After;
}

TEST(PlaceTest, TheHeaderGoesBeforeTheFilesOwn) {
  std::string After =
      placed("#include <linux/z.h>\n#include <linux/a.h>\n#include \"own.h\"\n#include <linux/late.h>\n\n"
             "void demo(void)\n{\n\ttake();\n\trelease();\n}\n");
  EXPECT_TRUE(llvm::StringRef(After).starts_with("#include <linux/z.h>\n#include <linux/a.h>\n#include "
                                                 "<linux/sched/mm.h>\n#include \"own.h\"\n"))
      << After;
}

TEST(PlaceTest, ArmsGetBraces) {
  std::string After = placed("void demo(int a)\n{\n\ttake();\n\tif (a)\n\t\trelease();\n}\n");
  EXPECT_NE(After.find("\tif (a) {\n\t\trelease();\n\t\tmemalloc_nofs_restore(nofs_flags);\n\t}\n"),
            std::string::npos)
      << After;
}

TEST(PlaceTest, AnAssignedEnd) {
  std::string After =
      placed("int demo(int a)\n{\n\tint err;\n\n\ttake();\n\terr = release(a);\n\treturn err;\n}\n");
  EXPECT_NE(After.find("\terr = release(a);\n\tmemalloc_nofs_restore(nofs_flags);\n\treturn err;\n"),
            std::string::npos)
      << After;
  After = placed(
      "int demo(int a)\n{\n\tint err;\n\n\ttake();\n\terr = release(a) ? more() : 0;\n\treturn err;\n}\n");
  EXPECT_TRUE(llvm::StringRef(After).starts_with("refused: ")) << After;
}

TEST(PlaceTest, ElseIsRefused) {
  std::string After =
      placed("void demo(int a)\n{\n\ttake();\n\tif (a)\n\t\trelease();\n\telse\n\t\trelease();\n}\n");
  EXPECT_TRUE(llvm::StringRef(After).starts_with("refused: line ")) << After;
}

TEST(PlaceTest, DeclarationsAndMacros) {
  // A loop by macro, a label at its end, strings and comments with braces.
  std::string After =
      placed("static int demo(struct x *x)\n{\n\tstruct list_head *p;\n\tLIST_HEAD(done); /* } */\n"
             "\tconst char *s = \"{\";\n\n\tlist_for_each(p, &x->list) {\n\t\ttake();\n"
             "\t\tlist_for_each(p, &x->list)\n\t\t\tdemo_one(p);\n\t\trelease();\n\t}\n\treturn 0;\n}\n");
  EXPECT_NE(After.find("\tconst char *s = \"{\";\n\tunsigned int nofs_flags;\n"), std::string::npos) << After;
  EXPECT_NE(After.find("\t\tnofs_flags = memalloc_nofs_save();\n\t\ttake();\n"), std::string::npos) << After;
  EXPECT_NE(After.find("\t\trelease();\n\t\tmemalloc_nofs_restore(nofs_flags);\n\t}\n"), std::string::npos)
      << After;
}

TEST(PlaceTest, NamesOfTheFunctionAreLeftAlone) {
  std::string After = placed("void demo(int nofs_flags)\n{\n\ttake();\n\trelease();\n}\n");
  EXPECT_NE(After.find("unsigned int nofs_flag;"), std::string::npos) << After;
}

TEST(PlaceTest, ConditionalHalvesAreRefused) {
  std::string After = placed("void demo(int a)\n{\n\ttake();\n#ifdef A\n\tif (a) {\n#else\n\tif (!a) "
                             "{\n#endif\n\t}\n\trelease();\n}\n");
  EXPECT_TRUE(llvm::StringRef(After).starts_with("refused: ")) << After;
}

TEST(PlaceTest, AReturnedCallIsComputedBefore) {
  std::string Text = "int demo(void)\n{\n\tint f = save();\n\n\treturn work(f);\n}\n";
  StatementChange C{StatementChange::Kind::PutBefore, at(Text, "return"), "end(f);", at(Text, "demo"), {}};
  C.BraceAt.Offset = static_cast<uint32_t>(Text.rfind('}'));
  EXPECT_EQ(
      edited(Text, placeChange(Text, C)),
      "int demo(void)\n{\n\tint f = save();\n\tint ret;\n\n\tret = work(f);\n\tend(f);\n\treturn ret;\n}\n");
  // A variable of the function's own, and lines below an open bracket.
  Text = "static struct x *demo(int a)\n{\n\tstruct x y, *err = NULL;\n\n\tif (a)\n\t\treturn "
         "work(a,\n\t\t\t    "
         "\"b\");\n\treturn err;\n}\n";
  C.At = at(Text, "return work");
  C.NameAt = at(Text, "demo");
  C.BraceAt.Offset = static_cast<uint32_t>(Text.rfind('}'));
  EXPECT_EQ(edited(Text, placeChange(Text, C)),
            "static struct x *demo(int a)\n{\n\tstruct x y, *err = NULL;\n\n\tif (a) {\n\t\terr = "
            "work(a,\n\t\t\t   "
            "\"b\");\n\t\tend(f);\n\t\treturn err;\n\t}\n\treturn err;\n}\n");
  // A type that is not plainly written.
  Text = "TYPE(x) demo(void)\n{\n\treturn work(f);\n}\n";
  C.At = at(Text, "return");
  C.NameAt = at(Text, "demo");
  C.BraceAt.Offset = static_cast<uint32_t>(Text.rfind('}'));
  EXPECT_TRUE(llvm::StringRef(edited(Text, placeChange(Text, C))).starts_with("refused: line 3: "));
  Text = "int demo(void)\n{\n\tint f = save();\n\n\treturn -EIO;\n}\n";
  C.At = at(Text, "return");
  C.NameAt = at(Text, "demo");
  C.BraceAt.Offset = static_cast<uint32_t>(Text.rfind('}'));
  EXPECT_EQ(edited(Text, placeChange(Text, C)),
            "int demo(void)\n{\n\tint f = save();\n\n\tend(f);\n\treturn -EIO;\n}\n");
}

TEST(PlaceTest, LongLinesAreBroken) {
  std::string Text =
      "\t\t\tb = alloc_buffer(c, GFP_NOIO | __GFP_NORETRY | __GFP_NOMEMALLOC | __GFP_NOWARN | __GFP_ZERO);\n";
  size_t Mask = Text.find("GFP_NOIO");
  std::vector<Edit> Edits = {{at(Text, "GFP_NOIO"), 8, "GFP_KERNEL"}};
  std::vector<Edit> Breaks = breakLongLines(Text, Edits);
  ASSERT_EQ(Breaks.size(), 1U);
  Edits.push_back(Breaks[0]);
  EXPECT_GT(Breaks[0].At.Offset, Mask);
  EXPECT_EQ(edited(Text, Edits), "\t\t\tb = alloc_buffer(c, GFP_KERNEL | __GFP_NORETRY |\n\t\t\t\t\t "
                                 "__GFP_NOMEMALLOC | __GFP_NOWARN | __GFP_ZERO);\n");
  // Short enough, or with what must not be broken.
  EXPECT_TRUE(breakLongLines("\tp = kmalloc(1, GFP_NOFS);\n", {{{1, 1, 1, 16}, 8, "GFP_KERNEL"}}).empty());
  std::string Quoted = "\tp = kasprintf(GFP_NOFS, \"" + std::string(90, 'x') + "\", a, b);\n";
  EXPECT_TRUE(breakLongLines(Quoted, {{at(Quoted, "GFP_NOFS"), 8, "GFP_KERNEL"}}).empty());
}

TEST(PlaceTest, AFileThatChangedIsRefused) {
  EXPECT_TRUE(
      llvm::StringRef(edited("int x;\n", placeScope("int x;\n", ScopeInsertion{}))).starts_with("refused: "));
}

} // namespace
