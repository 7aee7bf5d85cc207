// One rule as a check of clang-tidy's.
#pragma once

#include "tidy/ParsedUnit.h"

#include "clang-tidy/ClangTidyCheck.h"

namespace gfplint {

/// `gfplint-RULE`.
std::string checkName(const Rule &R);

/// Options, each for one check or, without the check's name, for all: KernelVersion (`6.1`), Models (files,
/// separated by `;`) and ScopeStyle (`save` or `guard`), as --kernel-version, --model and --scope-style.
class RuleCheck : public clang::tidy::ClangTidyCheck {
public:
  /// `Unit` is shared by all checks of the unit.
  RuleCheck(llvm::StringRef Name, clang::tidy::ClangTidyContext *Context, const Rule &R,
            std::shared_ptr<ParsedUnit> Unit);

  [[nodiscard]] bool isLanguageVersionSupported(const clang::LangOptions &Language) const override {
    return !Language.CPlusPlus && !Language.ObjC;
  }
  void storeOptions(clang::tidy::ClangTidyOptions::OptionMap &Map) override;
  void registerPPCallbacks(const clang::SourceManager &Sources, clang::Preprocessor *Pp,
                           clang::Preprocessor *Expanded) override;
  void registerMatchers(clang::ast_matchers::MatchFinder *Finder) override;
  /// Called once, when the unit is parsed.
  void check(const clang::ast_matchers::MatchFinder::MatchResult &Result) override;

private:
  void tell(const Report &R, const Finding &F, const clang::SourceManager &Sources);
  void tellFix(const Report &R, const Finding &F, const clang::SourceManager &Sources);
  [[nodiscard]] std::vector<clang::FixItHint> hints(const Report &R, const Fix &X,
                                                    const clang::SourceManager &Sources);

  const Rule &Asked;
  std::shared_ptr<ParsedUnit> Unit;
  /// As written, for storeOptions().
  std::string VersionText;
  std::string ModelsText;
  std::string StyleText;
  TidyOptions Wanted;
};

} // namespace gfplint
