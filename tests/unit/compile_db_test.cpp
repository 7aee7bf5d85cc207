// The compilation database: loading, cleaning, selecting, finding the kernel, and its samples.
#include "compile_db/Database.h"
#include "compile_db/FlagRules.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/raw_ostream.h"

#include <gtest/gtest.h>

#include <algorithm>

using namespace gfplint;

namespace {

using Words = std::vector<std::string>;

/// A folder of files that goes away with the test.
class Folder {
public:
  Folder() {
    llvm::SmallString<128> Path;
    EXPECT_FALSE(llvm::sys::fs::createUniqueDirectory("gfplint-compile-db", Path));
    llvm::SmallString<128> Real;
    EXPECT_FALSE(llvm::sys::fs::real_path(Path, Real));
    Root = Real.str().str();
  }
  ~Folder() { llvm::sys::fs::remove_directories(Root); }
  Folder(const Folder &) = delete;
  Folder &operator=(const Folder &) = delete;

  [[nodiscard]] std::string at(llvm::StringRef Name) const { return Root + "/" + Name.str(); }

  /// Writes a file and the folders above it; returns its path.
  std::string add(llvm::StringRef Name, llvm::StringRef Text = "") const {
    const std::string Path = at(Name);
    EXPECT_FALSE(llvm::sys::fs::create_directories(llvm::sys::path::parent_path(Path)));
    std::error_code Error;
    llvm::raw_fd_ostream Out(Path, Error);
    EXPECT_FALSE(Error) << Path;
    Out << Text;
    return Path;
  }

