// Grouping by flags, then by folder.
#include "frontend/PchPlan.h"

#include "llvm/Support/Path.h"

#include <algorithm>
#include <map>

namespace gfplint {
namespace {

/// A header is worth its place from this share of a group's units on.
constexpr double WorthwhileShare = 0.04;

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
    std::string Below = Folder + "/" + Name;
    std::vector<size_t> Left = split(Child, Below, Smallest, Out);
    if (Left.size() >= Smallest)
      Out.emplace_back(Below, std::move(Left));
    else
      Rest.insert(Rest.end(), Left.begin(), Left.end());
  }
  return Rest;
}

} // namespace

std::vector<PchGroup> planGroups(llvm::ArrayRef<Entry> Entries, size_t Smallest) {
  struct Command {
    std::vector<std::vector<std::string>> CommonPaths;
    Node Tree;
    bool First = true;
  };
  std::map<std::pair<std::string, std::vector<std::string>>, Command> Commands;
  for (size_t I = 0; I < Entries.size(); ++I) {
    const Entry &E = Entries[I];
    CommandParts P = takeApart(E.Args);
    Command &C = Commands[{E.Directory, std::move(P.Flags)}];
    if (C.First) {
      C.CommonPaths = P.Paths;
      C.First = false;
    } else {
      size_t Same = 0;
      while (Same < C.CommonPaths.size() && Same < P.Paths.size() && C.CommonPaths[Same] == P.Paths[Same])
        ++Same;
      C.CommonPaths.resize(Same);
    }
    Node *At = &C.Tree;
    llvm::StringRef Folder = llvm::sys::path::parent_path(E.File);
    llvm::SmallVector<llvm::StringRef, 16> Names;
    Folder.split(Names, '/', -1, /*KeepEmpty=*/false);
    for (llvm::StringRef Name : Names)
      At = &At->Children[Name.str()];
    At->Units.push_back(I);
  }
  std::vector<PchGroup> Groups;
  for (auto &[Key, C] : Commands) {
    if (C.Tree.count() < Smallest)
      continue;
    std::vector<std::pair<std::string, std::vector<size_t>>> Folders;
    std::vector<size_t> Rest = split(C.Tree, "", Smallest, Folders);
    if (Rest.size() >= Smallest)
      Folders.emplace_back("", std::move(Rest));
    for (auto &[Folder, Units] : Folders) {
      PchGroup G;
      std::sort(Units.begin(), Units.end());
      G.Units = std::move(Units);
      G.Directory = Key.first;
      G.Folder = Folder;
      G.Args = Key.second;
      for (const std::vector<std::string> &Path : C.CommonPaths)
        G.Args.insert(G.Args.end(), Path.begin(), Path.end());
      Groups.push_back(std::move(G));
    }
  }
  std::stable_sort(Groups.begin(), Groups.end(),
                   [](const PchGroup &A, const PchGroup &B) { return A.Units.size() > B.Units.size(); });
  return Groups;
}

std::vector<std::string> includesOf(llvm::StringRef Text) {
  std::vector<std::string> Found;
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
      Found.push_back(Line.take_until([](char C) { return C == '>'; }).str());
  }
  return Found;
}

std::vector<std::string> chooseHeaders(llvm::ArrayRef<std::vector<std::string>> IncludesOfUnits) {
  std::map<std::string, size_t> Counts;
  for (std::vector<std::string> Includes : IncludesOfUnits) {
    std::sort(Includes.begin(), Includes.end());
    Includes.erase(std::unique(Includes.begin(), Includes.end()), Includes.end());
    for (const std::string &Header : Includes)
      ++Counts[Header];
  }
  std::vector<std::pair<std::string, size_t>> Sorted(Counts.begin(), Counts.end());
  std::stable_sort(Sorted.begin(), Sorted.end(),
                   [](const auto &A, const auto &B) { return A.second > B.second; });
  std::vector<std::string> Chosen;
  for (const auto &[Header, Count] : Sorted)
    if (static_cast<double>(Count) >= WorthwhileShare * static_cast<double>(IncludesOfUnits.size()))
      Chosen.push_back(Header);
  return Chosen;
}

std::string headerSource(llvm::ArrayRef<std::string> Headers) {
  std::string Text;
  for (const std::string &Header : Headers)
    Text += "#include <" + Header + ">\n";
  return Text;
}

} // namespace gfplint
