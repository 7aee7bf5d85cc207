// An entry for one file whose flags stand on the command line.
#include "compile_db/Database.h"
#include "compile_db/FlagRules.h"
#include "compile_db/Paths.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"

namespace gfplint {
namespace {

llvm::Error fail(const llvm::Twine &What) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), What);
}

/// The words that are files, not flags or what belongs to a flag.
std::vector<std::string> inputsAmong(llvm::ArrayRef<std::string> Words) {
  const FlagRules &Rules = builtinFlagRules();
  std::vector<std::string> Inputs;
  for (size_t I = 0; I < Words.size(); ++I) {
    if (Words[I] == "-Xclang" || Rules.Words.decide(Words[I]).TakesArgument)
      ++I;
    else if (!llvm::StringRef(Words[I]).starts_with("-"))
      Inputs.push_back(Words[I]);
  }
  return Inputs;
}

/// The one C file among the words, as written.
llvm::Expected<std::string> findSource(llvm::ArrayRef<std::string> Words, llvm::StringRef Directory) {
  std::vector<std::string> Sources;
  for (const std::string &Input : inputsAmong(Words))
    if (llvm::StringRef(Input).ends_with(".c"))
      Sources.push_back(Input);
  if (Sources.empty())
    return fail("no C file among the flags; give exactly one FILE.c");
  if (Sources.size() > 1)
    return fail("more than one C file among the flags ('" + Sources[0] + "', '" + Sources[1] +
                "'); give exactly one FILE.c");
  if (!llvm::sys::fs::is_regular_file(absolutePath(Sources[0], Directory)))
    return fail("no such file: '" + Sources[0] + "'; give an existing FILE.c");
  return Sources[0];
}

/// The words of a compile: a compiler's name, which tells the machine that sparse was told, and the
/// words without sparse's own.
std::vector<std::string> compileOf(llvm::ArrayRef<std::string> Words) {
  const FlagRules &Rules = builtinFlagRules();
  std::vector<std::string> Compile = {"cc"};
  for (const std::string &Word : Words) {
    llvm::StringRef Arch = Word;
    if (Arch.consume_front("--arch="))
      if (auto It = Rules.Targets.find(Arch); It != Rules.Targets.end())
        Compile[0] = It->second + "-cc";
    if (!Rules.OfSparse.decide(Word).Drop)
      Compile.push_back(Word);
  }
  return Compile;
}

} // namespace

llvm::Expected<Entry> synthesiseEntry(llvm::ArrayRef<std::string> Words, llvm::StringRef Directory) {
  llvm::SmallString<256> Folder(Directory);
  if (std::error_code Error = llvm::sys::fs::make_absolute(Folder))
    return fail(Directory + ": " + Error.message());
  Entry Result;
  Result.Directory = absolutePath(Folder, "/");
  llvm::Expected<std::string> Source = findSource(Words, Result.Directory);
  if (!Source)
    return Source.takeError();
  Result.File = absolutePath(*Source, Result.Directory);
  // A first word that is neither a flag nor the file is the compiler, as in a copied command.
  bool NamesCompiler = Words[0] != *Source && !llvm::StringRef(Words[0]).starts_with("-");
  Result.Args = cleanArguments(NamesCompiler ? Words.vec() : compileOf(Words), Result.File);
  return Result;
}

} // namespace gfplint
