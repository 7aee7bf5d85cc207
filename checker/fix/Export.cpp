// The YAML that clang-apply-replacements reads, by Clang's own writer.
#include "fix/Apply.h"

#include "clang/Tooling/ReplacementsYaml.h"

namespace gfplint {

std::string replacementsYaml(llvm::ArrayRef<ChangedFile> Files) {
  std::string Out;
  llvm::raw_string_ostream Stream(Out);
  clang::tooling::TranslationUnitReplacements All;
  All.MainSourceFile = Files.empty() ? "" : Files.front().DiskPath;
  for (const ChangedFile &F : Files) {
    // Two insertions at one place would be a conflict.
    std::vector<Edit> Apart;
    for (const Edit &E : F.Edits) {
      if (!Apart.empty() && Apart.back().At.Offset + Apart.back().Length == E.At.Offset) {
        Apart.back().Length += E.Length;
        Apart.back().Text += E.Text;
      } else {
        Apart.push_back(E);
      }
    }
    for (const Edit &E : Apart)
      All.Replacements.emplace_back(F.DiskPath, E.At.Offset, E.Length, E.Text);
  }
  llvm::yaml::Output Yaml(Stream);
  Yaml << All;
  return Out;
}

} // namespace gfplint
