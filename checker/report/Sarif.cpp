// SARIF 2.1.0: what GitHub, editors and other viewers of results read. Columns are counted in Unicode's code
// points, paths are relative to SRCROOT, and a trace is a code flow. Suppressed findings are left out: GitHub
// shows what SARIF calls suppressed as open alerts.
#include "report/SarifRules.h"
#include "report/SourceLines.h"
#include "report/Words.h"

#include "llvm/Support/JSON.h"

namespace gfplint {
namespace {

constexpr const char *Schema =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
constexpr const char *SourceRootId = "SRCROOT";

/// SARIF takes `[words](target)` for a link.
std::string withoutLinks(llvm::StringRef Text) {
  std::string Out;
  bool Links = Text.contains("](");
  for (char C : Text) {
    if (Links && (C == '[' || C == ']' || C == '\\'))
      Out += '\\';
    Out += C;
  }
  return llvm::json::fixUTF8(Out);
}

class SarifWriter {
public:
  SarifWriter(const Report &R, llvm::raw_ostream &Out) : R(R), Lines(R), Rules(R), J(Out, 2) {}
  void write();

private:
  void message(llvm::StringRef Text) {
    J.attributeObject("message", [&] { J.attribute("text", withoutLinks(Text)); });
  }
  void artifact(llvm::StringRef Name);
  /// The properties of a region whose columns are in bytes.
  void region(FileId File, Region Bytes);
  /// The properties of a location. `Context`: with the text of the line.
  void location(Loc At, llvm::StringRef Function, llvm::StringRef Message, bool Context = false);
  void flow(const Finding &F);
  void fix(const Fix &X);
  void related(const Finding &F);
  void result(const Finding &F, llvm::StringRef Fingerprint);
  void invocation();
  void run();

