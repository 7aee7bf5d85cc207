// `gfplint rules` and `gfplint explain`.
#include "cli/Session.h"

#include "Registry.h"

#include "llvm/Support/FormatVariadic.h"

namespace gfplint {

int runRulesCommand(const Options &O) {
  std::unique_ptr<Session> S;
  if (!O.Database.empty()) {
    llvm::Expected<std::unique_ptr<Session>> Opened = openTree(O);
    if (!Opened) {
      llvm::errs() << "gfplint: " << llvm::toString(Opened.takeError()) << "\n";
      return 2;
    }
    S = std::move(*Opened);
  }
  for (const Rule &R : allRules()) {
    llvm::outs() << llvm::formatv("{0,-30} {1,-8} {2}\n", R.Id, severityName(R.Level), R.Summary);
    if (S == nullptr)
      continue;
    std::string Why = R.WhyNot != nullptr ? R.WhyNot(S->Knowledge) : "";
    llvm::outs() << llvm::formatv("{0,-30} {1}\n", "",
                                  Why.empty() ? "works on this tree" : "finds nothing on this tree: " + Why);
  }
  return 0;
}

int runExplain(const Options &O) {
  if (O.Paths.size() != 1) {
    llvm::errs() << "gfplint: explain which rule? `gfplint rules` lists them\n";
    return 2;
  }
  llvm::StringRef Page = rulePage(O.Paths.front());
  if (Page.empty()) {
    llvm::errs() << "gfplint: " << noSuchRule(O.Paths.front()) << "\n";
    return 2;
  }
  llvm::outs() << Page;
  return 0;
}

} // namespace gfplint
