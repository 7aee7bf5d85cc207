// The front-end action that turns one parsed unit into IR.
#include "lower/Lower.h"

#include "frontend/SkipBodies.h"
#include "lower/FunctionLowering.h"
#include "lower/Uses.h"

#include "clang/AST/ASTConsumer.h"
#include "clang/Frontend/CompilerInstance.h"

namespace gfplint {
namespace {

class Consumer : public clang::ASTConsumer {
public:
  Consumer(const LowerOptions &Options, FileTable &Files, Part &Out)
      : Options(Options), Files(Files), Out(Out) {}

  void Initialize(clang::ASTContext &Context) override { Sources = &Context.getSourceManager(); }

  bool shouldSkipFunctionBody(clang::Decl *D) override {
    const auto *F = llvm::dyn_cast_or_null<clang::FunctionDecl>(D);
    return F != nullptr && Filter.maySkip(*F, *Sources);
  }

  void HandleTranslationUnit(clang::ASTContext &Context) override {
    UnitContext Unit(Context, Options, Files);
    for (const clang::Decl *D : Context.getTranslationUnitDecl()->decls()) {
      const auto *F = llvm::dyn_cast<clang::FunctionDecl>(D);
      if (F == nullptr || !F->doesThisDeclarationHaveABody() || F->getBody() == nullptr || F->isInvalidDecl())
        continue;
      if (std::optional<Function> Lowered = lowerFunction(Unit, *F))
        Out.Functions.push_back(std::move(*Lowered));
    }
    lowerUses(Unit, Words, Out);
  }

  WordRecorder Words;

private:
  const LowerOptions &Options;
  FileTable &Files;
  Part &Out;
  const clang::SourceManager *Sources = nullptr;
  BodyFilter Filter;
};

class Action : public clang::ASTFrontendAction {
public:
  Action(const LowerOptions &Options, FileTable &Files, Part &Out)
      : Options(Options), Files(Files), Out(Out) {}

private:
  bool BeginInvocation(clang::CompilerInstance &Instance) override {
    Instance.getFrontendOpts().SkipFunctionBodies = true;
    return true;
  }
  std::unique_ptr<clang::ASTConsumer> CreateASTConsumer(clang::CompilerInstance &Instance,
                                                        llvm::StringRef) override {
    auto C = std::make_unique<Consumer>(Options, Files, Out);
    C->Words.watch(Instance.getPreprocessor());
    return C;
  }
  const LowerOptions &Options;
  FileTable &Files;
  Part &Out;
};

} // namespace

Unit lowerEntry(Parser &P, const Entry &E, const LowerOptions &Options, FileTable &Files,
                const Overlay *Overlaid) {
  Unit U;
  U.File = displayPath(E.File, Options.SourceRoot);
  U.Parts.emplace_back().File = U.File;
  U.Error = P.run(E, std::make_unique<Action>(Options, Files, U.Parts.front()), Overlaid);
  return U;
}

} // namespace gfplint
