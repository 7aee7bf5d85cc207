// The store: what comes back, what is valid, and what damage, full disks and killed writers cost.
#include "store/Compress.h"
#include "store/Ids.h"
#include "store/Store.h"

#include <gtest/gtest.h>

#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <random>
#include <sqlite3.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace gfplint;
namespace fs = std::filesystem;

namespace {

Hash128 key(const std::string &Text) { return hashBytes(Text); }

std::string slurp(const fs::path &Path) {
  std::ifstream In(Path, std::ios::binary);
  return {std::istreambuf_iterator<char>(In), {}};
}

/// Ages a file: neither its mtime nor its ctime may be later than a run's start.
void settle() { usleep(120000); }

class StoreTest : public ::testing::Test {
protected:
  void SetUp() override {
    char Name[] = "/tmp/gfplint-store-XXXXXX";
    ASSERT_NE(mkdtemp(Name), nullptr);
    Top = Name;
    Folder = Top + "/store";
  }
  void TearDown() override {
    // There after a failure alone.
    (void)umount2((Top + "/disk").c_str(), MNT_DETACH);
    std::error_code Ignored;
    fs::remove_all(Top, Ignored);
  }

  std::string file(const std::string &Name, const std::string &Text) {
    std::string Path = Top + "/" + Name;
    std::ofstream(Path, std::ios::binary) << Text;
    return Path;
  }
  std::unique_ptr<Store> openStore() { return openStore(Folder); }
  std::unique_ptr<Store> openStore(const std::string &Where) {
    Remarks.clear();
    auto S = Store::open(Where, Remarks);
    if (!S) {
      ADD_FAILURE() << llvm::toString(S.takeError());
      return nullptr;
    }
    return std::move(*S);
  }
  static std::vector<ContentId> deps(Store &S, const std::vector<std::string> &Paths) {
    std::vector<ContentId> Ids;
    for (const std::string &P : Paths)
      if (auto Id = S.files().current(P))
        Ids.push_back(*Id);
    return Ids;
  }
  /// One unit of one part whose index names it.
  static PartId add(Store &S, const std::string &Key, const std::vector<std::string> &Paths,
                    const std::string &Text, unsigned Milliseconds = 7) {
    PartId Part = S.addPart(hashBytes(Text), "index of " + Text, "bodies of " + Text);
    S.addUnit({key(Key), Key + ".c", deps(S, Paths), {Part}, "", Milliseconds});
    return Part;
  }
  /// The index of the first part of the unit with this key; "" where there is no valid one.
  static std::string find(Store &S, const std::string &Key) {
    auto Found = S.lookup({key(Key)});
    if (!Found[0])
      return "";
    std::string Index;
    if (llvm::Error E = S.loadIndexes(Found[0]->Parts, [&](size_t, llvm::StringRef I) { Index = I; })) {
      llvm::consumeError(std::move(E));
      return "unreadable";
    }
    return Index;
  }
  static int64_t ask(const std::string &Path, const char *Question) {
    auto C = Connection::open(Path, SQLITE_OPEN_READONLY);
    if (!C) {
      ADD_FAILURE() << llvm::toString(C.takeError());
      return -1;
    }
    auto N = C->number(Question);
    if (!N) {
      ADD_FAILURE() << llvm::toString(N.takeError());
      return -1;
    }
    return *N;
  }
  static bool isWhole(const std::string &Path) {
    auto C = Connection::open(Path, SQLITE_OPEN_READONLY);
    EXPECT_TRUE(static_cast<bool>(C));
    auto S = C->prepare("PRAGMA integrity_check");
    EXPECT_TRUE(static_cast<bool>(S));
    auto Row = S->step();
    EXPECT_TRUE(static_cast<bool>(Row));
    return S->bytes(0) == "ok";
  }
  std::string database() const { return Folder + "/store.sqlite"; }

