// Precision of a pattern is how many folders it names, then how long it is.
#include "report/Maintainers.h"

#include "llvm/Support/GlobPattern.h"

#include <algorithm>
#include <optional>

namespace gfplint {
namespace {

/// Nothing where the pattern does not match.
std::optional<size_t> precision(llvm::StringRef Pattern, llvm::StringRef File) {
  size_t Depth = Pattern.rtrim('/').count('/');
  bool Folder = Pattern.ends_with("/");
  // As get_maintainer.pl has it: a folder's pattern matches whatever is below, any other one nothing deeper
  // than itself.
  if (!Folder && File.count('/') != Pattern.count('/'))
    return std::nullopt;
  // Nearly all patterns end here: there are thousands, and compiling one takes long.
  if (!File.starts_with(Pattern.take_front(Pattern.find_first_of("*?[\\"))))
    return std::nullopt;
  if (Pattern.find_first_of("*?[") == llvm::StringRef::npos) {
    if (Folder ? !File.starts_with(Pattern) : File != Pattern)
      return std::nullopt;
  } else {
    llvm::StringRef Head = File;
    if (Folder) {
      size_t End = 0;
      for (size_t I = 0; I < Pattern.count('/') && End != llvm::StringRef::npos; ++I)
        End = File.find('/', End == 0 ? 0 : End + 1);
      if (End == llvm::StringRef::npos)
        return std::nullopt;
      Head = File.take_front(End + 1);
    }
    llvm::Expected<llvm::GlobPattern> Glob = llvm::GlobPattern::create(Pattern);
    if (!Glob) {
      llvm::consumeError(Glob.takeError());
      return std::nullopt;
    }
    if (!Glob->match(Head))
      return std::nullopt;
  }
  return Depth * 1000 + Pattern.size();
}

} // namespace

Maintainers::Maintainers(llvm::StringRef Text) {
  llvm::StringRef Title;
  bool InSection = false;
  while (!Text.empty()) {
    llvm::StringRef Line;
    std::tie(Line, Text) = Text.split('\n');
    Line = Line.rtrim();
    bool Field = Line.size() > 2 && Line[1] == ':' && Line[0] >= 'A' && Line[0] <= 'Z';
    if (!Field) {
      InSection = false;
      Title = Line.empty() || Line.front() == ' ' || Line.front() == '\t' ? llvm::StringRef() : Line;
      continue;
    }
    if (!InSection) {
      if (Title.empty())
        continue;
      Sections.emplace_back();
      Sections.back().Name = Title.str();
      InSection = true;
    }
    std::string Value = Line.drop_front(2).trim().str();
    switch (Line.front()) {
    case 'M':
      Sections.back().People.push_back(std::move(Value));
      break;
    case 'L':
      Sections.back().Lists.push_back(llvm::StringRef(Value).split(' ').first.str());
      break;
    case 'F':
      Sections.back().Files.push_back(std::move(Value));
      break;
    case 'X':
      Sections.back().Not.push_back(std::move(Value));
      break;
    default:
      break;
    }
  }
}

const Subsystem *Maintainers::of(llvm::StringRef File) const {
  const Subsystem *Best = nullptr;
  size_t Most = 0;
  for (const Subsystem &S : Sections) {
    if (std::any_of(S.Not.begin(), S.Not.end(),
                    [&](const std::string &Pattern) { return precision(Pattern, File).has_value(); }))
      continue;
    for (const std::string &Pattern : S.Files)
      if (std::optional<size_t> P = precision(Pattern, File); P && *P > Most) {
        Best = &S;
        Most = *P;
      }
  }
  // THE REST has `F: *` and `F: */`.
  return Most > 2 ? Best : nullptr;
}

} // namespace gfplint
