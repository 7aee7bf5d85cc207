// `gfplint rules` and `gfplint explain`.
#include "cli/Session.h"

#include "Registry.h"

#include "llvm/Support/FormatVariadic.h"

namespace gfplint {

int runRulesCommand() {
  for (const Rule &R : allRules())
    llvm::outs() << llvm::formatv("{0,-30} {1,-8} {2}\n", R.Id, severityName(R.Level), R.Summary);
  return 0;
}

int runExplain(const Options &O) {
  if (O.Paths.size() != 1) {
    llvm::errs() << "gfplint: explain which rule? `gfplint rules` lists them\n";
    return 2;
  }
  llvm::StringRef Page = rulePage(O.Paths.front());
  if (Page.empty()) {
    llvm::errs() << "gfplint: there is no rule '" << O.Paths.front() << "'; `gfplint rules` lists them\n";
    return 2;
  }
  llvm::outs() << Page;
  return 0;
}

} // namespace gfplint