  std::string Root;
};

constexpr llvm::StringLiteral Makefile = "VERSION = 6\nPATCHLEVEL = 12\nSUBLEVEL = 3\nEXTRAVERSION =\n";

void addKernel(const Folder &F, const std::string &Below = "") {
  F.add(Below + "Makefile", Makefile);
  F.add(Below + "include/linux/gfp.h");
}

struct Line {
  std::string Command;
  std::string File;
  std::string Directory;
};

std::string jsonOf(const std::vector<Line> &Lines) {
  llvm::json::Array List;
  for (const Line &L : Lines)
    List.push_back(llvm::json::Object{{"command", L.Command}, {"file", L.File}, {"directory", L.Directory}});
  std::string Text;
  llvm::raw_string_ostream(Text) << llvm::json::Value(std::move(List));
  return Text;
}

Database load(llvm::StringRef Path) {
  llvm::Expected<Database> Db = loadDatabase(Path);
  if (!Db) {
    ADD_FAILURE() << llvm::toString(Db.takeError());
    return {};
  }
  return std::move(*Db);
}

std::string errorOf(llvm::StringRef Path) {
  llvm::Expected<Database> Db = loadDatabase(Path);
  return Db ? "" : llvm::toString(Db.takeError());
}

Words filesOf(llvm::ArrayRef<Entry> Entries) {
  Words Files;
  for (const Entry &E : Entries)
    Files.push_back(E.File);
  return Files;
}

/// What is left of the words, without the three that are always added.
Words cleaned(const Words &Given) {
  Words Args = cleanArguments(Given, "/t/x.c");
  EXPECT_GE(Args.size(), 3u);
  EXPECT_EQ(Args.back(), "/t/x.c");
  EXPECT_EQ(Args[Args.size() - 2], "-ferror-limit=0");
  EXPECT_EQ(Args[Args.size() - 3], "-Wno-everything");
  Args.resize(Args.size() - 3);
  return Args;
}

bool has(llvm::ArrayRef<std::string> Args, llvm::StringRef Word) {
  return std::find(Args.begin(), Args.end(), Word) != Args.end();
}

// ---- Bad databases

struct BadCase {
  std::string Name;
  std::string Text;
  std::string Says;
};

class BadDatabase : public testing::TestWithParam<BadCase> {};

TEST_P(BadDatabase, IsOneLineThatNamesTheFile) {
  Folder F;
  F.add("x.c");
  const std::string Path = F.add("compile_commands.json", GetParam().Text);
  const std::string Error = errorOf(Path);
  EXPECT_EQ(Error.rfind(Path + ": ", 0), 0u) << Error;
  EXPECT_NE(Error.find(GetParam().Says), std::string::npos) << Error;
  EXPECT_NE(Error.find("; make the database again"), std::string::npos) << Error;
  EXPECT_EQ(Error.find('\n'), std::string::npos) << Error;
}

INSTANTIATE_TEST_SUITE_P(
    All, BadDatabase,
    testing::Values(
        BadCase{"Empty", "", "the file is empty"}, BadCase{"Blank", " \n", "the file is empty"},
        BadCase{"Truncated", R"([{"directory": "/t", "file": "x.c", "comm)", "not valid JSON"},
        BadCase{"NoJson", "CC := gcc\n", "not valid JSON"}, BadCase{"Object", "{}", "no list of entries"},
        BadCase{"Number", "7", "no list of entries"}, BadCase{"NoEntries", "[]", "list of entries is empty"},
        BadCase{"ListOfNumbers", "[1, 2]", "entry 1 is no object"},
        BadCase{"ListOfLists", "[[]]", "entry 1 is no object"},
        BadCase{"NoFile", R"([{"directory": "/t", "command": "cc x.c"}])", "entry 1 has no 'file'"},
        BadCase{
            "SecondHasNoCommand",
            R"([{"directory": ".", "file": "x.c", "command": "cc x.c"}, {"directory": ".", "file": "x.c"}])",
            "entry 2 ('x.c') has no 'command'"},
        BadCase{"EmptyCommand", R"([{"directory": ".", "file": "x.c", "command": " "}])",
                "entry 1 ('x.c') has no 'command'"},
        BadCase{"FileIsNumber", R"([{"directory": ".", "file": 1, "command": "cc"}])",
                "'file' that is no string"},
        BadCase{"DirectoryIsList", R"([{"directory": [], "file": "x.c", "command": "cc"}])",
                "'directory' that is no string"},
        BadCase{"CommandIsList", R"([{"directory": ".", "file": "x.c", "command": ["cc"]}])",
                "'command' that is no string"},
        BadCase{"ArgumentsIsString", R"([{"directory": ".", "file": "x.c", "arguments": "cc x.c"}])",
                "no list of strings"},
        BadCase{"ArgumentIsNumber", R"([{"directory": ".", "file": "x.c", "arguments": ["cc", 1]}])",
                "no list of strings"},
        BadCase{"Deep", std::string(200000, '['), "nested too deeply"},
        BadCase{"AllMissing", R"([{"directory": ".", "file": "gone.c", "command": "cc gone.c"}])",
                "no entry is a C file that exists (1 not there"}),
    [](const testing::TestParamInfo<BadCase> &Info) { return Info.param.Name; });

TEST(LoadDatabase, MissingFileOrFolder) {
  Folder F;
  EXPECT_NE(errorOf(F.at("nowhere")).find("nowhere: no such file or folder; give "), std::string::npos);
  EXPECT_NE(errorOf(F.Root).find(F.Root + ": the folder has no compile_commands.json; "), std::string::npos);
}

TEST(LoadDatabase, PercentSignsInNamesAreText) {
  Folder F;
  EXPECT_NE(errorOf(F.at("%s%n")).find("%s%n: no such file"), std::string::npos);
}

// ---- Good ones

TEST(LoadDatabase, TakesFileOrFolderAndBothForms) {
  Folder F;
  F.add("a b.c");
  F.add("c.c");
  const std::string Path = F.add("compile_commands.json", R"([
    {"directory": ".", "file": "c.c", "arguments": ["gcc", "-DX=\"y z\"", "-c", "c.c"]},
    {"directory": ".", "file": "a b.c", "command": "gcc '-DX=\"y z\"' -DA\\ B -c 'a b.c' -o a.o"}])");
  for (const std::string &Given : {Path, F.Root}) {
    Database Db = load(Given);
    EXPECT_EQ(Db.Path, Path);
    ASSERT_EQ(Db.Entries.size(), 2u);
    EXPECT_EQ(Db.Entries[0],
              (Entry{F.at("a b.c"),
                     F.Root,
                     {"-DX=\"y z\"", "-DA B", "-Wno-everything", "-ferror-limit=0", F.at("a b.c")}}));
    EXPECT_EQ(
        Db.Entries[1],
        (Entry{F.at("c.c"), F.Root, {"-DX=\"y z\"", "-Wno-everything", "-ferror-limit=0", F.at("c.c")}}));
  }
}

