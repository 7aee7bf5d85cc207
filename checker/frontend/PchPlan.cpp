// Grouping by flags, then by folder.
#include "frontend/PchPlan.h"

#include "llvm/Support/Path.h"

#include <algorithm>
#include <map>
#include <set>

namespace gfplint {
namespace {

/// A driver's own headers depend on one another and on what came before more often.
constexpr double LeastQuotedShare = 0.2;

/// The words of a command by what they are to a PCH.
struct CommandParts {
  /// All but include paths and the input.
  std::vector<std::string> Flags;
  /// Each path with its flag.
  std::vector<std::vector<std::string>> Paths;
};

bool isPathFlag(llvm::StringRef Word) {
  return Word == "-I" || Word == "-isystem" || Word == "-iquote" || Word == "-idirafter";
}

CommandParts takeApart(llvm::ArrayRef<std::string> Args) {
  CommandParts P;
  for (size_t I = 0; I + 1 < Args.size(); ++I) {
    llvm::StringRef Word = Args[I];
    if (isPathFlag(Word) && I + 2 < Args.size()) {
      P.Paths.push_back({Args[I], Args[I + 1]});
      ++I;
    } else if (Word.starts_with("-I")) {
      P.Paths.push_back({Args[I]});
    } else {
      P.Flags.push_back(Args[I]);
    }
  }
  return P;
}

/// Units of one command, below one folder.
struct Node {
  std::map<std::string, Node> Children;
  std::vector<size_t> Units;
  [[nodiscard]] size_t count() const {
    size_t N = Units.size();
    for (const auto &[Name, Child] : Children)
      N += Child.count();
    return N;
  }
};

/// Splits off folders that are large enough; what is left over is returned.
std::vector<size_t> split(const Node &N, const std::string &Folder, size_t Smallest,
                          std::vector<std::pair<std::string, std::vector<size_t>>> &Out) {
  std::vector<size_t> Rest = N.Units;
  for (const auto &[Name, Child] : N.Children) {
    std::string Below = (llvm::Twine(Folder) + "/" + Name).str();
    std::vector<size_t> Left = split(Child, Below, Smallest, Out);
    if (Left.size() >= Smallest)
      Out.emplace_back(Below, std::move(Left));
    else
      Rest.insert(Rest.end(), Left.begin(), Left.end());
  }
  return Rest;
}

} // namespace

std::vector<PchGroup> planGroups(llvm::ArrayRef<Entry> Entries, size_t Smallest, size_t SmallestFolder) {
  std::vector<std::vector<std::vector<std::string>>> Paths;
  std::map<std::pair<std::string, std::vector<std::string>>, Node> Commands;
  for (size_t I = 0; I < Entries.size(); ++I) {
    const Entry &E = Entries[I];
    CommandParts P = takeApart(E.Args);
    Paths.push_back(std::move(P.Paths));
    Node *At = &Commands[{E.Directory, std::move(P.Flags)}];
    llvm::SmallVector<llvm::StringRef, 16> Names;
    llvm::sys::path::parent_path(E.File).split(Names, '/', -1, /*KeepEmpty=*/false);
    for (llvm::StringRef Name : Names)
      At = &At->Children[Name.str()];
    At->Units.push_back(I);
  }
  std::vector<PchGroup> Groups;
  for (auto &[Key, Tree] : Commands) {
    if (Tree.count() < Smallest)
      continue;
    std::vector<std::pair<std::string, std::vector<size_t>>> Folders;
    std::vector<size_t> Rest = split(Tree, "", SmallestFolder, Folders);
    if (Rest.size() >= Smallest)
      Folders.emplace_back("", std::move(Rest));
    for (auto &[Folder, Units] : Folders) {
      std::sort(Units.begin(), Units.end());
      std::vector<std::vector<std::string>> Common = Paths[Units.front()];
      for (size_t Unit : Units) {
        size_t Same = 0;
        while (Same < Common.size() && Same < Paths[Unit].size() && Common[Same] == Paths[Unit][Same])
          ++Same;
        Common.resize(Same);
      }
      PchGroup G;
      G.Units = std::move(Units);
      G.Directory = Key.first;
      G.Folder = Folder;
      G.Args = Key.second;
      for (const std::vector<std::string> &Path : Common)
        G.Args.insert(G.Args.end(), Path.begin(), Path.end());
      Groups.push_back(std::move(G));
    }
  }
  std::stable_sort(Groups.begin(), Groups.end(),
                   [](const PchGroup &A, const PchGroup &B) { return A.Units.size() > B.Units.size(); });
  return Groups;
}

struct GroupFinder::Group {
  CommandParts Command;
  std::string Directory;
  std::string Folder;
  size_t Units = 0;
};

GroupFinder::GroupFinder(llvm::ArrayRef<PchGroup> All) {
  for (const PchGroup &G : All) {
    std::vector<std::string> Args = G.Args;
    Args.emplace_back("input");
    Groups.push_back({takeApart(Args), G.Directory, G.Folder, G.Units.size()});
  }
}

GroupFinder::~GroupFinder() = default;

namespace {

size_t commonFolders(llvm::StringRef A, llvm::StringRef B) {
  namespace path = llvm::sys::path;
  auto Differ = std::mismatch(path::begin(A), path::end(A), path::begin(B), path::end(B));
  return static_cast<size_t>(std::distance(path::begin(A), Differ.first));
}

/// Whether `Flags` are `Common` and in between only macros that `Common` does not have.
bool hasOnlyMoreMacros(llvm::ArrayRef<std::string> Flags, llvm::ArrayRef<std::string> Common) {
  auto NameOf = [](llvm::StringRef Word) {
    return Word.take_until([](char C) { return C == '=' || C == '('; });
  };
  llvm::ArrayRef<std::string> All = Common;
  for (const std::string &Word : Flags) {
    if (!Common.empty() && Common.front() == Word) {
      Common = Common.drop_front();
      continue;
    }
    llvm::StringRef Text = Word;
    bool Known = !Text.starts_with("-D") || Text.size() == 2 ||
                 llvm::any_of(All, [&](llvm::StringRef Other) { return NameOf(Other) == NameOf(Text); });
    if (Known)
      return false;
  }
  return Common.empty();
}

} // namespace

std::optional<size_t> GroupFinder::find(const Entry &E) const {
  CommandParts Own = takeApart(E.Args);
  std::optional<size_t> Best;
  std::pair<size_t, size_t> BestRank;
  for (size_t I = 0; I < Groups.size(); ++I) {
    const Group &G = Groups[I];
    const auto &Paths = G.Command.Paths;
    if (G.Directory != E.Directory || Paths.size() > Own.Paths.size() ||
        !std::equal(Paths.begin(), Paths.end(), Own.Paths.begin()) ||
        !hasOnlyMoreMacros(Own.Flags, G.Command.Flags))
      continue;
    std::pair<size_t, size_t> Rank(commonFolders(G.Folder, E.File), G.Units);
    if (!Best || Rank > BestRank) {
      Best = I;
      BestRank = Rank;
    }
  }
  return Best;
}

bool GroupFinder::hasSameFlags(const Entry &E) const {
  std::vector<std::string> Flags = takeApart(E.Args).Flags;
  return llvm::any_of(Groups,
                      [&](const Group &G) { return G.Directory == E.Directory && G.Command.Flags == Flags; });
}

bool isGuarded(llvm::StringRef Text) {
  for (Text = Text.ltrim(); !Text.empty(); Text = Text.ltrim()) {
    if (Text.consume_front("/*")) {
      Text = Text.substr(std::min(Text.find("*/"), Text.size() - 2) + 2);
      continue;
    }
    if (Text.consume_front("#")) {
      Text = Text.ltrim();
      if (Text.starts_with("ifndef") || Text.starts_with("if !defined") || Text.starts_with("pragma once"))
        return true;
    }
    // Headers of trace events name their system first, each time.
    if (!Text.starts_with("//") && !Text.starts_with("undef") && !Text.starts_with("define"))
      return false;
    Text = Text.drop_until([](char C) { return C == '\n'; });
  }
  return false;
}

std::vector<Include> includesOf(llvm::StringRef Text) {
  std::vector<Include> Found;
  unsigned Depth = 0;
  bool InComment = false;
  while (!Text.empty()) {
    auto [Line, Rest] = Text.split('\n');
    Text = Rest;
    if (InComment) {
      InComment = !Line.contains("*/");
      continue;
    }
    Line = Line.ltrim();
    if (Line.starts_with("/*")) {
      InComment = !Line.contains("*/");
      continue;
    }
    if (!Line.consume_front("#"))
      continue;
    Line = Line.ltrim();
    if (Line.starts_with("if"))
      ++Depth;
    else if (Line.starts_with("endif") && Depth > 0)
      --Depth;
    if (Depth > 0 || !Line.consume_front("include"))
      continue;
    Line = Line.ltrim();
    if (Line.consume_front("<"))
      Found.push_back({Line.take_until([](char C) { return C == '>'; }).str(), false});
    else if (Line.consume_front("\""))
      Found.push_back({Line.take_until([](char C) { return C == '"'; }).str(), true});
  }
  return Found;
}

std::vector<Include> chooseHeaders(llvm::ArrayRef<std::vector<Include>> IncludesOfUnits, double Share) {
  struct Use {
    size_t Units = 0;
    /// Sum over units of the place among the unit's includes, from 0 to 1.
    double Places = 0;
  };
  std::map<Include, Use> Uses;
  for (const std::vector<Include> &Includes : IncludesOfUnits) {
    std::set<Include> Seen;
    for (size_t I = 0; I < Includes.size(); ++I)
      if (Seen.insert(Includes[I]).second) {
        Use &U = Uses[Includes[I]];
        ++U.Units;
        U.Places += static_cast<double>(I) / static_cast<double>(Includes.size());
      }
  }
  std::vector<std::pair<Include, Use>> Sorted(Uses.begin(), Uses.end());
  std::stable_sort(Sorted.begin(), Sorted.end(), [](const auto &A, const auto &B) {
    if (A.first.Quoted != B.first.Quoted)
      return B.first.Quoted;
    if (A.first.Quoted)
      return A.second.Places * static_cast<double>(B.second.Units) <
             B.second.Places * static_cast<double>(A.second.Units);
    return A.second.Units > B.second.Units;
  });
  std::vector<Include> Chosen;
  for (const auto &[Header, U] : Sorted) {
    double Least = Header.Quoted ? std::max(Share, LeastQuotedShare) : Share;
    // What one unit alone includes serves nobody else.
    bool Shared = U.Units > 1 || IncludesOfUnits.size() == 1;
    if (Shared && static_cast<double>(U.Units) >= Least * static_cast<double>(IncludesOfUnits.size()))
      Chosen.push_back(Header);
  }
  return Chosen;
}

std::string headerSource(llvm::ArrayRef<Include> Headers) {
  std::string Text;
  for (const Include &Header : Headers)
    Text += "#include " + (Header.Quoted ? "\"" + Header.Name + "\"" : "<" + Header.Name + ">") + "\n";
  return Text;
}

} // namespace gfplint
