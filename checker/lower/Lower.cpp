// The front-end actions that turn one parsed unit, or shared headers, into IR.
#include "lower/Lower.h"

#include "frontend/PchRecord.h"
#include "frontend/SkipBodies.h"
#include "lower/FunctionLowering.h"
#include "lower/Uses.h"

#include "clang/AST/ASTConsumer.h"
#include "clang/Basic/FileManager.h"
#include "clang/Frontend/CompilerInstance.h"
#include "clang/Frontend/FrontendActions.h"
#include "clang/Frontend/MultiplexConsumer.h"
#include "clang/Lex/PreprocessorOptions.h"

#include <algorithm>
#include <map>
#include <set>

namespace gfplint {
namespace {

std::vector<Part> lowerDecls(clang::ASTContext &Ast, llvm::ArrayRef<const clang::Decl *> Decls,
                             const WordRecorder &Words, const LowerOptions &Options, FileTable &Files) {
  UnitContext Unit(Ast, Options, Files);
  for (const clang::Decl *D : Decls) {
    const auto *F = llvm::dyn_cast<clang::FunctionDecl>(D);
    if (F == nullptr || !F->doesThisDeclarationHaveABody() || F->getBody() == nullptr || F->isInvalidDecl())
      continue;
    if (std::optional<Function> Lowered = lowerFunction(Unit, *F))
      Unit.partAt(F->getLocation()).Functions.push_back(std::move(*Lowered));
  }
  lowerUses(Unit, Decls, Words);
  return Unit.takeParts();
}

/// Collects the declarations that this unit itself makes, not those of a PCH, and lowers them.
class Consumer : public clang::ASTConsumer {
public:
  /// `Guard` is told what the unit declares, where there is one.
  Consumer(const LowerOptions &Options, FileTable &Files, std::vector<Part> &Out, PchGuard *Guard)
      : Options(Options), Files(Files), Out(Out), Guard(Guard) {}

  void Initialize(clang::ASTContext &Context) override { Sources = &Context.getSourceManager(); }

  bool shouldSkipFunctionBody(clang::Decl *D) override {
    const auto *F = llvm::dyn_cast_or_null<clang::FunctionDecl>(D);
    return F != nullptr && Filter.maySkip(*F, *Sources);
  }

  /// What the PCH cannot serve is not parsed to its end.
  bool HandleTopLevelDecl(clang::DeclGroupRef Group) override {
    Decls.insert(Decls.end(), Group.begin(), Group.end());
    return Guard == nullptr || (Guard->objection().empty() && !Sources->getDiagnostics().hasErrorOccurred());
  }
  void HandleInterestingDecl(clang::DeclGroupRef) override {}

  void HandleTranslationUnit(clang::ASTContext &Context) override {
    if (Guard != nullptr) {
      Guard->checkDeclarations(Decls, *Sources);
      if (!Guard->objection().empty())
        return;
    }
    Out = lowerDecls(Context, Decls, Words, Options, Files);
  }

  WordRecorder Words;

private:
  const LowerOptions &Options;
  FileTable &Files;
  std::vector<Part> &Out;
  PchGuard *Guard;
  const clang::SourceManager *Sources = nullptr;
  std::vector<const clang::Decl *> Decls;
  BodyFilter Filter;
};

class UnitAction : public clang::ASTFrontendAction {
public:
  UnitAction(const LowerOptions &Options, FileTable &Files, LoweredUnit &Out, LoadedHeaders *Headers)
      : Options(Options), Files(Files), Out(Out), Headers(Headers) {
    if (Headers != nullptr)
      Guard.emplace(*Headers);
  }

private:
  bool BeginInvocation(clang::CompilerInstance &Instance) override {
    Instance.getFrontendOpts().SkipFunctionBodies = true;
    if (Headers != nullptr)
      Instance.getPreprocessorOpts().ImplicitPCHInclude = Headers->Shared.Pch;
    return true;
  }
  std::unique_ptr<clang::ASTConsumer> CreateASTConsumer(clang::CompilerInstance &Instance,
                                                        llvm::StringRef) override {
    auto C = std::make_unique<Consumer>(Options, Files, Out.Ir.Parts, Guard ? &*Guard : nullptr);
    C->Words.watch(Instance.getPreprocessor());
    if (Guard)
      Guard->watch(Instance.getPreprocessor());
    return C;
  }
  void EndSourceFileAction() override {
    Out.Files = filesRead(getCompilerInstance().getSourceManager());
    if (Guard) {
      std::set<llvm::StringRef> Own;
      for (const Part &P : Out.Ir.Parts)
        Own.insert(P.File);
      Guard->finish(
          [&](llvm::StringRef Path) { return Own.contains(displayPath(Path, Options.SourceRoot)); });
      Out.Objection = Guard->objection();
      Out.Shared = Guard->included();
    }
  }

