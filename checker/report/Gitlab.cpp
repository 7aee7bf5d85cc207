// GitLab's Code Quality report: an array that its merge requests show.
#include "report/Report.h"

#include "llvm/Support/JSON.h"

namespace gfplint {
namespace {

/// Of GitLab's info, minor, major, critical and blocker.
const char *gitlabSeverity(Severity Level) {
  switch (Level) {
  case Severity::Error:
    return "major";
  case Severity::Warning:
    return "minor";
  case Severity::Note:
    break;
  }
  return "info";
}

} // namespace

void writeGitlab(const Report &R, llvm::raw_ostream &Out) {
  std::vector<std::string> Prints = fingerprints(R);
  llvm::json::OStream J(Out, 2);
  J.array([&] {
    for (size_t I = 0; I < R.Findings.size(); ++I) {
      const Finding &F = R.Findings[I];
      J.object([&] {
        J.attribute("description", llvm::json::fixUTF8(F.Message));
        J.attribute("check_name", F.Rule);
        J.attribute("fingerprint", Prints[I]);
        J.attribute("severity", gitlabSeverity(F.Level));
        J.attributeObject("location", [&] {
          J.attribute("path", llvm::json::fixUTF8(R.Files->name(F.At.File)));
          J.attributeObject("lines", [&] { J.attribute("begin", F.At.Line); });
        });
      });
    }
  });
  Out << "\n";
}

} // namespace gfplint