TEST(LoadDatabase, ResolvesPathsAgainstDirectoryAndFolder) {
  Folder F;
  const std::string Source = F.add("source/fs/x.c");
  const std::string Made = F.add("build/fs/made.c");
  F.add("build/compile_commands.json",
        jsonOf({{"gcc -c x", "../source/./fs/x.c", F.at("build")}, // O= with relative names
                {"gcc -c x", "fs/made.c", "."},                    // relative to the database's folder
                {"gcc -DY -c x", Source, "../build/"}}));
  Database Db = load(F.at("build"));
  EXPECT_EQ(filesOf(Db.Entries), (Words{Made, Source, Source}));
  for (const Entry &E : Db.Entries)
    EXPECT_EQ(E.Directory, F.at("build"));
}

TEST(LoadDatabase, IsSortedAndKeepsEachWayOfCompilingOnce) {
  Folder F;
  F.add("a.c");
  F.add("b.c");
  const std::string Twice = "gcc -DMODULE -c a.c";
  F.add("compile_commands.json", jsonOf({{"gcc -c b.c", "b.c", "."},
                                         {Twice, "a.c", "."},
                                         {"gcc -DA -c a.c", "a.c", "."},
                                         {Twice, "a.c", "."}}));
  Database Db = load(F.Root);
  EXPECT_EQ(filesOf(Db.Entries), (Words{F.at("a.c"), F.at("a.c"), F.at("b.c")}));
  EXPECT_TRUE(has(Db.Entries[0].Args, "-DA"));
  EXPECT_TRUE(has(Db.Entries[1].Args, "-DMODULE"));
}

TEST(LoadDatabase, CountsWhatIsLeftOut) {
  Folder F;
  for (llvm::StringRef Name : {"a.c", "tool.c", "e.S", "f.s", "r.rs", "t.cc"})
    F.add(Name);
  F.add("compile_commands.json", jsonOf({{"gcc -D__KERNEL__ -c a.c", "a.c", "."},
                                         {"gcc -O2 -o tool tool.c", "tool.c", "."},
                                         {"gcc -D __KERNEL__ -c gone.c", "gone.c", "."},
                                         {"gcc -o gonetool gonetool.c", "gonetool.c", "."},
                                         {"gcc -D__KERNEL__ -c e.S", "e.S", "."},
                                         {"gcc -D__KERNEL__ -c f.s", "f.s", "."},
                                         {"rustc r.rs", "r.rs", "."},
                                         {"g++ t.cc", "t.cc", "."}}));
  Database Db = load(F.Root);
  EXPECT_EQ(filesOf(Db.Entries), (Words{F.at("a.c")}));
  EXPECT_EQ(Db.Left.Assembler, 2u);
  EXPECT_EQ(Db.Left.OtherLanguages, 2u);
  EXPECT_EQ(Db.Left.HostTools, 2u);
  EXPECT_EQ(Db.Left.MissingFiles, 1u);
}

TEST(LoadDatabase, WithoutAnyKernelCompileAllAreKept) {
  Folder F;
  F.add("a.c");
  F.add("b.c");
  F.add("compile_commands.json", jsonOf({{"gcc -c a.c", "a.c", "."}, {"gcc -D__KERNEL__X b.c", "b.c", "."}}));
  Database Db = load(F.Root);
  EXPECT_EQ(Db.Entries.size(), 2u);
  EXPECT_EQ(Db.Left.HostTools, 0u);
}

// ---- Cleaning

struct CleanCase {
  Words Given;
  Words Left;
};

class Clean : public testing::TestWithParam<CleanCase> {};

TEST_P(Clean, Leaves) {
  Words Given = {"gcc"};
  Given.insert(Given.end(), GetParam().Given.begin(), GetParam().Given.end());
  EXPECT_EQ(cleaned(Given), GetParam().Left);
}

