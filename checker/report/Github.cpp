// The workflow commands with which GitHub's runners put annotations beside the source. Columns are in
// characters.
#include "report/SourceLines.h"

#include "llvm/Support/JSON.h"

namespace gfplint {
namespace {

const char *commandName(Severity Level) {
  switch (Level) {
  case Severity::Error:
    return "error";
  case Severity::Warning:
    return "warning";
  case Severity::Note:
    break;
  }
  return "notice";
}

std::string escaped(llvm::StringRef Text, bool Property) {
  std::string Out;
  for (char C : llvm::json::fixUTF8(Text)) {
    if (C == '%')
      Out += "%25";
    else if (C == '\r')
      Out += "%0D";
    else if (C == '\n')
      Out += "%0A";
    else if (Property && C == ':')
      Out += "%3A";
    else if (Property && C == ',')
      Out += "%2C";
    else
      Out += C;
  }
  return Out;
}

std::string property(llvm::StringRef Text) { return escaped(Text, /*Property=*/true); }

/// The message with the trace and the fix, a line each.
std::string wholeMessage(const Report &R, const Finding &F) {
  std::string Text = F.Message;
  auto Add = [&](Loc At, const std::string &Line) {
    Text += "\n" + R.Files->name(At.File).str() + ":" + std::to_string(At.Line) + ": " + Line;
  };
  for (const TraceStep &S : F.Trace)
    Add(S.At, noteText(S));
  if (F.Suggested) {
    Text += "\n" + noteText(*F.Suggested);
    for (const FixEffect &E : F.Suggested->Effects)
      Add(E.At, noteText(E));
  }
  return Text;
}

} // namespace

void writeGithub(const Report &R, llvm::raw_ostream &Out) {
  SourceLines Lines(R);
  for (const Finding &F : R.Findings) {
    Region At = Lines.inCharacters(F.At.File, Lines.wordAt(F.At));
    Out << "::" << commandName(F.Level) << " file=" << property(R.Files->name(F.At.File))
        << ",line=" << At.Line << ",endLine=" << At.EndLine << ",col=" << At.Column
        << ",endColumn=" << At.EndColumn << ",title=" << property(F.Rule)
        << "::" << escaped(wholeMessage(R, F), /*Property=*/false) << "\n";
  }
  for (const ReportFailure &F : R.Failures)
    Out << "::error file=" << property(F.File)
        << ",title=not analysed::" << escaped(F.Error, /*Property=*/false) << "\n";
}

} // namespace gfplint
