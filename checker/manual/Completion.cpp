// Completions for bash and zsh.
#include "manual/Manual.h"

#include "Registry.h"
#include "report/Formats.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

#include <map>

namespace gfplint {

namespace {

std::string joined(const std::vector<std::string> &Words, llvm::StringRef Between) {
  return llvm::join(Words.begin(), Words.end(), Between);
}

std::vector<std::string> ruleNames() {
  std::vector<std::string> Out;
  for (const Rule &R : allRules())
    Out.emplace_back(R.Id);
  return Out;
}

std::vector<std::string> formNames() {
  std::vector<std::string> Out;
  for (const ReportFormat &F : allFormats())
    Out.emplace_back(F.Name);
  return Out;
}

std::vector<std::string> valueNames(const OptionDoc &O) {
  std::vector<std::string> Out;
  Out.reserve(O.Values.size());
  for (const ValueDoc &V : O.Values)
    Out.push_back(V.Name);
  return Out;
}

/// The names of _gfplint_values in gfplint.bash.in.
llvm::StringRef bashKind(Completes Kind) {
  switch (Kind) {
  case Completes::Nothing:
    return "other";
  case Completes::File:
    return "file";
  case Completes::Folder:
    return "folder";
  case Completes::Database:
    return "database";
  case Completes::Rules:
    return "rules";
  case Completes::Form:
    return "form";
  case Completes::FormAndFile:
    return "form-and-file";
  case Completes::Revision:
    return "revision";
  case Completes::Values:
    return "words";
  }
  return "other";
}

/// In single quotes for a shell.
std::string quoted(llvm::StringRef Text) {
  std::string Out = "'";
  for (char C : Text)
    Out += C == '\'' ? std::string("'\\''") : std::string(1, C);
  return Out + "'";
}

/// Text in which zsh looks for `Special`.
std::string escaped(llvm::StringRef Text, llvm::StringRef Special) {
  std::string Out;
  for (char C : Text) {
    if (Special.contains(C))
      Out += '\\';
    Out += C;
  }
  return Out;
}

/// `name:description` for zsh's _describe, a line.
std::string described(llvm::StringRef Name, llvm::StringRef Help) {
  return "    " + quoted(escaped(Name, ":\\") + ":" + Help.str()) + "\n";
}

/// What zsh's _arguments calls the action for a value.
std::string zshAction(const OptionDoc &O) {
  switch (O.Kind) {
  case Completes::Nothing:
    return " ";
  case Completes::File:
    return "_files";
  case Completes::Folder:
    return "_files -/";
  case Completes::Database:
    return "_gfplint_database";
  case Completes::Rules:
    return "_gfplint_rule_list";
  case Completes::Form:
    return "_gfplint_forms";
  case Completes::FormAndFile:
    return "_gfplint_form_and_file";
  case Completes::Revision:
    return "_gfplint_revisions";
  case Completes::Values:
    break;
  }
  std::string Words;
  for (const ValueDoc &V : O.Values)
    Words +=
        (Words.empty() ? "" : " ") + V.Name + (V.Help.empty() ? "" : "\\:" + quoted(escaped(V.Help, ":")));
  return "((" + Words + "))";
}

/// One word for zsh's _arguments: `--rules=[rules to run]:LIST:_gfplint_rule_list`. May be given again.
std::string zshOption(const OptionDoc &O) {
  bool Long = llvm::StringRef(O.Name).starts_with("--");
  std::string Spec = "*" + O.Name +
                     (!O.takesValue() ? ""
                      : Long          ? "="
                      : O.Joined      ? "-"
                                      : "") +
                     "[" + escaped(O.Help, "[]:\\") + "]";
  if (O.takesValue())
    Spec += ":" +
            escaped(O.ValueName.empty() ? llvm::StringRef("value") : llvm::StringRef(O.ValueName), ":") +
            ":" + zshAction(O);
  return quoted(Spec);
}

std::string zshWords(const CommandDoc &C) {
  if (C.Name == "explain")
    return "':rule:_gfplint_rules'";
  if (C.Name == "query")
    return "':question:(callers)' ':function: ' '*:path:_files'";
  return C.Words.empty() ? "" : "'*:path:_files'";
}

} // namespace

std::string bashCompletion(llvm::ArrayRef<CommandDoc> Commands) {
  std::string Options;
  std::map<std::string, std::string> Kinds, Words;
  std::vector<std::string> Names;
  for (const CommandDoc &C : Commands) {
    Names.push_back(C.Name);
    std::vector<std::string> Own;
    for (const OptionDoc &O : C.Options) {
      bool Long = llvm::StringRef(O.Name).starts_with("--");
      Own.push_back(O.Name + (O.takesValue() && Long ? "=" : ""));
      // A number that is glued on: nothing to be offered, and the next word is not its value.
      if (O.takesValue() && !O.Joined)
        Kinds[O.Name] = bashKind(O.Kind).str();
      if (O.Kind == Completes::Values)
        Words[O.Name] = joined(valueNames(O), " ");
    }
    Options += llvm::formatv("    {0}) echo '{1}' ;;\n", C.Name, joined(Own, " "));
  }
  std::string KindCases, WordCases;
  for (const auto &[Name, Kind] : Kinds)
    KindCases += llvm::formatv("    {0}) echo {1} ;;\n", Name, Kind);
  for (const auto &[Name, List] : Words)
    WordCases += llvm::formatv("    {0}) echo '{1}' ;;\n", Name, List);
  return fillIn("gfplint.bash.in", {{"OPTIONS", Options},
                                    {"KINDS", KindCases},
                                    {"WORDS", WordCases},
                                    {"RULES", joined(ruleNames(), " ")},
                                    {"FORMS", joined(formNames(), " ")},
                                    {"COMMANDS_PATTERN", joined(Names, " | ")},
                                    {"COMMANDS", joined(Names, " ")}});
}

std::string zshCompletion(llvm::ArrayRef<CommandDoc> Commands) {
  std::string Names, Cases, RuleLines, FormLines;
  for (const Rule &R : allRules())
    RuleLines += described(R.Id, R.Summary);
  for (const ReportFormat &F : allFormats())
    FormLines += described(F.Name, F.Summary);
  for (const CommandDoc &C : Commands) {
    Names += described(C.Name, C.Help);
    Cases += "  " + C.Name + ")\n    _arguments";
    for (const OptionDoc &O : C.Options)
      Cases += " \\\n      " + zshOption(O);
    Cases += " \\\n      '(- *)--help[show the options]' \\\n      '(- *)--version[show the version]'";
    if (std::string Words = zshWords(C); !Words.empty())
      Cases += " \\\n      " + Words;
    Cases += "\n    ;;\n";
  }
  return fillIn("_gfplint.in",
                {{"RULES", RuleLines}, {"FORMS", FormLines}, {"COMMANDS", Names}, {"CASES", Cases}});
}

} // namespace gfplint
