// What clang-tidy's --export-fixes writes: clang-apply-replacements takes the fixes, CodeChecker's
// report-converter (-t clang-tidy-yaml) the findings. Only safe fixes are in it as replacements, for whoever
// reads it applies them all; the others are told in notes.
#include "report/SourceLines.h"

#include "llvm/Support/JSON.h"
#include "llvm/Support/YAMLTraits.h"

namespace gfplint::tidy_yaml {

struct Replacement {
  std::string FilePath;
  uint32_t Offset = 0;
  uint32_t Length = 0;
  std::string ReplacementText;
};

struct Message {
  std::string Text;
  std::string FilePath;
  uint32_t FileOffset = 0;
  std::vector<Replacement> Replacements;
};

struct Diagnostic {
  std::string Name;
  Message Main;
  std::vector<Message> Notes;
  std::string Level;
  std::string BuildDirectory;
};

struct Document {
  std::string MainSourceFile;
  std::vector<Diagnostic> Diagnostics;
};

} // namespace gfplint::tidy_yaml

LLVM_YAML_IS_SEQUENCE_VECTOR(gfplint::tidy_yaml::Replacement)
LLVM_YAML_IS_SEQUENCE_VECTOR(gfplint::tidy_yaml::Message)
LLVM_YAML_IS_SEQUENCE_VECTOR(gfplint::tidy_yaml::Diagnostic)

namespace llvm::yaml {

template <> struct MappingTraits<gfplint::tidy_yaml::Replacement> {
  static void mapping(IO &Io, gfplint::tidy_yaml::Replacement &R) {
    Io.mapRequired("FilePath", R.FilePath);
    Io.mapRequired("Offset", R.Offset);
    Io.mapRequired("Length", R.Length);
    Io.mapRequired("ReplacementText", R.ReplacementText);
  }
};

template <> struct MappingTraits<gfplint::tidy_yaml::Message> {
  static void mapping(IO &Io, gfplint::tidy_yaml::Message &M) {
    Io.mapRequired("Message", M.Text);
    Io.mapRequired("FilePath", M.FilePath);
    Io.mapRequired("FileOffset", M.FileOffset);
    Io.mapRequired("Replacements", M.Replacements);
  }
};

template <> struct MappingTraits<gfplint::tidy_yaml::Diagnostic> {
  static void mapping(IO &Io, gfplint::tidy_yaml::Diagnostic &D) {
    Io.mapRequired("DiagnosticName", D.Name);
    Io.mapRequired("DiagnosticMessage", D.Main);
    Io.mapOptional("Notes", D.Notes);
    Io.mapRequired("Level", D.Level);
    Io.mapRequired("BuildDirectory", D.BuildDirectory);
  }
};

template <> struct MappingTraits<gfplint::tidy_yaml::Document> {
  static void mapping(IO &Io, gfplint::tidy_yaml::Document &D) {
    Io.mapRequired("MainSourceFile", D.MainSourceFile);
    Io.mapRequired("Diagnostics", D.Diagnostics);
  }
};

} // namespace llvm::yaml

namespace gfplint {
namespace {

const char *tidyLevel(Severity Level) {
  switch (Level) {
  case Severity::Error:
    return "Error";
  case Severity::Warning:
    return "Warning";
  case Severity::Note:
    break;
  }
  return "Remark";
}

/// Replacements that can all be applied together: of two fixes that meet, the first.
class SafeFixes {
public:
  explicit SafeFixes(const Report &R) : R(R) {}
  /// The replacements of a fix; none where it is not for all to apply, or meets an earlier one.
  std::vector<tidy_yaml::Replacement> take(const Fix &X) {
    std::vector<Edit> Edits = joinedEdits(R, X);
    if (X.Kind != Applicability::Safe || llvm::any_of(Edits, [&](const Edit &E) { return meets(E); }))
      return {};
    std::vector<tidy_yaml::Replacement> All;
    for (const Edit &E : Edits) {
      Taken[E.At.File].emplace_back(E.At.Offset, E.At.Offset + E.Length);
      All.push_back(
          {llvm::json::fixUTF8(diskPath(R, E.At.File)), E.At.Offset, E.Length, llvm::json::fixUTF8(E.Text)});
    }
    return All;
  }

private:
  [[nodiscard]] bool meets(const Edit &E) const {
    auto It = Taken.find(E.At.File);
    return It != Taken.end() && llvm::any_of(It->second, [&](std::pair<uint32_t, uint32_t> Old) {
             return Old.first <= E.At.Offset + E.Length && E.At.Offset <= Old.second;
           });
  }

  const Report &R;
  std::map<FileId, std::vector<std::pair<uint32_t, uint32_t>>> Taken;
};

tidy_yaml::Message messageAt(const Report &R, Loc At, const std::string &Text) {
  std::string Path = At.valid() ? llvm::json::fixUTF8(diskPath(R, At.File)) : "";
  return {llvm::json::fixUTF8(Text), Path, At.Offset, {}};
}

} // namespace

void writeClangTidyYaml(const Report &R, llvm::raw_ostream &Out) {
  tidy_yaml::Document All;
  SafeFixes Fixes(R);
  if (!R.Findings.empty())
    All.MainSourceFile = llvm::json::fixUTF8(diskPath(R, R.Findings.front().At.File));
  for (const Finding &F : R.Findings) {
    tidy_yaml::Diagnostic D{"gfplint-" + F.Rule,
                            messageAt(R, F.At, F.Message),
                            {},
                            tidyLevel(F.Level),
                            llvm::json::fixUTF8(R.SourceRoot)};
    forEachNote(F, [&](Loc At, const std::string &Text) { D.Notes.push_back(messageAt(R, At, Text)); });
    if (F.Suggested)
      D.Main.Replacements = Fixes.take(*F.Suggested);
    All.Diagnostics.push_back(std::move(D));
  }
  llvm::yaml::Output Yaml(Out);
  Yaml << All;
}

} // namespace gfplint