INSTANTIATE_TEST_SUITE_P(
    Flags, Clean,
    testing::Values(
        // What writes.
        CleanCase{{"-c", "-o", "x.o", "x.c"}, {}}, CleanCase{{"-ox.o", "-S", "-E"}, {}},
        CleanCase{{"-Wp,-MMD,fs/.x.o.d"}, {}}, CleanCase{{"-Wp,-MD,fs/.x.o.d"}, {}},
        CleanCase{{"-MMD", "-MF", "x.d", "-MT", "x.o", "-MQx.o", "-MP"}, {}},
        CleanCase{{"-save-temps", "-save-temps=obj", "--save-temps", "-gsplit-dwarf", "-gdwarf-5", "-g"}, {}},
        // What reports, and what turns reports into errors.
        CleanCase{{"-Wall", "-Werror", "-Werror=return-type", "-Wno-gnu", "-w", "-pedantic"}, {}},
        // What loads and runs.
        CleanCase{{"-fplugin=./p.so", "-fplugin-arg-p-x=y"}, {}},
        CleanCase{{"-Xclang", "-load", "-Xclang", "p.so", "-DX"}, {"-DX"}},
        CleanCase{{"-Xclang", "-add-plugin", "-Xclang", "p", "-Xclang", "-plugin-arg-p", "-Xclang", "y"},
                  {"-Xclang", "y"}},
        CleanCase{{"-Xclang", "-fexperimental-late-parse-attributes", "-O2"},
                  {"-Xclang", "-fexperimental-late-parse-attributes", "-O2"}},
        CleanCase{{"-Xclang"}, {}}, CleanCase{{"-Xclang", "-load", "-DX", "-DY"}, {"-DX", "-DY"}},
        // GCC's own.
        CleanCase{{"-fconserve-stack", "-mpreferred-stack-boundary=3", "-fno-allow-store-data-races",
                   "-mindirect-branch=thunk-extern", "-mindirect-branch-register", "-mrecord-mcount",
                   "-fmin-function-alignment=16", "-fno-var-tracking-assignments", "-fno-ipa-cp-clone",
                   "-fno-partial-inlining", "-fsanitize=bounds-strict", "-femit-struct-debug-baseonly",
                   "--param=allow-store-data-races=0", "--param", "asan-globals=1"},
                  {}},
        // Back end.
        CleanCase{{"-flto", "-flto=thin", "-fsplit-lto-unit", "-mllvm", "-asan-stack=1", "-Wa,-gdwarf-4"},
                  {}},
        // What the AST depends on stays, in its order.
        CleanCase{{"-nostdinc", "-I./include", "-I", "fs", "-isystem", "/i", "-include", "a.h", "-DA", "-D",
                   "B=1", "-UA", "-U", "B", "-std=gnu11", "-m64", "-O2", "-fshort-wchar", "-funsigned-char"},
                  {"-nostdinc", "-I./include", "-I", "fs", "-isystem", "/i", "-include", "a.h", "-DA", "-D",
                   "B=1", "-UA", "-U", "B", "-std=gnu11", "-m64", "-O2", "-fshort-wchar", "-funsigned-char"}},
        CleanCase{{"-std=gnu89", "-mgeneral-regs-only", "-mfunction-return=thunk-extern", "-fsanitize=kcfi",
                   "-fsanitize=bounds", "-Wp,-DX", "-gcc-toolchain=/t"},
                  {"-std=gnu89", "-mgeneral-regs-only", "-mfunction-return=thunk-extern", "-fsanitize=kcfi",
                   "-fsanitize=bounds", "-Wp,-DX", "-gcc-toolchain=/t"}},
        // An argument is not read as a flag, nor as the input.
        CleanCase{{"-include", "-c", "-D", "-o", "x.c", "-x", "c", "-"},
                  {"-include", "-c", "-D", "-o", "-x", "c"}},
        CleanCase{{"x.c", "--", "/elsewhere/x.c"}, {}}, CleanCase{{"-o"}, {}}, CleanCase{{"-I"}, {"-I"}},
        // For sparse.
        CleanCase{{"-D__CHECKER__", "-DCHECKER"}, {"-DCHECKER"}}));

struct CompilerCase {
  Words Given;
  Words Left;
};

class Compiler : public testing::TestWithParam<CompilerCase> {};

TEST_P(Compiler, IsDroppedAndMayNameTheTarget) { EXPECT_EQ(cleaned(GetParam().Given), GetParam().Left); }

INSTANTIATE_TEST_SUITE_P(
    Names, Compiler,
    testing::Values(
        CompilerCase{{"gcc", "-DX"}, {"-DX"}}, CompilerCase{{"/usr/bin/gcc-12", "-DX"}, {"-DX"}},
        CompilerCase{{"clang-19", "-DX"}, {"-DX"}}, CompilerCase{{"ccache", "gcc", "-DX"}, {"-DX"}},
        CompilerCase{{"/usr/bin/ccache", "a=b", "distcc", "gcc", "-DX"}, {"-DX"}},
        CompilerCase{{"env", "A=b", "gcc", "-DX=1"}, {"-DX=1"}}, CompilerCase{{"ccache", "-DX"}, {"-DX"}},
        CompilerCase{{"aarch64-linux-gnu-gcc", "-DX"}, {"-DX", "--target=aarch64-linux-gnu"}},
        CompilerCase{{"ccache", "/o/aarch64-linux-gcc-12.2", "-DX"}, {"-DX", "--target=aarch64-linux"}},
        CompilerCase{{"arm-linux-gnueabihf-gcc", "--target=arm-x"}, {"--target=arm-x"}},
        CompilerCase{{"arm-linux-gnueabihf-gcc", "-target", "arm-x"}, {"-target", "arm-x"}},
        CompilerCase{{"musl-gcc", "-DX"}, {"-DX"}}, CompilerCase{{}, {}}));

