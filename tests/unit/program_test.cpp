// Linking by indexes: what is answered without bodies, and what the order of parts may not change.
#include "ProgramFixture.h"

#include <algorithm>
#include <random>
#include <set>

using namespace gfplint;
using namespace gfplint::test;

namespace {

Function calls(std::string Key, std::vector<std::string> Callees, FileId File = 1) {
  std::vector<Event> Events;
  for (std::string &Callee : Callees)
    Events.push_back(call(static_cast<uint32_t>(Events.size()) + 1, std::move(Callee)));
  Function F = function(std::move(Key), {}, {jump(std::move(Events), 1), {}});
  F.At.File = File;
  return F;
}

Function allocates(std::string Key, std::string Allocator, MaskExpr M) {
  return function(std::move(Key), {param("gfp", 0)},
                  {jump({call(1, std::move(Allocator), {{}, maskArg(std::move(M))})}, 1), {}});
}

std::vector<std::string> keys(const Program &P, llvm::ArrayRef<FunctionId> Ids) {
  std::vector<std::string> All;
  for (FunctionId Id : Ids)
    All.push_back(P.key(Id).str());
  return All;
}

std::vector<std::string> callersOf(const Program &P, llvm::StringRef Key) {
  std::vector<std::string> All;
  for (const CallSite &C : P.callers(P.find(Key).value()))
    All.push_back((P.key(C.Caller) + (C.indirect() ? " through one of " : " ")).str() +
                  (C.indirect() ? std::to_string(C.Targets) : std::to_string(C.Event)));
  return All;
}

using Names = std::vector<std::string>;

TEST(Program, VariantsWithMoreAndFewerCalls) {
  // The smaller hash wins, whichever comes first; room is made for the calls of the one that does.
  Part More = Linked::partOf({calls("h.h:get", {"a", "b", "c", "d"})});
  Part None = Linked::partOf({calls("h.h:get", {})});
  Linked First(std::vector<Part>{More, None});
  Linked Last(std::vector<Part>{None, More});
  ASSERT_EQ(First.P.size(), 1u);
  EXPECT_EQ(First.P.function(0), Last.P.function(0));
}

TEST(Program, AnswersFromTheIndexLoadNothing) {
  Part P = Linked::partOf({calls("a.c:leaf", {}), calls("top", {"a.c:leaf", "elsewhere", "a.c:leaf"}),
                           allocates("buys", "kmalloc", constant(NoFs))});
  P.FieldFunctions = {{"ops.get", "top"}};
  Linked L(std::vector<Part>{P});
  ASSERT_EQ(L.P.size(), 3u);
  EXPECT_EQ(L.P.key(0), "a.c:leaf");
  EXPECT_EQ(L.P.name(0), "leaf");
  EXPECT_TRUE(L.P.isStatic(0));
  EXPECT_FALSE(L.P.isStatic(2));
  EXPECT_EQ(L.P.at(0), at(1));
  EXPECT_EQ(callersOf(L.P, "a.c:leaf"), (Names{"top 1", "top 3"}));
  EXPECT_EQ(keys(L.P, L.P.callees(L.id("top"))), Names{"a.c:leaf"});
  EXPECT_EQ(keys(L.P, L.P.targets("ops.get")), Names{"top"});
  EXPECT_TRUE(L.P.targets("ops.other").empty());
  EXPECT_TRUE(L.P.hasAllCallers(0));
  EXPECT_FALSE(L.P.hasAllCallers(L.id("top")));
  EXPECT_EQ(keys(L.P, L.P.restricting()), Names{"buys"});
  EXPECT_EQ(keys(L.P, L.P.callersWithMask(AllocatorFamily::Slab)), Names{"buys"});
  EXPECT_TRUE(L.P.scopeUsers().empty());
  EXPECT_TRUE(L.P.scopes(0).summary().Opens.empty());
  EXPECT_EQ(L.P.loaded(), 0u);
  EXPECT_EQ(L.P.function(L.id("top")).Blocks.size(), 2u);
  (void)L.P.function(L.id("top"));
  EXPECT_EQ(L.P.loaded(), 1u);
}

TEST(Program, CallersComeInTheOrderOfTheirEvents) {
  Function Mixed = calls("mixed", {});
  Mixed.Blocks[0].Events = {callThrough(1, "ops.get", {}), call(2, "a.c:get"), callThrough(3, "ops.get", {})};
  Part P =
      Linked::partOf({calls("a.c:get", {}), calls("a.c:other", {}), Mixed, calls("before", {"a.c:get"})});
  P.FieldFunctions = {{"ops.get", "a.c:get"}, {"ops.get", "a.c:other"}, {"ops.get", "nobody"}};
  Linked L(std::vector<Part>{P});
  EXPECT_EQ(callersOf(L.P, "a.c:get"),
            (Names{"before 1", "mixed through one of 2", "mixed 2", "mixed through one of 2"}));
  std::vector<CallSite> All = L.P.callers(L.id("a.c:get"));
  const Event *Through = L.P.event(All[3]);
  ASSERT_NE(Through, nullptr);
  EXPECT_EQ(Through->Id, 3u);
  EXPECT_EQ(Through->Indirect, "ops.get");
}

TEST(Program, FamiliesLeaveOutAllocators) {
  Linked L(std::vector<Function>{allocates("kvmalloc_node", "__vmalloc", local(0)),
                                 allocates("a", "__vmalloc", constant(NoFs)),
                                 allocates("b", "kvmalloc", constant(masks::Kernel)),
                                 allocates("c", "kmalloc_noprof", constant(masks::Kernel))});
  EXPECT_EQ(keys(L.P, L.P.callersWithMask(AllocatorFamily::VMalloc)), Names{"a"});
  EXPECT_EQ(keys(L.P, L.P.callersWithMask(AllocatorFamily::KVMalloc)), Names{"b"});
  EXPECT_EQ(keys(L.P, L.P.callersWithMask(AllocatorFamily::Slab)), Names{"c"});
  EXPECT_EQ(keys(L.P, L.P.callersOfAllocators()), (Names{"a", "b", "c"}));
}

TEST(Program, StoresLoadOnlyWhoStores) {
  auto Stores = [](const char *Key, const char *Field, Mask M) {
    return function(Key, {fieldPlace("o->gfp", Field)}, {jump({assignMask(0, constant(M, 50))}, 1), {}});
  };
  Linked L(std::vector<Function>{Stores("one", "demo.gfp", NoFs), Stores("two", "demo.other", NoIo),
                                 calls("three", {})});
  const std::vector<FieldStore> &All = L.P.stores("demo.gfp");
  ASSERT_EQ(All.size(), 1u);
  EXPECT_EQ(L.P.key(All[0].In.value()), "one");
  EXPECT_EQ(L.P.loaded(), 1u);
  EXPECT_TRUE(L.P.stores("demo.unknown").empty());
  EXPECT_EQ(L.P.loaded(), 1u);
}

/// Three files; two define `helper`, which the third calls; one header in two variants.
std::vector<Part> family() {
  Part A = Linked::partOf({calls("helper", {"x.h:inl"}), calls("a_top", {"helper", "x.h:inl"})}, "a.c");
  A.AddressTaken = {"a_top"};
  Part B = Linked::partOf({calls("helper", {}, 2), calls("b_top", {"helper"}, 2)}, "b.c");
  B.AddressTaken = {"helper"};
  B.FieldFunctions = {{"ops.help", "helper"}};
  B.Functions[1].Blocks[0].Events.push_back(
      call(2, "kmalloc", {{}, maskArg(maskOf({SourceKind::Return, 1, "helper"}, MaskRange::identity()))}));
  B.Functions[1].Blocks[0].Events.back().Args[0].Function = "helper";
  Part C = Linked::partOf({calls("c_top", {"helper", "x.h:inl"}, 3)}, "c.c");
  Part One = Linked::partOf({calls("x.h:inl", {"one"})}, "x.h");
  Part Two = Linked::partOf({calls("x.h:inl", {"two", "c_top"})}, "x.h");
  One.Functions[0].InHeader = Two.Functions[0].InHeader = true;
  return {A, B, C, One, Two};
}

TEST(Program, NamesakesAreSeparatedInBodiesToo) {
  Linked L(family());
  EXPECT_EQ(callersOf(L.P, "helper"), (Names{"a_top 1", "c_top 1"}));
  EXPECT_EQ(callersOf(L.P, "b.c:helper"), Names{"b_top 1"});
  EXPECT_EQ(keys(L.P, L.P.targets("ops.help")), Names{"b.c:helper"});
  const Function &Top = L.P.function(L.id("b_top"));
  EXPECT_EQ(Top.Blocks[0].Events[0].Callee, "b.c:helper");
  EXPECT_EQ(Top.Blocks[0].Events[1].Args[0].Function, "b.c:helper");
  EXPECT_EQ(Top.Blocks[0].Events[1].Args[1].Mask->Terms[0].From.Name, "b.c:helper");
  EXPECT_EQ(L.P.callee(Top.Blocks[0].Events[0]), L.id("b.c:helper"));
  EXPECT_EQ(L.P.function(L.id("b.c:helper")).Key, "b.c:helper");
  EXPECT_EQ(L.P.function(L.id("b.c:helper")).At.File, 2u);
  EXPECT_EQ(L.P.name(L.id("b.c:helper")), "helper");
  EXPECT_EQ(L.P.function(L.id("c_top")).Blocks[0].Events[0].Callee, "helper");
  EXPECT_TRUE(L.P.loadErrors().empty());
}

/// All that a program says, as text.
std::string everything(const Program &P) {
  std::string Text;
  for (FunctionId Id = 0; Id < P.size(); ++Id) {
    const Function &F = P.function(Id);
    Text += P.key(Id).str() + " " + P.Files.name(F.At.File).str() + (P.hasAllCallers(Id) ? " closed" : "");
    for (const std::string &Caller : callersOf(P, P.key(Id)))
      Text += " <" + Caller;
    for (const Block &B : F.Blocks)
      for (const Event &E : B.Events)
        Text += " >" + E.Callee;
    Text += "\n";
  }
  return Text;
}

TEST(Program, OrderOfPartsDoesNotMatter) {
  std::vector<Part> Parts = family();
  std::string First = everything(Linked(Parts).P);
  std::mt19937 Random(3);
  for (int Turn = 0; Turn < 30; ++Turn) {
    std::shuffle(Parts.begin(), Parts.end(), Random);
    EXPECT_EQ(everything(Linked(Parts).P), First);
  }
}

TEST(Program, EqualPartsCountOnce) {
  std::vector<Part> Parts = family();
  std::vector<Part> Twice = Parts;
  Twice.insert(Twice.end(), Parts.begin(), Parts.end());
  EXPECT_EQ(everything(Linked(Twice).P), everything(Linked(Parts).P));
}

TEST(Program, ABodyThatCannotBeLoadedIsToldAndEmpty) {
  std::vector<Part> Parts = {
      Linked::partOf({allocates("bad", "kmalloc", local(0)), allocates("top", "bad", constant(NoFs)),
                      function("sets", {variable("t")},
                               {jump({call(1, "memalloc_nofs_save", {}, 0), call(2, "bad")}, 1), {}})})};
  Model Knowledge = kernelModel();
  FlagTable Flags = kernelFlags();
  FileTable Files = threeFiles();
  LinkInput Input = inMemory(Parts, Files);
  Program P(
      std::move(Input.Parts), Files,
      [](uint32_t, uint32_t) -> llvm::Expected<Function> {
        return llvm::createStringError("the disk is on fire");
      },
      Knowledge, Flags);
  FunctionId Bad = P.find("bad").value();
  EXPECT_TRUE(P.function(Bad).Blocks.empty());
  EXPECT_EQ(P.function(Bad).Key, "bad");
  EXPECT_EQ(P.function(Bad).At, at(1));
  EXPECT_FALSE(P.masks(Bad).reached(1));
  for (const CallSite &C : P.callers(Bad))
    EXPECT_EQ(P.event(C), nullptr);
  EXPECT_TRUE(P.scopes(P.find("sets").value()).at(2).empty());
  EXPECT_EQ(P.loadErrors(), (Names{"a.c: bad() is not analysed: the disk is on fire",
                                   "a.c: sets() is not analysed: the disk is on fire",
                                   "a.c: top() is not analysed: the disk is on fire"}));
  EXPECT_EQ(P.loaded(), 0u);
}

TEST(Program, ShowsEachBodyOnceOnSeveralThreads) {
  constexpr unsigned PerPart = 100;
  std::vector<Part> Parts;
  for (unsigned P = 0; P < 5; ++P) {
    std::vector<Function> All;
    for (unsigned I = 0; I < PerPart; ++I)
      All.push_back(calls("f" + std::to_string(P * PerPart + I), {"g" + std::to_string(I)}));
    Parts.push_back(Linked::partOf(std::move(All)));
  }
  Linked L(Parts);
  std::vector<FunctionId> Ids;
  for (FunctionId Id = 0; Id < L.P.size(); ++Id)
    Ids.push_back(static_cast<FunctionId>(L.P.size()) - 1 - Id);
  (void)L.P.function(7);
  Names Shown(Ids.size());
  L.P.forEachBody(Ids, [&](size_t I, const Function &F) { Shown[I] += F.Key; });
  EXPECT_EQ(Shown, keys(L.P, Ids));
  EXPECT_EQ(L.P.loaded(), 5 * PerPart);
  EXPECT_TRUE(L.P.loadErrors().empty());
  L.P.forEachBody({}, [](size_t, const Function &) { FAIL(); });
}

TEST(Program, BodiesThatCannotBeLoadedAreShownEmptyAndTold) {
  Model Knowledge = kernelModel();
  FlagTable Flags = kernelFlags();
  FileTable Files = threeFiles();
  std::vector<Part> Parts = {
      Linked::partOf({calls("one", {"x"}), calls("two", {"x"}), calls("three", {"x"})})};
  LinkInput Input = inMemory(Parts, Files);
  Program P(
      std::move(Input.Parts), Files,
      [Load = std::move(Input.Load)](uint32_t Part, uint32_t InPart) -> llvm::Expected<Function> {
        if (InPart == 1)
          return llvm::createStringError("the disk is on fire");
        return Load(Part, InPart);
      },
      Knowledge, Flags, 2);
  std::vector<size_t> Blocks(3);
  P.forEachBody({P.find("three").value(), P.find("two").value(), P.find("one").value()},
                [&](size_t I, const Function &F) { Blocks[I] = F.Blocks.size(); });
  EXPECT_EQ(Blocks, (std::vector<size_t>{2, 0, 2}));
  EXPECT_EQ(P.loadErrors(), Names{"a.c: two() is not analysed: the disk is on fire"});
  EXPECT_EQ(P.loaded(), 2u);
}

TEST(Program, ABodyOfAnotherFunctionIsRefused) {
  Model Knowledge = kernelModel();
  FlagTable Flags = kernelFlags();
  FileTable Files = threeFiles();
  LinkInput Input = inMemory({Linked::partOf({calls("mine", {})})}, Files);
  Program P(
      std::move(Input.Parts), Files,
      [](uint32_t, uint32_t) -> llvm::Expected<Function> { return calls("foreign", {"x"}); }, Knowledge,
      Flags);
  EXPECT_TRUE(P.function(0).Blocks.empty());
  EXPECT_EQ(P.loadErrors(), Names{"a.c: mine() is not analysed: its body is that of foreign"});
}

bool asksName(const Program &P, llvm::StringRef Name) { return P.asked().Names.contains(Name); }

TEST(Asked, NothingBeforeAQuestion) {
  Linked L(family());
  EXPECT_TRUE(L.P.asked().Names.empty());
  EXPECT_TRUE(L.P.asked().Fields.empty());
  EXPECT_FALSE(L.P.callee(call(1, "nobody")).has_value());
  (void)L.P.callees(0);
  (void)L.P.directCallers(0);
  EXPECT_TRUE(L.P.asked().Names.empty());
}

TEST(Asked, AllSpellingsOfAFamily) {
  Linked L(std::vector<Part>{});
  EXPECT_TRUE(L.P.callersWithMask(AllocatorFamily::VMalloc).empty());
  EXPECT_TRUE(asksName(L.P, "__vmalloc"));
  EXPECT_TRUE(asksName(L.P, "__vmalloc_noprof"));
  EXPECT_FALSE(asksName(L.P, "vzalloc"));
  EXPECT_FALSE(asksName(L.P, "kmalloc"));
  (void)L.P.callersOfAllocators();
  EXPECT_TRUE(asksName(L.P, "kmalloc"));
  EXPECT_TRUE(asksName(L.P, "vzalloc_noprof"));
}

TEST(Asked, WordsOfRestrictedMasks) {
  Linked L(std::vector<Part>{});
  EXPECT_TRUE(L.P.restricting().empty());
  EXPECT_EQ(L.P.asked().Names,
            (std::set<std::string, std::less<>>{"__GFP_ATOMIC", "__GFP_DIRECT_RECLAIM", "__GFP_FS",
                                                "__GFP_HIGH", "__GFP_IO", "__GFP_KSWAPD_RECLAIM"}));
}

TEST(Asked, ScopesAndWhoCallsThoseThatOpenThem) {
  Linked L(std::vector<Function>{calls("begin", {"memalloc_nofs_save"}),
                                 calls("user", {"begin", "memalloc_nofs_restore"}),
                                 calls("other", {"user"})});
  EXPECT_EQ(L.P.scopeUsers().size(), 2u);
  for (const char *Name : {"memalloc_nofs_save", "memalloc_noio_restore", "begin"})
    EXPECT_TRUE(asksName(L.P, Name)) << Name;
  EXPECT_FALSE(asksName(L.P, "other"));
}

TEST(Asked, CallersByNameAndByField) {
  Part P = Linked::partOf({calls("a.c:hidden", {}), calls("open", {}), calls("x.h:inl", {})});
  P.Functions[2].InHeader = true;
  P.FieldFunctions = {{"ops.get", "a.c:hidden"}};
  for (int I = 0; I < 9; ++I)
    P.FieldFunctions.push_back({"many.get", I == 0 ? "open" : "target" + std::to_string(I)});
  for (int I = 1; I < 9; ++I)
    P.Functions.push_back(calls("target" + std::to_string(I), {}));
  Linked L(std::vector<Part>{P});
  std::optional<FunctionId> Hidden = L.P.find("a.c:hidden");
  ASSERT_TRUE(Hidden.has_value());
  (void)L.P.callers(*Hidden, 8);
  EXPECT_FALSE(asksName(L.P, "hidden")) << "a static function of a .c file is nobody else's";
  EXPECT_EQ(L.P.asked().Fields, (std::set<std::string, std::less<>>{"ops.get"}));
  (void)L.P.callers(L.P.find("open").value(), 8);
  EXPECT_TRUE(asksName(L.P, "open"));
  EXPECT_FALSE(L.P.asked().Fields.contains("many.get")) << "more functions make no difference";
  (void)L.P.callers(L.P.find("x.h:inl").value());
  EXPECT_TRUE(asksName(L.P, "inl"));
}

TEST(Asked, FieldsVariablesAndMissingFunctions) {
  Linked L(std::vector<Part>{});
  (void)L.P.stores("demo.gfp");
  (void)L.P.targets("ops.get");
  (void)L.P.stores("global_gfp");
  (void)L.P.find("missing");
  EXPECT_EQ(L.P.asked().Fields, (std::set<std::string, std::less<>>{"demo.gfp", "ops.get"}));
  EXPECT_EQ(L.P.asked().Names, (std::set<std::string, std::less<>>{"global_gfp", "missing"}));
}

} // namespace
