// Which section of MAINTAINERS a file belongs to, as scripts/get_maintainer.pl would have it.
#include "report/Maintainers.h"

#include <gtest/gtest.h>

using namespace gfplint;

namespace {

constexpr llvm::StringLiteral Text = "List of maintainers and how to submit kernel changes\n"
                                     "\n"
                                     "Please try to follow the guidelines below.\n"
                                     "\n"
                                     "\tM: *Mail* patches to: FullName <address@domain>\n"
                                     "\n"
                                     "FILESYSTEMS (VFS and infrastructure)\n"
                                     "M:\tA Person <a@example.org>\n"
                                     "M:\tB Person <b@example.org>\n"
                                     "L:\tfsdevel@example.org (moderated for non-subscribers)\n"
                                     "F:\tfs/*\n"
                                     "F:\tinclude/linux/fs.h\n"
                                     "X:\tfs/skipped.c\n"
                                     "\n"
                                     "DEMO FILE SYSTEM\n"
                                     "M:\tC Person <c@example.org>\n"
                                     "F:\tfs/demo/\n"
                                     "F:\tdrivers/*/demo*.c\n"
                                     "\n"
                                     "DEMO'S LOG\n"
                                     "F:\tfs/demo/log*\n"
                                     "\n"
                                     "THE REST\n"
                                     "M:\tNobody <n@example.org>\n"
                                     "F:\t*\n"
                                     "F:\t*/\n";

std::string nameOf(llvm::StringRef File) {
  static const Maintainers Known(Text);
  const Subsystem *S = Known.of(File);
  return S != nullptr ? S->Name : "";
}

TEST(MaintainersTest, TheMostPrecisePatternDecides) {
  EXPECT_EQ(nameOf("fs/demo/inode.c"), "DEMO FILE SYSTEM");
  EXPECT_EQ(nameOf("fs/demo/sub/x.c"), "DEMO FILE SYSTEM");
  EXPECT_EQ(nameOf("fs/demo/log.c"), "DEMO'S LOG");
  EXPECT_EQ(nameOf("fs/inode.c"), "FILESYSTEMS (VFS and infrastructure)");
  EXPECT_EQ(nameOf("drivers/md/demo-raid.c"), "DEMO FILE SYSTEM");
}

TEST(MaintainersTest, FilesOfNobodyInParticular) {
  EXPECT_EQ(nameOf("fs/skipped.c"), "");
  EXPECT_EQ(nameOf("fs/other/x.c"), "");
  EXPECT_EQ(nameOf("Makefile"), "");
  EXPECT_EQ(nameOf("drivers/md/sub/demo.c"), "");
}

TEST(MaintainersTest, PeopleAndLists) {
  const Maintainers Known(Text);
  EXPECT_EQ(Known.size(), 4U);
  const Subsystem *S = Known.of("include/linux/fs.h");
  ASSERT_NE(S, nullptr);
  EXPECT_EQ(S->People, (std::vector<std::string>{"A Person <a@example.org>", "B Person <b@example.org>"}));
  EXPECT_EQ(S->Lists, std::vector<std::string>{"fsdevel@example.org"});
}

TEST(MaintainersTest, WhatIsNoSuchFileHasNoSections) {
  EXPECT_EQ(Maintainers("").size(), 0U);
  EXPECT_EQ(Maintainers("M:\tno title\n").size(), 0U);
}

} // namespace