  std::string Top;
  std::string Folder;
  std::vector<std::string> Remarks;
};

TEST(Compress, RoundTrip) {
  std::string Every;
  for (int I = 0; I < 256; ++I)
    Every += static_cast<char>(I);
  for (const std::string &Raw : {std::string(), std::string("x"), Every, std::string(1000000, 'a')}) {
    auto Back = uncompress(compress(Raw));
    ASSERT_TRUE(static_cast<bool>(Back));
    EXPECT_EQ(*Back, Raw);
  }
  EXPECT_LT(compress(std::string(1000000, 'a')).size(), 1000u);
}

TEST(Compress, DamageIsAnError) {
  std::string Packed = compress(std::string(1000, 'a'));
  for (const std::string &Bad : {std::string(), std::string("\7x"), Packed.substr(0, Packed.size() / 2)}) {
    auto Back = uncompress(Bad);
    EXPECT_FALSE(static_cast<bool>(Back));
    llvm::consumeError(Back.takeError());
  }
}

TEST(Ids, RoundTrip) {
  std::vector<int64_t> Ids{5, 1, 1, 300, 70000, 1LL << 40};
  std::vector<int64_t> Back;
  EXPECT_TRUE(eachOfSet(encodeSet(Ids), [&](int64_t Id) {
    Back.push_back(Id);
    return true;
  }));
  EXPECT_EQ(Back, (std::vector<int64_t>{1, 5, 300, 70000, 1LL << 40}));
  EXPECT_EQ(decodeList(encodeList(Ids)), Ids);
  EXPECT_EQ(decodeList("\x80"), std::nullopt);
  EXPECT_FALSE(eachOfSet("\x80", [](int64_t) { return true; }));
  EXPECT_FALSE(eachOfSet("\1\1\1", [](int64_t Id) { return Id < 2; }));
}

TEST_F(StoreTest, WhatGoesInComesBack) {
  std::string A = file("a.c", "int a;");
  std::string H = file("h.h", "int h;");
  settle();
  {
    auto S = openStore();
    PartId One = S->addPart(key("one"), "index one", "bodies one");
    PartId Two = S->addPart(key("two"), "index two", std::string("\0\1", 2));
    EXPECT_EQ(S->addPart(key("one"), "other", "other"), One);
    S->addUnit({key("u"), "a.c", deps(*S, {A, H}), {Two, One}, "a.c:1: error", 1234});
    // Before and after they are written.
    for (int Round = 0; Round < 2; ++Round) {
      std::vector<std::string> Got(2);
      EXPECT_FALSE(S->loadIndexes({Two, One}, [&](size_t I, llvm::StringRef B) { Got[I] = B; }));
      EXPECT_EQ(Got, (std::vector<std::string>{"index two", "index one"}));
      EXPECT_EQ(llvm::cantFail(S->loadBodies(One)), "bodies one");
      S->flush();
    }
    EXPECT_EQ(S->findPart(key("two")), Two);
    auto Found = S->lookup({key("u")});
    ASSERT_TRUE(Found[0].has_value());
    EXPECT_EQ(Found[0]->Parts, (std::vector<PartId>{Two, One}));
    EXPECT_TRUE(S->keeps());
    S->finish();
  }
  auto S = openStore();
  EXPECT_TRUE(Remarks.empty());
  auto Found = S->lookup({key("none"), key("u")});
  EXPECT_FALSE(Found[0].has_value());
  ASSERT_TRUE(Found[1].has_value());
  EXPECT_EQ(Found[1]->Error, "a.c:1: error");
  EXPECT_EQ(Found[1]->Milliseconds, 1234u);
  ASSERT_EQ(Found[1]->Parts.size(), 2u);
  EXPECT_EQ(llvm::cantFail(S->loadBodies(Found[1]->Parts[0])), std::string("\0\1", 2));
  EXPECT_EQ(S->addPart(key("one"), "x", "x"), Found[1]->Parts[1]);
  EXPECT_EQ(S->previousCost({key("u"), key("none")}),
            (std::vector<std::optional<unsigned>>{1234u, std::nullopt}));
}

TEST_F(StoreTest, ValidWhileContentsAreTheSame) {
  std::string A = file("a.c", "int a;");
  std::string H = file("h.h", "int h;");
  settle();
  add(*openStore(), "u", {A, H}, "first");
  EXPECT_EQ(find(*openStore(), "u"), "index of first");
  file("h.h", "int h;"); // A touch.
  EXPECT_EQ(find(*openStore(), "u"), "index of first");
  file("h.h", "int i;"); // The same size.
  EXPECT_EQ(find(*openStore(), "u"), "");
  EXPECT_EQ(openStore()->previousCost({key("u")})[0], 7u);
  settle();
  add(*openStore(), "u", {A, H}, "second");
  EXPECT_EQ(find(*openStore(), "u"), "index of second");
  file("h.h", "int h;"); // And back, as with another branch.
  EXPECT_EQ(find(*openStore(), "u"), "index of first");
  fs::remove(H);
  EXPECT_EQ(find(*openStore(), "u"), "");
}

TEST_F(StoreTest, AReplacedFileOfTheSameSizeAndTimeIsSeen) {
  std::string A = file("a.c", "int a;");
  timespec Times[2] = {{1000000000, 5}, {1000000000, 5}};
  utimensat(AT_FDCWD, A.c_str(), Times, 0);
  settle();
  add(*openStore(), "u", {A}, "first");
  EXPECT_EQ(find(*openStore(), "u"), "index of first");
  settle();
  std::string Other = file("other.c", "int b;");
  utimensat(AT_FDCWD, Other.c_str(), Times, 0);
  fs::rename(Other, A);
  EXPECT_EQ(find(*openStore(), "u"), "");
}

TEST_F(StoreTest, AFileThatAppearsMatters) {
  std::string A = file("a.c", "int a;");
  settle();
  {
    auto S = openStore();
    auto D = deps(*S, {A});
    D.push_back(S->files().absence(Top + "/first/h.h"));
    S->addUnit({key("u"), "a.c", D, {S->addPart(key("p"), "i", "b")}, "", 1});
  }
  EXPECT_EQ(find(*openStore(), "u"), "i");
  fs::create_directory(Top + "/first");
  file("first/h.h", "");
  EXPECT_EQ(find(*openStore(), "u"), "");
}

TEST_F(StoreTest, FilesThatChangeDuringARunKeepAUnitOut) {
  std::string A = file("a.c", "int a;");
  std::string B = file("b.c", "int b;");
  settle();
  {
    auto S = openStore();
    auto Before = deps(*S, {A});
    file("a.c", "int changed;");
    std::string C = file("c.c", "int c;"); // First seen after it was written.
    S->addUnit({key("a"), "a.c", Before, {}, "", 1});
    S->addUnit({key("b"), "b.c", deps(*S, {B}), {}, "", 1});
    S->addUnit({key("c"), "c.c", deps(*S, {C}), {}, "", 1});
    auto Found = S->lookup({key("a"), key("b"), key("c")});
    EXPECT_FALSE(Found[0].has_value());
    EXPECT_TRUE(Found[1].has_value());
    EXPECT_FALSE(Found[2].has_value());
    EXPECT_NE(S->describe().find("2 units not kept"), std::string::npos);
  }
  auto Found = openStore()->lookup({key("a"), key("b"), key("c")});
  EXPECT_FALSE(Found[0].has_value());
  EXPECT_TRUE(Found[1].has_value());
  EXPECT_FALSE(Found[2].has_value());
}

TEST_F(StoreTest, ThreeVariantsAndTheLeastRecentlyUsedGoes) {
  auto Turn = [&](const std::string &Text) {
    file("a.c", Text);
    settle();
    auto S = openStore();
    std::string Found = find(*S, "u");
    if (Found.empty())
      add(*S, "u", {Top + "/a.c"}, Text);
    S->finish();
    return Found;
  };
  for (const char *Text : {"1", "2", "3"})
    EXPECT_EQ(Turn(Text), "");
  EXPECT_EQ(Turn("1"), "index of 1");
  EXPECT_EQ(Turn("4"), ""); // Instead of 2.
  EXPECT_EQ(ask(database(), "SELECT count(*) FROM unit"), 3);
  EXPECT_EQ(ask(database(), "SELECT count(*) FROM used"), 3);
  EXPECT_EQ(Turn("3"), "index of 3");
  EXPECT_EQ(Turn("1"), "index of 1");
  EXPECT_EQ(Turn("4"), "index of 4");
  EXPECT_EQ(Turn("2"), "");
}

TEST_F(StoreTest, ManyKeysAtOnceAndOneByOneAgree) {
  constexpr size_t Count = 300;
  std::vector<std::string> Paths;
  for (size_t I = 0; I < Count; ++I)
    Paths.push_back(file("f" + std::to_string(I) + ".c", std::to_string(I)));
  settle();
  {
    auto S = openStore();
    for (size_t I = 0; I < Count; ++I)
      add(*S, "u" + std::to_string(I), {Paths[I], Paths[(I * 7 + 1) % Count]}, std::to_string(I),
          static_cast<unsigned>(I));
  }
  for (bool Changed : {false, true}) {
    if (Changed)
      file("f5.c", "changed");
    auto S = openStore();
    std::vector<Hash128> Keys;
    for (size_t I = 0; I < Count; ++I)
      Keys.push_back(key("u" + std::to_string(I)));
    Keys.push_back(Keys[3]);
    auto All = S->lookup(Keys);
    EXPECT_EQ(All[Count]->Parts, All[3]->Parts);
    size_t Valid = 0;
    for (size_t I = 0; I < Count; ++I) {
      auto One = S->lookup({Keys[I]});
      ASSERT_EQ(All[I].has_value(), One[0].has_value()) << I;
      if (!All[I])
        continue;
      ++Valid;
      EXPECT_EQ(All[I]->Parts, One[0]->Parts);
      EXPECT_EQ(All[I]->Milliseconds, I);
    }
    EXPECT_EQ(Valid, Changed ? Count - 2 : Count);
  }
}

TEST_F(StoreTest, BlobsAndPrecompiledHeaders) {
  std::string A = file("a.c", "int a;");
  settle();
  {
    auto S = openStore();
    S->putBlob(key("free"), {}, "no files");
    S->putBlob(key("bound"), deps(*S, {A}), "by a.c");
    std::ofstream(S->pchFolder() + "/one.pch") << "PCH";
    S->putPch(key("pch"), deps(*S, {A}), {"one.pch", "names"});
    S->putPch(key("lost"), {}, {"never-written.pch", ""});
    EXPECT_EQ(S->blob(key("bound")), "by a.c");
    EXPECT_EQ(S->pch(key("pch"))->File, "one.pch");
  }
  {
    auto S = openStore();
    EXPECT_EQ(S->blob(key("free")), "no files");
    EXPECT_EQ(S->blob(key("bound")), "by a.c");
    EXPECT_EQ(S->pch(key("pch"))->Meta, "names");
    EXPECT_FALSE(S->pch(key("lost")).has_value());
    EXPECT_FALSE(S->blob(key("none")).has_value());
    std::ofstream(S->pchFolder() + "/one.pch") << "PC"; // Cut short.
    EXPECT_FALSE(S->pch(key("pch")).has_value());
  }
  file("a.c", "int changed;");
  auto S = openStore();
  EXPECT_EQ(S->blob(key("free")), "no files");
  EXPECT_FALSE(S->blob(key("bound")).has_value());
}

TEST_F(StoreTest, InMemory) {
  std::string A = file("a.c", "int a;");
  settle();
  auto S = llvm::cantFail(Store::inMemory(Remarks));
  add(*S, "u", {A}, "text");
  EXPECT_EQ(find(*S, "u"), "index of text");
  EXPECT_FALSE(S->keeps());
  EXPECT_EQ(S->pchFolder(), "");
  EXPECT_FALSE(S->prune());
  EXPECT_TRUE(Remarks.empty());
}

TEST_F(StoreTest, WhatIsNoStoreIsSetAsideWhole) {
  std::string A = file("a.c", "int a;");
  settle();
  fs::create_directory(Folder);
  auto Make = [&](const char *Sql) {
    auto C = llvm::cantFail(Connection::open(database(), SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE));
    ASSERT_FALSE(C.run(Sql));
  };
  std::vector<std::function<void()>> Makers = {
      [&] { std::ofstream(database()) << "x"; },
      [&] { std::ofstream(database()) << std::string(100000, 'g'); },
      [&] { Make("PRAGMA journal_mode=WAL; CREATE TABLE theirs(a); INSERT INTO theirs VALUES(1)"); },
      [&] { Make("PRAGMA application_id=77"); },
      [&] {
        openStore();
        Make("PRAGMA user_version=999");
      },
  };
  for (size_t I = 0; I < Makers.size(); ++I) {
    Makers[I]();
    std::string Before = slurp(database());
    auto S = openStore();
    ASSERT_EQ(Remarks.size(), 1u) << I;
    EXPECT_EQ(Remarks[0].find('\n'), std::string::npos);
    std::string Aside = "store.sqlite.aside-" + std::to_string(I + 1);
    EXPECT_NE(Remarks[0].find(Aside), std::string::npos) << Remarks[0];
    EXPECT_EQ(slurp(Folder + "/" + Aside), Before) << I;
    add(*S, "u", {A}, "text");
    S->flush();
    EXPECT_EQ(find(*S, "u"), "index of text");
    S.reset();
    EXPECT_EQ(find(*openStore(), "u"), "index of text");
    EXPECT_TRUE(Remarks.empty());
    fs::remove(database());
  }
}

TEST_F(StoreTest, TwoWriteAtOnce) {
  constexpr int Count = 400;
  std::vector<std::string> Paths;
  for (int I = 0; I < Count; ++I)
    Paths.push_back(file("f" + std::to_string(I) + ".c", std::to_string(I)));
  settle();
  auto Write = [&](int Who) {
    std::vector<std::string> Said;
    auto S = Store::open(Folder, Said);
    if (!S || !Said.empty())
      _exit(2);
    for (int I = 0; I < Count; ++I) {
      PartId Shared = (*S)->addPart(key("shared" + std::to_string(I)), "index", "bodies");
      PartId Own = (*S)->addPart(key(std::to_string(Who) + "/" + std::to_string(I)), "own", "bodies");
      (*S)->addUnit({key(std::to_string(Who) + "u" + std::to_string(I)),
                     Paths[I],
                     deps(**S, {Paths[I], Paths[(I + 1) % Count]}),
                     {Shared, Own},
                     "",
                     1});
      if (I % 20 == 0)
        (*S)->flush();
    }
    (*S)->finish();
    S->reset();
    _exit(Said.empty() ? 0 : 3);
  };
  std::vector<pid_t> Children;
  for (int Who = 0; Who < 3; ++Who) {
    pid_t Pid = fork();
    if (Pid == 0)
      Write(Who);
    Children.push_back(Pid);
  }
  for (pid_t Pid : Children) {
    int Status = 0;
    waitpid(Pid, &Status, 0);
    EXPECT_EQ(Status, 0);
  }
  auto S = openStore();
  for (int Who = 0; Who < 3; ++Who)
    for (int I = 0; I < Count; ++I) {
      auto Found = S->lookup({key(std::to_string(Who) + "u" + std::to_string(I))});
      ASSERT_TRUE(Found[0].has_value());
      EXPECT_EQ(Found[0]->Parts[0], *S->findPart(key("shared" + std::to_string(I))));
    }
  EXPECT_EQ(ask(database(), "SELECT count(*) FROM part"), 4 * Count);
  EXPECT_EQ(ask(database(), "SELECT count(*) FROM content"), Count);
}

TEST_F(StoreTest, TwoStoresOfOneProcessSeeEachOthersUnits) {
  std::string A = file("a.c", "int a;");
  std::string B = file("b.c", "int b;");
  settle();
  std::vector<std::string> Others;
  auto First = openStore();
  auto Second = llvm::cantFail(Store::open(Folder, Others));
  add(*First, "a", {A}, "first's");
  First->flush();
  add(*Second, "b", {A, B}, "second's");
  Second->flush();
  EXPECT_EQ(find(*Second, "a"), "index of first's");
  EXPECT_EQ(find(*First, "b"), "index of second's");
  EXPECT_FALSE(First->prune());
}

TEST_F(StoreTest, WhatIsReadWhenAskedIsWhatIsReadAtTheStart) {
  std::string A = file("a.c", "int a;");
  std::string B = file("b.c", "int b;");
  std::string H = file("h.h", "int h;");
  settle();
  {
    auto S = openStore();
    add(*S, "a", {A, H}, "a");
    add(*S, "b", {B, H}, "b");
    std::vector<ContentId> Deps = deps(*S, {A});
    Deps.push_back(S->files().absence(Top + "/none.h"));
    S->addUnit({key("c"), "c.c", Deps, {S->addPart(key("c"), "index of c", "")}, "", 1});
  }
  auto Asked = [&] { return llvm::cantFail(Store::open(Folder, Remarks, ReadFiles::AsAsked)); };
  for (const char *Key : {"a", "b", "c"})
    EXPECT_EQ(find(*Asked(), Key), std::string("index of ") + Key);
  {
    auto S = Asked();
    // Known files are not read again, and written again neither.
    ASSERT_EQ(deps(*S, {A, B, H}).size(), 3u);
    EXPECT_TRUE(S->files().takeNewStamps().empty());
    add(*S, "d", {A, H}, "d");
    std::vector<Hash128> Keys(100, key("none"));
    Keys.push_back(key("d"));
    EXPECT_TRUE(S->lookup(Keys).back().has_value());
  }
  EXPECT_EQ(ask(database(), "SELECT count(*) FROM content"), 4);
  EXPECT_EQ(find(*openStore(), "d"), "index of d");
  file("h.h", "int other;");
  file("none.h", "");
  settle();
  EXPECT_EQ(find(*Asked(), "a"), "");
  EXPECT_EQ(find(*Asked(), "c"), "");
  {
    auto S = Asked();
    add(*S, "a", {A, H}, "a again");
  }
  EXPECT_EQ(find(*Asked(), "a"), "index of a again");
  EXPECT_EQ(find(*openStore(), "a"), "index of a again");
  EXPECT_TRUE(Remarks.empty());
}

TEST_F(StoreTest, OpeningDoesNotWaitForAWriter) {
  openStore();
  auto Writer = llvm::cantFail(Connection::open(database(), SQLITE_OPEN_READWRITE));
  llvm::cantFail(Writer.run("BEGIN IMMEDIATE"));
  auto Start = std::chrono::steady_clock::now();
  auto S = openStore();
  EXPECT_LT(std::chrono::steady_clock::now() - Start, std::chrono::seconds(20));
  EXPECT_TRUE(Remarks.empty());
  EXPECT_TRUE(S->keeps());
  llvm::cantFail(Writer.run("ROLLBACK"));
}

TEST_F(StoreTest, AKilledWriterLeavesWholeUnits) {
  constexpr int Count = 200;
  std::vector<std::string> Paths;
  for (int I = 0; I < Count; ++I)
    Paths.push_back(file("f" + std::to_string(I) + ".c", std::to_string(I)));
  settle();
  std::mt19937 Random(1);
  size_t MostUnits = 0;
  for (int Round = 0; Round < 10; ++Round) {
    pid_t Pid = fork();
    if (Pid == 0) {
      std::vector<std::string> Said;
      auto S = Store::open(Folder, Said);
      if (!S)
        _exit(2);
      for (int I = 0;; ++I) {
        std::string Name = std::to_string(Round) + "/" + std::to_string(I);
        PartId Part = (*S)->addPart(key(Name), "index of " + Name, std::string(20000, 'b'));
        (*S)->addUnit({key("u" + Name), Name, deps(**S, {Paths[I % Count]}), {Part}, "", 1});
        if (I % 5 == 0)
          (*S)->flush();
      }
    }
    usleep(2000 + Random() % 150000);
    kill(Pid, SIGKILL);
    int Status = 0;
    waitpid(Pid, &Status, 0);
    ASSERT_TRUE(WIFSIGNALED(Status));
    auto S = openStore();
    EXPECT_TRUE(Remarks.empty()) << Remarks[0];
    EXPECT_TRUE(isWhole(database()));
    size_t Units = 0;
    for (int I = 0;; ++I) {
      std::string Name = std::to_string(Round) + "/" + std::to_string(I);
      auto Found = S->lookup({key("u" + Name)});
      if (!Found[0])
        break;
      ++Units;
      EXPECT_EQ(find(*S, "u" + Name), "index of " + Name);
      EXPECT_EQ(llvm::cantFail(S->loadBodies(Found[0]->Parts[0])).size(), 20000u);
    }
    MostUnits = std::max(MostUnits, Units);
  }
  EXPECT_GT(MostUnits, 0u);
}

TEST_F(StoreTest, AChildMayLetItBeDestroyed) {
  std::string A = file("a.c", "int a;");
  settle();
  auto S = openStore();
  add(*S, "u", {A}, "text");
  pid_t Pid = fork();
  if (Pid == 0) {
    bool Nothing = !S->lookup({key("u")})[0];
    S->flush();
    S.reset();
    _exit(Nothing ? 0 : 1);
  }
  int Status = 0;
  waitpid(Pid, &Status, 0);
  EXPECT_EQ(Status, 0);
  EXPECT_EQ(find(*S, "u"), "index of text");
  S.reset();
  EXPECT_EQ(find(*openStore(), "u"), "index of text");
}

TEST_F(StoreTest, AFolderThatCannotBeWritten) {
  std::string A = file("a.c", "int a;");
  chmod(Top.c_str(), 0755);
  settle();
  add(*openStore(), "u", {A}, "text");
  chmod(Folder.c_str(), 0555);
  // Root may write everywhere: another user tries.
  pid_t Pid = fork();
  if (Pid == 0) {
    if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0))
      _exit(9);
    auto S = openStore();
    if (Remarks.size() != 1 || S->keeps())
      _exit(1);
    if (find(*S, "u") != "index of text")
      _exit(2);
    PartId New = add(*S, "v", {A}, "new");
    S->finish();
    auto Bodies = S->loadBodies(New);
    if (!Bodies || *Bodies != "bodies of new" || Remarks.size() != 1)
      _exit(3);
    S.reset();
    // And where there is nothing to read.
    fs::path Empty = Top + "/empty";
    auto T = openStore(Empty);
    if (Remarks.size() != 1 || T->keeps())
      _exit(4);
    PartId Other = T->addPart(key("p"), "i", "b");
    T->flush();
    auto Index = T->loadBodies(Other);
    _exit(Index && *Index == "b" ? 0 : 5);
  }
  int Status = 0;
  waitpid(Pid, &Status, 0);
  EXPECT_EQ(WEXITSTATUS(Status), 0);
  chmod(Folder.c_str(), 0755);
  EXPECT_FALSE(fs::exists(database() + ".aside-1"));
}

