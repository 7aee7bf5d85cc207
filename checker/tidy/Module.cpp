// A clang-tidy module with the rules, each as the check gfplint-RULE.
#include "tidy/RuleCheck.h"

#include "llvm/Config/llvm-config.h"

#include "clang-tidy/ClangTidyModule.h"
#if LLVM_VERSION_MAJOR < 22
#include "clang-tidy/ClangTidyModuleRegistry.h"
#endif

namespace gfplint {
namespace {

/// Hands the checks of one unit what they share.
class Units {
public:
  /// The unit that clang-tidy is making checks for: it makes all of them before one of them sees anything.
  std::shared_ptr<ParsedUnit> current() {
    std::shared_ptr<ParsedUnit> Unit = Last.lock();
    if (!Unit || Unit->begun())
      Last = Unit = std::make_shared<ParsedUnit>(Trees);
    return Unit;
  }

private:
  KnownTrees Trees;
  std::weak_ptr<ParsedUnit> Last;
};

class Module : public clang::tidy::ClangTidyModule {
public:
  void addCheckFactories(clang::tidy::ClangTidyCheckFactories &Factories) override {
    auto Shared = std::make_shared<Units>();
    for (const Rule &R : allRules())
      Factories.registerCheckFactory(
          checkName(R),
          [Shared, &R](llvm::StringRef Name, clang::tidy::ClangTidyContext *Context)
              -> std::unique_ptr<clang::tidy::ClangTidyCheck> {
            return std::make_unique<RuleCheck>(Name, Context, R, Shared->current());
          });
  }
};

const clang::tidy::ClangTidyModuleRegistry::Add<Module> Registered("gfplint-module",
                                                                   "Misuse of the Linux kernel's GFP flags.");

} // namespace
} // namespace gfplint
