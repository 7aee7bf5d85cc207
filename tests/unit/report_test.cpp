// Reports: fingerprints, the text form, and names of subsystems.
#include "report/Report.h"
#include "report/SourceLines.h"
#include "report/Words.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

#include <gtest/gtest.h>

#include <set>

using namespace gfplint;

namespace {

Finding finding(FileId File, uint32_t Line, const char *Identity = "kmalloc GFP_NOFS") {
  Finding F;
  F.Rule = "demo-rule";
  F.Level = Severity::Error;
  F.At = {File, Line, 5, Line * 20};
  F.Function = "demo";
  F.Message = "it is wrong";
  F.Mask = "GFP_NOFS";
  F.Identity = Identity;
  return F;
}

Report reportOf(const FileTable &Files, std::vector<Finding> Findings) {
  Report R;
  R.Files = &Files;
  R.Findings = std::move(Findings);
  return R;
}

TEST(Fingerprints, StayWhenLinesMove) {
  FileTable Files;
  FileId A = Files.intern("fs/a.c");
  auto Before = fingerprints(reportOf(Files, {finding(A, 10), finding(A, 20), finding(A, 30, "other")}));
  auto After = fingerprints(reportOf(Files, {finding(A, 110), finding(A, 125), finding(A, 300, "other")}));
  EXPECT_EQ(Before, After);
  for (const std::string &Print : Before) {
    EXPECT_EQ(Print.size(), 16u);
    EXPECT_EQ(Print.find_first_not_of("0123456789abcdef"), std::string::npos);
  }
}

TEST(Fingerprints, TellFindingsApart) {
  FileTable Files;
  FileId A = Files.intern("fs/a.c");
  FileId B = Files.intern("fs/b.c");
  Finding OtherRule = finding(A, 10);
  OtherRule.Rule = "demo-other";
  Finding OtherFunction = finding(A, 10);
  OtherFunction.Function = "demo2";
  auto All = fingerprints(reportOf(Files, {finding(A, 10), finding(A, 11), finding(B, 10),
                                           finding(A, 10, "other"), OtherRule, OtherFunction}));
  EXPECT_EQ(std::set<std::string>(All.begin(), All.end()).size(), All.size());
}

TEST(Fingerprints, DoNotDependOnFileNumbers) {
  FileTable One;
  FileId A = One.intern("fs/a.c");
  FileTable Two;
  Two.intern("other.c");
  FileId A2 = Two.intern("fs/a.c");
  EXPECT_EQ(fingerprints(reportOf(One, {finding(A, 1)})), fingerprints(reportOf(Two, {finding(A2, 1)})));
}

TEST(Subsystems, AreTwoFoldersDeep) {
  EXPECT_EQ(subsystemOf("fs/gfs2/log.c"), "fs/gfs2");
  EXPECT_EQ(subsystemOf("mm/vmalloc.c"), "mm");
  EXPECT_EQ(subsystemOf("drivers/net/ethernet/intel/e1000.c"), "drivers/net");
  EXPECT_EQ(subsystemOf("main.c"), ".");
}

TEST(Text, HasTheFormOfGcc) {
  FileTable Files;
  Finding F = finding(Files.intern("fs/a.c"), 7);
  F.Trace = {{{F.At.File, 3, 2, 0}, "top", "chosen here"}, {{F.At.File, 7, 5, 0}, "", "arrives"}};
  std::string Text;
  llvm::raw_string_ostream Out(Text);
  writeText(reportOf(Files, {F}), Out);
  // The file cannot be read, so there is no source line.
  EXPECT_EQ(Out.str(), "fs/a.c:7:5: error: it is wrong [demo-rule]\n"
                       "fs/a.c:3:2: note: in top(): chosen here\n"
                       "fs/a.c:7:5: note: arrives\n");
}

TEST(Text, CaretStandsUnderTheColumn) {
  llvm::SmallString<128> Root;
  ASSERT_FALSE(llvm::sys::fs::createUniqueDirectory("gfplint-report", Root));
  {
    std::error_code Error;
    llvm::raw_fd_ostream Out((Root + "/a.c").str(), Error);
    Out << "first\n\tp = kmalloc();\nlast";
  }
  FileTable Files;
  FileId A = Files.intern("a.c");
  Finding Middle = finding(A, 2);
  Middle.At = {A, 2, 6, 11};
  Finding Last = finding(A, 3);
  Last.At = {A, 3, 1, 23};
  Report R = reportOf(Files, {Middle, Last});
  R.SourceRoot = Root.str().str();
  std::string Text;
  llvm::raw_string_ostream Out(Text);
  writeText(R, Out);
  EXPECT_NE(Out.str().find("\n\tp = kmalloc();\n\t    ^\n"), std::string::npos) << Out.str();
  EXPECT_NE(Out.str().find("\nlast\n^\n"), std::string::npos) << Out.str();
  llvm::sys::fs::remove_directories(Root);
}

TEST(Json, IsOneObjectWhateverIsInTheNames) {
  FileTable Files;
  Finding F = finding(Files.intern("fs/\"odd\\\n\xff.c"), 7);
  F.Message = "a \"quoted\" \x01 \xc3\x28 message";
  F.Suggested = Fix{Applicability::Unsafe,
                    "title",
                    {{F.At, 3, "text"}},
                    {{F.At, "demo", "GFP_NOFS", "GFP_KERNEL"}},
                    {},
                    {}};
  std::string Text;
  llvm::raw_string_ostream Out(Text);
  Report R = reportOf(Files, {F});
  R.Failures = {{"fs/\xfe.c", "bad \xff"}};
  writeJson(R, Out);
  llvm::Expected<llvm::json::Value> Value = llvm::json::parse(Out.str());
  ASSERT_TRUE(static_cast<bool>(Value)) << llvm::toString(Value.takeError());
  const llvm::json::Object *Found = Value->getAsObject()->getArray("findings")->front().getAsObject();
  EXPECT_EQ(Found->getInteger("line"), 7);
  EXPECT_EQ(Found->getObject("fix")->getString("applicability"), "unsafe");
  EXPECT_EQ(Found->getObject("fix")->getArray("edits")->size(), 1u);
}

TEST(Uris, AreRelativeOrFile) {
  EXPECT_EQ(fileUri("fs/a.c"), "fs/a.c");
  EXPECT_EQ(fileUri("/usr/src/a b.c"), "file:///usr/src/a%20b.c");
  EXPECT_EQ(fileUri("a:b/50%#?\"[1]\\\xff.c"), "a%3Ab/50%25%23%3F%22%5B1%5D%5C%FF.c");
}

TEST(Xml, HasNoCharacterThatXmlCannotWrite) {
  EXPECT_EQ(xmlText("a < b && \"c\" > 'd'"), "a &lt; b &amp;&amp; &quot;c&quot; &gt; &apos;d&apos;");
  EXPECT_EQ(xmlText("\t\r\n"), "&#9;&#13;&#10;");
  EXPECT_EQ(xmlText("\x01\xff\xEF\xBF\xBF!"), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD!");
  EXPECT_EQ(xmlText("gr\xC3\xB6\xC3\x9F"), "gr\xC3\xB6\xC3\x9F");
}

TEST(Characters, AreCodePointsAndStrayBytes) {
  EXPECT_EQ(characters(""), 0u);
  EXPECT_EQ(characters("gr\xC3\xB6\xC3\x9F"), 4u);
  EXPECT_EQ(characters("\xF0\x9F\x92\xBE|"), 2u);
  EXPECT_EQ(characters("\xf6\xdf|\xC3"), 4u);
}

TEST(Lines, OfAFileAsItWasAnalysed) {
  FileTable Files;
  FileId A = Files.intern("a.c");
  Report R = reportOf(Files, {});
  R.SourceRoot = "/nowhere";
  R.Texts["/nowhere/a.c"] = "one\r\n\xC3\xB6 two_3;\nlast";
  SourceLines Lines(R);
  EXPECT_EQ(Lines.line({A, 1, 1, 0}), "one");
  EXPECT_EQ(Lines.line({A, 3, 1, 0}), "last");
  EXPECT_EQ(Lines.line({A, 4, 1, 0}), "");
  EXPECT_EQ(Lines.line({A, 0, 0, 0}), "");
  Region Word = Lines.wordAt({A, 2, 4, 8});
  EXPECT_EQ(std::pair(Word.Column, Word.EndColumn), std::pair(4u, 9u));
  Region InCharacters = Lines.inCharacters(A, Word);
  EXPECT_EQ(std::pair(InCharacters.Column, InCharacters.EndColumn), std::pair(3u, 8u));
  // From the end of the first line into the third.
  std::optional<Region> Replaced = Lines.region({{A, 1, 5, 4}, 13, ""});
  ASSERT_TRUE(Replaced);
  EXPECT_EQ(std::tuple(Replaced->Line, Replaced->Column, Replaced->EndLine, Replaced->EndColumn),
            std::tuple(1u, 5u, 3u, 3u));
  EXPECT_FALSE(Lines.region({{A, 3, 1, 16}, 5, ""}));
  FileId B = Files.intern("b.c");
  EXPECT_FALSE(Lines.region({{B, 1, 1, 0}, 0, ""}));
  Region Unknown = Lines.inCharacters(B, Lines.wordAt({B, 7, 5, 60}));
  EXPECT_EQ(std::tuple(Unknown.Line, Unknown.Column, Unknown.EndColumn), std::tuple(7u, 5u, 6u));
}

TEST(Edits, ThatTouchAreOne) {
  FileTable Files;
  FileId B = Files.intern("b.c");
  FileId A = Files.intern("a.c");
  Fix X;
  X.Edits = {{{B, 1, 1, 0}, 0, "b"},
             {{A, 2, 1, 9}, 3, "2"},
             {{A, 1, 1, 5}, 4, "1"},
             {{A, 3, 1, 20}, 0, "3"},
             {{A, 3, 1, 20}, 0, "4"}};
  std::vector<Edit> Joined = joinedEdits(reportOf(Files, {}), X);
  ASSERT_EQ(Joined.size(), 3u);
  EXPECT_EQ(Joined[0], (Edit{{A, 1, 1, 5}, 7, "12"}));
  EXPECT_EQ(Joined[1], (Edit{{A, 3, 1, 20}, 0, "34"}));
  EXPECT_EQ(Joined[2].At.File, B);
}

TEST(Words, OfSeverityAndApplicability) {
  for (Severity S : {Severity::Note, Severity::Warning, Severity::Error})
    EXPECT_EQ(severityNamed(severityName(S)), S);
  EXPECT_EQ(severityNamed("fatal"), std::nullopt);
  EXPECT_LT(Severity::Note, Severity::Warning);
  EXPECT_LT(Severity::Warning, Severity::Error);
  EXPECT_EQ(applicabilityName(Applicability::Safe), "safe");
  EXPECT_EQ(applicabilityName(Applicability::Unsafe), "unsafe");
  EXPECT_EQ(applicabilityName(Applicability::Display), "display");
}

} // namespace
