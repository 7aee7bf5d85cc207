// The HTML report as text: Markdown, what its data say, that nothing breaks out of its place. What a browser
// makes of it is for tests/html.
#include "report/Diff.h"
#include "report/Html.h"
#include "report/Markdown.h"

#include "llvm/Support/JSON.h"

#include <gtest/gtest.h>

using namespace gfplint;

namespace {

std::string markdown(llvm::StringRef Text) {
  return markdownToHtml(Text, 2, [](llvm::StringRef Target) -> std::string {
    return Target.ends_with(".md") ? "#" + Target.str() : "";
  });
}

TEST(Markdown, Blocks) {
  EXPECT_EQ(markdown("# Title\n\none\ntwo\n\n## Next\nthree\n"),
            "<h2>Title</h2>\n<p>one\ntwo</p>\n<h3>Next</h3>\n<p>three</p>\n");
  EXPECT_EQ(markdown("- one\n  goes on\n- two\n\nend"),
            "<ul>\n<li>one\ngoes on</li>\n<li>two</li>\n</ul>\n<p>end</p>\n");
  EXPECT_EQ(markdown("```c\n# no `title`\n\n\ta < b;\n```\nend"),
            "<pre tabindex=\"0\"><code># no `title`\n\n\ta &lt; b;\n</code></pre>\n<p>end</p>\n");
  EXPECT_EQ(markdown("| a | b |\n| --- | :-: |\n| `x \\| y` | |\n"),
            "<table>\n<thead><tr><th scope=\"col\">a</th><th scope=\"col\">b</th></tr>\n</thead>\n<tbody>"
            "<tr><td><code>x | y</code></td><td></td></tr>\n</tbody></table>\n");
  EXPECT_EQ(markdown(""), "");
}

TEST(Markdown, InsideOfLines) {
  EXPECT_EQ(markdown("a `<b>` **bold `c`** d"),
            "<p>a <code>&lt;b&gt;</code> <strong>bold <code>c</code></strong> d</p>\n");
  EXPECT_EQ(markdown("[`one`](a.md), [two](javascript:x)"),
            "<p><a href=\"#a.md\"><code>one</code></a>, two</p>\n");
  // What does not end is text.
  EXPECT_EQ(markdown("a ` b ** c [d](e"), "<p>a ` b ** c [d](e</p>\n");
}

TEST(Markdown, TextIsEscaped) {
  EXPECT_EQ(markdown("<script>alert(\"1\")</script> &amp;"),
            "<p>&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp;amp;</p>\n");
  EXPECT_EQ(htmlEscaped(llvm::StringRef("a\0'\xff", 4)), "a &apos;\xEF\xBF\xBD");
}

/// A report of one file, demo/a.c, whose text is kept in the report.
struct Demo {
  FileTable Files;
  Report R;
  FileId A = Files.intern("demo/a.c");

