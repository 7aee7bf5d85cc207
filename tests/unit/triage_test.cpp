// Triage: comments and their statements, patterns of paths, configurations, and the index of files with
// ignores.
#include "triage/CodeLines.h"
#include "triage/Config.h"
#include "triage/IgnoreComments.h"
#include "triage/MentionIndex.h"
#include "triage/Triage.h"

#include <gtest/gtest.h>

using namespace gfplint;

namespace {

/// The statement of the comment with `@` in it.
LineRange statementOf(llvm::StringRef Text) {
  for (const CodeComment &C : findComments(Text))
    if (C.Text.contains('@'))
      return C.Statement;
  ADD_FAILURE() << "no comment with @ in\n" << Text.str();
  return {};
}

TEST(CodeLines, StatementOfAComment) {
  struct Case {
    const char *Text;
    LineRange Wanted;
  };
  const Case Cases[] = {
      {"/* @ */\nf(a,\n  b);\ng();\n", {2, 3}},
      {"f(a, /* @ */\n  b);\ng();\n", {1, 2}},
      {"f(a,\n  /* @ */\n  b);\n", {1, 3}},
      {"f();\n/* @ */\n", {0, 0}},
      {"/* @ */\n\nf();\n", {0, 0}},
      {"/* @ */ f();\n", {1, 1}},
      {"f(); /* @ */\ng();\n", {1, 1}},
      {"// @\\\n still\nf();\n", {3, 3}},
      {"// @\n// more\n/* and\n * more */\nf();\n", {5, 5}},
      {"// @\nint x; // other\nf();\n", {2, 2}},
      {"if (a &&\n    b) { // @\n  f();\n}\n", {1, 2}},
      {"for (i = 0;\n     i < 3; i++) /* @ */\n  f();\n", {1, 3}},
      {"x = \"/* } ; \\\" { */\"; /* @ */\n", {1, 1}},
      {"c = '\"'; /* @ */\nf(\n);\n", {1, 1}},
      {"a = (struct s){\n  .x = 1,\n/* @ */\n  .y = 2 };\n", {4, 4}},
      {"a = (struct s){ .x = 1,\n/* @ */\n  .y = f(1,\n 2), .z = 3 };\n", {3, 4}},
      {"if ((p = (f(1)))) {\n  /* @ */\n  g(1,\n 2); h();\n}\n", {3, 4}},
      {"struct ops o = {\n  /* @ */\n  .a = f(1,\n         2),\n  .b = g,\n};\n", {3, 4}},
      {"struct ops o[] = {\n  /* @ */\n  { .a = 1,\n    .b = 2 },\n  { 0 },\n};\n", {3, 4}},
      {"x = ({\n  /* @ */\n  f(1,\n    2);\n  g();\n});\n", {3, 4}},
      {"#define M(a) do { \\\n  /* @ */ \\\n  f(a, \\\n    1); \\\n  g(); \\\n} while (0)\nh();\n", {3, 4}},
      {"f(a,\n#ifdef X\n  b, /* @ */\n#else\n  c,\n#endif\n  d);\n", {1, 7}},
      {"f(a);\n#define X 1 /* @ */\ng();\n", {2, 2}},
      {"void f(void)\n{\n  if ((a {\n  }\n}\n\nvoid g(void)\n{\n  a(); /* @ */\n  b();\n}\n", {9, 9}},
      {"/* @ */\n}\n", {2, 2}},
      {"/* @ is not ended\nf();\n", {0, 0}},
  };
  for (const Case &C : Cases) {
    LineRange Found = statementOf(C.Text);
    EXPECT_EQ(Found.First, C.Wanted.First) << C.Text;
    EXPECT_EQ(Found.Last, C.Wanted.Last) << C.Text;
  }
}

TEST(CodeLines, SaysWhatIsUnderACondition) {
  auto Conditional = [](llvm::StringRef Text) {
    std::vector<CodeComment> All = findComments(Text);
    return !All.empty() && All.back().Conditional;
  };
  EXPECT_FALSE(Conditional("/* a */\n"));
  EXPECT_TRUE(Conditional("#if X\n/* a */\n#endif\n"));
  EXPECT_TRUE(Conditional("#ifdef X\n#else\n/* a */\n#endif\n"));
  EXPECT_FALSE(Conditional("#ifdef X\n#endif\n/* a */\n"));
  EXPECT_FALSE(Conditional("// Licence\n#ifndef A_H\n#define A_H\n/* a */\n#endif\n"));
  EXPECT_TRUE(Conditional("#ifndef A_H\n#define A_H\n#if X\n/* a */\n#endif\n#endif\n"));
  EXPECT_TRUE(Conditional("#ifndef A\n#define B\n/* a */\n#endif\n"));
  EXPECT_TRUE(Conditional("int x;\n#ifndef A\n#define A\n/* a */\n#endif\n"));
}

TEST(IgnoreComments, Parts) {
  std::vector<IgnoreComment> All =
      readIgnores("int x;\n\t/*\n\t * gfplint-ignore: scope-unpaired,\n\t * kvmalloc-no-fallback"
                  "\n\t * -- it is\n\t * handed on\n\t */\n\tf();\n");
  ASSERT_EQ(All.size(), 1U);
  EXPECT_EQ(All[0].Problem, "");
  EXPECT_EQ(All[0].Rules, (std::vector<std::string>{"scope-unpaired", "kvmalloc-no-fallback"}));
  EXPECT_EQ(All[0].Reason, "it is handed on");
  EXPECT_EQ(All[0].Line, 3U);
  EXPECT_EQ(All[0].Column, 5U);
  EXPECT_EQ(All[0].Offset, 15U);
  EXPECT_TRUE(All[0].covers(8));
  EXPECT_FALSE(All[0].covers(9));
}

TEST(IgnoreComments, SeveralInOneComment) {
  std::vector<IgnoreComment> All =
      readIgnores("/* gfplint-ignore: scope-unpaired -- a\n * gfplint-ignore: unused-ignore -- b */\nf();\n");
  ASSERT_EQ(All.size(), 2U);
  EXPECT_EQ(All[0].Reason, "a");
  EXPECT_FALSE(All[0].MayBeUnused);
  EXPECT_TRUE(All[1].MayBeUnused);
  EXPECT_TRUE(All[0].covers(3));
}

TEST(PathPattern, Matches) {
  struct Case {
    const char *Pattern;
    const char *File;
    bool Wanted;
  };
  const Case Cases[] = {
      {"fs", "fs/ext4/inode.c", true},
      {"fs/", "fs/ext4/inode.c", true},
      {"fs", "fsx/a.c", false},
      {"./fs/ext4", "fs/ext4/inode.c", true},
      {"fs/*", "fs/ext4/inode.c", true},
      {"fs/*.c", "fs/ext4/inode.c", false},
      {"fs/*.c", "fs/inode.c", true},
      {"**/*.h", "include/linux/gfp.h", true},
      {"**/*.h", "a.h", true},
      {"fs/**/inode.c", "fs/inode.c", true},
      {"fs/**/inode.c", "fs/a/b/inode.c", true},
      {"fs/**/inode.c", "fs/a/b/xinode.c", false},
      {".", "anything/at.c", true},
      {"/abs/x", "/abs/x/y.c", true},
      {"abs/x", "/abs/x/y.c", false},
      {"f?/[ab].c", "fs/b.c", true},
      {"fs/ext4/inode.c/x", "fs/ext4/inode.c", false},
  };
  for (const Case &C : Cases) {
    llvm::Expected<PathPattern> P = PathPattern::create(C.Pattern);
    ASSERT_TRUE(static_cast<bool>(P)) << C.Pattern;
    EXPECT_EQ(P->matches(C.File), C.Wanted) << C.Pattern << " " << C.File;
    // Copies stay whole.
    PathPattern Copy = *P;
    EXPECT_EQ(Copy.matches(C.File), C.Wanted);
  }
}

TEST(Config, LevelOfTheLongestPattern) {
  llvm::Expected<Config> C =
      parseConfig("x.yaml", "severity: {'*': note, 'scope-*': warning, scope-unpaired: off}\n");
  ASSERT_TRUE(static_cast<bool>(C)) << llvm::toString(C.takeError());
  EXPECT_EQ(*C->levelOf("kvmalloc-no-fallback"), Severity::Note);
  EXPECT_EQ(*C->levelOf("scope-around-one-allocation"), Severity::Warning);
  EXPECT_EQ(*C->levelOf("scope-unpaired"), std::nullopt);
  EXPECT_EQ(Config().levelOf("scope-unpaired"), nullptr);
}

TEST(MentionIndex, KeepsWhatItLearnt) {
  auto Key = [](uint8_t First) {
    const uint8_t Hash[16] = {First, 1, 2, 3, 4, 5, 6, 7};
    return MentionIndex::keyOf(Hash);
  };
  MentionIndex I;
  EXPECT_EQ(I.has(Key(8)), std::nullopt);
  EXPECT_FALSE(I.changed());
  I.add(Key(8), true);
  I.add(Key(6), false);
  EXPECT_TRUE(I.changed());
  MentionIndex Again(I.bytes());
  EXPECT_EQ(Again.has(Key(8)), true);
  EXPECT_EQ(Again.has(Key(6)), false);
  EXPECT_EQ(Again.has(Key(4)), std::nullopt);
  EXPECT_FALSE(Again.changed());
  EXPECT_EQ(Again.bytes(), I.bytes());
  // Not its own: as if nothing were known.
  EXPECT_EQ(MentionIndex("123").has(Key(8)), std::nullopt);
}

TEST(Baseline, TakesWhatWasFoundAndKeepsWhatWasNotLookedAt) {
  FileTable Files;
  Report R;
  R.Files = &Files;
  Finding F;
  F.Rule = "scope-unpaired";
  F.At = {Files.intern("fs/a.c"), 3, 1, 20};
  F.Function = "f";
  R.Findings = {F, F};
  numberFindings(R);
  std::string First = R.Findings[0].Fingerprint;
  ASSERT_NE(First, R.Findings[1].Fingerprint);
  llvm::Expected<Baseline> Old =
      parseBaseline("b", "# gfplint baseline 1\n1111111111111111 # scope-unpaired fs/b.c: g()\n"
                         "2222222222222222 # scope-unpaired fs/a.c: g()\n");
  ASSERT_TRUE(static_cast<bool>(Old));
  Config Settings;
  TriageInput In;
  In.Settings = &Settings;
  In.Known = &*Old;
  In.Ran = {"scope-unpaired"};
  In.Asked = [&](FileId) { return true; };
  In.MayHaveIgnore = [](FileId) { return false; };
  In.Partial = true;
  TriageNotes Notes = triage(R, In);
  EXPECT_EQ(Notes.Stale, std::vector<std::string>{"2222222222222222"});
  Baseline New = takeAsKnown(R, Notes, &*Old);
  EXPECT_TRUE(R.Findings.empty());
  EXPECT_EQ(R.Suppressed.size(), 2U);
  EXPECT_EQ(New.Entries.size(), 3U);
  EXPECT_TRUE(New.Entries.contains("1111111111111111"));
  EXPECT_TRUE(New.Entries.contains(First));
  // What is written is read again.
  llvm::Expected<Baseline> Read = parseBaseline("b", baselineText(New));
  ASSERT_TRUE(static_cast<bool>(Read));
  EXPECT_EQ(baselineText(*Read), baselineText(New));
}

} // namespace