TEST_F(StoreTest, AFullDisk) {
  std::string Disk = Top + "/disk";
  fs::create_directory(Disk);
  if (mount("tmpfs", Disk.c_str(), "tmpfs", 0, "size=1m") != 0)
    GTEST_SKIP() << "mounting a small tmpfs needs root";
  std::string A = file("a.c", "int a;");
  settle();
  std::string Text;
  std::mt19937 Random(1);
  for (int I = 0; I < 100000; ++I)
    Text += static_cast<char>(Random());
  {
    auto S = openStore(Disk + "/store");
    EXPECT_TRUE(Remarks.empty());
    add(*S, "u", {A}, "kept");
    S->flush();
    std::vector<PartId> Parts;
    for (int I = 0; I < 30; ++I) {
      Parts.push_back(S->addPart(key(std::to_string(I)), std::to_string(I), Text + std::to_string(I)));
      S->addUnit({key("u" + std::to_string(I)), "x", deps(*S, {A}), {Parts.back()}, "", 1});
      S->flush();
    }
    ASSERT_EQ(Remarks.size(), 1u);
    EXPECT_NE(Remarks[0].find("full"), std::string::npos) << Remarks[0];
    for (int I = 0; I < 30; ++I) {
      EXPECT_EQ(llvm::cantFail(S->loadBodies(Parts[I])), Text + std::to_string(I));
      EXPECT_FALSE(
          S->loadIndexes({Parts[I]}, [&](size_t, llvm::StringRef B) { EXPECT_EQ(B, std::to_string(I)); }));
    }
    EXPECT_EQ(find(*S, "u"), "index of kept");
    EXPECT_FALSE(S->keeps());
  }
  {
    // It stays usable, as far as it goes.
    auto S = openStore(Disk + "/store");
    EXPECT_EQ(find(*S, "u"), "index of kept");
    S.reset();
    EXPECT_TRUE(isWhole(Disk + "/store/store.sqlite"));
  }
  {
    // Full before the first word.
    fs::create_directory(Disk + "/new");
    std::ofstream Fill(Disk + "/fill");
    for (int I = 0; I < 300 && Fill; ++I)
      Fill << std::string(4096, 'f') << std::flush;
    auto S = openStore(Disk + "/new");
    EXPECT_EQ(Remarks.size(), 1u);
    PartId Part = add(*S, "u", {A}, "text");
    S->flush();
    EXPECT_EQ(llvm::cantFail(S->loadBodies(Part)), "bodies of text");
  }
  EXPECT_EQ(umount2(Disk.c_str(), MNT_DETACH), 0);
}

