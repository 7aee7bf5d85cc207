// Findings as clang-tidy's diagnostics: the trace as notes, safe edits as its fix, unsafe ones as a note's.
#include "tidy/RuleCheck.h"

#include "clang/ASTMatchers/ASTMatchers.h"
#include "clang/Basic/SourceManager.h"
#include "llvm/ADT/SmallVector.h"

namespace gfplint {

std::string checkName(const Rule &R) { return std::string("gfplint-") + R.Id; }

RuleCheck::RuleCheck(llvm::StringRef Name, clang::tidy::ClangTidyContext *Context, const Rule &R,
                     std::shared_ptr<ParsedUnit> Unit)
    : ClangTidyCheck(Name, Context), Asked(R), Unit(std::move(Unit)),
      VersionText(Options.getLocalOrGlobal("KernelVersion", "")),
      ModelsText(Options.getLocalOrGlobal("Models", "")),
      StyleText(Options.getLocalOrGlobal("ScopeStyle", "save")) {
  Wanted.Version = KernelVersion::parse(VersionText);
  if (!VersionText.empty() && !Wanted.Version)
    configurationDiag("option KernelVersion: '%0' is no version; write it as 6.12") << VersionText;
  if (StyleText == "guard")
    Wanted.Style = ScopeStyle::Guard;
  else if (StyleText != "save")
    configurationDiag("option ScopeStyle: there is no style '%0'; there are save and guard") << StyleText;
  llvm::SmallVector<llvm::StringRef, 4> Files;
  llvm::StringRef(ModelsText).split(Files, ';', -1, /*KeepEmpty=*/false);
  for (llvm::StringRef File : Files)
    Wanted.Models.push_back(File.str());
}

void RuleCheck::storeOptions(clang::tidy::ClangTidyOptions::OptionMap &Map) {
  Options.store(Map, "KernelVersion", VersionText);
  Options.store(Map, "Models", ModelsText);
  Options.store(Map, "ScopeStyle", StyleText);
}

void RuleCheck::registerPPCallbacks(const clang::SourceManager &, clang::Preprocessor *Pp,
                                    clang::Preprocessor *) {
  Unit->watch(*Pp);
}

void RuleCheck::registerMatchers(clang::ast_matchers::MatchFinder *Finder) {
  Finder->addMatcher(clang::ast_matchers::translationUnitDecl(), this);
}

void RuleCheck::check(const clang::ast_matchers::MatchFinder::MatchResult &Result) {
  llvm::Expected<const Report *> R = Unit->findings(*Result.Context, Wanted);
  if (!R) {
    configurationDiag("%0", clang::DiagnosticIDs::Error) << llvm::toString(R.takeError());
    return;
  }
  if (*R == nullptr)
    return;
  for (const Finding &F : (*R)->Findings)
    if (F.Rule == Asked.Id)
      tell(**R, F, *Result.SourceManager);
}

void RuleCheck::tell(const Report &R, const Finding &F, const clang::SourceManager &Sources) {
  // An error of ours is none of the compiler's: clang-tidy would apply no fixes at all.
  auto Level = F.Level == Severity::Note ? clang::DiagnosticIDs::Remark : clang::DiagnosticIDs::Warning;
  {
    clang::DiagnosticBuilder Main = diag(Unit->location(R, F.At, Sources), "%0", Level);
    Main << F.Message;
    if (F.Suggested && F.Suggested->Kind == Applicability::Safe)
      for (const clang::FixItHint &Hint : hints(R, *F.Suggested, Sources))
        Main << Hint;
  }
  for (const TraceStep &S : F.Trace)
    diag(Unit->location(R, S.At, Sources), "%0", clang::DiagnosticIDs::Note) << noteText(S);
  if (F.Suggested)
    tellFix(R, F, Sources);
}

void RuleCheck::tellFix(const Report &R, const Finding &F, const clang::SourceManager &Sources) {
  const Fix &X = *F.Suggested;
  {
    clang::DiagnosticBuilder Note = diag(Unit->location(R, F.At, Sources), "%0", clang::DiagnosticIDs::Note);
    Note << noteText(X);
    // What --fix-notes applies, as `gfplint fix --unsafe` does.
    if (X.Kind == Applicability::Unsafe)
      for (const clang::FixItHint &Hint : hints(R, X, Sources))
        Note << Hint;
  }
  for (const FixEffect &E : X.Effects)
    diag(Unit->location(R, E.At, Sources), "%0", clang::DiagnosticIDs::Note) << noteText(E);
}

/// Without the edits that an earlier finding asks for, too: a declaration, an include.
std::vector<clang::FixItHint> RuleCheck::hints(const Report &R, const Fix &X,
                                               const clang::SourceManager &Sources) {
  std::vector<clang::FixItHint> Hints;
  for (const Edit &E : X.Edits) {
    clang::SourceLocation Begin = Unit->location(R, E.At, Sources);
    if (Begin.isInvalid() || Unit->isOffered(R, E))
      continue;
    Hints.push_back(clang::FixItHint::CreateReplacement(
        clang::CharSourceRange::getCharRange(Begin, Begin.getLocWithOffset(static_cast<int>(E.Length))),
        E.Text));
  }
  return Hints;
}

} // namespace gfplint