TEST(FlagRules, BuiltinOnesAreRead) {
  const FlagRules &Rules = builtinFlagRules();
  EXPECT_TRUE(Rules.Words.decide("-fconserve-stack").Drop);
  EXPECT_FALSE(Rules.Words.decide("-fconserve-stacks").Drop);
  EXPECT_TRUE(Rules.Words.decide("-o").TakesArgument);
  EXPECT_FALSE(Rules.Words.decide("-Wp,-DX").Drop) << "the longer prefix wins";
  EXPECT_TRUE(Rules.Words.decide("-Wp,-MD,x").Drop) << "the longest prefix wins";
}

TEST(FlagRules, ErrorsNameTheLine) {
  auto ErrorOf = [](llvm::StringRef Text) {
    llvm::Expected<FlagRules> Rules = parseFlagRules(Text, "f.yaml");
    return Rules ? "" : llvm::toString(Rules.takeError());
  };
  EXPECT_EQ(ErrorOf("drop:\n  - reason: r\n    exact: [-a]\n"), "");
  EXPECT_EQ(ErrorOf("drop:\n  - reason: r\n    exat: [-a]\n").rfind("f.yaml:3:", 0), 0u);
  EXPECT_NE(ErrorOf("drop:\n  - exact: [-a]\n").find("reason"), std::string::npos);
  EXPECT_NE(ErrorOf("drop:\n  - {reason: r, exact: [a]}\n").find("begins with '-'"), std::string::npos);
}

// ---- One file without a database

TEST(SynthesiseEntry, CleansTheFlags) {
  Folder F;
  const std::string File = F.add("fs/x.c");
  llvm::Expected<Entry> E =
      synthesiseEntry(Words{"-Iinclude", "-Wall", "-c", "fs/x.c", "-o", "fs/x.o"}, F.Root);
  ASSERT_TRUE(bool(E)) << llvm::toString(E.takeError());
  EXPECT_EQ(*E, (Entry{File, F.Root, {"-Iinclude", "-Wno-everything", "-ferror-limit=0", File}}));
}

TEST(SynthesiseEntry, TakesACompilerFirst) {
  Folder F;
  F.add("x.c");
  llvm::Expected<Entry> E = synthesiseEntry(Words{"aarch64-linux-gnu-gcc", "-DX", "-c", "x.c"}, F.Root);
  ASSERT_TRUE(bool(E)) << llvm::toString(E.takeError());
  EXPECT_EQ(E->Args.front(), "-DX");
  EXPECT_TRUE(has(E->Args, "--target=aarch64-linux-gnu"));
}

TEST(SynthesiseEntry, SwallowsSparsesFlags) {
  Folder F;
  F.add("x.c");
  llvm::Expected<Entry> E = synthesiseEntry(
      Words{"-D__linux__", "-Dlinux", "-D__STDC__", "-Dunix", "-D__unix__", "-Wbitwise", "-Wno-return-void",
            "-Wno-unknown-attribute", "-D__x86_64__", "--arch=x86", "-mlittle-endian", "-m64",
            "-D__CHECKER__", "-D__CHECK_ENDIAN__", "-Wp,-MMD,./.x.o.d", "-nostdinc", "-D__KERNEL__", "x.c"},
      F.Root);
  ASSERT_TRUE(bool(E)) << llvm::toString(E.takeError());
  EXPECT_EQ(E->Args, (Words{"-D__x86_64__", "-m64", "-nostdinc", "-D__KERNEL__", "--target=x86_64-linux-gnu",
                            "-Wno-everything", "-ferror-limit=0", F.at("x.c")}));
  E = synthesiseEntry(Words{"--arch=arm64", "x.c"}, F.Root);
  ASSERT_TRUE(bool(E)) << llvm::toString(E.takeError());
  EXPECT_EQ(E->Args.front(), "--target=aarch64-linux-gnu");
  E = synthesiseEntry(Words{"--arch=arm64", "--target=aarch64-none-elf", "x.c"}, F.Root);
  ASSERT_TRUE(bool(E)) << llvm::toString(E.takeError());
  EXPECT_EQ(E->Args.front(), "--target=aarch64-none-elf");
}

