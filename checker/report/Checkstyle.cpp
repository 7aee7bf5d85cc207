// Checkstyle's XML, which Jenkins and many others read. Columns are in characters.
#include "report/SourceLines.h"
#include "report/Words.h"

namespace gfplint {
namespace {

const char *checkstyleSeverity(Severity Level) {
  switch (Level) {
  case Severity::Error:
    return "error";
  case Severity::Warning:
    return "warning";
  case Severity::Note:
    break;
  }
  return "info";
}

} // namespace

void writeCheckstyle(const Report &R, llvm::raw_ostream &Out) {
  SourceLines Lines(R);
  Out << "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<checkstyle version=\"8.0\">\n";
  FileId Open = 0;
  auto Close = [&] {
    if (Open != 0)
      Out << "</file>\n";
  };
  for (const Finding &F : R.Findings) {
    if (F.At.File != Open) {
      Close();
      Open = F.At.File;
      Out << "<file name=\"" << xmlText(R.Files->name(Open)) << "\">\n";
    }
    Out << "<error line=\"" << F.At.Line << "\" column=\""
        << Lines.inCharacters(F.At.File, Lines.wordAt(F.At)).Column << "\" severity=\""
        << checkstyleSeverity(F.Level) << "\" message=\"" << xmlText(F.Message) << "\" source=\"gfplint."
        << xmlText(F.Rule) << "\"/>\n";
  }
  Close();
  for (const ReportFailure &F : R.Failures)
    Out << "<file name=\"" << xmlText(F.File) << "\">\n<exception>" << xmlText("not analysed: " + F.Error)
        << "</exception>\n</file>\n";
  Out << "</checkstyle>\n";
}

} // namespace gfplint
