// Reviewdog's diagnostic format, the DiagnosticResult of its proto/rdf/reviewdog.proto. Columns are in bytes.
#include "report/SourceLines.h"

#include "llvm/Support/JSON.h"

namespace gfplint {
namespace {

const char *rdSeverity(Severity Level) {
  switch (Level) {
  case Severity::Error:
    return "ERROR";
  case Severity::Warning:
    return "WARNING";
  case Severity::Note:
    break;
  }
  return "INFO";
}

class RdWriter {
public:
  RdWriter(const Report &R, llvm::raw_ostream &Out) : R(R), Lines(R), J(Out, 2) {}
  void write();

private:
  void range(Region At) {
    auto Position = [&](const char *Name, uint32_t Line, uint32_t Column) {
      J.attributeObject(Name, [&] {
        J.attribute("line", Line);
        J.attribute("column", Column);
      });
    };
    J.attributeObject("range", [&] {
      Position("start", At.Line, At.Column);
      Position("end", At.EndLine, At.EndColumn);
    });
  }
  void location(Loc At) {
    J.attributeObject("location", [&] {
      J.attribute("path", llvm::json::fixUTF8(R.Files->name(At.File)));
      if (At.valid())
        range(Lines.wordAt(At));
    });
  }
  void related(const Finding &F);
  void suggestion(const Finding &F);

  const Report &R;
  SourceLines Lines;
  llvm::json::OStream J;
};

void RdWriter::related(const Finding &F) {
  auto Add = [&](Loc At, const std::string &Message) {
    J.object([&] {
      J.attribute("message", llvm::json::fixUTF8(Message));
      location(At);
    });
  };
  if (F.Trace.empty() && !F.Suggested)
    return;
  J.attributeArray("related_locations", [&] { forEachNote(F, Add); });
}

/// Suggestions are alternatives and are of the finding's file: a fix is one of them, however many edits it
/// has, or none where it goes beyond the file.
void RdWriter::suggestion(const Finding &F) {
  if (!F.Suggested)
    return;
  std::vector<Edit> Edits = joinedEdits(R, *F.Suggested);
  if (Edits.empty() ||
      llvm::any_of(Edits, [&](const Edit &E) { return E.At.File != F.At.File || !Lines.region(E); }))
    return;
  Edit Whole = Lines.asOne(Edits);
  J.attributeArray("suggestions", [&] {
    J.object([&] {
      range(*Lines.region(Whole));
      J.attribute("text", llvm::json::fixUTF8(Whole.Text));
    });
  });
}

void RdWriter::write() {
  J.object([&] {
    J.attributeObject("source", [&] { J.attribute("name", "gfplint"); });
    J.attributeArray("diagnostics", [&] {
      for (const Finding &F : R.Findings)
        J.object([&] {
          J.attribute("message", llvm::json::fixUTF8(F.Message));
          location(F.At);
          J.attribute("severity", rdSeverity(F.Level));
          J.attributeObject("code", [&] { J.attribute("value", F.Rule); });
          suggestion(F);
          related(F);
        });
    });
  });
}

} // namespace

void writeRdjson(const Report &R, llvm::raw_ostream &Out) {
  RdWriter(R, Out).write();
  Out << "\n";
}

} // namespace gfplint
