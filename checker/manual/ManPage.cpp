// gfplint.1 and the index of the rules' pages.
#include "manual/Manual.h"

#include "Registry.h"
#include "report/Formats.h"

#include "llvm/Support/FormatVariadic.h"

#include <cctype>
#include <map>

namespace gfplint {

namespace {

/// Text as troff prints it as it is: hyphens that are to be copied, no escapes, no control lines.
std::string troff(llvm::StringRef Text) {
  std::string Out;
  for (char C : Text)
    if (C == '\\')
      Out += "\\e";
    else if (C == '-')
      Out += "\\-";
    else
      Out += C;
  if (!Out.empty() && (Out[0] == '.' || Out[0] == '\''))
    Out.insert(0, "\\&");
  return Out;
}

/// A sentence of a `--help` line.
std::string sentence(llvm::StringRef Help) {
  std::string Out = troff(Help);
  if (!Out.empty())
    Out[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(Out[0])));
  return Out + ".";
}

std::string commandParagraphs(llvm::ArrayRef<CommandDoc> Commands) {
  std::string Out;
  for (const CommandDoc &C : Commands) {
    Out += llvm::formatv(".TP\n.B gfplint {0}", troff(C.Name));
    if (!C.Options.empty())
      Out += " \\fR[\\fIoptions\\fR]";
    if (!C.Words.empty())
      Out += llvm::formatv(" \\fI{0}\\fR", troff(C.Words));
    Out += "\n" + sentence(C.Help) + "\n";
  }
  return Out;
}

/// Options that several commands have are said once.
struct SharedOption {
  OptionDoc Doc;
  std::vector<std::string> Commands;
};

std::string optionParagraphs(llvm::ArrayRef<CommandDoc> Commands) {
  std::map<std::pair<std::string, std::string>, SharedOption> All;
  for (const CommandDoc &C : Commands)
    for (const OptionDoc &O : C.Options) {
      SharedOption &S = All[{llvm::StringRef(O.Name).ltrim('-').str(), O.Help}];
      S.Doc = O;
      S.Commands.push_back(C.Name);
    }
  std::string Out;
  for (const auto &[Key, S] : All) {
    Out += ".TP\n.B " + troff(S.Doc.usage(/*Each=*/true)) + "\n" + sentence(S.Doc.Help) + "\n";
    for (const ValueDoc &V : S.Doc.Values)
      if (V.Help == "(default)")
        Out += llvm::formatv("The default is \\fB{0}\\fR.\n", troff(V.Name));
      else if (!V.Help.empty())
        Out += llvm::formatv("\\fB{0}\\fR: {1}.\n", troff(V.Name), troff(V.Help));
    std::string Names;
    for (const std::string &Name : S.Commands)
      Names += (Names.empty() ? "" : ", ") + troff(Name);
    Out += "(" + Names + ")\n";
  }
  return Out;
}

std::string ruleParagraphs() {
  std::string Out;
  for (const Rule &R : allRules())
    Out += llvm::formatv(".TP\n.BR {0} \" ({1})\"\n{2}\n", troff(R.Id), severityName(R.Level),
                         sentence(R.Summary));
  return Out;
}

std::string formParagraphs() {
  std::string Out;
  for (const ReportFormat &F : allFormats())
    Out += llvm::formatv(".TP\n.B {0}\n{1}\n", troff(F.Name), sentence(F.Summary));
  return Out;
}

} // namespace

std::string manPage(llvm::ArrayRef<CommandDoc> Commands) {
  return fillIn("gfplint.1.in", {{"VERSION", GFPLINT_VERSION},
                                 {"COMMANDS", commandParagraphs(Commands)},
                                 {"OPTIONS", optionParagraphs(Commands)},
                                 {"RULES", ruleParagraphs()},
                                 {"FORMS", formParagraphs()}});
}

std::string ruleIndex(llvm::StringRef Pages) {
  std::string Table = "| rule | severity | finds |\n| --- | --- | --- |\n";
  for (const Rule &R : allRules())
    Table +=
        llvm::formatv("| [{0}]({1}{0}.md) | {2} | {3} |\n", R.Id, Pages, severityName(R.Level), R.Summary);
  return fillIn("rules.md.in", {{"TABLE", Table}});
}

} // namespace gfplint