  explicit Demo(std::string Text) {
    R.Files = &Files;
    R.Texts["demo/a.c"] = std::move(Text);
  }
  Finding &add(uint32_t Line, uint32_t Offset) {
    Finding F;
    F.Rule = "restricted-gfp-site";
    F.Level = Severity::Note;
    F.At = {A, Line, 1, Offset};
    F.Function = "get";
    F.Message = "message";
    F.Mask = "GFP_NOFS | __GFP_ZERO";
    R.Findings.push_back(F);
    return R.Findings.back();
  }
  llvm::json::Value data() {
    return llvm::cantFail(llvm::json::parse(
        htmlData({R, fingerprints(R), std::vector<std::string>(R.Findings.size(), "DEMO")})));
  }
  std::string page() {
    std::string Text;
    llvm::raw_string_ostream Out(Text);
    writeHtml(R, Out);
    return Text;
  }
};

/// Lines `line 1` to `line 30`.
std::string thirtyLines() {
  std::string Text;
  for (int I = 1; I <= 30; ++I)
    Text += "line " + std::to_string(I) + "\n";
  return Text;
}

TEST(HtmlData, LinesAreWrittenOnce) {
  Demo D(thirtyLines());
  D.add(2, 7);
  D.add(4, 21);
  D.add(29, 0);
  llvm::json::Value Data = D.data();
  const llvm::json::Array &Files = *Data.getAsObject()->getArray("files");
  ASSERT_EQ(Files.size(), 1u);
  EXPECT_EQ(Files[0].getAsObject()->getString("name"), "demo/a.c");
  const llvm::json::Array &Excerpts = *Files[0].getAsObject()->getArray("excerpts");
  ASSERT_EQ(Excerpts.size(), 2u);
  EXPECT_EQ(Excerpts[0].getAsObject()->getInteger("first"), 1);
  EXPECT_EQ(Excerpts[0].getAsObject()->getArray("lines")->size(), 10u);
  EXPECT_EQ(Excerpts[1].getAsObject()->getInteger("first"), 23);
  const llvm::json::Array &Last = *Excerpts[1].getAsObject()->getArray("lines");
  EXPECT_EQ(Last.front(), "line 23");
  EXPECT_EQ(Last.back(), "line 30");
}

TEST(HtmlData, TextsAreWrittenOnce) {
  Demo D("");
  D.add(1, 0);
  D.add(1, 0);
  llvm::json::Value Data = D.data();
  EXPECT_EQ(Data.getAsObject()->getArray("strings")->size(), 5u);
  EXPECT_EQ(Data.getAsObject()->getArray("findings")->size(), 2u);
  EXPECT_EQ((*Data.getAsObject()->getArray("findings"))[0].getAsObject()->getInteger("message"),
            (*Data.getAsObject()->getArray("findings"))[1].getAsObject()->getInteger("message"));
}

TEST(HtmlData, LongLinesAreCutBetweenCharacters) {
  std::string Long;
  for (int I = 0; I < 300; ++I)
    Long += "\xC3\xA4"; // two bytes
  Demo D("x" + Long + "\n");
  D.add(1, 0);
  llvm::json::Value Data = D.data();
  std::string Line = (*(*(*Data.getAsObject()->getArray("files"))[0].getAsObject()->getArray("excerpts"))[0]
                           .getAsObject()
                           ->getArray("lines"))[0]
                         .getAsString()
                         ->str();
  EXPECT_EQ(Line, "x" + Long.substr(0, 398) + "\xE2\x80\xA6");
}

const llvm::json::Object &fixOf(const llvm::json::Value &Data) {
  return *(*Data.getAsObject()->getArray("findings"))[0].getAsObject()->getObject("fix");
}

TEST(HtmlData, FixIsADiff) {
  Demo D(thirtyLines());
  Fix X;
  X.Kind = Applicability::Safe;
  // Out of order, and one twice, as rules may have them.
  X.Edits = {{{D.A, 2, 1, 7}, 4, "LINE"}, {{D.A, 1, 1, 0}, 0, "first\n"}, {{D.A, 2, 1, 7}, 4, "LINE"}};
  D.add(2, 7).Suggested = X;
  llvm::json::Value Data = D.data();
  EXPECT_EQ(fixOf(Data).getString("diff"),
            "--- a/demo/a.c\n+++ b/demo/a.c\n@@ -1,5 +1,6 @@\n+first\n line 1\n"
            "-line 2\n+LINE 2\n line 3\n line 4\n line 5\n");
}

TEST(HtmlData, FixThatDoesNotFitHasNoDiff) {
  for (uint32_t Offset : {0u, 500u}) {
    Demo D("short\n");
    Fix X;
    X.Edits = {{{D.A, 1, 1, Offset}, 2, "a"}, {{D.A, 1, 2, Offset + 1}, 2, "b"}};
    D.add(1, 0).Suggested = X;
    llvm::json::Value Data = D.data();
    EXPECT_TRUE(fixOf(Data).get("diff")->kind() == llvm::json::Value::Null);
  }
  Demo Plain("short\n");
  Plain.add(1, 0).Suggested = Fix{};
  llvm::json::Value Data = Plain.data();
  EXPECT_EQ(fixOf(Data).get("diff"), nullptr);
}

TEST(HtmlData, UnreadableFileHasNoExcerpt) {
  Demo D("");
  D.add(1, 0).At.File = D.Files.intern("no/such/file.c");
  llvm::json::Value Data = D.data();
  EXPECT_EQ((*Data.getAsObject()->getArray("files"))[0].getAsObject()->get("excerpts"), nullptr);
}

TEST(Html, NothingBreaksOut) {
  const char *Evil = "</script><script>alert(1)</script><!-- \"'& {{data}}";
  Demo D(std::string(Evil) + "\n");
  Finding &F = D.add(1, 0);
  F.Message = F.Function = Evil;
  F.Trace.push_back({F.At, Evil, Evil});
  D.R.Failures = {{Evil, Evil}};
  std::string Page = D.page();
  llvm::StringRef Rest(Page);
  // The data and the page's own.
  EXPECT_EQ(Rest.count("<script"), 2u);
  EXPECT_EQ(Rest.count("</script"), 2u);
  EXPECT_EQ(Rest.count("alert(1)</script>"), 0u);
  EXPECT_EQ(Rest.count("<!--"), 0u);
  EXPECT_NE(Rest.find("&lt;/script&gt;"), llvm::StringRef::npos);
}

TEST(Html, EveryPlaceIsFilled) {
  Demo D("");
  std::string Page = D.page();
  EXPECT_EQ(Page.find("{{"), std::string::npos);
  for (const char *Part : {"<style>", "addEventListener", "sha256-", "--ground", "<title>gfplint report: 0"})
    EXPECT_NE(Page.find(Part), std::string::npos) << Part;
  EXPECT_EQ(Page.find("src="), std::string::npos);
  EXPECT_EQ(Page.find("http"), Page.find("http-equiv"));
}

TEST(Html, SameForTheSameReport) {
  Demo One(thirtyLines());
  One.add(3, 0);
  Demo Two(thirtyLines());
  Two.Files.intern("unrelated.c");
  Two.add(3, 0);
  EXPECT_EQ(One.page(), Two.page());
}

TEST(Html, SaysWhatIsNotShown) {
  Demo D("");
  EXPECT_EQ(D.page().find("Not shown"), std::string::npos);
  for (SuppressedBy Who : {SuppressedBy::Source, SuppressedBy::Baseline, SuppressedBy::Baseline})
    D.R.Suppressed.push_back({D.add(1, 0), Who, ""});
  EXPECT_NE(D.page().find("Not shown: 3 findings, 1 by ignores in the source, 0 by the configuration, 2 by "
                          "the baseline."),
            std::string::npos);
}

TEST(Html, FilterLinks) {
  EXPECT_EQ(htmlFilterLink({{"rule", "scope-unpaired"}}), "#rule=scope-unpaired");
  EXPECT_EQ(htmlFilterLink({{"subsystem", "A & B/c"}, {"severity", "note"}}),
            "#subsystem=A%20%26%20B%2Fc&severity=note");
}

TEST(Html, ChartCountsByTheMasksFirstName) {
  Demo D("");
  for (const char *Mask : {"GFP_NOFS", "GFP_NOFS | __GFP_ZERO", "GFP_NOIO"})
    D.add(1, 0).Mask = Mask;
  D.add(1, 0).Rule = "scope-unpaired";
  std::string Page = D.page();
  EXPECT_NE(Page.find("<title>demo: 2 GFP_NOFS</title>"), std::string::npos);
  EXPECT_NE(Page.find("<title>demo: 1 GFP_NOIO</title>"), std::string::npos);
  EXPECT_NE(Page.find("<td class=\"number\">2</td><td class=\"number\">1</td>"), std::string::npos);
}

} // namespace
