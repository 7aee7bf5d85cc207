// Groups of all entries first, then of what is left over, then each unit by itself joins one.
#include "engine/HeaderPlan.h"

#include "engine/Identity.h"
#include "frontend/PchPlan.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Path.h"

#include <map>

namespace gfplint {
namespace {

/// From so many units on a group gets a precompiled header: making one takes as long as a few units
/// take, and keeping one costs some 18 MB.
constexpr size_t SmallestGroup = 80;
/// The same for units that are in no such group, of any folders: what they have in common is less.
constexpr size_t SmallestRest = 24;
/// The same for units that can join no other group.
constexpr size_t SmallestAlone = 5;
/// So many units of a group must be parsed for its header to be made.
constexpr size_t WorthHeaders = 16;
/// Where no more than this share of the units is missing, new groups are made of these alone.
constexpr double FewMissing = 0.25;

} // namespace

std::vector<Hash128> planHeaders(llvm::ArrayRef<size_t> Missing, Store &Kept, llvm::StringRef PchFolder,
                                 bool All, WorkerContext &Context) {
  std::vector<Hash128> Keys;
  if (Context.Planned.size() < SmallestGroup)
    return Keys;
  bool Few =
      !All && static_cast<double>(Missing.size()) <= FewMissing * static_cast<double>(Context.Planned.size());
  std::map<Entry, size_t> IsMissing;
  for (size_t I : Missing)
    IsMissing.emplace(Context.Entries[I], I);
  constexpr llvm::StringLiteral OfAll = "headers";
  auto Take = [&](PchGroup Group, llvm::StringRef Kind) {
    std::vector<size_t> Here;
    for (size_t Unit : Group.Units)
      if (auto It = IsMissing.find(Context.Planned[Unit]); It != IsMissing.end())
        Here.push_back(It->second);
    if (Here.empty())
      return;
    Hash128 Key = commandKey(Kind, Group.Args, Group.Directory, Group.Folder);
    std::optional<StoredPch> Stored = Kept.pch(Key);
    if (!Stored && !All && Kind == OfAll && (Here.size() < WorthHeaders || Few))
      return;
    for (size_t Unit : Here)
      Context.GroupOf[Unit] = static_cast<uint32_t>(Context.Groups.size());
    Context.Descriptions.push_back(
        Stored ? (PchFolder + "/" + llvm::sys::path::stem(Stored->File) + ".headers").str() : "");
    Context.PchPaths.push_back((PchFolder + "/" + llvm::toHex(Key, /*LowerCase=*/true) + "-" +
                                llvm::utohexstr(static_cast<uint64_t>(nowInNanoseconds()), true))
                                   .str());
    Keys.push_back(Key);
    Context.Groups.push_back(std::move(Group));
  };
  auto TakeRest = [&](size_t Smallest, bool IfNoOther) {
    GroupFinder Other(Context.Groups);
    std::vector<size_t> Rest;
    std::vector<Entry> RestEntries;
    for (size_t I = 0; I < Context.Planned.size(); ++I) {
      auto It = IsMissing.find(Context.Planned[I]);
      if (It == IsMissing.end() || Context.GroupOf[It->second] != WorkerContext::NoGroup ||
          (IfNoOther && Other.find(Context.Planned[I])))
        continue;
      Rest.push_back(I);
      RestEntries.push_back(Context.Planned[I]);
    }
    for (PchGroup &Group : planGroups(RestEntries, Smallest)) {
      for (size_t &Unit : Group.Units)
        Unit = Rest[Unit];
      Take(std::move(Group), "headers of the rest");
    }
  };
  for (PchGroup &Group : planGroups(Context.Planned, SmallestGroup))
    Take(std::move(Group), OfAll);

  // Units of small folders, and of folders of which little is missing, whichever they are; then those
  // whose command is that of few others.
  TakeRest(SmallestRest, /*IfNoOther=*/false);
  TakeRest(SmallestAlone, /*IfNoOther=*/true);
  GroupFinder Finder(Context.Groups);
  for (size_t I : Missing)
    if (Context.GroupOf[I] == WorkerContext::NoGroup)
      if (std::optional<size_t> Group = Finder.find(Context.Entries[I]))
        Context.GroupOf[I] = static_cast<uint32_t>(*Group);
  return Keys;
}

} // namespace gfplint
