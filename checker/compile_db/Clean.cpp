// One compiler call rewritten for Clang, by the rules of rules/compiler/flags.yaml.
#include "compile_db/Database.h"
#include "compile_db/FlagRules.h"

#include "llvm/Support/Path.h"

namespace gfplint {
namespace {

/// Drops `-12` and `-12.2` of `gcc-12`.
llvm::StringRef withoutVersion(llvm::StringRef Name) {
  llvm::StringRef Bare = Name.rtrim("0123456789.");
  return Bare.size() < Name.size() && Bare.ends_with("-") ? Bare.drop_back() : Name;
}

/// `aarch64-linux-gnu` for aarch64-linux-gnu-gcc-12; empty where the name tells no machine.
llvm::StringRef targetOfCompiler(llvm::StringRef Program) {
  llvm::StringRef Name = withoutVersion(llvm::sys::path::filename(Program));
  for (llvm::StringRef Compiler : {"-gcc", "-clang", "-cc"})
    if (Name.consume_back(Compiler))
      return Name.contains('-') ? Name : llvm::StringRef();
  return {};
}

bool namesTarget(llvm::StringRef Word) {
  return Word.starts_with("--target=") || Word == "-target" || Word == "--target";
}

/// Skips launchers with their settings (`env A=b`, `ccache a=b`); returns the index of the compiler.
size_t skipLaunchers(llvm::ArrayRef<std::string> Words, const FlagRules &Rules) {
  size_t I = 0;
  while (I + 1 < Words.size() && Rules.Launchers.contains(llvm::sys::path::filename(Words[I]))) {
    ++I;
    while (I + 1 < Words.size() && Words[I].find('=') != std::string::npos && Words[I].front() != '-')
      ++I;
  }
  return I;
}

/// Handles the `-Xclang` at `I`; returns the index of the first word after what belongs to it.
size_t cleanXclang(llvm::ArrayRef<std::string> Words, size_t I, const FlagRules &Rules,
                   std::vector<std::string> &Args) {
  if (I + 1 >= Words.size())
    return I + 1;
  FlagDecision Decision = Rules.BehindXclang.decide(Words[I + 1]);
  size_t End = I + 2;
  if (Decision.TakesArgument && End + 1 < Words.size() && Words[End] == "-Xclang")
    End += 2;
  if (!Decision.Drop)
    Args.insert(Args.end(), Words.begin() + I, Words.begin() + End);
  return End;
}

/// `-DKBUILD_MODNAME="ext4"` becomes `-DKBUILD_MODNAME="unit"`: the same in every command.
std::string evenOut(llvm::StringRef Word, const FlagRules &Rules) {
  auto [Name, Value] = Word.split('=');
  if (!Name.consume_front("-D") || Value.empty() || !Rules.EvenOut.contains(Name))
    return Word.str();
  return ("-D" + Name + "=" + (Value.starts_with("\"") ? "\"unit\"" : "unit")).str();
}

} // namespace

std::vector<std::string> cleanArguments(llvm::ArrayRef<std::string> Words, llvm::StringRef File) {
  const FlagRules &Rules = builtinFlagRules();
  std::vector<std::string> Args;
  Args.reserve(Words.size() + 4);
  size_t I = skipLaunchers(Words, Rules);
  // The word at I is the compiler, unless a launcher was told none.
  llvm::StringRef Target;
  if (I < Words.size() && !llvm::StringRef(Words[I]).starts_with("-"))
    Target = targetOfCompiler(Words[I++]);

  bool HasTarget = false;
  while (I < Words.size()) {
    llvm::StringRef Word = Words[I];
    if (Word == "-Xclang") {
      I = cleanXclang(Words, I, Rules, Args);
      continue;
    }
    FlagDecision Decision = Rules.Words.decide(Word);
    size_t End = std::min(I + (Decision.TakesArgument ? 2 : 1), Words.size());
    // A bare word is an input; File says which one is meant.
    bool IsInput = !Word.starts_with("-") || Word == "-" || Word == "--";
    if (!Decision.Drop && !IsInput) {
      HasTarget |= namesTarget(Word);
      Args.push_back(evenOut(Word, Rules));
      Args.insert(Args.end(), Words.begin() + I + 1, Words.begin() + End);
    }
    I = End;
  }
  if (!HasTarget && !Target.empty())
    Args.push_back(("--target=" + Target).str());
  Args.push_back("-Wno-everything");
  Args.push_back("-ferror-limit=0");
  Args.push_back(File.str());
  Args.shrink_to_fit();
  return Args;
}

} // namespace gfplint