TEST(SynthesiseEntry, WantsExactlyOneExistingFile) {
  Folder F;
  F.add("x.c");
  F.add("y.c");
  auto ErrorOf = [&](const Words &Given) {
    llvm::Expected<Entry> E = synthesiseEntry(Given, F.Root);
    return E ? "" : llvm::toString(E.takeError());
  };
  EXPECT_EQ(ErrorOf({"-include", "y.c", "x.c"}), "");
  EXPECT_EQ(ErrorOf({}), "no C file among the flags; give exactly one FILE.c");
  EXPECT_EQ(ErrorOf({"-DX", "x.h"}), "no C file among the flags; give exactly one FILE.c");
  EXPECT_EQ(ErrorOf({"-include", "x.c"}), "no C file among the flags; give exactly one FILE.c");
  EXPECT_EQ(ErrorOf({"gone.c"}), "no such file: 'gone.c'; give an existing FILE.c");
  EXPECT_EQ(ErrorOf({"x.c", "y.c"}),
            "more than one C file among the flags ('x.c', 'y.c'); give exactly one FILE.c");
}

// ---- The kernel

Entry entry(const std::string &File, const std::string &Directory, Words Args = {}) {
  Args.push_back(File);
  return {File, Directory, std::move(Args)};
}

TEST(FindKernelTree, InTree) {
  Folder F;
  addKernel(F);
  // A folder with a Makefile, and some with more of a root, that are none.
  F.add("fs/x/Makefile", "obj-y += x.o\n");
  F.add("fs/Makefile", "VERSION = 1\n");
  F.add("fs/include/linux/y.h");
  F.add("fs/x/y/Makefile", Makefile);
  KernelTree Tree = findKernelTree({entry(F.add("fs/x/y/x.c"), F.Root)});
  EXPECT_EQ(Tree.SourceRoot, F.Root);
  ASSERT_TRUE(Tree.Version.has_value());
  EXPECT_EQ(Tree.Version->str(), "6.12.3");
}

TEST(FindKernelTree, BuildFolder) {
  Folder F;
  addKernel(F, "source/");
  F.add("build/Makefile", "include ../source/Makefile\n");
  F.add("build/include/linux/made.h");
  const Entry Made =
      entry(F.add("build/fs/made.c"), F.at("build"), {"-I./include", "-I", "../source/include"});
  EXPECT_EQ(findKernelTree({Made}).SourceRoot, F.at("source"));
  EXPECT_EQ(findKernelTree({entry(F.add("source/fs/x.c"), F.at("build"))}).SourceRoot, F.at("source"));
}

TEST(FindKernelTree, ModuleOutsideOrInsideAnotherKernel) {
  Folder F;
  addKernel(F, "kernel/");
  addKernel(F, "other/");
  for (const std::string &File : {F.add("module/m.c"), F.add("other/module/m.c")}) {
    const std::string Include = F.at("kernel/include");
    EXPECT_EQ(findKernelTree({entry(File, F.Root, {"-I" + Include})}).SourceRoot, F.at("kernel"));
    EXPECT_EQ(findKernelTree({entry(File, F.Root, {"-isystem", Include})}).SourceRoot, F.at("kernel"));
    EXPECT_EQ(findKernelTree({entry(File, F.Root, {"-include", Include + "/linux/gfp.h"})}).SourceRoot,
              F.at("kernel"));
  }
}

TEST(FindKernelTree, NoneAndVersionOfTheBuild) {
  Folder F;
  const Entry Lone = entry(F.add("m/m.c"), F.at("m"), {"-I../b/include/generated/uapi"});
  EXPECT_EQ(findKernelTree({Lone}).SourceRoot, "");
  EXPECT_FALSE(findKernelTree({Lone}).Version.has_value());
  EXPECT_FALSE(findKernelTree({}).Version.has_value());
  F.add("b/include/generated/uapi/linux/version.h", "#define LINUX_VERSION_CODE 396307\n#define X 1\n");
  ASSERT_TRUE(findKernelTree({Lone}).Version.has_value());
  EXPECT_EQ(findKernelTree({Lone}).Version->str(), "6.12.19");
}