  const LowerOptions &Options;
  FileTable &Files;
  LoweredUnit &Out;
  LoadedHeaders *Headers;
  std::optional<PchGuard> Guard;
};

class HeadersAction : public clang::GeneratePCHAction {
public:
  HeadersAction(const LowerOptions &Options, FileTable &Files, const std::string &PchFile,
                LoweredHeaders &Out)
      : Options(Options), Files(Files), PchFile(PchFile), Out(Out) {}

private:
  bool BeginInvocation(clang::CompilerInstance &Instance) override {
    Instance.getFrontendOpts().SkipFunctionBodies = true;
    Instance.getFrontendOpts().OutputFile = PchFile;
    return true;
  }
  std::unique_ptr<clang::ASTConsumer> CreateASTConsumer(clang::CompilerInstance &Instance,
                                                        llvm::StringRef InFile) override {
    std::unique_ptr<clang::ASTConsumer> Writer = GeneratePCHAction::CreateASTConsumer(Instance, InFile);
    if (Writer == nullptr)
      return nullptr;
    auto C = std::make_unique<Consumer>(Options, Files, Parts, nullptr);
    C->Words.watch(Instance.getPreprocessor());
    Record.watch(Instance.getPreprocessor());
    std::vector<std::unique_ptr<clang::ASTConsumer>> Both;
    Both.push_back(std::move(C));
    Both.push_back(std::move(Writer));
    return std::make_unique<clang::MultiplexConsumer>(std::move(Both));
  }
  void EndSourceFileAction() override {
    std::map<std::string, Part *> ByFile;
    for (Part &P : Parts)
      ByFile[P.File] = &P;
    auto PartOf = [&](llvm::StringRef Path) -> Part * {
      auto It = ByFile.find(displayPath(Path, Options.SourceRoot));
      return It == ByFile.end() ? nullptr : It->second;
    };
    Out.Shared =
        Record.finish(getCompilerInstance().getPreprocessor(), [&](llvm::StringRef Path, uint32_t At) {
          const Part *P = PartOf(Path);
          return P != nullptr &&
                 std::any_of(P->Functions.begin(), P->Functions.end(),
                             [&](const Function &F) { return F.At.Offset <= At && At <= F.End.Offset; });
        });
    Out.Shared.Pch = PchFile;
    for (SharedHeaders::File &F : Out.Shared.Files) {
      Part *P = PartOf(F.Path);
      F.HasPart = P != nullptr;
      Out.Parts.push_back(P != nullptr ? std::optional(std::move(*P)) : std::nullopt);
    }
    GeneratePCHAction::EndSourceFileAction();
  }

  const LowerOptions &Options;
  FileTable &Files;
  std::string PchFile;
  LoweredHeaders &Out;
  std::vector<Part> Parts;
  PchRecord Record;
};

} // namespace

LoweredUnit lowerEntry(Parser &P, const Entry &E, const LowerOptions &Options, FileTable &Files,
                       const Overlay *Overlaid, LoadedHeaders *Headers) {
  LoweredUnit U;
  ParseOutcome Outcome = P.run(E, std::make_unique<UnitAction>(Options, Files, U, Headers), Overlaid);
  U.Ir.File = displayPath(E.File, Options.SourceRoot);
  U.Ir.Error = Outcome.Error;
  U.FileMissing = Outcome.FileMissing;
  if (Headers != nullptr && U.Objection.empty() && !Outcome.Error.empty())
    U.Objection = "with the precompiled headers: " + Outcome.Error;
  return U;
}

std::vector<Part> lowerParsed(clang::ASTContext &Ast, const WordRecorder &Words, const LowerOptions &Options,
                              FileTable &Files) {
  BodyFilter Filter;
  std::vector<const clang::Decl *> Decls;
  for (const clang::Decl *D : Ast.getTranslationUnitDecl()->decls()) {
    const auto *F = llvm::dyn_cast<clang::FunctionDecl>(D);
    bool Skipped =
        F != nullptr && F->doesThisDeclarationHaveABody() && Filter.maySkip(*F, Ast.getSourceManager());
    if (!Skipped && !D->isImplicit())
      Decls.push_back(D);
  }
  return lowerDecls(Ast, Decls, Words, Options, Files);
}

LoweredHeaders lowerHeaders(Parser &P, const Entry &E, const std::string &PchFile,
                            const LowerOptions &Options, FileTable &Files) {
  LoweredHeaders H;
  ParseOutcome Outcome = P.run(E, std::make_unique<HeadersAction>(Options, Files, PchFile, H));
  H.Error = std::move(Outcome.Error);
  H.Guilty = std::move(Outcome.Guilty);
  return H;
}

} // namespace gfplint
