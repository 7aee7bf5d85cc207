// The JSON of the contract.
#include "report/Report.h"

#include "llvm/Support/JSON.h"

namespace gfplint {
namespace {

void writePlace(llvm::json::OStream &J, const Report &R, Loc At) {
  J.attribute("file", R.Files->name(At.File));
  J.attribute("line", At.Line);
  J.attribute("column", At.Column);
}

void writeFix(llvm::json::OStream &J, const Report &R, const Fix &X) {
  J.attributeObject("fix", [&] {
    J.attribute("applicability", applicabilityName(X.Kind));
    J.attribute("title", X.Title);
    J.attributeArray("edits", [&] {
      for (const Edit &E : X.Edits)
        J.object([&] {
          J.attribute("file", R.Files->name(E.At.File));
          J.attribute("offset", E.At.Offset);
          J.attribute("length", E.Length);
          J.attribute("text", llvm::json::fixUTF8(E.Text));
        });
    });
    J.attributeArray("effects", [&] {
      for (const FixEffect &E : X.Effects)
        J.object([&] {
          J.attribute("file", R.Files->name(E.At.File));
          J.attribute("line", E.At.Line);
          J.attribute("function", E.Function);
          J.attribute("before", E.Before);
          J.attribute("after", E.After);
        });
    });
  });
}

void writeFinding(llvm::json::OStream &J, const Report &R, const Finding &F, llvm::StringRef Fingerprint) {
  J.object([&] {
    J.attribute("rule", F.Rule);
    J.attribute("severity", severityName(F.Level));
    writePlace(J, R, F.At);
    J.attribute("function", F.Function);
    J.attribute("message", llvm::json::fixUTF8(F.Message));
    J.attribute("mask", F.Mask);
    J.attributeArray("trace", [&] {
      for (const TraceStep &S : F.Trace)
        J.object([&] {
          writePlace(J, R, S.At);
          J.attribute("function", S.Function);
          J.attribute("message", llvm::json::fixUTF8(S.Message));
        });
    });
    J.attribute("fingerprint", Fingerprint);
    if (F.Suggested)
      writeFix(J, R, *F.Suggested);
  });
}

} // namespace

void writeJson(const Report &R, llvm::raw_ostream &Out) {
  std::vector<std::string> Prints = fingerprints(R);
  llvm::json::OStream J(Out, 2);
  J.object([&] {
    J.attributeObject("tool", [&] {
      J.attribute("name", "gfplint");
      J.attribute("version", R.ToolVersion);
    });
    J.attributeObject("kernel", [&] { J.attribute("version", R.Kernel ? R.Kernel->str() : ""); });
    J.attributeObject("stats", [&] {
      J.attribute("entries", R.Entries);
      J.attribute("analysed", R.Analysed);
      if (R.Skipped > 0)
        J.attribute("skipped", R.Skipped);
      J.attribute("failed", R.Failures.size());
    });
    J.attributeArray("failures", [&] {
      for (const ReportFailure &F : R.Failures)
        J.object([&] {
          J.attribute("file", F.File);
          J.attribute("error", llvm::json::fixUTF8(F.Error));
        });
    });
    J.attributeArray("findings", [&] {
      for (size_t I = 0; I < R.Findings.size(); ++I)
        writeFinding(J, R, R.Findings[I], Prints[I]);
    });
  });
  Out << "\n";
}

} // namespace gfplint