// ---- Selection

struct Selection : testing::Test {
  void SetUp() override {
    for (llvm::StringRef Name :
         {"fs/ext4/a.c", "fs/ext4/sub/b.c", "fs/ext2/c.c", "fs/x.c", "net/d.c", "fs/net/e.c"})
      Db.Entries.push_back(entry(F.add(Name), F.Root));
    std::sort(Db.Entries.begin(), Db.Entries.end());
    Db.Path = F.at("compile_commands.json");
  }

  /// The chosen files relative to the root, or the error.
  std::string select(const Words &Paths, llvm::StringRef Current = "/") {
    llvm::Expected<std::vector<Entry>> Chosen = selectEntries(Db, Paths, F.Root, Current);
    if (!Chosen)
      return "error: " + llvm::toString(Chosen.takeError());
    Words Names;
    for (const Entry &E : *Chosen)
      Names.push_back(displayPath(E.File, F.Root));
    return llvm::join(Names, " ");
  }

  Folder F;
  Database Db;
};

constexpr llvm::StringLiteral Everything =
    "fs/ext2/c.c fs/ext4/a.c fs/ext4/sub/b.c fs/net/e.c fs/x.c net/d.c";

TEST_F(Selection, ByFileAndFolder) {
  EXPECT_EQ(select({}), Everything);
  EXPECT_EQ(select({"fs/x.c"}), "fs/x.c");
  EXPECT_EQ(select({"fs/ext4"}), "fs/ext4/a.c fs/ext4/sub/b.c");
  EXPECT_EQ(select({"fs/ext4/"}), "fs/ext4/a.c fs/ext4/sub/b.c");
  EXPECT_EQ(select({"./fs/../fs/ext4/sub"}), "fs/ext4/sub/b.c");
  EXPECT_EQ(select({F.at("fs/ext2")}), "fs/ext2/c.c");
  EXPECT_EQ(select({F.Root}), Everything);
  EXPECT_EQ(select({"."}), Everything) << "the current folder / is above all";
  EXPECT_EQ(select({"net", "fs/ext4/sub", "fs/ext4"}), "fs/ext4/a.c fs/ext4/sub/b.c net/d.c")
      << "each once, in the database's order";
}

TEST_F(Selection, CurrentFolderBeforeSourceRoot) {
  EXPECT_EQ(select({"ext4/a.c"}, F.at("fs")), "fs/ext4/a.c");
  EXPECT_EQ(select({"fs/x.c"}, F.at("fs")), "fs/x.c") << "as seen from the root";
  EXPECT_EQ(select({"net"}, F.at("fs")), "fs/net/e.c");
  EXPECT_EQ(select({"../net"}, F.at("fs")), "net/d.c");
  EXPECT_EQ(select({"."}, F.at("fs/ext4")), "fs/ext4/a.c fs/ext4/sub/b.c");
}

TEST_F(Selection, ThroughLinks) {
  Folder Other;
  ASSERT_FALSE(llvm::sys::fs::create_link(F.Root, Other.at("linux")));
  EXPECT_EQ(select({Other.at("linux/fs/ext2")}), "fs/ext2/c.c");
  EXPECT_EQ(select({"ext2"}, Other.at("linux/fs")), "fs/ext2/c.c");

  // A module's files lie outside of the kernel's root.
  Folder Kernel;
  llvm::Expected<std::vector<Entry>> Module =
      selectEntries(Db, Words{Other.at("linux/net")}, Kernel.Root, "/");
  ASSERT_TRUE(bool(Module)) << llvm::toString(Module.takeError());
  EXPECT_EQ(filesOf(*Module), (Words{F.at("net/d.c")}));

  // The database names its files by the link.
  for (Entry &E : Db.Entries)
    E.File = Other.at("linux/" + displayPath(E.File, F.Root));
  llvm::Expected<std::vector<Entry>> Chosen =
      selectEntries(Db, Words{F.at("fs/ext2")}, Other.at("linux"), "/");
  ASSERT_TRUE(bool(Chosen)) << llvm::toString(Chosen.takeError());
  EXPECT_EQ(filesOf(*Chosen), (Words{Other.at("linux/fs/ext2/c.c")}));
}

