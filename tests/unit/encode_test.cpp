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
Unit richUnit(FileTable &Files) {
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
  Unit U;
  U.File = "fs/demo.c";
  U.Error = "fs/demo.c:1:1: it is broken";
  U.Functions = {F, Function{}};
  U.FieldFunctions = {{"demo_ops.alloc", "fs/demo.c:demo_get"}};
  U.FieldMasks = {{"demo.gfp", "demo_init", maskExpr(Source)}};
  U.Uses = {{site(Header, 20), "GFP_NOFS", UseKind::NotCompiled, "demo_get", "kmalloc",
             "GFP_NOFS | __GFP_ZERO", masks::Kernel}};
  U.AddressTaken = {"fs/demo.c:done", std::string("with\0zero", 9)};
  return U;
}

TEST(Encode, EverythingComesBack) {
  FileTable Files;
  Unit U = richUnit(Files);
  std::string Bytes = encode(U, Files);
  llvm::Expected<Unit> Back = decode(Bytes, Files);
  ASSERT_TRUE(static_cast<bool>(Back)) << llvm::toString(Back.takeError());
  EXPECT_EQ(*Back, U);
  EXPECT_EQ(encode(*Back, Files), Bytes);
}

TEST(Encode, EmptyUnit) {
  FileTable Files;
  llvm::Expected<Unit> Back = decode(encode(Unit{}, Files), Files);
  ASSERT_TRUE(static_cast<bool>(Back)) << llvm::toString(Back.takeError());
  EXPECT_EQ(*Back, Unit{});
}

TEST(Encode, FileNumbersAreTheReaders) {
  FileTable Writer;
  Unit U = richUnit(Writer);
  FileTable Reader;
  Reader.intern("mm/other.c");
  Reader.intern("include/linux/demo.h");
  llvm::Expected<Unit> Back = decode(encode(U, Writer), Reader);
  ASSERT_TRUE(static_cast<bool>(Back)) << llvm::toString(Back.takeError());
  EXPECT_EQ(Reader.name(Back->Functions[0].At.File), "include/linux/demo.h");
  EXPECT_EQ(Reader.name(Back->Functions[0].Blocks[0].Events[0].Where.At.File), "fs/demo.c");
  EXPECT_EQ(Reader.name(Back->Uses[0].Where.Spelled.File), "include/linux/demo.h");
  EXPECT_EQ(Back->FieldMasks[0].Value.Terms[2].Chosen, Site{});
  EXPECT_EQ(Back->Functions[0].At.Line, 12u);
}

TEST(Encode, EqualFunctionsHaveEqualBytes) {
  FileTable Files;
  Unit A = richUnit(Files);
  Unit B = richUnit(Files);
  EXPECT_EQ(encode(A.Functions[0], Files), encode(B.Functions[0], Files));
  B.Functions[0].Blocks[0].Events[0].Args[0].Constant = -2;
  EXPECT_NE(encode(A.Functions[0], Files), encode(B.Functions[0], Files));
}

TEST(Encode, EveryTruncationIsAnError) {
  FileTable Files;
  std::string Bytes = encode(richUnit(Files), Files);
  for (size_t Length = 0; Length < Bytes.size(); ++Length) {
    FileTable Reader;
    llvm::Expected<Unit> Back = decode(llvm::StringRef(Bytes).take_front(Length), Reader);
    ASSERT_FALSE(static_cast<bool>(Back)) << Length << " of " << Bytes.size();
    llvm::consumeError(Back.takeError());
  }
}

TEST(Encode, DamagedBytesNeverCrash) {
  FileTable Files;
  const std::string Bytes = encode(richUnit(Files), Files);
  std::mt19937 Random(7);
  unsigned Refused = 0;
  constexpr unsigned Rounds = 20000;
  for (unsigned I = 0; I < Rounds; ++I) {
    std::string Bad = Bytes;
    for (unsigned K = 0; K <= Random() % 3; ++K)
      Bad[Random() % Bad.size()] = static_cast<char>(Random());
    FileTable Reader;
    llvm::Expected<Unit> Back = decode(Bad, Reader);
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
    llvm::Expected<Unit> Back = decode(Bad, Files);
    EXPECT_FALSE(static_cast<bool>(Back)) << Bad.str();
    if (!Back)
      EXPECT_FALSE(llvm::toString(Back.takeError()).empty());
  }
}

TEST(Encode, OtherVersionIsRefused) {
  FileTable Files;
  std::string Bytes = encode(richUnit(Files), Files);
  // The version is the first thing in the bytes, a small number.
  ASSERT_EQ(static_cast<unsigned>(Bytes[0]), IrVersion);
  Bytes[0] = static_cast<char>(IrVersion + 1);
  llvm::Expected<Unit> Back = decode(Bytes, Files);
  ASSERT_FALSE(static_cast<bool>(Back));
  EXPECT_NE(llvm::toString(Back.takeError()).find("version"), std::string::npos);
}

} // namespace
