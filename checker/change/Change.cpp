// Both sides of a change as texts, and its lines as git diff -U0 tells them.
#include "change/Change.h"

#include "change/Git.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Path.h"

#include <algorithm>
#include <set>

namespace gfplint {
namespace {

/// Larger ones are no sources.
constexpr uint64_t MaxSource = uint64_t(32) << 20;

std::string below(const llvm::Twine &Folder, llvm::StringRef Name) { return (Folder + "/" + Name).str(); }

llvm::Error complaint(const llvm::Twine &What, const GitAnswer &Answer) {
  return llvm::createStringError(What.str() + (Answer.Complaint.empty() ? "" : ": " + Answer.Complaint));
}

/// `@@ -12,0 +13,2 @@`
std::optional<ChangedLines> linesOfHunk(llvm::StringRef Line) {
  if (!Line.consume_front("@@ -"))
    return std::nullopt;
  llvm::StringRef New = Line.split(" +").second.split(' ').first;
  auto [Start, Count] = New.split(',');
  unsigned First = 0;
  unsigned Lines = 1;
  if (Start.getAsInteger(10, First) || (!Count.empty() && Count.getAsInteger(10, Lines)))
    return std::nullopt;
  if (Lines == 0)
    return ChangedLines{std::max(First, 1U), First + 1};
  return ChangedLines{First, First + Lines - 1};
}

/// The lines of each file, in the order in which `git diff --name-status` names the files.
std::vector<std::vector<ChangedLines>> linesOfDiff(llvm::StringRef Diff) {
  std::vector<std::vector<ChangedLines>> Files;
  while (!Diff.empty()) {
    auto [Line, Rest] = Diff.split('\n');
    Diff = Rest;
    // Lines of files begin with a sign.
    if (Line.starts_with("diff --git "))
      Files.emplace_back();
    else if (std::optional<ChangedLines> L = linesOfHunk(Line); L && !Files.empty())
      Files.back().push_back(*L);
  }
  return Files;
}

/// The state of a file in a diff: `A`dded, `D`eleted, `M`odified, `T`ype changed.
struct NamedState {
  char State = 'M';
  std::string Name;
};

std::vector<NamedState> namesOfDiff(llvm::StringRef NameStatus) {
  std::vector<NamedState> All;
  std::vector<std::string> Fields = splitAtNul(NameStatus);
  for (size_t I = 0; I + 1 < Fields.size(); I += 2)
    All.push_back({Fields[I].empty() ? 'M' : Fields[I].front(), Fields[I + 1]});
  return All;
}

bool isText(const std::optional<std::string> &Text) { return !Text || Text->find('\0') == std::string::npos; }

std::optional<std::string> readSource(const std::string &Path) {
  uint64_t Size = 0;
  if (llvm::sys::fs::file_size(Path, Size) || Size > MaxSource || !llvm::sys::fs::is_regular_file(Path))
    return std::nullopt;
  return readText(Path);
}

/// What the files of a commit hold, in the order of the names; nothing for one that is not there.
llvm::Expected<std::vector<std::optional<std::string>>> textsOf(const ScratchFolder &Scratch,
                                                                const std::string &Folder,
                                                                const std::string &Commit,
                                                                llvm::ArrayRef<std::string> Names) {
  std::string Wanted;
  for (const std::string &Name : Names)
    Wanted.append(Commit).append(":./").append(Name).append("\n");
  llvm::Expected<GitAnswer> Answer = runGit(Scratch, Folder, {"cat-file", "--batch"}, Wanted);
  if (!Answer)
    return Answer.takeError();
  if (Answer->Status != 0)
    return complaint("git cat-file failed", *Answer);
  std::vector<std::optional<std::string>> All;
  llvm::StringRef Left = Answer->Output;
  for (size_t I = 0; I < Names.size(); ++I) {
    auto [Head, Rest] = Left.split('\n');
    // `<object> blob <size>`, or `<name> missing`
    auto [Rest1, SizeText] = Head.rsplit(' ');
    uint64_t Size = 0;
    if (!Rest1.ends_with(" blob") || SizeText.getAsInteger(10, Size)) {
      All.emplace_back();
      Left = Rest;
      continue;
    }
    All.emplace_back(Rest.take_front(Size).str());
    Left = Rest.drop_front(std::min<size_t>(Rest.size(), Size + 1));
  }
  return All;
}

void keepTexts(Change &C) {
  std::erase_if(C.Files, [](const ChangedSource &F) {
    return !isText(F.Before) || !isText(F.After) || F.Before == F.After;
  });
  std::sort(C.Files.begin(), C.Files.end(),
            [](const ChangedSource &A, const ChangedSource &B) { return A.Name < B.Name; });
}

/// All lines of a new file.
std::vector<ChangedLines> allLines(llvm::StringRef Text) {
  auto Count = static_cast<unsigned>(Text.count('\n')) + (Text.ends_with("\n") ? 0 : 1);
  return {{1, std::max(Count, 1U)}};
}

/// A patch, or the patches of mails, as files that git apply takes.
llvm::Expected<std::vector<std::string>> splitMails(const ScratchFolder &Scratch, llvm::StringRef Text) {
  const std::string Whole = Scratch / "input";
  if (llvm::Error E = writeText(Whole, Text))
    return E;
  llvm::StringRef Start = Text.ltrim();
  bool IsDiff = Start.starts_with("diff ") || Start.starts_with("--- ") || Start.starts_with("Index: ");
  auto [FirstLine, Unused] = Start.split('\n');
  (void)Unused;
  size_t Colon = FirstLine.find(':');
  bool IsMail = Start.starts_with("From ") ||
                (Colon != llvm::StringRef::npos && Colon > 0 && !FirstLine.take_front(Colon).contains(' '));
  if (IsDiff || !IsMail)
    return std::vector<std::string>{Whole};
  const std::string Mails = Scratch / "mails";
  if (std::error_code Error = llvm::sys::fs::create_directory(Mails))
    return llvm::createStringError(Mails + ": " + Error.message());
  llvm::Expected<GitAnswer> Split =
      runGit(Scratch, Scratch.path(), {"mailsplit", "-b", "-o" + Mails, "--", Whole});
  if (!Split)
    return Split.takeError();
  unsigned Count = 0;
  if (Split->Status != 0 || llvm::StringRef(Split->Output).trim().getAsInteger(10, Count))
    return complaint("the mails cannot be told apart", *Split);
  std::vector<std::string> Patches;
  for (unsigned I = 1; I <= Count; ++I) {
    std::string Number = llvm::utostr(I);
    std::string Mail = below(Mails, llvm::formatv("{0,0+4}", I).str());
    std::string Patch = Scratch / ("patch" + Number);
    llvm::Expected<GitAnswer> Info = runGit(Scratch, Scratch.path(), {"mailinfo", Scratch / "message", Patch},
                                            readText(Mail).value_or(""));
    if (!Info)
      return Info.takeError();
    if (Info->Status != 0)
      return complaint("mail " + Number + " cannot be read", *Info);
    // A cover letter has none.
    if (std::optional<std::string> Body = readText(Patch); Body && !Body->empty())
      Patches.push_back(Patch);
  }
  return Patches;
}

/// Applies the patches in the folder, or takes them back, the last first.
llvm::Expected<GitAnswer> applyAll(const ScratchFolder &Scratch, const std::string &Folder,
                                   std::vector<std::string> Patches, bool Reverse) {
  if (Reverse)
    std::reverse(Patches.begin(), Patches.end());
  GitAnswer Last;
  for (const std::string &Patch : Patches) {
    std::vector<std::string> Words = {"apply", "--whitespace=nowarn", "-p1"};
    if (Reverse)
      Words.emplace_back("--reverse");
    Words.push_back(Patch);
    llvm::Expected<GitAnswer> Answer = runGit(Scratch, Folder, std::move(Words));
    if (!Answer)
      return Answer;
    Last = std::move(*Answer);
    if (Last.Status != 0)
      break;
  }
  return Last;
}

bool leavesFolder(llvm::StringRef Name) {
  return llvm::sys::path::is_absolute(Name) ||
         std::find(llvm::sys::path::begin(Name), llvm::sys::path::end(Name), "..") !=
             llvm::sys::path::end(Name);
}

/// The files that patches name, on either side.
llvm::Expected<std::set<std::string>> filesOf(const ScratchFolder &Scratch,
                                              llvm::ArrayRef<std::string> Patches) {
  std::set<std::string> Names;
  for (const std::string &Patch : Patches) {
    for (bool Reverse : {false, true}) {
      std::vector<std::string> Words = {"apply", "--numstat", "-z", "-p1"};
      if (Reverse)
        Words.emplace_back("--reverse");
      Words.push_back(Patch);
      llvm::Expected<GitAnswer> Answer = runGit(Scratch, Scratch.path(), std::move(Words));
      if (!Answer)
        return Answer.takeError();
      if (Answer->Status != 0)
        return complaint("not a patch that git apply takes", *Answer);
      // `added<TAB>deleted<TAB>name`; of a renamed file the new name.
      for (const std::string &Line : splitAtNul(Answer->Output))
        if (llvm::StringRef Name = llvm::StringRef(Line).split('\t').second.split('\t').second;
            !Name.empty()) {
          if (leavesFolder(Name))
            return llvm::createStringError("'" + Name.str() + "' lies outside the tree");
          Names.insert(Name.str());
        }
    }
  }
  return Names;
}

} // namespace

llvm::Expected<Change> changeSince(const std::string &Folder, const std::string &Revision) {
  ScratchFolder Scratch;
  llvm::Expected<GitAnswer> Inside = runGit(Scratch, Folder, {"rev-parse", "--is-inside-work-tree"});
  if (!Inside)
    return Inside.takeError();
  if (Inside->Status != 0)
    return llvm::createStringError(Folder + " is in no git work tree; --patch=FILE needs none");
  llvm::Expected<GitAnswer> Commit = runGit(
      Scratch, Folder, {"rev-parse", "--verify", "--quiet", "--end-of-options", Revision + "^{commit}"});
  if (!Commit)
    return Commit.takeError();
  if (Commit->Status != 0)
    return llvm::createStringError("'" + Revision + "' names no commit in " + Folder);
  const std::string Id = llvm::StringRef(Commit->Output).trim().str();
  auto Diff = [&](std::vector<std::string> Form) {
    std::vector<std::string> Words = {"diff",         "--no-color",          "--no-ext-diff", "--no-textconv",
                                      "--no-renames", "--ignore-submodules", "--relative"};
    Words.insert(Words.end(), Form.begin(), Form.end());
    Words.insert(Words.end(), {Id, "--", "."});
    return runGit(Scratch, Folder, std::move(Words));
  };
  llvm::Expected<GitAnswer> Names = Diff({"--name-status", "-z"});
  if (!Names)
    return Names.takeError();
  llvm::Expected<GitAnswer> Lines = Diff({"--unified=0"});
  if (!Lines)
    return Lines.takeError();
  if (Names->Status != 0 || Lines->Status != 0)
    return complaint("git diff failed", Names->Status != 0 ? *Names : *Lines);
  std::vector<NamedState> Files = namesOfDiff(Names->Output);
  std::vector<std::vector<ChangedLines>> Changed = linesOfDiff(Lines->Output);
  if (Files.size() != Changed.size())
    return llvm::createStringError("git diff names " + llvm::utostr(Files.size()) + " files and shows " +
                                   llvm::utostr(Changed.size()));
  std::vector<std::string> Wanted;
  Wanted.reserve(Files.size());
  for (const NamedState &F : Files)
    Wanted.push_back(F.Name);
  llvm::Expected<std::vector<std::optional<std::string>>> Before = textsOf(Scratch, Folder, Id, Wanted);
  if (!Before)
    return Before.takeError();
  Change C;
  for (size_t I = 0; I < Files.size(); ++I) {
    std::string Path = below(Folder, Files[I].Name);
    C.Files.push_back(
        {Files[I].Name, Path, std::move((*Before)[I]), readSource(Path), std::move(Changed[I])});
  }
  llvm::Expected<GitAnswer> Unknown =
      runGit(Scratch, Folder, {"ls-files", "--others", "--exclude-standard", "-z", "--", "*.c", "*.h"});
  if (!Unknown)
    return Unknown.takeError();
  for (const std::string &Name : splitAtNul(Unknown->Output))
    if (std::optional<std::string> Text = readSource(below(Folder, Name))) {
      std::vector<ChangedLines> All = allLines(*Text);
      C.Files.push_back({Name, below(Folder, Name), std::nullopt, std::move(Text), std::move(All)});
    }
  keepTexts(C);
  return C;
}

llvm::Expected<Change> changeOfPatch(const std::string &Folder, const std::string &Name,
                                     llvm::StringRef Text) {
  auto Wrong = [&](llvm::Error E) {
    return llvm::createStringError(Name + ": " + llvm::toString(std::move(E)));
  };
  if (Text.trim().empty())
    return llvm::createStringError(Name + ": there is no patch in it");
  ScratchFolder Scratch;
  llvm::Expected<std::vector<std::string>> Patches = splitMails(Scratch, Text);
  if (!Patches)
    return Wrong(Patches.takeError());
  if (Patches->empty())
    return llvm::createStringError(Name + ": there is no patch in it");
  llvm::Expected<std::set<std::string>> Names = filesOf(Scratch, *Patches);
  if (!Names)
    return Wrong(Names.takeError());
  for (llvm::StringRef Side : {"a", "b"})
    if (std::error_code Error = llvm::sys::fs::create_directory(Scratch / Side))
      return llvm::createStringError((Scratch / Side) + ": " + Error.message());
  auto CopyTo = [&](llvm::StringRef Side) -> llvm::Error {
    for (const std::string &File : *Names)
      if (std::optional<std::string> Now = readText(below(Folder, File)))
        if (llvm::Error E = writeText(below(Scratch / Side, File), *Now))
          return E;
    return llvm::Error::success();
  };
  for (llvm::StringRef Side : {"a", "b"})
    if (llvm::Error E = CopyTo(Side))
      return Wrong(std::move(E));
  Change C;
  llvm::Expected<GitAnswer> Forward = applyAll(Scratch, Scratch / "b", *Patches, /*Reverse=*/false);
  if (!Forward)
    return Wrong(Forward.takeError());
  C.IsApplied = Forward->Status != 0;
  if (C.IsApplied) {
    // What went in before one of them failed is undone.
    (void)llvm::sys::fs::remove_directories(Scratch / "b");
    if (llvm::Error E = CopyTo("b"))
      return Wrong(std::move(E));
    llvm::Expected<GitAnswer> Back = applyAll(Scratch, Scratch / "a", *Patches, /*Reverse=*/true);
    if (!Back)
      return Wrong(Back.takeError());
    if (Back->Status != 0)
      return Wrong(
          complaint("the patch neither applies to " + Folder + " nor is it there already", *Forward));
  }
  std::vector<std::string> Words = {"diff",          "--no-index",   "--no-color", "--no-ext-diff",
                                    "--no-textconv", "--no-renames", "--unified=0"};
  for (const std::string &File : *Names) {
    ChangedSource F{
        File, below(Folder, File), readText(Scratch / "a/" + File), readText(Scratch / "b/" + File), {}};
    if (F.Before && F.After) {
      std::vector<std::string> One = Words;
      One.emplace_back("--");
      One.push_back("a/" + File);
      One.push_back("b/" + File);
      llvm::Expected<GitAnswer> Diff = runGit(Scratch, Scratch.path(), std::move(One));
      if (!Diff)
        return Wrong(Diff.takeError());
      for (std::vector<ChangedLines> &Lines : linesOfDiff(Diff->Output))
        F.Lines = std::move(Lines);
    } else if (F.After) {
      F.Lines = allLines(*F.After);
    }
    C.Files.push_back(std::move(F));
  }
  keepTexts(C);
  return C;
}

} // namespace gfplint
