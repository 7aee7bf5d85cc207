// Small C units on disk, lowered with and without a precompiled header.
#pragma once

#include "ir/Encode.h"
#include "lower/Lower.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace gfplint::test {

/// A folder of its own with an include/; deleted at the end.
class CTree {
public:
  CTree() {
    llvm::SmallString<128> Made;
    if (std::error_code E = llvm::sys::fs::createUniqueDirectory("gfplint-pch-test", Made))
      ADD_FAILURE() << "no temporary folder: " << E.message();
    llvm::SmallString<128> Real;
    llvm::sys::fs::real_path(Made, Real);
    Root = Real.str().str();
    write("include/gfp.h", "#ifndef GFP_H\n#define GFP_H\n"
                           "typedef unsigned int gfp_t;\n"
                           "#define GFP_KERNEL ((gfp_t)3)\n#define GFP_NOFS ((gfp_t)1)\n"
                           "void *kmalloc(unsigned long size, gfp_t gfp);\n"
                           "int printk(const char *text, ...);\n#endif\n");
  }
  ~CTree() { llvm::sys::fs::remove_directories(Root); }
  CTree(const CTree &) = delete;
  CTree &operator=(const CTree &) = delete;

  std::string path(llvm::StringRef Name) const { return Root + "/" + Name.str(); }

  void write(llvm::StringRef Name, llvm::StringRef Text) {
    std::string Path = path(Name);
    llvm::sys::fs::create_directories(llvm::sys::path::parent_path(Path));
    std::error_code Error;
    llvm::raw_fd_ostream Out(Path, Error);
    ASSERT_FALSE(Error) << Path << ": " << Error.message();
    Out << Text;
  }

  Entry entry(llvm::StringRef Name) const {
    return {path(Name), Root, {"-nostdinc", "-Iinclude", "-std=gnu11", path(Name)}};
  }

  std::string Root;
};

inline FlagTable smallFlags() {
  FlagTable T;
  T.add("__GFP_IO", 1);
  T.add("__GFP_FS", 2);
  return T;
}

/// What one unit gave in both ways.
struct BothWays {
  /// Why it could not be lowered on top of the PCH.
  std::string Objection;
  std::string ErrorWithout;
  /// Names of the PCH's files that it includes.
  std::vector<std::string> Shared;
};

/// A PCH of some headers of a tree, and units on top of it.
class PchTest : public ::testing::Test {
protected:
  /// Compiles a PCH that includes the headers in that order; what it is described by goes through JSON.
  void makePch(const std::vector<std::string> &Headers) {
    std::string Source;
    for (const std::string &Header : Headers)
      Source += "#include <" + Header + ">\n";
    // A name that was never used before: an earlier PCH may still be mapped.
    std::string Base = "pch" + std::to_string(++Pchs);
    Tree.write(Base + ".c", Source);
    Entry E = Tree.entry(Base + ".c");
    Made = lowerHeaders(P, E, Tree.path(Base + ".pch"), {Flags, Tree.Root}, Files);
    ASSERT_EQ(Made.Error, "");
    llvm::Expected<SharedHeaders> Read = SharedHeaders::fromText(Made.Shared.toText());
    ASSERT_TRUE(static_cast<bool>(Read)) << llvm::toString(Read.takeError());
    Shared = std::move(*Read);
    ASSERT_EQ(Made.Parts.size(), Shared.Files.size());
    OnDisk = std::make_unique<LoadedHeaders>(Shared, P.files(Tree.Root));
  }

  /// Lowers a unit in both ways. Without an objection both must have given the same parts, byte for
  /// byte, from the same files.
  BothWays lower(llvm::StringRef Text, std::vector<std::string> MoreFlags = {}) {
    std::string Name = "unit" + std::to_string(++Units) + ".c";
    Tree.write(Name, Text);
    Entry E = Tree.entry(Name);
    E.Args.insert(E.Args.begin(), MoreFlags.begin(), MoreFlags.end());
    LoweredUnit On = lowerEntry(P, E, {Flags, Tree.Root}, Files, nullptr, OnDisk.get());
    FileTable Fresh;
    LoweredUnit Plain = lowerEntry(P, E, {Flags, Tree.Root}, Fresh);
    BothWays Result{On.Objection, Plain.Ir.Error, {}};
    if (!On.Objection.empty())
      return Result;
    std::vector<EncodedPart> With;
    for (const Part &One : On.Ir.Parts)
      With.push_back(encode(One, Files));
    std::vector<std::string> Read = On.Files;
    for (unsigned I : On.Shared.set_bits()) {
      if (Made.Parts[I])
        With.push_back(encode(*Made.Parts[I], Files));
      Read.push_back(Shared.Files[I].Path);
      Result.Shared.push_back(llvm::sys::path::filename(Shared.Files[I].Path).str());
    }
    std::vector<EncodedPart> Without;
    for (const Part &One : Plain.Ir.Parts)
      Without.push_back(encode(One, Fresh));
    auto Order = [](const EncodedPart &X, const EncodedPart &Y) { return X.Hash < Y.Hash; };
    std::sort(With.begin(), With.end(), Order);
    std::sort(Without.begin(), Without.end(), Order);
    std::sort(Read.begin(), Read.end());
    Read.erase(std::unique(Read.begin(), Read.end()), Read.end());
    std::sort(Result.Shared.begin(), Result.Shared.end());
    EXPECT_EQ(With.size(), Without.size()) << Text.str();
    EXPECT_TRUE(With == Without) << "the parts differ:\n" << Text.str();
    EXPECT_EQ(Read, Plain.Files) << Text.str();
    EXPECT_EQ(On.Ir.Error, Plain.Ir.Error);
    return Result;
  }

  CTree Tree;
  FlagTable Flags = smallFlags();
  FileTable Files;
  Parser P;
  LoweredHeaders Made;
  SharedHeaders Shared;

private:
  std::unique_ptr<LoadedHeaders> OnDisk;
  unsigned Units = 0;
  unsigned Pchs = 0;
};

} // namespace gfplint::test
