// Edits become files and diffs; files that changed meanwhile are left alone.
#include "fix/Apply.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/raw_ostream.h"

#include <gtest/gtest.h>

#include <sys/stat.h>

using namespace gfplint;

namespace {

/// A source root in a temporary folder, and a report over it.
class FixTest : public testing::Test {
protected:
  void SetUp() override {
    ASSERT_FALSE(llvm::sys::fs::createUniqueDirectory("gfplint-fix", Root));
    R.Files = &Files;
    R.SourceRoot = Root.str().str();
  }
  void TearDown() override { llvm::sys::fs::remove_directories(Root); }

  [[nodiscard]] std::string at(llvm::StringRef Name) const { return (Root + "/" + Name).str(); }
  void write(llvm::StringRef Name, llvm::StringRef Text) const {
    ASSERT_FALSE(llvm::sys::fs::create_directories(llvm::sys::path::parent_path(at(Name))));
    std::error_code Error;
    llvm::raw_fd_ostream Out(at(Name), Error);
    ASSERT_FALSE(Error);
    Out << Text;
  }
  [[nodiscard]] std::string read(llvm::StringRef Name) const {
    auto Buffer = llvm::MemoryBuffer::getFile(at(Name));
    return Buffer ? (*Buffer)->getBuffer().str() : "(no such file)";
  }
  /// A finding whose fix replaces the first `Old` in the file by `New`.
  void replace(llvm::StringRef Name, llvm::StringRef Old, llvm::StringRef New,
               Applicability Kind = Applicability::Safe) {
    std::string Text = read(Name);
    size_t Offset = Text.find(Old);
    ASSERT_NE(Offset, std::string::npos);
    edit(Name, Offset, Old.size(), New, Kind);
  }
  void edit(llvm::StringRef Name, size_t Offset, size_t Length, llvm::StringRef New,
            Applicability Kind = Applicability::Safe) {
    Finding F;
    F.At = {Files.intern(Name), 1, 1, static_cast<uint32_t>(Offset)};
    F.Suggested = Fix{Kind, "demo", {{F.At, static_cast<uint32_t>(Length), New.str()}}, {}, {}, {}};
    R.Findings.push_back(F);
  }
  std::vector<ChangedFile> apply(bool Unsafe = false) {
    auto All = applyFixes(R, Unsafe, Skipped);
    if (!All) {
      ADD_FAILURE() << llvm::toString(All.takeError());
      return {};
    }
    return std::move(All->Files);
  }
  /// What `patch -p1` makes of the files on disk with the diff.
  void patch(llvm::StringRef Diff) {
    write("the.diff", Diff);
    auto Program = llvm::sys::findProgramByName("patch");
    ASSERT_TRUE(static_cast<bool>(Program)) << "patch is not installed";
    std::string Input = at("the.diff");
    std::string Log = at("patch.log");
    ASSERT_EQ(llvm::sys::ExecuteAndWait(*Program, {"patch", "-p1", "-s", "-F0", "-d", Root}, std::nullopt,
                                        {llvm::StringRef(Input), llvm::StringRef(Log), llvm::StringRef(Log)}),
              0)
        << read("patch.log") << Diff.str();
  }
  /// The diff of all fixes, taken by patch, gives what applyFixes says.
  void expectDiffIsAfter() {
    std::vector<ChangedFile> All = apply();
    patch(unifiedDiff(All));
    for (const ChangedFile &F : All)
      EXPECT_EQ(read(F.Name), F.After) << unifiedDiff(All);
  }

