// The form of GCC and Clang, which editors and CI parsers read.
#include "report/SourceLines.h"

namespace gfplint {
namespace {

void writePlace(const Report &R, Loc At, llvm::raw_ostream &Out) {
  Out << R.Files->name(At.File) << ":" << At.Line << ":" << At.Column << ": ";
}

/// As Clang's -fdiagnostics-parseable-fixits writes them.
void writeFixIt(const Report &R, SourceLines &Lines, const Edit &E, llvm::raw_ostream &Out) {
  Region Replaced =
      Lines.region(E).value_or(Region{E.At.Line, E.At.Column, E.At.Line, E.At.Column + E.Length});
  Out << "fix-it:\"";
  Out.write_escaped(R.Files->name(E.At.File));
  Out << "\":{" << Replaced.Line << ":" << Replaced.Column << "-" << Replaced.EndLine << ":"
      << Replaced.EndColumn << "}:\"";
  Out.write_escaped(E.Text);
  Out << "\"\n";
}

} // namespace

std::string noteText(const TraceStep &S) {
  return (S.Function.empty() ? "" : "in " + S.Function + "(): ") + S.Message;
}

std::string noteText(const Fix &F) { return ("fix (" + applicabilityName(F.Kind) + "): ").str() + F.Title; }

std::string noteText(const FixEffect &E) {
  return "the fix changes this allocation from " + E.Before + " to " + E.After;
}

void forEachNote(const Finding &F, llvm::function_ref<void(Loc At, const std::string &Text)> Use) {
  for (const TraceStep &S : F.Trace)
    Use(S.At, noteText(S));
  if (!F.Suggested)
    return;
  Use(F.At, noteText(*F.Suggested));
  for (const FixEffect &E : F.Suggested->Effects)
    Use(E.At, noteText(E));
}

void writeText(const Report &R, llvm::raw_ostream &Out) {
  SourceLines Lines(R);
  for (const Finding &F : R.Findings) {
    writePlace(R, F.At, Out);
    Out << severityName(F.Level) << ": " << F.Message << " [" << F.Rule << "]\n";
    if (llvm::StringRef Line = Lines.line(F.At); !Line.empty()) {
      Out << Line << "\n";
      for (size_t I = 0; I + 1 < F.At.Column; ++I)
        Out << (I < Line.size() && Line[I] == '\t' ? '\t' : ' ');
      Out << "^\n";
    }
    for (const TraceStep &S : F.Trace) {
      writePlace(R, S.At, Out);
      Out << "note: " << noteText(S) << "\n";
    }
    if (F.Suggested) {
      writePlace(R, F.At, Out);
      Out << "note: " << noteText(*F.Suggested) << "\n";
      for (const Edit &E : F.Suggested->Edits)
        writeFixIt(R, Lines, E, Out);
      for (const FixEffect &E : F.Suggested->Effects) {
        writePlace(R, E.At, Out);
        Out << "note: " << noteText(E) << "\n";
      }
    }
  }
}

} // namespace gfplint
