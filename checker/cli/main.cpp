// gfplint: finds misuse of GFP flags in the Linux kernel.
#include "cli/Session.h"

int main(int Argc, const char **Argv) {
  int Status = 0;
  std::optional<gfplint::Options> O = gfplint::parseOptions(Argc, Argv, Status);
  if (!O)
    return Status;
  switch (O->What) {
  case gfplint::Command::Check:
    return gfplint::runCheck(*O);
  case gfplint::Command::Fix:
    return gfplint::runFix(*O);
  case gfplint::Command::Sites:
    return gfplint::runSites(*O);
  case gfplint::Command::Query:
    return gfplint::runQuery(*O);
  case gfplint::Command::Rules:
    return gfplint::runRulesCommand(*O);
  case gfplint::Command::Explain:
    return gfplint::runExplain(*O);
  case gfplint::Command::Dump:
    return gfplint::runDump(*O);
  case gfplint::Command::Kbuild:
    return gfplint::runKbuild(*O);
  }
  return 2;
}
