// Planning of precompiled headers, what is known of them as JSON, and macros that only prefix strings.
#include "frontend/Parse.h"
#include "frontend/PchPlan.h"
#include "frontend/PchRecord.h"
#include "frontend/SharedHeaders.h"

#include "clang/Frontend/CompilerInstance.h"
#include "clang/Frontend/FrontendActions.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

using namespace gfplint;

namespace {

std::string names(const std::vector<Include> &Includes) {
  std::string Text;
  for (const Include &I : Includes)
    Text += (I.Quoted ? "\"" + I.Name + "\"" : "<" + I.Name + ">") + " ";
  return Text;
}

TEST(IncludesOf, LinesOutsideConditions) {
  EXPECT_EQ(names(includesOf("#include <a.h>\n  #  include \"b.h\" // c\n#include<d/e.h>\nint x;\n")),
            "<a.h> \"b.h\" <d/e.h> ");
  EXPECT_EQ(names(includesOf(
                "#ifdef A\n#include <a.h>\n#if B\n#endif\n#include <b.h>\n#else\n#include <c.h>\n#endif\n"
                "#include <d.h>\n")),
            "<d.h> ");
  EXPECT_EQ(names(includesOf(
                "/* #include <a.h>\n#include <b.h>\n*/\n#include <c.h>\n/* one line */\n#include <d.h>\n")),
            "<c.h> <d.h> ");
  EXPECT_EQ(names(includesOf("#include MACRO\n#endif\n#include <a.h>")), "<a.h> ");
  EXPECT_EQ(names(includesOf("")), "");
}

TEST(ChooseHeaders, FrequentOnesFirstThenQuotedInOrder) {
  std::vector<std::vector<Include>> Units;
  for (int I = 0; I < 100; ++I) {
    Units.push_back({{"common.h", false}});
    if (I % 2 == 0)
      Units.back().push_back({"half.h", false});
    if (I < 3)
      Units.back().push_back({"rare.h", false});
    if (I < 30) {
      Units.back().push_back({"/d/first.h", true});
      Units.back().push_back({"/d/second.h", true});
    }
    if (I < 10)
      Units.back().push_back({"/d/seldom.h", true});
  }
  EXPECT_EQ(names(chooseHeaders(Units, 0.04)), "<common.h> <half.h> \"/d/first.h\" \"/d/second.h\" ");
  std::shuffle(Units.begin(), Units.end(), std::mt19937(1));
  EXPECT_EQ(names(chooseHeaders(Units, 0.04)), "<common.h> <half.h> \"/d/first.h\" \"/d/second.h\" ");
  EXPECT_EQ(names(chooseHeaders({}, 0.04)), "");
  // One unit that names a header a hundred times is one unit.
  Units.assign(100, {{"a.h", false}});
  Units[0].insert(Units[0].end(), 100, {"b.h", false});
  EXPECT_EQ(names(chooseHeaders(Units, 0.04)), "<a.h> ");
}

TEST(HeaderSource, OneALine) {
  EXPECT_EQ(headerSource({{"a.h", false}, {"/d/b.h", true}}), "#include <a.h>\n#include \"/d/b.h\"\n");
}

Entry entry(const std::string &File, std::vector<std::string> Flags) {
  Flags.push_back(File);
  return {File, "/build", std::move(Flags)};
}

/// What a group is, with the files of its units.
std::vector<std::string> describe(const std::vector<Entry> &Entries, size_t Smallest) {
  std::vector<std::string> All;
  for (const PchGroup &G : planGroups(Entries, Smallest, Smallest)) {
    std::vector<std::string> Files;
    for (size_t I : G.Units)
      Files.push_back(Entries[I].File);
    std::sort(Files.begin(), Files.end());
    std::string Text = G.Folder + " in " + G.Directory + ":";
    for (const std::string &Arg : G.Args)
      Text += " " + Arg;
    Text += ";";
    for (const std::string &File : Files)
      Text += " " + File;
    All.push_back(Text);
  }
  return All;
}

TEST(PlanGroups, ByFlags) {
  std::vector<Entry> Entries;
  for (char C : {'a', 'b', 'c'})
    Entries.push_back(entry(std::string("/s/") + C + ".c", {"-DX", "-Iinclude"}));
  for (char C : {'d', 'e'})
    Entries.push_back(entry(std::string("/s/") + C + ".c", {"-DY", "-Iinclude"}));
  EXPECT_EQ(describe(Entries, 2),
            (std::vector<std::string>{"/s in /build: -DX -Iinclude; /s/a.c /s/b.c /s/c.c",
                                      "/s in /build: -DY -Iinclude; /s/d.c /s/e.c"}));
  EXPECT_EQ(describe(Entries, 3),
            (std::vector<std::string>{"/s in /build: -DX -Iinclude; /s/a.c /s/b.c /s/c.c"}));
  EXPECT_TRUE(describe(Entries, 4).empty());
  // A directory of its own makes relative paths others.
  Entries[0].Directory = "/elsewhere";
  EXPECT_TRUE(describe(Entries, 3).empty());
}

TEST(PlanGroups, CommonIncludePathsInFront) {
  std::vector<Entry> Entries = {entry("/s/a.c", {"-Iinclude", "-I", "uapi", "-DX", "-Idrivers/a"}),
                                entry("/s/b.c", {"-Iinclude", "-I", "uapi", "-DX", "-Idrivers/b"}),
                                entry("/s/c.c", {"-Iinclude", "-I", "uapi", "-DX"})};
  EXPECT_EQ(describe(Entries, 3),
            (std::vector<std::string>{"/s in /build: -DX -Iinclude -I uapi; /s/a.c /s/b.c /s/c.c"}));
  // Paths that come first could shadow any header of the others.
  Entries[1] = entry("/s/b.c", {"-Iown", "-Iinclude", "-I", "uapi", "-DX"});
  EXPECT_EQ(describe(Entries, 3), (std::vector<std::string>{"/s in /build: -DX; /s/a.c /s/b.c /s/c.c"}));
}

TEST(PlanGroups, LargeFoldersAlone) {
  std::vector<Entry> Entries;
  for (int I = 0; I < 4; ++I) {
    Entries.push_back(entry("/s/net/a" + std::to_string(I) + ".c", {"-DX"}));
    Entries.push_back(entry("/s/fs/x" + std::to_string(I) + "/b.c", {"-DX"}));
    Entries.push_back(entry("/s/lib" + std::to_string(I) + "/c.c", {"-DX"}));
  }
  std::vector<std::string> Plan = describe(Entries, 4);
  std::sort(Plan.begin(), Plan.end());
  EXPECT_EQ(Plan, (std::vector<std::string>{
                      "/s in /build: -DX; /s/lib0/c.c /s/lib1/c.c /s/lib2/c.c /s/lib3/c.c",
                      "/s/fs in /build: -DX; /s/fs/x0/b.c /s/fs/x1/b.c /s/fs/x2/b.c /s/fs/x3/b.c",
                      "/s/net in /build: -DX; /s/net/a0.c /s/net/a1.c /s/net/a2.c /s/net/a3.c"}));
}

TEST(PlanGroups, OrderDoesNotMatter) {
  std::vector<Entry> Entries;
  for (int I = 0; I < 40; ++I)
    Entries.push_back(entry("/s/d" + std::to_string(I % 3) + "/f" + std::to_string(I) + ".c",
                            {"-Iinclude", I % 4 == 0 ? "-DX" : "-DY", "-Id" + std::to_string(I)}));
  std::vector<std::string> Plan = describe(Entries, 5);
  EXPECT_FALSE(Plan.empty());
  std::mt19937 Dice(7);
  for (int Round = 0; Round < 10; ++Round) {
    std::shuffle(Entries.begin(), Entries.end(), Dice);
    EXPECT_EQ(describe(Entries, 5), Plan);
  }
}

TEST(GroupFinder, FlagsOfTheGroupAndMoreMacros) {
  std::vector<PchGroup> Groups = {{{}, {"-DX", "-O2", "-Iinclude"}, "/build", "/s"},
                                  {{0, 1}, {"-DX", "-O2", "-Iinclude"}, "/build", "/s"},
                                  {{0}, {"-DX", "-O2", "-Iinclude"}, "/build", "/s/net"},
                                  {{0}, {"-DY=1", "-Iinclude"}, "/build", "/s"}};
  GroupFinder Finder(Groups);
  using Found = std::optional<size_t>;
  // The largest of those that are as near.
  EXPECT_EQ(Finder.find(entry("/s/fs/a.c", {"-DX", "-O2", "-Iinclude"})), Found(1));
  EXPECT_EQ(Finder.find(entry("/s/net/a.c", {"-DX", "-Iinclude", "-O2", "-Iown"})), Found(2));
  EXPECT_EQ(Finder.find(entry("/s/fs/a.c", {"-DX", "-DMORE=2", "-O2", "-Iinclude"})), Found(1));
  EXPECT_FALSE(Finder.hasSameFlags(entry("/s/fs/a.c", {"-DX", "-DMORE=2", "-O2", "-Iinclude"})));
  EXPECT_TRUE(Finder.hasSameFlags(entry("/s/fs/a.c", {"-DX", "-Iown", "-O2"})));
  EXPECT_EQ(Finder.find(entry("/s/fs/a.c", {"-DY=1", "-Iinclude", "-D", "MORE"})), Found());
  EXPECT_EQ(Finder.find(entry("/s/fs/a.c", {"-DY=1", "-DY=2", "-Iinclude"})), Found());
  EXPECT_EQ(Finder.find(entry("/s/fs/a.c", {"-DX", "-O3", "-Iinclude"})), Found());
  EXPECT_EQ(Finder.find(entry("/s/fs/a.c", {"-O2", "-Iinclude"})), Found());
  EXPECT_EQ(Finder.find(entry("/s/fs/a.c", {"-DX", "-O2", "-Iown", "-Iinclude"})), Found());
}

TEST(IsGuarded, FirstDirective) {
  for (const char *Yes :
       {"#ifndef A\n#define A\n#endif\n", "/* a */\n// b\n\n# ifndef A\n", "#pragma once\n",
        "#if !defined(A)\n#endif\n", "#undef S\n#define S a\n\n#if !defined(A) || B\n#endif\n"})
    EXPECT_TRUE(isGuarded(Yes)) << Yes;
  for (const char *No :
       {"", "/* a", "// a", "int a;\n#ifndef A\n#endif\n", "#include <a.h>\n", "#ifdef A\n#endif\n"})
    EXPECT_FALSE(isGuarded(No)) << No;
}

SharedHeaders sample() {
  SharedHeaders S;
  S.Pch = "/c/pch/one.pch";
  S.Files = {{"/s/a.h", {1, 2}, true, {2}, {}},
             {"/s/b.h", {2}, false, {}, {3, 0}},
             {"/s/c.h", {}, false, {}, {}},
             {"/s/d \"e\".h", {3}, true, {1}, {}}};
  S.Always = {2};
  S.Names = NameTable({{"other", "3"}, {"A_NAME", "0 2"}, {"STEADY", "=1"}});
  S.Overridable["pr_fmt"] = {1, {0, 3}, true, false};
  S.Overridable["dev_fmt"] = {2, {}, false, true};
  return S;
}

TEST(SharedHeaders, ThroughText) {
  SharedHeaders S = sample();
  llvm::Expected<SharedHeaders> Read = SharedHeaders::fromText(S.toText());
  ASSERT_TRUE(static_cast<bool>(Read)) << llvm::toString(Read.takeError());
  EXPECT_EQ(Read->Pch, S.Pch);
  EXPECT_EQ(Read->Files, S.Files);
  EXPECT_EQ(Read->Always, S.Always);
  EXPECT_EQ(Read->Names, S.Names);
  EXPECT_EQ(Read->Overridable, S.Overridable);
  EXPECT_EQ(Read->toText(), S.toText());
}

TEST(NameTable, FindsEachNameAndNoOther) {
  std::vector<std::pair<std::string, std::string>> Entries;
  for (int I = 0; I < 200; ++I)
    Entries.emplace_back("n" + std::to_string(I * 7 % 200) + (I % 3 == 0 ? "(" : ""), std::to_string(I));
  NameTable T(Entries);
  for (const auto &[Name, Text] : Entries) {
    EXPECT_TRUE(T.contains(Name)) << Name;
    EXPECT_EQ(T[Name], Text) << Name;
  }
  for (llvm::StringRef Other : {"", "n", "n20000", "a", "z", "n1\t"})
    EXPECT_FALSE(T.contains(Other)) << Other.str();
  EXPECT_FALSE(NameTable().contains("n1"));
  EXPECT_EQ(NameTable::fromText(T.text()), T);
  // Cut off anywhere it may miss names, and does nothing worse.
  for (size_t Length = 0; Length < T.text().size(); ++Length)
    (void)NameTable::fromText(T.text().substr(0, Length)).contains("n50");
}

TEST(SharedHeaders, ClosuresAndNames) {
  SharedHeaders S = sample();
  llvm::BitVector A = S.closure(0);
  EXPECT_TRUE(A.test(0) && A.test(1) && A.test(2) && !A.test(3));
  EXPECT_EQ(S.closure(1).count(), 2U);
  // A file that includes itself.
  EXPECT_EQ(S.closure(3).count(), 1U);
  EXPECT_TRUE(S.isReadIn("A_NAME", S.closure(2)));
  EXPECT_TRUE(S.isReadIn("A_NAME", S.closure(1)));
  EXPECT_FALSE(S.isReadIn("other", A));
  EXPECT_FALSE(S.isReadIn("none", A));
}

TEST(SharedHeaders, DamageIsAnErrorNeverACrash) {
  auto Refused = [](llvm::StringRef Text) {
    llvm::Expected<SharedHeaders> Read = SharedHeaders::fromText(Text);
    bool Bad = !Read;
    llvm::consumeError(Read.takeError());
    return Bad;
  };
  std::string Good = sample().toText();
  for (size_t Length = 0; Length < Good.size(); ++Length)
    EXPECT_TRUE(Refused(llvm::StringRef(Good).take_front(Length))) << Length;
  for (llvm::StringRef Text : {"[]", "{}", "null", "3", "{\"pch\":\"x\"}"})
    EXPECT_TRUE(Refused(Text)) << Text.str();
  // A number that is no file's.
  auto With = [&](llvm::StringRef From, llvm::StringRef To) {
    size_t At = Good.find(From.str());
    EXPECT_NE(At, std::string::npos) << From.str();
    std::string Text = Good;
    return Text.replace(At, From.size(), To.str());
  };
  EXPECT_TRUE(Refused(With("[1,2]", "[1,4]")));
  EXPECT_TRUE(Refused(With("[1,2]", "[-1]")));
  EXPECT_TRUE(Refused(With("[1,2]", "7")));
  EXPECT_TRUE(Refused(With("\"precedes\":[3,0]", "\"precedes\":[4]")));
  EXPECT_TRUE(Refused(With("\"needs\":[1]", "\"needs\":4")));
  EXPECT_TRUE(Refused(With("[0,3]", "[0,9]")));
  EXPECT_TRUE(Refused(With("\"always\":[2]", "\"always\":[8]")));
  EXPECT_TRUE(Refused(With("\"always\":[2]", "\"always\":{}")));
  // Any one byte changed is read or refused.
  std::mt19937 Dice(3);
  for (int Round = 0; Round < 500; ++Round) {
    std::string Text = Good;
    Text[Dice() % Text.size()] = static_cast<char>(Dice() % 128);
    Refused(Text);
  }
}

/// Runs the preprocessor over a text and asks about the macro `fmt`.
class AskAction : public clang::PreprocessOnlyAction {
public:
  explicit AskAction(std::optional<bool> &Answer) : Answer(Answer) {}

private:
  void EndSourceFileAction() override {
    clang::Preprocessor &Pp = getCompilerInstance().getPreprocessor();
    if (const clang::MacroInfo *Info = Pp.getMacroInfo(Pp.getIdentifierInfo("fmt")))
      Answer = isFormatPrefix(*Info, Pp);
  }
  std::optional<bool> &Answer;
};

std::optional<bool> isPrefix(const std::string &Text) {
  Overlay Files = {{"/virtual/unit.c", Text}};
  std::optional<bool> Answer;
  Parser P;
  P.run({"/virtual/unit.c", "/", {"-nostdinc", "/virtual/unit.c"}}, std::make_unique<AskAction>(Answer),
        &Files);
  return Answer;
}

TEST(IsFormatPrefix, StringsBeforeTheArgument) {
  for (const char *Yes :
       {"#define fmt(x) x\n", "#define fmt(x) \"a: \" x\n", "#define fmt(x) \"a\" \": \" x\n",
        "#define NAME \"a\"\n#define fmt(x) NAME \": \" x\n", "#define fmt(x) \"%s: \" x, __func__\n",
        "#define NAME \"a\"\n#define fmt(x) \"%s:%d %d \" x, NAME, __LINE__, 3\n"})
    EXPECT_EQ(isPrefix(Yes), std::optional(true)) << Yes;
  for (const char *No :
       {"#define fmt(x) \"%s: \" x, f()\n", "#define fmt(x) \"%s\" x, n\n", "#define fmt(x) \"%s\" x,\n",
        "#define fmt(x) x \"!\"\n", "#define fmt(x)\n", "#define fmt \"a\"\n", "#define fmt(x, y) x\n",
        "#define fmt(x) NAME x\n", "#define NAME 3\n#define fmt(x) NAME x\n",
        "#define NAME(n) \"a\"\n#define fmt(x) NAME(1) x\n", "#define fmt(x) f(x)\n",
        "#define fmt(x) \"a\" #x\n"})
    EXPECT_EQ(isPrefix(No), std::optional(false)) << No;
}

} // namespace