TEST_F(Selection, WhatMatchesNothingIsNamed) {
  // fs/ext is the beginning of two folders, and none.
  for (llvm::StringRef Path : {"fs/ext", "fs/ext4/a", "nowhere", "fs/ext4/a.c/x", ""}) {
    const std::string Error = select({"net", Path.str()});
    EXPECT_EQ(Error.rfind("error: no C file of " + Db.Path + " is or lies in '" + Path.str() + "'; ", 0), 0u)
        << Error;
    EXPECT_EQ(Error.find('\n'), std::string::npos);
  }
}

TEST(DisplayPath, IsRelativeInsideTheRootAlone) {
  EXPECT_EQ(displayPath("/k/fs/x.c", "/k"), "fs/x.c");
  EXPECT_EQ(displayPath("/k/fs/x.c", "/k/"), "fs/x.c");
  EXPECT_EQ(displayPath("/k/fs/../mm/x.c", "/k"), "mm/x.c");
  EXPECT_EQ(displayPath("/kernel/x.c", "/k"), "/kernel/x.c");
  EXPECT_EQ(displayPath("/k/x.c", ""), "/k/x.c");
  EXPECT_EQ(displayPath("/k/x.c", "/"), "k/x.c");
}

// ---- The samples

struct SampleCase {
  std::string Name;
  std::string Root;
  std::string Version;
  Words Files;
  Skipped Left;
};

class Sample : public testing::TestWithParam<SampleCase> {};

std::string samplesFolder() {
  llvm::StringRef Here = llvm::sys::path::parent_path(__FILE__);
  return (llvm::sys::path::parent_path(llvm::sys::path::parent_path(Here)) + "/compile_db_samples").str();
}

TEST_P(Sample, LoadsWhereItIsPrepared) {
  const SampleCase &Case = GetParam();
  Folder F;
  const std::string Program = samplesFolder() + "/prepare";
  const std::string Out = F.at("out");
  const std::optional<llvm::StringRef> Redirects[] = {std::nullopt, llvm::StringRef(Out), std::nullopt};
  ASSERT_EQ(llvm::sys::ExecuteAndWait(Program, {Program, Case.Name, F.at("s")}, std::nullopt, Redirects), 0);

  Database Db = load(F.at("s"));
  KernelTree Tree = findKernelTree(Db.Entries);
  EXPECT_EQ(Tree.SourceRoot, F.at("s") + Case.Root);
  ASSERT_TRUE(Tree.Version.has_value());
  EXPECT_EQ(Tree.Version->str(), Case.Version);
  Words Files;
  for (const Entry &E : Db.Entries) {
    Files.push_back(displayPath(E.File, F.at("s")));
    for (const std::string &Word : E.Args) {
      EXPECT_EQ(Word.find("@ROOT@"), std::string::npos) << Word;
      EXPECT_NE(Word.rfind("-Wp,-M", 0), 0u) << Word;
    }
  }
  EXPECT_EQ(Files, Case.Files);
  EXPECT_EQ(Db.Left.Assembler, Case.Left.Assembler);
  EXPECT_EQ(Db.Left.HostTools, Case.Left.HostTools);
  EXPECT_EQ(Db.Left.MissingFiles, Case.Left.MissingFiles);
  EXPECT_EQ(Db.Left.OtherLanguages, Case.Left.OtherLanguages);
}

INSTANTIATE_TEST_SUITE_P(
    All, Sample,
    testing::Values(SampleCase{"clang-tree",
                               "",
                               "6.12",
                               {"drivers/demo/ring.c", "drivers/demo/ring.c", "fs/demofs/inode.c",
                                "fs/demofs/journal.c", "mm/util.c", "mm/vmalloc.c"},
                               {1, 1, 1, 1}},
                    SampleCase{"gcc-tree",
                               "/source",
                               "6.1.100",
                               {"build/fs/oldfs/table.c", "source/drivers/old/card.c",
                                "source/fs/oldfs/dir.c", "source/mm/util.c", "source/mm/vmalloc.c"},
                               {1, 0, 0, 0}},
                    SampleCase{"module", "/kernel", "6.12", {"module/demo_module.c"}, {}},
                    SampleCase{"dm-demo", "", "6.12", {"drivers/md/demo-bufio.c"}, {}}),
    [](const testing::TestParamInfo<SampleCase> &Info) {
      std::string Name = Info.param.Name;
      std::replace(Name.begin(), Name.end(), '-', '_');
      return Name;
    });

} // namespace
