// LLVM's registry of subcommands and options, read back.
#include "manual/Commands.h"

#include "cli/Options.h"

#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/CommandLine.h"

#include <algorithm>
#include <tuple>

namespace gfplint {

namespace {

namespace cl = llvm::cl;

/// The values of an option whose type is `Enum`; none for others.
template <typename Enum> std::vector<ValueDoc> valuesOf(const cl::Option &O) {
  std::vector<ValueDoc> Out;
  // The registry's options are of a class without templates, which does not know its values.
  if (auto *Typed = dynamic_cast<cl::opt<Enum> *>(const_cast<cl::Option *>(&O)))
    for (unsigned I = 0; I < Typed->getParser().getNumOptions(); ++I)
      Out.push_back({Typed->getParser().getOption(I).str(), Typed->getParser().getDescription(I).str()});
  return Out;
}

/// Every type that an option's values may have.
template <typename... Enums> std::vector<ValueDoc> valuesOfAny(const cl::Option &O) {
  std::vector<ValueDoc> Out;
  ((Out.empty() ? (void)(Out = valuesOf<Enums>(O)) : (void)0), ...);
  return Out;
}

Completes completesAs(llvm::StringRef ValueName) {
  return llvm::StringSwitch<Completes>(ValueName)
      .Case("FILE", Completes::File)
      .Case("DIR", Completes::Folder)
      .Case("DB", Completes::Database)
      .Case("LIST", Completes::Rules)
      .Case("FORM", Completes::Form)
      .Case("FORM:FILE", Completes::FormAndFile)
      .Case("REV", Completes::Revision)
      .Default(Completes::Nothing);
}

OptionDoc describe(const cl::Option &O) {
  OptionDoc D;
  D.Name = (O.ArgStr.size() == 1 ? "-" : "--") + O.ArgStr.str();
  D.Help = O.HelpStr.str();
  D.Joined = O.getFormattingFlag() == cl::Prefix;
  D.Values = valuesOfAny<Severity, ShowProgress, ScopeStyle>(O);
  if (!D.Values.empty()) {
    D.Kind = Completes::Values;
    return D;
  }
  D.ValueName = O.ValueStr.str();
  if (D.ValueName.empty() && O.getValueExpectedFlag() == cl::ValueRequired)
    D.ValueName = "VALUE";
  // A number that --help calls `uint`.
  if (D.ValueName.empty() && dynamic_cast<cl::opt<bool> *>(const_cast<cl::Option *>(&O)) == nullptr)
    D.ValueName = "N";
  D.Kind = completesAs(D.ValueName);
  return D;
}

/// What every command of any LLVM program has is in all of them; ours are listed one by one.
bool isOurs(const cl::Option &O) {
  return O.getOptionHiddenFlag() == cl::NotHidden && !O.Subs.contains(&cl::SubCommand::getAll());
}

} // namespace

std::string OptionDoc::usage(bool Each) const {
  if (!takesValue())
    return Name;
  std::string Value = ValueName;
  if (Kind == Completes::Values) {
    Value = Each ? "" : "WORD";
    if (Each)
      for (const ValueDoc &V : Values)
        Value += (Value.empty() ? "" : "|") + V.Name;
  }
  bool Long = Name.size() > 2;
  return Name + (Long ? "=" : Joined ? "" : " ") + Value;
}

std::vector<CommandDoc> describeCommands() {
  std::vector<CommandDoc> Out;
  for (cl::SubCommand *Sub : cl::getRegisteredSubcommands()) {
    if (Sub->getName().empty())
      continue;
    CommandDoc C{Sub->getName().str(), Sub->getDescription().str(), "", {}};
    for (const cl::Option *O : Sub->PositionalOpts)
      C.Words += (C.Words.empty() ? "" : " ") + O->HelpStr.str();
    for (const auto &Named : Sub->OptionsMap)
      if (isOurs(*Named.second))
        C.Options.push_back(describe(*Named.second));
    std::sort(C.Options.begin(), C.Options.end(), [](const OptionDoc &A, const OptionDoc &B) {
      return llvm::StringRef(A.Name).ltrim('-') < llvm::StringRef(B.Name).ltrim('-');
    });
    Out.push_back(std::move(C));
  }
  std::sort(Out.begin(), Out.end(), [](const CommandDoc &A, const CommandDoc &B) {
    return std::tuple(A.Name != "check", A.Name) < std::tuple(B.Name != "check", B.Name);
  });
  return Out;
}

} // namespace gfplint