  const Report &R;
  SourceLines Lines;
  SarifRules Rules;
  llvm::json::OStream J;
};

void SarifWriter::artifact(llvm::StringRef Name) {
  J.attributeObject("artifactLocation", [&] {
    J.attribute("uri", fileUri(Name));
    if (!Name.starts_with("/") && !R.SourceRoot.empty())
      J.attribute("uriBaseId", SourceRootId);
  });
}

void SarifWriter::region(FileId File, Region Bytes) {
  Region Characters = Lines.inCharacters(File, Bytes);
  J.attribute("startLine", Characters.Line);
  J.attribute("startColumn", Characters.Column);
  J.attribute("endLine", Characters.EndLine);
  J.attribute("endColumn", Characters.EndColumn);
}

void SarifWriter::location(Loc At, llvm::StringRef Function, llvm::StringRef Message, bool Context) {
  if (At.valid())
    J.attributeObject("physicalLocation", [&] {
      artifact(R.Files->name(At.File));
      Region Word = Lines.wordAt(At);
      J.attributeObject("region", [&] { region(At.File, Word); });
      llvm::StringRef Line = Lines.line(At);
      // It has to be more than the region.
      if (Context && Word.EndColumn - Word.Column < Line.size())
        J.attributeObject("contextRegion", [&] {
          J.attribute("startLine", At.Line);
          J.attribute("endLine", At.Line);
          J.attributeObject("snippet", [&] { J.attribute("text", llvm::json::fixUTF8(Line)); });
        });
    });
  if (!Function.empty())
    J.attributeArray("logicalLocations", [&] {
      J.object([&] {
        J.attribute("name", Function);
        J.attribute("kind", "function");
      });
    });
  if (!Message.empty())
    message(Message);
}

/// The trace, and in it the finding: the step at its place where there is one, else one behind the last step
/// of its line, else one before the last steps of its function that stand further down.
void SarifWriter::flow(const Finding &F) {
  std::vector<TraceStep> Steps = F.Trace;
  auto LastLike = [&](auto Same) {
    for (size_t I = Steps.size(); I > 0; --I)
      if (Same(Steps[I - 1].At))
        return I;
    return size_t(0);
  };
  size_t Behind = LastLike(
      [&](Loc At) { return At.File == F.At.File && At.Line == F.At.Line && At.Column == F.At.Column; });
  if (Behind == 0) {
    size_t At = LastLike([&](Loc Step) { return Step.File == F.At.File && Step.Line == F.At.Line; });
    if (At == 0) {
      auto FurtherDown = [&](const TraceStep &S) {
        return S.At.File == F.At.File && S.Function == F.Function && S.At.Line > F.At.Line;
      };
      for (At = Steps.size(); At > 0 && FurtherDown(Steps[At - 1]);)
        --At;
    }
    Steps.insert(Steps.begin() + static_cast<ptrdiff_t>(At), {F.At, F.Function, F.Message});
    Behind = At + 1;
  }
  auto Step = [&](const TraceStep &S, bool Essential) {
    J.object([&] {
      J.attributeObject("location", [&] { location(S.At, S.Function, S.Message); });
      J.attribute("importance", Essential ? "essential" : "important");
    });
  };
  J.attributeArray("codeFlows", [&] {
    J.object([&] {
      J.attributeArray("threadFlows", [&] {
        J.object([&] {
          J.attributeArray("locations", [&] {
            for (size_t I = 0; I < Steps.size(); ++I)
              Step(Steps[I], I + 1 == Behind);
          });
        });
      });
    });
  });
}

void SarifWriter::fix(const Fix &X) {
  std::vector<Edit> Edits = joinedEdits(R, X);
  if (Edits.empty() || llvm::any_of(Edits, [&](const Edit &E) { return !Lines.region(E); }))
    return;
  auto Replacement = [&](const Edit &E) {
    J.object([&] {
      J.attributeObject("deletedRegion", [&] { region(E.At.File, *Lines.region(E)); });
      J.attributeObject("insertedContent", [&] { J.attribute("text", llvm::json::fixUTF8(E.Text)); });
    });
  };
  J.attributeArray("fixes", [&] {
    J.object([&] {
      J.attributeObject("description", [&] {
        J.attribute("text", withoutLinks(X.Title + " (" + applicabilityName(X.Kind).str() + ")"));
      });
      J.attributeArray("artifactChanges", [&] {
        for (size_t I = 0; I < Edits.size();) {
          FileId File = Edits[I].At.File;
          J.object([&] {
            artifact(R.Files->name(File));
            J.attributeArray("replacements", [&] {
              for (; I < Edits.size() && Edits[I].At.File == File; ++I)
                Replacement(Edits[I]);
            });
          });
        }
      });
      J.attributeObject("properties", [&] { J.attribute("applicability", applicabilityName(X.Kind)); });
    });
  });
}

/// What a fix changes elsewhere; and a fix that has no edits, which `fixes` cannot hold.
void SarifWriter::related(const Finding &F) {
  if (!F.Suggested || (F.Suggested->Effects.empty() && !F.Suggested->Edits.empty()))
    return;
  J.attributeArray("relatedLocations", [&] {
    if (F.Suggested->Edits.empty())
      J.object([&] { location(F.At, F.Function, noteText(*F.Suggested)); });
    for (const FixEffect &E : F.Suggested->Effects)
      J.object([&] { location(E.At, E.Function, noteText(E)); });
  });
}

void SarifWriter::result(const Finding &F, llvm::StringRef Fingerprint) {
  J.object([&] {
    J.attribute("ruleId", F.Rule);
    J.attribute("ruleIndex", Rules.indexOf(F.Rule));
    J.attribute("level", severityName(F.Level));
    message(F.Message);
    J.attributeArray("locations",
                     [&] { J.object([&] { location(F.At, F.Function, "", /*Context=*/true); }); });
    J.attributeObject("partialFingerprints", [&] { J.attribute("gfplint/v1", Fingerprint); });
    if (!F.Trace.empty())
      flow(F);
    related(F);
    if (F.Suggested)
      fix(*F.Suggested);
    if (!F.Mask.empty())
      J.attributeObject("properties", [&] { J.attribute("mask", F.Mask); });
  });
}

void SarifWriter::invocation() {
  J.attribute("executionSuccessful", R.Failures.empty());
  if (R.Failures.empty())
    return;
  J.attributeArray("toolExecutionNotifications", [&] {
    for (const ReportFailure &F : R.Failures)
      J.object([&] {
        J.attribute("level", "error");
        message("not analysed: " + F.Error);
        J.attributeArray("locations", [&] {
          J.object([&] { J.attributeObject("physicalLocation", [&] { artifact(F.File); }); });
        });
      });
  });
}

void SarifWriter::run() {
  J.attributeObject("tool", [&] {
    J.attributeObject("driver", [&] {
      J.attribute("name", "gfplint");
      J.attribute("version", R.ToolVersion);
      J.attribute("semanticVersion", R.ToolVersion);
      Rules.write(J);
    });
  });
  J.attributeArray("invocations", [&] { J.object([&] { invocation(); }); });
  if (!R.SourceRoot.empty())
    J.attributeObject("originalUriBaseIds", [&] {
      J.attributeObject(SourceRootId, [&] { J.attribute("uri", fileUri(R.SourceRoot + "/")); });
    });
  J.attribute("columnKind", "unicodeCodePoints");
  J.attribute("defaultEncoding", "UTF-8");
  J.attribute("defaultSourceLanguage", "c");
  J.attributeArray("results", [&] {
    std::vector<std::string> Prints = fingerprints(R);
    for (size_t I = 0; I < R.Findings.size(); ++I)
      result(R.Findings[I], Prints[I]);
  });
  J.attributeObject("properties", [&] {
    J.attribute("kernelVersion", R.Kernel ? R.Kernel->str() : "");
    J.attribute("entries", R.Entries);
    J.attribute("analysed", R.Analysed);
  });
}

void SarifWriter::write() {
  J.object([&] {
    J.attribute("$schema", Schema);
    J.attribute("version", "2.1.0");
    J.attributeArray("runs", [&] { J.object([&] { run(); }); });
  });
}

} // namespace

void writeSarif(const Report &R, llvm::raw_ostream &Out) {
  SarifWriter(R, Out).write();
  Out << "\n";
}

} // namespace gfplint
