// As the kernel's scripts/checkpatch.pl prints what it finds in files, for eyes and scripts that know it.
#include "report/SourceLines.h"

namespace gfplint {
namespace {

const char *checkpatchLevel(Severity Level) {
  switch (Level) {
  case Severity::Error:
    return "ERROR";
  case Severity::Warning:
    return "WARNING";
  case Severity::Note:
    break;
  }
  return "CHECK";
}

} // namespace

void writeKernel(const Report &R, llvm::raw_ostream &Out) {
  SourceLines Lines(R);
  auto Note = [&](Loc At, const std::string &Text) {
    Out << R.Files->name(At.File) << ":" << At.Line << ": note: " << Text << "\n";
  };
  std::map<Severity, size_t> Count;
  for (const Finding &F : R.Findings) {
    ++Count[F.Level];
    Out << checkpatchLevel(F.Level) << ": " << F.Message << " [" << F.Rule << "]\n#" << F.At.Line
        << ": FILE: " << R.Files->name(F.At.File) << ":" << F.At.Line << ":\n+" << Lines.line(F.At) << "\n";
    forEachNote(F, Note);
    Out << "\n";
  }
  // Checkpatch counts lines; what is analysed here is files.
  Out << "total: " << Count[Severity::Error] << " errors, " << Count[Severity::Warning] << " warnings, "
      << Count[Severity::Note] << " checks, " << R.Analysed << " files checked\n";
}

} // namespace gfplint
