// What a configuration means for a rule, a file, a finding; and where it is found.
#include "triage/Config.h"

#include "Registry.h"

#include "files/ReadInput.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

namespace gfplint {

llvm::StringRef Config::local(llvm::StringRef File) const {
  llvm::StringRef Rest = File;
  bool Inside =
      File.starts_with("/") && !Folder.empty() && Rest.consume_front(Folder) && Rest.consume_front("/");
  return Inside ? Rest : File;
}

bool Config::ignores(const IgnoreEntry &E, const Finding &F, llvm::StringRef File) const {
  return llvm::any_of(E.Rules, [&](const std::string &R) { return matchesRule(R, F.Rule); }) &&
         E.Path.matches(local(File)) && (!E.Function || E.Function->matches(F.Function));
}

const std::optional<Severity> *Config::levelOf(llvm::StringRef Rule) const {
  if (auto It = Levels.find(Rule.str()); It != Levels.end())
    return &It->second;
  const std::optional<Severity> *Best = nullptr;
  size_t Length = 0;
  for (const auto &[Pattern, Level] : Levels)
    if (matchesRule(Pattern, Rule) && Pattern.size() >= Length) {
      Best = &Level;
      Length = Pattern.size();
    }
  return Best;
}

bool Config::checks(llvm::StringRef File) const {
  return Check.empty() || llvm::any_of(Check, [&](const PathPattern &P) { return P.matches(local(File)); });
}

bool Config::excludes(llvm::StringRef File, llvm::ArrayRef<std::string> Named) const {
  return llvm::any_of(Exclude, [&](const PathPattern &P) {
    bool AskedFor = llvm::any_of(Named, [&](llvm::StringRef Name) {
      llvm::StringRef Rest = File;
      return P.matches(local(Name)) && Rest.consume_front(Name) && (Rest.empty() || Rest.front() == '/');
    });
    return !AskedFor && P.matches(local(File));
  });
}

/// Nobody writes so much by hand.
constexpr uint64_t MaxBytes = uint64_t(4) << 20;

llvm::Expected<Config> readConfig(llvm::StringRef File) {
  llvm::Expected<std::string> Text = readInput(File, MaxBytes);
  if (!Text)
    return llvm::createStringError(File + ": " + llvm::toString(Text.takeError()));
  llvm::Expected<Config> Read = parseConfig(File, *Text);
  if (!Read)
    return Read;
  llvm::SmallString<256> Full(File);
  if (std::error_code E = llvm::sys::fs::make_absolute(Full))
    return llvm::createStringError(File + ": " + E.message());
  llvm::sys::path::remove_dots(Full, /*remove_dot_dot=*/true);
  Read->Folder = llvm::sys::path::parent_path(Full).str();
  return Read;
}

std::string findConfig(llvm::StringRef Folder) {
  for (; !Folder.empty(); Folder = llvm::sys::path::parent_path(Folder)) {
    llvm::SmallString<256> File(Folder);
    llvm::sys::path::append(File, ".gfplint.yaml");
    if (llvm::sys::fs::exists(File))
      return File.str().str();
  }
  return "";
}

} // namespace gfplint