  llvm::SmallString<128> Root;
  FileTable Files;
  Report R;
  std::vector<SkippedFix> Skipped;
};

std::string lines(int Count) {
  std::string Text;
  for (int I = 1; I <= Count; ++I)
    Text += "line " + std::to_string(I) + ";\n";
  return Text;
}

TEST_F(FixTest, EditsAreApplied) {
  write("fs/a.c", "x = kmalloc(1, GFP_NOFS);\ny = kmalloc(2, GFP_NOIO);\n");
  replace("fs/a.c", "GFP_NOIO", "GFP_KERNEL");
  replace("fs/a.c", "GFP_NOFS", "GFP_KERNEL | __GFP_ZERO");
  std::vector<ChangedFile> All = apply();
  ASSERT_EQ(All.size(), 1u);
  EXPECT_EQ(All[0].Name, "fs/a.c");
  EXPECT_EQ(All[0].After, "x = kmalloc(1, GFP_KERNEL | __GFP_ZERO);\ny = kmalloc(2, GFP_KERNEL);\n");
  EXPECT_EQ(read("fs/a.c"), All[0].Before);
  EXPECT_FALSE(static_cast<bool>(writeFiles(All)));
  EXPECT_EQ(read("fs/a.c"), All[0].After);
}

TEST_F(FixTest, ApplicabilityDecides) {
  write("a.c", "one two three\n");
  replace("a.c", "one", "1", Applicability::Safe);
  replace("a.c", "two", "2", Applicability::Unsafe);
  replace("a.c", "three", "3", Applicability::Display);
  EXPECT_EQ(apply(false)[0].After, "1 two three\n");
  EXPECT_EQ(Skipped.size(), 1u);
  EXPECT_EQ(apply(true)[0].After, "1 2 three\n");
}

TEST_F(FixTest, OfTwoThatTouchTheFirstStays) {
  write("a.c", "GFP_NOFS rest\n");
  edit("a.c", 0, 8, "first");
  edit("a.c", 4, 6, "second");
  EXPECT_EQ(apply()[0].After, "first rest\n");
  EXPECT_EQ(Skipped.size(), 1u);
}

TEST_F(FixTest, TheSameEditTwiceIsOne) {
  write("a.c", "GFP_NOFS rest\n");
  edit("a.c", 0, 8, "GFP_KERNEL");
  edit("a.c", 0, 8, "GFP_KERNEL");
  EXPECT_EQ(apply()[0].After, "GFP_KERNEL rest\n");
  EXPECT_TRUE(Skipped.empty());
}

TEST_F(FixTest, AdjacentEditsBothApply) {
  write("a.c", "onetwo\n");
  edit("a.c", 0, 3, "1");
  edit("a.c", 3, 3, "2");
  EXPECT_EQ(apply()[0].After, "12\n");
  expectDiffIsAfter();
}

TEST_F(FixTest, DiffOfFirstAndLastLine) {
  write("fs/a.c", lines(20));
  replace("fs/a.c", "line 1;", "first;");
  replace("fs/a.c", "line 20;", "last;");
  expectDiffIsAfter();
}

TEST_F(FixTest, DiffWithoutNewlineAtTheEnd) {
  write("a.c", lines(4) + "end");
  replace("a.c", "end", "END");
  expectDiffIsAfter();
}

TEST_F(FixTest, DiffNearAnEndWithoutNewline) {
  write("a.c", lines(4) + "end");
  replace("a.c", "line 3", "LINE 3");
  expectDiffIsAfter();
}

TEST_F(FixTest, DiffThatAddsAndRemovesLines) {
  write("a.c", lines(30));
  replace("a.c", "line 5;\n", "");
  replace("a.c", "line 25;\n", "line 25;\nflags = save();\nrestore(flags);\n");
  edit("a.c", 0, 0, "#include <linux/sched/mm.h>\n");
  expectDiffIsAfter();
}

TEST_F(FixTest, DiffOfTouchingAndDistantHunks) {
  for (int Distance = 1; Distance < 12; ++Distance) {
    SCOPED_TRACE(Distance);
    R.Findings.clear();
    write("a.c", lines(40));
    replace("a.c", "line 10;", "TEN;");
    replace("a.c", "line " + std::to_string(10 + Distance) + ";", "OTHER;\nAND MORE;");
    expectDiffIsAfter();
  }
}

TEST_F(FixTest, DiffOfAnEditOverSeveralLines) {
  write("a.c", lines(12));
  replace("a.c", "line 4;\nline 5;\nline 6", "one;\ntwo");
  replace("a.c", "line 7", "LINE 7");
  expectDiffIsAfter();
}

TEST_F(FixTest, DiffOfInsertionsAtLineEnds) {
  write("a.c", lines(9));
  size_t EndOfThird = lines(3).size() - 1;
  edit("a.c", EndOfThird, 0, " /* more */");
  edit("a.c", EndOfThird + 1, 0, "between;\n");
  expectDiffIsAfter();
}

TEST_F(FixTest, DiffOfSeveralFiles) {
  write("fs/a.c", lines(5));
  write("mm/b.c", lines(5));
  replace("mm/b.c", "line 2", "two");
  replace("fs/a.c", "line 3", "three");
  expectDiffIsAfter();
}

TEST_F(FixTest, DiffOfWindowsLineEnds) {
  write("a.c", "one\r\ntwo\r\nthree\r\n");
  replace("a.c", "two", "2");
  std::vector<ChangedFile> All = apply();
  std::string Diff = unifiedDiff(All);
  EXPECT_NE(Diff.find("-two\r\n+2\r\n"), std::string::npos) << Diff;
}

TEST_F(FixTest, NoEditNoDiff) {
  write("a.c", lines(3));
  replace("a.c", "line 2", "line 2");
  EXPECT_EQ(unifiedDiff(apply()), "");
}

TEST_F(FixTest, AFileThatChangedIsLeftAloneTheOthersAreWritten) {
  write("a.c", "old a\n");
  write("b.c", "old b\n");
  replace("a.c", "old", "new");
  replace("b.c", "old", "new");
  std::vector<ChangedFile> All = apply();
  write("a.c", "changed meanwhile\n");
  llvm::Error E = writeFiles(All);
  ASSERT_TRUE(static_cast<bool>(E));
  EXPECT_NE(llvm::toString(std::move(E)).find("a.c"), std::string::npos);
  EXPECT_EQ(read("a.c"), "changed meanwhile\n");
  EXPECT_EQ(read("b.c"), "new b\n");
}

TEST_F(FixTest, AFileThatIsGoneOrTooShortIsAnError) {
  edit("gone.c", 0, 3, "x");
  auto Gone = applyFixes(R, false, Skipped);
  ASSERT_FALSE(static_cast<bool>(Gone));
  EXPECT_NE(llvm::toString(Gone.takeError()).find("gone.c"), std::string::npos);
  R.Findings.clear();
  write("short.c", "ab");
  edit("short.c", 1, 5, "x");
  auto Short = applyFixes(R, false, Skipped);
  EXPECT_FALSE(static_cast<bool>(Short));
  if (!Short)
    llvm::consumeError(Short.takeError());
}

TEST_F(FixTest, PermissionsStayAndNothingIsLeftBehind) {
  write("run.c", "old\n");
  ASSERT_EQ(chmod(at("run.c").c_str(), 0640), 0);
  replace("run.c", "old", "new");
  ASSERT_FALSE(static_cast<bool>(writeFiles(apply())));
  struct stat Status{};
  ASSERT_EQ(stat(at("run.c").c_str(), &Status), 0);
  EXPECT_EQ(Status.st_mode & 07777, 0640u);
  std::error_code Error;
  unsigned Count = 0;
  for (llvm::sys::fs::directory_iterator It(Root, Error), End; It != End && !Error; It.increment(Error))
    ++Count;
  EXPECT_EQ(Count, 1u);
}

} // namespace
