// Writes an HTML report with as many made-up findings as asked for: make_html_report COUNT FILE.
// Every field is used, and texts try to break out of the page.
#include "report/Report.h"

#include "llvm/Support/raw_ostream.h"

using namespace gfplint;

namespace {

constexpr size_t FindingsInFile = 20;
constexpr const char *Rules[] = {"restricted-gfp-site", "scope-unpaired", "vmalloc-restricted-flags",
                                 "contradictory-gfp-flags"};
constexpr Severity Levels[] = {Severity::Note, Severity::Error, Severity::Error, Severity::Warning};
constexpr const char *Masks[] = {"GFP_NOFS", "GFP_NOIO", "GFP_NOFS | __GFP_ZERO", "GFP_NOWAIT"};
constexpr llvm::StringLiteral Call = "\tp = kmalloc(size, GFP_NOFS);\t/* </script><b id=\"broken\">'\" */\n";

/// FindingsInFile functions of four lines; the call is in the third.
std::string fileText() {
  std::string Text;
  for (size_t I = 0; I < FindingsInFile; ++I)
    Text += "static void *get" + std::to_string(I) + "(size_t size)\n{\n" + Call.str() + "}\n";
  return Text;
}

Loc callAt(FileId File, const std::string &Text, size_t I) {
  size_t Line = std::string::npos;
  for (size_t N = 0; N <= I; ++N)
    Line = Text.find(Call.str(), N == 0 ? 0 : Line + 1);
  return {File, static_cast<uint32_t>(4 * I + 3), 20, static_cast<uint32_t>(Line + Call.find("GFP_NOFS"))};
}

Finding makeFinding(FileId File, const std::string &Text, size_t Number) {
  Finding F;
  size_t Kind = Number % 4;
  F.Rule = Rules[Kind];
  F.Level = Levels[Kind];
  F.At = callAt(File, Text, Number % FindingsInFile);
  F.Function = "get" + std::to_string(Number % FindingsInFile);
  F.Mask = Masks[Number / 4 % 4];
  F.Message = F.Mask + " reaches kmalloc() on way " + std::to_string(Number % 97) + " <i>& \"so on\"</i>";
  F.Identity = std::to_string(Number);
  if (Number % 2 == 0) {
    F.Trace.push_back({callAt(File, Text, 0), "get0", "the mask is chosen here"});
    F.Trace.push_back({F.At, F.Function, "and arrives here"});
  }
  if (Number % 3 == 0) {
    Fix X;
    X.Kind = static_cast<Applicability>(Number / 3 % 3);
    X.Title = "say GFP_KERNEL";
    X.Edits.push_back({F.At, static_cast<uint32_t>(llvm::StringRef("GFP_NOFS").size()), "GFP_KERNEL"});
    if (X.Kind == Applicability::Unsafe)
      X.Effects.push_back({F.At, F.Function, "GFP_NOFS", "GFP_KERNEL"});
    F.Suggested = std::move(X);
  }
  return F;
}

} // namespace

int main(int Argc, char **Argv) {
  size_t Count = 0;
  if (Argc != 3 || llvm::StringRef(Argv[1]).getAsInteger(10, Count)) {
    llvm::errs() << "usage: make_html_report COUNT FILE\n";
    return 2;
  }
  std::error_code Error;
  llvm::raw_fd_ostream Out(Argv[2], Error);
  if (Error) {
    llvm::errs() << Argv[2] << ": " << Error.message() << "\n";
    return 1;
  }
  FileTable Files;
  Report R;
  R.ToolVersion = "0";
  R.Files = &Files;
  R.Entries = R.Analysed = Count / FindingsInFile + 1;
  R.Failures = {{"fs/<broken>.c", "expected ';' before </script>"}};
  std::string Text = fileText();
  FileId File = 0;
  for (size_t I = 0; I < Count; ++I) {
    if (I % FindingsInFile == 0) {
      size_t Number = I / FindingsInFile;
      std::string Name =
          "drivers/part" + std::to_string(Number % 60) + "/file" + std::to_string(Number) + ".c";
      File = Files.intern(Name);
      R.Texts[Name] = Text;
    }
    R.Findings.push_back(makeFinding(File, Text, I));
  }
  writeHtml(R, Out);
  return 0;
}
