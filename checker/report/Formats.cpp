// One line a form.
#include "report/Formats.h"

namespace gfplint {
namespace {

constexpr ReportFormat Formats[] = {
    {"text", "like GCC and Clang (default)", writeText},
    {"json", "one JSON object", writeJson},
    {"sarif", "SARIF 2.1.0", writeSarif},
    {"github", "annotations of GitHub's workflows", writeGithub},
    {"gitlab", "GitLab's Code Quality", writeGitlab},
    {"checkstyle", "Checkstyle's XML", writeCheckstyle},
    {"rdjson", "reviewdog's diagnostics", writeRdjson},
    {"kernel", "like scripts/checkpatch.pl", writeKernel},
    {"clang-tidy-yaml", "like clang-tidy --export-fixes", writeClangTidyYaml},
    {"html", "one page to read in a browser", writeHtml},
};

} // namespace

llvm::ArrayRef<ReportFormat> allFormats() { return Formats; }

const ReportFormat *formatNamed(llvm::StringRef Name) {
  for (const ReportFormat &F : Formats)
    if (Name == F.Name)
      return &F;
  return nullptr;
}

std::string formatNames() {
  std::string All;
  for (const ReportFormat &F : Formats)
    All += (All.empty() ? "" : ", ") + std::string(F.Name);
  return All;
}

} // namespace gfplint
