// IR as bytes: what is written is read, and bytes that are not ours are refused.
#include "ir/Encode.h"

#include <gtest/gtest.h>

#include <random>

using namespace gfplint;

namespace {

Site site(FileId File, uint32_t Line) {
  return {{File, Line, 9, Line * 40}, {File, Line, 11, Line * 40 + 2}, 7};
}

MaskExpr maskExpr(FileId File) {
  MaskExpr M;
  M.Terms = {{{SourceKind::Local, 1, ""}, MaskRange::identity().orWith({Flag::Zero}), site(File, 3)},
             {{SourceKind::Constant, 0, ""}, MaskRange::constant(masks::Kernel), site(File, 4)},
             {{SourceKind::Field, 0, "demo.gfp"}, MaskRange::unknown(), {}},
             {{SourceKind::Return, 5, "fs/demo.c:demo_gfp"}, MaskRange::identity(), site(File, 6)}};
  M.Where = site(File, 3);
  M.Text = "c ? gfp | __GFP_ZERO : GFP_KERNEL";
  M.Complement = true;
  return M;
}

Condition condition(FileId File) {
  Condition Part;
  Part.Key = ~uint64_t(0);
  Part.Compared = 0;
  Part.Op = CompareOp::Lt;
  Part.Value = -12;
  Part.Text = "err >= -12";
  Condition C;
  C.Key = 42;
  C.Negated = true;
  C.At = site(File, 8).At;
  C.Reads = {0, 1};
  C.Test = MaskTest{maskExpr(File), MaskTestKind::Equal, masks::Kernel, Mask{Flag::Io}};
  C.CallResult = 5;
  C.HasCall = true;
  C.IsAnd = true;
  C.Parts = {Part, Part};
  return C;
}

/// Every member of every struct is something else than its default at least once.
Part richPart(FileTable &Files) {
  FileId Source = Files.intern("fs/demo.c");
  FileId Header = Files.intern("include/linux/demo.h");
  Function F;
  F.Name = "demo_get";
  F.Key = "fs/demo.c:demo_get";
  F.Static = F.InHeader = F.ReturnsMask = true;
  F.At = site(Header, 12).At;
  F.End = site(Header, 30).At;
  F.Params = {{"dev", false}, {"gfp", true}};
  Place Gfp;
  Gfp.Kind = PlaceKind::Param;
  Gfp.Text = "gfp";
  Gfp.Index = 1;
  Gfp.AddressTaken = true;
  Place Token;
  Token.Kind = PlaceKind::Field;
  Token.Text = "tp->t_pflags";
  Token.Field = "xfs_trans.t_pflags";
  Token.Roots = {0, 1};
  F.Places = {Gfp, Token};
  Event Call;
  Call.Where = site(Source, 14);
  Call.Id = 5;
  Call.Callee = "kmalloc_noprof";
  Call.Typed = "kmalloc";
  Call.Indirect = "demo_ops.alloc";
  Arg Plain;
  Plain.Var = 1;
  Plain.ByAddress = true;
  Plain.Constant = -1;
  Plain.Names = {"PF_MEMALLOC_NOFS", "PF_MEMALLOC"};
  Plain.Function = "fs/demo.c:done";
  Plain.Result = 3;
  Arg WithMask;
  WithMask.Mask = maskExpr(Source);
  Call.Args = {Plain, WithMask, {}};
  Call.Cleanup = Call.ToReturn = Call.Discarded = true;
  Call.Target = 1;
  Event Assign;
  Assign.Kind = EventKind::AssignMask;
  Assign.Target = 1;
  Assign.Negated = true;
  Assign.Branch = condition(Header);
  Assign.Value = maskExpr(Header);
  Event Return;
  Return.Kind = EventKind::Return;
  Return.Constant = INT64_MIN;
  Return.From = 0;
  Block B;
  B.Events = {Call, Assign, Return};
  B.Branch = condition(Source);
  B.Succs = {{1, EdgeKind::Case, -3, INT64_MAX}, {0, EdgeKind::Default, 0, 0}};
  F.Blocks = {B, {}};
  F.Exit = 1;
  Part U;
  U.File = "fs/demo.c";
  U.Functions = {F, Function{}};
  U.FieldFunctions = {{"demo_ops.alloc", "fs/demo.c:demo_get"}};
  U.FieldMasks = {{"demo.gfp", "demo_init", maskExpr(Source)}};
  U.Uses = {{site(Header, 20), "GFP_NOFS", UseKind::NotCompiled, "demo_get", "kmalloc",
             "GFP_NOFS | __GFP_ZERO", masks::Kernel}};
  U.AddressTaken = {"fs/demo.c:done", std::string("with\0zero", 9)};
  return U;
}

Part decoded(const EncodedPart &P, FileTable &Files) {
  llvm::Expected<Part> Back = decode(P, Files);
  if (!Back) {
    ADD_FAILURE() << llvm::toString(Back.takeError());
    return {};
  }
  return std::move(*Back);
}

PartIndex decodedIndex(const EncodedPart &P, FileTable &Files) {
  llvm::Expected<PartIndex> Index = decodeIndex(P.Index, Files);
  if (!Index) {
    ADD_FAILURE() << llvm::toString(Index.takeError());
    return {};
  }
  return std::move(*Index);
}

TEST(Encode, EverythingComesBack) {
  FileTable Files;
  Part P = richPart(Files);
  EncodedPart Bytes = encode(P, Files);
  Part Back = decoded(Bytes, Files);
  EXPECT_EQ(Back, P);
  EXPECT_EQ(encode(Back, Files), Bytes);
}

TEST(Encode, EmptyPart) {
  FileTable Files;
  EXPECT_EQ(decoded(encode(Part{}, Files), Files), Part{});
}

TEST(Encode, FileNumbersAreTheReaders) {
  FileTable Writer;
  Part P = richPart(Writer);
  FileTable Reader;
  Reader.intern("mm/other.c");
  Reader.intern("include/linux/demo.h");
  Part Back = decoded(encode(P, Writer), Reader);
  EXPECT_EQ(Reader.name(Back.Functions[0].At.File), "include/linux/demo.h");
  EXPECT_EQ(Reader.name(Back.Functions[0].Blocks[0].Events[0].Where.At.File), "fs/demo.c");
  EXPECT_EQ(Reader.name(Back.Uses[0].Where.Spelled.File), "include/linux/demo.h");
  EXPECT_EQ(Back.FieldMasks[0].Value.Terms[2].Chosen, Site{});
  EXPECT_EQ(Back.Functions[0].At.Line, 12u);
}

TEST(Encode, EqualPartsHaveEqualBytes) {
  FileTable Files;
  FileTable Others;
  Others.intern("mm/other.c");
  Others.intern("mm/another.c");
  Part A = richPart(Files);
  Part B = richPart(Others);
  EXPECT_NE(A.Functions[0].At.File, B.Functions[0].At.File);
  EXPECT_EQ(encode(A, Files), encode(B, Others));
}

TEST(Encode, EveryDifferenceShowsInTheHash) {
  FileTable Files;
  Part A = richPart(Files);
  EncodedPart First = encode(A, Files);
  Part B = A;
  // Only the bodies differ.
  B.Functions[0].Blocks[0].Events[0].Args[0].Constant = -2;
  EXPECT_NE(encode(B, Files).Hash, First.Hash);
  B = A;
  // Only the index does.
  B.AddressTaken.pop_back();
  EXPECT_EQ(encode(B, Files).Bodies, First.Bodies);
  EXPECT_NE(encode(B, Files).Hash, First.Hash);
}

TEST(Encode, UnitsCrossAPipe) {
  FileTable Files;
  Unit U{"fs/demo.c", "fs/demo.c:1:1: it is broken", {richPart(Files), Part{}}};
  EncodedUnit Encoded = encode(U, Files);
  std::string Bytes = pack(Encoded);
  llvm::Expected<EncodedUnit> Back = unpack(Bytes);
  ASSERT_TRUE(static_cast<bool>(Back)) << llvm::toString(Back.takeError());
  EXPECT_EQ(*Back, Encoded);
  for (size_t Length = 0; Length < Bytes.size(); ++Length) {
    llvm::Expected<EncodedUnit> Cut = unpack(llvm::StringRef(Bytes).take_front(Length));
    ASSERT_FALSE(static_cast<bool>(Cut)) << Length << " of " << Bytes.size();
    llvm::consumeError(Cut.takeError());
  }
}

TEST(Index, SaysWhatLinkingNeeds) {
  FileTable Files;
  PartIndex I = decodedIndex(encode(richPart(Files), Files), Files);
  ASSERT_EQ(I.Functions.size(), 2u);
  const FunctionIndex &F = I.Functions[0];
  EXPECT_EQ(I.Strings[F.Name], "demo_get");
  EXPECT_EQ(I.Strings[F.Key], "fs/demo.c:demo_get");
  EXPECT_TRUE(F.Static && F.InHeader);
  EXPECT_EQ(Files.name(F.At.File), "include/linux/demo.h");
  EXPECT_EQ(F.At.Line, 12u);
  ASSERT_EQ(F.Calls, 1u);
  EXPECT_EQ(I.Strings[I.Calls[0].Name], "kmalloc_noprof");
  EXPECT_EQ(I.Calls[0].event(), 5u);
  EXPECT_FALSE(I.Calls[0].indirect());
  ASSERT_EQ(F.Stores, 1u);
  EXPECT_EQ(I.Strings[I.StoredFields[0]], "xfs_trans.t_pflags");
  EXPECT_EQ(I.Functions[1].Calls + I.Functions[1].Stores, 0u);
  ASSERT_EQ(I.FieldFunctions.size(), 1u);
  EXPECT_EQ(I.Strings[I.FieldFunctions[0].Field], "demo_ops.alloc");
  ASSERT_EQ(I.AddressTaken.size(), 2u);
  EXPECT_EQ(I.Strings[I.AddressTaken[1]], llvm::StringRef("with\0zero", 9));
}

TEST(Index, ListsCallsInTheOrderOfEvents) {
  Event Direct;
  Direct.Id = 4;
  Direct.Callee = "one";
  Event Table;
  Table.Id = 2;
  Table.Indirect = "ops.two";
  Event Opaque;
  Opaque.Id = 7;
  Function F;
  Block B;
  B.Events = {Direct, Table, Opaque};
  F.Blocks = {B, B};
  Part P;
  P.Functions = {F};
  PartIndex I = indexOf(P);
  ASSERT_EQ(I.Calls.size(), 4u);
  EXPECT_EQ(I.Strings[I.Calls[3].Name], "ops.two");
  EXPECT_EQ(I.Calls[3].event(), 2u);
  EXPECT_TRUE(I.Calls[3].indirect());
  EXPECT_EQ(I.Calls[0].Name, I.Calls[2].Name);
}

bool restricts(MaskRange Range, EventKind Kind) {
  MaskExpr M;
  M.Terms = {{{SourceKind::Param, 0, ""}, MaskRange::identity(), {}},
             {{SourceKind::Param, 0, ""}, Range, {}}};
  Event E;
  E.Kind = Kind;
  if (Kind == EventKind::Call)
    E.Args.emplace_back().Mask = M;
  else
    E.Value = M;
  Function F;
  F.Blocks.emplace_back().Events = {E};
  Part P;
  P.Functions = {F};
  return indexOf(P).Functions[0].Restricts;
}

TEST(Index, RestrictsWhereConstantsTakeReclaimAway) {
  for (EventKind Kind : {EventKind::Call, EventKind::AssignMask, EventKind::Return}) {
    EXPECT_FALSE(restricts(MaskRange::identity(), Kind));
    EXPECT_FALSE(restricts(MaskRange::identity().orWith({Flag::Zero}), Kind));
    EXPECT_FALSE(restricts(MaskRange::unknown(), Kind));
    EXPECT_FALSE(restricts(MaskRange::constant(masks::Kernel), Kind));
    EXPECT_FALSE(restricts(MaskRange::identity().andWith(~Mask{Flag::Zero}), Kind));
    EXPECT_TRUE(restricts(MaskRange::constant(masks::Kernel - Mask{Flag::Fs}), Kind));
    EXPECT_TRUE(restricts(MaskRange::constant({Flag::Io, Flag::Fs}), Kind));
    EXPECT_TRUE(restricts(MaskRange::identity().andWith(~Mask{Flag::Io}), Kind));
    EXPECT_TRUE(restricts(MaskRange::identity().andBetween({}, ~Mask{Flag::Fs}), Kind));
  }
}

TEST(Encode, OneBodyIsDecodedAlone) {
  FileTable Files;
  Part P = richPart(Files);
  P.Functions[1].Name = "second";
  EncodedPart Bytes = encode(P, Files);
  PartIndex I = decodedIndex(Bytes, Files);
  ASSERT_EQ(I.Bodies.Ranges.size(), 2u);
  BodyTable::Range R = I.Bodies.Ranges[1];
  EXPECT_EQ(R.Offset + R.Size, Bytes.Bodies.size());
  llvm::Expected<Function> F = decodeBody(llvm::StringRef(Bytes.Bodies).substr(R.Offset, R.Size), I.Bodies);
  ASSERT_TRUE(static_cast<bool>(F)) << llvm::toString(F.takeError());
  EXPECT_EQ(*F, P.Functions[1]);
}

TEST(Encode, EveryTruncationIsAnError) {
  FileTable Files;
  EncodedPart Bytes = encode(richPart(Files), Files);
  for (size_t Length = 0; Length < Bytes.Index.size(); ++Length) {
    FileTable Reader;
    llvm::Expected<PartIndex> Back = decodeIndex(llvm::StringRef(Bytes.Index).take_front(Length), Reader);
    ASSERT_FALSE(static_cast<bool>(Back)) << Length << " of " << Bytes.Index.size();
    llvm::consumeError(Back.takeError());
  }
  for (size_t Length = 0; Length < Bytes.Bodies.size(); ++Length) {
    FileTable Reader;
    llvm::Expected<Part> Back = decode({{}, Bytes.Index, Bytes.Bodies.substr(0, Length)}, Reader);
    ASSERT_FALSE(static_cast<bool>(Back)) << Length << " of " << Bytes.Bodies.size();
    llvm::consumeError(Back.takeError());
  }
}

TEST(Encode, DamagedBytesNeverCrash) {
  FileTable Files;
  const EncodedPart Bytes = encode(richPart(Files), Files);
  std::mt19937 Random(7);
  unsigned Refused = 0;
  constexpr unsigned Rounds = 20000;
  for (unsigned I = 0; I < Rounds; ++I) {
    EncodedPart Bad = Bytes;
    std::string &Which = I % 2 == 0 ? Bad.Index : Bad.Bodies;
    for (unsigned K = 0; K <= Random() % 3; ++K)
      Which[Random() % Which.size()] = static_cast<char>(Random());
    FileTable Reader;
    llvm::Expected<Part> Back = decode(Bad, Reader);
    if (!Back) {
      ++Refused;
      llvm::consumeError(Back.takeError());
    } else {
      // What is accepted can be written again: every number in it is in its range.
      (void)encode(*Back, Reader);
    }
  }
  EXPECT_GT(Refused, Rounds / 4);
}

TEST(Encode, ForeignBytesAreAnError) {
  for (llvm::StringRef Bad :
       {llvm::StringRef(""), llvm::StringRef("\xc0"), llvm::StringRef("no IR at all"),
        llvm::StringRef("\xdd\xff\xff\xff\xff"), llvm::StringRef("\x00\x00\x00\x00", 4)}) {
    FileTable Files;
    llvm::Expected<PartIndex> Index = decodeIndex(Bad, Files);
    EXPECT_FALSE(static_cast<bool>(Index)) << Bad.str();
    if (!Index)
      EXPECT_FALSE(llvm::toString(Index.takeError()).empty());
    llvm::Expected<Function> Body = decodeBody(Bad, BodyTable{});
    EXPECT_FALSE(static_cast<bool>(Body)) << Bad.str();
    llvm::consumeError(Body.takeError());
  }
}

TEST(Encode, OtherVersionIsRefused) {
  FileTable Files;
  std::string Bytes = encode(richPart(Files), Files).Index;
  // The version is the first thing in the bytes, a small number.
  ASSERT_EQ(static_cast<unsigned>(Bytes[0]), IrVersion);
  Bytes[0] = static_cast<char>(IrVersion + 1);
  llvm::Expected<PartIndex> Back = decodeIndex(Bytes, Files);
  ASSERT_FALSE(static_cast<bool>(Back));
  EXPECT_NE(llvm::toString(Back.takeError()).find("version"), std::string::npos);
}

} // namespace
