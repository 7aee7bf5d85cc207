// `gfplint sites`: the inventory of restricted masks.
#include "cli/Session.h"

#include "Registry.h"

#include <algorithm>

namespace gfplint {
namespace {

const char *useName(UseKind K) {
  switch (K) {
  case UseKind::Argument:
    return "argument";
  case UseKind::Stored:
    return "stored";
  case UseKind::Initialiser:
    return "initialiser";
  case UseKind::Compared:
    return "compared";
  case UseKind::Returned:
    return "returned";
  case UseKind::Other:
    return "other";
  case UseKind::MacroBody:
    return "macro";
  case UseKind::NotCompiled:
    return "not-compiled";
  }
  return "";
}

} // namespace

int runSites(const Options &O) {
  llvm::Expected<std::unique_ptr<Session>> S = openSession(O);
  if (!S) {
    llvm::errs() << "gfplint: " << llvm::toString(S.takeError()) << "\n";
    return 2;
  }
  const Program &P = *(*S)->Linked;
  std::vector<SiteRow> Rows;
  for (const MaskUse &U : P.uses()) {
    if (!O.AllUses && U.Kind != UseKind::Argument)
      continue;
    if (!wasAskedFor(O, **S, U.Where.Spelled.File))
      continue;
    Rows.push_back({U.Where.Spelled, U.Function, U.Word, U.Callee, useName(U.Kind)});
  }
  std::sort(Rows.begin(), Rows.end(), [&](const SiteRow &A, const SiteRow &B) {
    return std::tuple(P.Files.name(A.At.File), A.At.Offset, A.Function, A.Callee, A.Use) <
           std::tuple(P.Files.name(B.At.File), B.At.Offset, B.Function, B.Callee, B.Use);
  });
  Report R = startReport(**S);
  bool Written = writeResult(O.Outputs.front(), [&](llvm::raw_ostream &Out) {
    if (O.Outputs.front().Form->Write == writeJson)
      writeSitesJson(Rows, R, Out);
    else
      writeSitesText(Rows, R, Out);
  });
  closeSession(O, **S);
  return tellFailures(O, (*S)->Failures) || !Written ? 2 : 0;
}

} // namespace gfplint