TEST_F(StoreTest, DamagedPagesNeverGiveWrongAnswers) {
  constexpr int Count = 300;
  std::vector<std::string> Paths;
  for (int I = 0; I < Count; ++I)
    Paths.push_back(file("f" + std::to_string(I) + ".c", std::to_string(I)));
  settle();
  {
    auto S = openStore();
    for (int I = 0; I < Count; ++I) {
      PartId Part = S->addPart(key(std::to_string(I)), "index of " + std::to_string(I),
                               std::string(5000, static_cast<char>('a' + I % 26)));
      S->addUnit({key("u" + std::to_string(I)), "x", deps(*S, {Paths[I]}), {Part}, "", 1});
    }
  }
  std::string Whole = slurp(database());
  size_t Pages = Whole.size() / 4096;
  size_t Noticed = 0;
  for (size_t Page = 0; Page < Pages; Page += Page < 20 ? 1 : Pages / 20) {
    std::string Bad = Whole;
    for (size_t I = Page * 4096 + (Page == 0 ? 200 : 0); I < (Page + 1) * 4096; ++I)
      Bad[I] = static_cast<char>(Bad[I] ^ 0x5A);
    std::ofstream(database(), std::ios::binary) << Bad;
    {
      auto S = openStore();
      size_t Before = Remarks.size();
      for (int I = 0; I < Count; ++I) {
        auto Found = S->lookup({key("u" + std::to_string(I))});
        if (!Found[0])
          continue;
        std::string Index;
        if (llvm::Error E = S->loadIndexes(Found[0]->Parts, [&](size_t, llvm::StringRef B) { Index = B; })) {
          llvm::consumeError(std::move(E));
          continue;
        }
        EXPECT_EQ(Index, "index of " + std::to_string(I)) << "page " << Page;
        auto Bodies = S->loadBodies(Found[0]->Parts[0]);
        if (!Bodies) {
          llvm::consumeError(Bodies.takeError());
          continue;
        }
        EXPECT_EQ(*Bodies, std::string(5000, static_cast<char>('a' + I % 26))) << "page " << Page;
      }
      EXPECT_LE(Remarks.size(), 1u) << Remarks[0] << "\n" << Remarks[1];
      if (!Remarks.empty()) {
        ++Noticed;
        std::string Aside = database() + ".aside-1";
        EXPECT_TRUE(fs::exists(Aside)) << Remarks[0];
        if (Before == 0) {
          EXPECT_EQ(slurp(Aside), Bad);
        }
        // What is added in this run can be read in this run.
        PartId New = S->addPart(key("new"), "new index", "new bodies");
        EXPECT_EQ(llvm::cantFail(S->loadBodies(New)), "new bodies");
      }
    }
    auto Next = openStore();
    PartId New = add(*Next, "next", {Paths[0]}, "next run");
    EXPECT_EQ(llvm::cantFail(Next->loadBodies(New)), "bodies of next run");
    Next.reset();
    for (const auto &Entry : fs::directory_iterator(Folder))
      if (Entry.path().filename() != "store.lock")
        fs::remove_all(Entry.path());
  }
  EXPECT_GT(Noticed, 5u);
}

