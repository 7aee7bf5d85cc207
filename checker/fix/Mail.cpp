// The message is a draft for somebody who will read the patch, test it and sign it.
#include "fix/Mail.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Path.h"

#include <algorithm>

namespace gfplint {
namespace {

/// Columns of a commit message's lines.
constexpr size_t MaxColumns = 72;
/// Allocations that one message lists.
constexpr size_t MaxEffects = 40;

struct Group {
  const Subsystem *Part = nullptr;
  std::vector<ChangedFile> Files;
  std::vector<const AppliedFix *> Fixes;
};

std::vector<Group> groups(llvm::ArrayRef<ChangedFile> Files, llvm::ArrayRef<AppliedFix> Fixes,
                          const Maintainers &Known) {
  std::vector<Group> All;
  for (const ChangedFile &F : Files) {
    if (F.Before == F.After)
      continue;
    const Subsystem *Part = Known.of(F.Name);
    auto It = std::find_if(All.begin(), All.end(), [&](const Group &G) {
      return Part != nullptr ? G.Part == Part
                             : G.Part == nullptr && llvm::sys::path::parent_path(G.Files.front().Name) ==
                                                        llvm::sys::path::parent_path(F.Name);
    });
    if (It == All.end()) {
      All.push_back({Part, {}, {}});
      It = All.end() - 1;
    }
    It->Files.push_back(F);
    for (const AppliedFix &X : Fixes)
      if (X.File == F.Name)
        It->Fixes.push_back(&X);
  }
  return All;
}

/// `btrfs` for files of fs/btrfs, `md` for those of drivers/md, `dm-bufio`-like names are for people to
/// choose.
std::string prefix(const Group &G) {
  llvm::StringRef Folder = llvm::sys::path::parent_path(G.Files.front().Name);
  for (const ChangedFile &F : G.Files)
    while (!Folder.empty() && !llvm::StringRef(F.Name).starts_with((Folder + "/").str()))
      Folder = llvm::sys::path::parent_path(Folder);
  llvm::StringRef Name = llvm::sys::path::filename(Folder);
  if (Name.empty())
    Name = llvm::sys::path::stem(G.Files.front().Name);
  return Name.str();
}

/// Lines of at most MaxColumns, where words allow it; all but the first indented.
std::string wrapped(llvm::StringRef Text, llvm::StringRef First, llvm::StringRef Indent) {
  std::string Out;
  std::string Line = First.str();
  bool Empty = true;
  llvm::SmallVector<llvm::StringRef, 32> Words;
  Text.split(Words, ' ', -1, /*KeepEmpty=*/false);
  for (llvm::StringRef Word : Words) {
    if (!Empty && Line.size() + 1 + Word.size() > MaxColumns) {
      Out += Line + "\n";
      Line = Indent.str();
      Empty = true;
    }
    Line += (Empty ? "" : " ") + Word.str();
    Empty = false;
  }
  return Out + Line + "\n";
}

std::string message(const Group &G) {
  std::string Out;
  bool Scopes = std::any_of(G.Fixes.begin(), G.Fixes.end(),
                            [](const AppliedFix *X) { return llvm::StringRef(X->Title).contains("scope"); });
  if (Scopes)
    Out +=
        wrapped("Masks that forbid reclaim to enter the file system, to start I/O or to wait are better said "
                "once, by a memalloc scope around what reclaim must not meet again: callees that allocate on "
                "their own, and vmalloc's page tables, get it too. See "
                "Documentation/core-api/gfp_mask-from-fs-io.rst.",
                "", "") +
        "\n";
  std::string File;
  std::vector<std::string> Effects;
  llvm::StringSet<> Seen;
  for (const AppliedFix *X : G.Fixes) {
    // Findings of one region have one fix.
    if (!Seen.insert(X->File + X->Function + X->Title).second)
      continue;
    if (X->File != File)
      Out += X->File + ":\n";
    File = X->File;
    Out += wrapped((X->Function.empty() ? "" : X->Function + "(): ") + X->Title, " - ", "   ");
    Out += wrapped("Found: " + X->Message, "   ", "   ");
    for (const std::string &Step : X->Trace)
      Out += wrapped(Step, "     ", "       ");
    for (const std::string &E : X->Effects)
      if (Seen.insert(E).second)
        Effects.push_back(E);
  }
  if (!Effects.empty()) {
    Out += "\nAllocations that this changes:\n\n";
    for (size_t I = 0; I < Effects.size() && I < MaxEffects; ++I)
      Out += "  " + Effects[I] + "\n";
    if (Effects.size() > MaxEffects)
      Out += "  and " + std::to_string(Effects.size() - MaxEffects) + " more\n";
  }
  return Out;
}

std::string statistics(const Group &G, llvm::StringRef Diff) {
  size_t Added = 0;
  size_t Removed = 0;
  llvm::SmallVector<llvm::StringRef, 128> Lines;
  Diff.split(Lines, '\n');
  for (llvm::StringRef L : Lines) {
    Added += L.starts_with("+") && !L.starts_with("+++");
    Removed += L.starts_with("-") && !L.starts_with("---");
  }
  auto Count = [](size_t N, llvm::StringRef What) {
    return std::to_string(N) + " " + What.str() + (N == 1 ? "" : "s");
  };
  std::string Out;
  for (const ChangedFile &F : G.Files)
    Out += " " + F.Name + "\n";
  return Out + " " + Count(G.Files.size(), "file") + " changed, " + Count(Added, "insertion") + "(+), " +
         Count(Removed, "deletion") + "(-)\n\n";
}

std::string mailDate(std::time_t Time) {
  std::tm Parts{};
  gmtime_r(&Time, &Parts);
  char Text[64];
  size_t Size = std::strftime(Text, sizeof(Text), "%a, %d %b %Y %H:%M:%S +0000", &Parts);
  return {Text, Size};
}

std::string addresses(llvm::StringRef Header, llvm::ArrayRef<std::string> All) {
  return All.empty() ? "" : Header.str() + ": " + llvm::join(All, ",\n\t") + "\n";
}

std::string fileName(size_t Number, llvm::StringRef Subject) {
  std::string Words;
  for (char C : Subject)
    if (llvm::isAlnum(C) || C == '.' || C == '_')
      Words += C;
    else if (!Words.empty() && Words.back() != '-')
      Words += '-';
  return llvm::formatv("{0:d4}-{1}.patch", Number, llvm::StringRef(Words).rtrim('-')).str();
}

} // namespace

std::vector<PatchFile> mailPatches(llvm::ArrayRef<ChangedFile> Files, llvm::ArrayRef<AppliedFix> Fixes,
                                   const Maintainers &Known, const MailSettings &Settings) {
  std::vector<Group> All = groups(Files, Fixes, Known);
  std::vector<PatchFile> Out;
  for (size_t I = 0; I < All.size(); ++I) {
    const Group &G = All[I];
    bool Scopes = std::any_of(G.Fixes.begin(), G.Fixes.end(), [](const AppliedFix *X) {
      return llvm::StringRef(X->Title).starts_with("open ");
    });
    std::string Subject = prefix(G) + (Scopes ? ": open memalloc scopes in place of restricted masks"
                                              : ": fix the use of GFP masks");
    std::string Number = All.size() == 1
                             ? "[PATCH]"
                             : "[PATCH " + std::to_string(I + 1) + "/" + std::to_string(All.size()) + "]";
    std::string Diff = unifiedDiff(G.Files);
    PatchFile P;
    P.Name = fileName(I + 1, Subject);
    P.Text = "From 0000000000000000000000000000000000000000 Mon Sep 17 00:00:00 2001\n";
    P.Text += "From: " + Settings.From + "\n";
    P.Text += "Date: " + mailDate(Settings.Date) + "\n";
    P.Text += "Subject: " + Number + " ";
    P.Text += Subject + "\n";
    if (G.Part != nullptr)
      P.Text += addresses("To", G.Part->People) + addresses("Cc", G.Part->Lists);
    P.Text +=
        "MIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: 8bit\n\n";
    P.Text += message(G);
    P.Text +=
        "---\nA draft by gfplint " + Settings.ToolVersion +
        ": each file compiles with its own command and has no new\nfinding; nothing was run. Read it, test "
        "it, sign it off.\n\n";
    P.Text += statistics(G, Diff) + Diff + "-- \ngfplint " + Settings.ToolVersion + "\n\n";
    Out.push_back(std::move(P));
  }
  return Out;
}

} // namespace gfplint
