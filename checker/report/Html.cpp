// The HTML report: one file that needs nothing else. Its parts are put into html/report.html.
#include "report/Html.h"

#include "model/EmbeddedFile.h"
#include "report/Maintainers.h"
#include "report/Markdown.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Base64.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/SHA256.h"

namespace gfplint {

extern const llvm::ArrayRef<EmbeddedFile> HtmlFiles; // generated from html/

namespace {

llvm::StringRef embedded(llvm::StringRef Name) {
  for (const EmbeddedFile &File : HtmlFiles)
    if (File.Name == Name)
      return File.Text;
  return "";
}

/// In the order in which they run.
constexpr const char *Scripts[] = {"data.js", "excerpt.js", "table.js", "detail.js", "main.js"};

std::string scriptText() {
  std::string Out = "(() => {\n\"use strict\";\n";
  for (const char *Name : Scripts)
    Out += embedded(Name);
  return Out + "})();\n";
}

/// As a Content-Security-Policy names a text that it lets through.
std::string policySource(llvm::StringRef Text) {
  return "'sha256-" + llvm::encodeBase64(llvm::SHA256::hash(llvm::arrayRefFromStringRef(Text))) + "'";
}

std::vector<std::string> subsystemsOf(const Report &R) {
  Maintainers Known;
  if (!R.SourceRoot.empty())
    if (auto Text = llvm::MemoryBuffer::getFile(R.SourceRoot + "/MAINTAINERS"))
      Known = Maintainers((*Text)->getBuffer());
  std::map<FileId, std::string> ByFile;
  std::vector<std::string> All;
  for (const Finding &F : R.Findings) {
    auto [It, New] = ByFile.try_emplace(F.At.File);
    if (New) {
      const Subsystem *Section = Known.of(R.Files->name(F.At.File));
      It->second = Section != nullptr ? Section->Name : subsystemOf(R.Files->name(F.At.File));
    }
    All.push_back(It->second);
  }
  return All;
}

std::string aboutRun(const Report &R) {
  auto Files = [](size_t N) { return htmlNumber(N) + (N == 1 ? " file" : " files"); };
  std::string Out = R.Kernel ? "Kernel " + R.Kernel->str() + " \xC2\xB7 " : "";
  Out += Files(R.Analysed) + " analysed";
  if (R.Skipped > 0)
    Out += ", " + htmlNumber(R.Skipped) + " not needed for these rules";
  if (!R.Failures.empty())
    Out += ", " + htmlNumber(R.Failures.size()) + " failed";
  return Out + " \xC2\xB7 gfplint " + R.ToolVersion;
}

} // namespace

void writeHtml(const Report &R, llvm::raw_ostream &Out) {
  HtmlInput In{R, fingerprints(R), subsystemsOf(R)};
  std::string Style = embedded("report.css").str();
  std::string Script = scriptText();
  std::map<std::string, std::string> Parts;
  Parts["policy"] = "default-src 'none'; base-uri 'none'; form-action 'none'; style-src " +
                    policySource(Style) + "; script-src " + policySource(Script);
  Parts["about"] = htmlEscaped(aboutRun(R));
  Parts["count"] = htmlNumber(R.Findings.size());
  Parts["style"] = std::move(Style);
  Parts["script"] = std::move(Script);
  Parts["summary"] = htmlSummary(In);
  Parts["pages"] = htmlRulePages(In);
  Parts["data"] = htmlData(In);
  // `{{part}}`; what is put in is not looked at again.
  llvm::StringRef Rest = embedded("report.html");
  while (true) {
    auto [Text, Behind] = Rest.split("{{");
    Out << Text;
    if (Behind.empty())
      break;
    auto [Name, After] = Behind.split("}}");
    Out << Parts[Name.str()];
    Rest = After;
  }
}

} // namespace gfplint