TEST_F(StoreTest, PruneDropsWhatNothingUses) {
  std::string A = file("a.c", "0");
  std::string Random;
  std::mt19937 Numbers(1);
  for (int I = 0; I < 200000; ++I)
    Random += static_cast<char>(Numbers());
  for (int I = 0; I < 8; ++I) {
    file("a.c", std::to_string(I));
    settle();
    auto S = openStore();
    PartId Part = S->addPart(key(std::to_string(I)), std::to_string(I), Random + std::to_string(I));
    S->addUnit({key("u"), "a.c", deps(*S, {A}), {Part}, "", 1});
    std::ofstream(S->pchFolder() + "/" + std::to_string(I) + ".pch") << I;
    S->putPch(key("pch"), {}, {std::to_string(I) + ".pch", ""});
    S->finish();
  }
  auto Before = fs::file_size(database());
  {
    auto Other = openStore();
    std::vector<std::string> Said;
    EXPECT_FALSE(llvm::cantFail(Store::open(Folder, Said))->prune());
  }
  EXPECT_TRUE(openStore()->prune());
  EXPECT_TRUE(Remarks.empty());
  EXPECT_LT(fs::file_size(database()), Before / 2);
  EXPECT_TRUE(isWhole(database()));
  EXPECT_EQ(ask(database(), "SELECT count(*) FROM part"), 3);
  EXPECT_EQ(ask(database(), "SELECT count(*) FROM body"), 3);
  EXPECT_EQ(ask(database(), "SELECT count(*) FROM content"), 3);
  EXPECT_FALSE(fs::exists(Folder + "/pch/6.pch"));
  EXPECT_TRUE(fs::exists(Folder + "/pch/7.pch"));
  EXPECT_EQ(find(*openStore(), "u"), "7");
  // Long unused units go too.
  usleep(2000);
  EXPECT_TRUE(openStore()->prune(std::chrono::hours(-1)));
  EXPECT_EQ(ask(database(), "SELECT count(*) FROM unit"), 0);
  EXPECT_EQ(find(*openStore(), "u"), "");
}

} // namespace
