// Two passes over a virtual unit: the first asks the preprocessor which flags there are, the second
// lets the compiler evaluate them.
#include "frontend/Calibrate.h"

#include "clang/AST/ASTConsumer.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/Decl.h"
#include "clang/Frontend/CompilerInstance.h"
#include "clang/Frontend/FrontendActions.h"
#include "clang/Lex/Preprocessor.h"

#include <algorithm>

namespace gfplint {
namespace {

constexpr llvm::StringLiteral VariablePrefix = "gfplint_value_of_";

bool isFlagName(llvm::StringRef Name) {
  return (Name.starts_with("__GFP_") && !Name.starts_with("___")) || Name.starts_with("GFP_");
}

/// Lists the object-like macros that may be flags.
class ListNames : public clang::PreprocessOnlyAction {
public:
  explicit ListNames(std::vector<std::string> &Names) : Names(Names) {}

private:
  void EndSourceFileAction() override {
    for (const auto &[Id, State] : getCompilerInstance().getPreprocessor().macros(false)) {
      const clang::MacroInfo *Info = getCompilerInstance().getPreprocessor().getMacroInfo(Id);
      if (Info != nullptr && Info->isObjectLike() && Info->getNumTokens() > 0 && isFlagName(Id->getName()))
        Names.push_back(Id->getName().str());
    }
    std::sort(Names.begin(), Names.end());
  }
  std::vector<std::string> &Names;
};

class ReadValues : public clang::ASTFrontendAction {
public:
  explicit ReadValues(Calibration &Out) : Out(Out) {}

private:
  class Forward : public clang::ASTConsumer {
  public:
    explicit Forward(Calibration &Out) : Out(Out) {}
    void HandleTranslationUnit(clang::ASTContext &Context) override {
      for (const clang::Decl *D : Context.getTranslationUnitDecl()->decls()) {
        const auto *V = llvm::dyn_cast<clang::VarDecl>(D);
        if (V == nullptr || !V->getName().starts_with(VariablePrefix) || V->isInvalidDecl())
          continue;
        if (const clang::APValue *Value = V->evaluateValue(); Value != nullptr && Value->isInt())
          Out.Values.emplace_back(V->getName().drop_front(VariablePrefix.size()),
                                  Value->getInt().getZExtValue());
      }
    }

  private:
    Calibration &Out;
  };
  std::unique_ptr<clang::ASTConsumer> CreateASTConsumer(clang::CompilerInstance &, llvm::StringRef) override {
    return std::make_unique<Forward>(Out);
  }
  bool BeginInvocation(clang::CompilerInstance &Instance) override {
    Instance.getFrontendOpts().SkipFunctionBodies = true;
    return true;
  }
  void EndSourceFileAction() override { Out.Files = filesRead(getCompilerInstance().getSourceManager()); }
  Calibration &Out;
};

constexpr llvm::StringLiteral VirtualFile = "/gfplint-calibration.c";

/// Runs an action over the virtual file; its first error.
using RunAction =
    llvm::function_ref<std::string(std::unique_ptr<clang::FrontendAction> Action, const Overlay &Files)>;

/// `Whose`: what has the command, for the error.
llvm::Expected<Calibration> calibrateWith(RunAction Run, const std::string &File, llvm::StringRef Whose) {
  std::string Text = "#include <linux/gfp.h>\n";
  std::vector<std::string> Names;
  Overlay Files = {{File, Text}};
  std::string Error = Run(std::make_unique<ListNames>(Names), Files);
  if (Error.empty()) {
    for (const std::string &Name : Names)
      Text.append("static const unsigned long long ")
          .append(VariablePrefix)
          .append(Name)
          .append(" = (unsigned long long)(unsigned int)(")
          .append(Name)
          .append(");\n");
    Files[File] = Text;
    Calibration Found;
    Error = Run(std::make_unique<ReadValues>(Found), Files);
    std::erase(Found.Files, File);
    // A macro that is no constant (GFP_ZONE_TABLE's helpers) leaves an error and no value; the
    // flags themselves decide.
    FlagTable Flags = flagTable(Found);
    if (Flags.has(Flag::DirectReclaim) && Flags.has(Flag::Io) && Flags.has(Flag::Fs))
      return Found;
    if (Error.empty())
      Error = "<linux/gfp.h> defines no __GFP_DIRECT_RECLAIM, __GFP_IO and __GFP_FS";
  }
  return llvm::createStringError("cannot read the GFP flags with the command of " + Whose + ": " + Error);
}

} // namespace

llvm::Expected<Calibration> calibrate(Parser &P, const Entry &E) {
  Entry Virtual = E;
  Virtual.File = E.Directory + VirtualFile.str();
  Virtual.Args.back() = Virtual.File;
  return calibrateWith([&](std::unique_ptr<clang::FrontendAction> Action,
                           const Overlay &Files) { return P.run(Virtual, std::move(Action), &Files).Error; },
                       Virtual.File, E.File);
}

llvm::Expected<Calibration> calibrateLike(const clang::Preprocessor &Unit, llvm::StringRef Directory) {
  const std::string File = Directory.str() + VirtualFile.str();
  return calibrateWith(
      [&](std::unique_ptr<clang::FrontendAction> Action, const Overlay &Files) {
        return parseLike(Unit, File, std::move(Action), Files).Error;
      },
      File, "this unit");
}

FlagTable flagTable(const Calibration &C) {
  FlagTable Flags;
  for (const auto &[Name, Value] : C.Values)
    Flags.add(Name, Value);
  return Flags;
}

} // namespace gfplint
