// Groups of all entries first, then of what is left over. Each unit also gets a group of all units with its
// command, whose headers are those that nearly everyone includes: fewer units object to them.
#include "engine/HeaderPlan.h"

#include "engine/Identity.h"
#include "frontend/PchPlan.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Path.h"

#include <limits>
#include <map>

namespace gfplint {
namespace {

/// From so many units on a group gets a precompiled header, where they are in no folder's group, of any
/// folders: what they have in common is less.
constexpr size_t SmallestRest = 24;
/// The same for units whose flags are those of no group, and for units that can join none.
constexpr size_t SmallestOther = 10;
constexpr size_t SmallestAlone = 5;
/// So many units of a group of all entries must be parsed for its header to be made.
constexpr size_t WorthHeaders = 16;
/// Where no more than this share of the units is missing, new groups are made of these alone.
constexpr double FewMissing = 0.25;
/// PchGroup::Share of what nearly everyone includes.
constexpr double CommonShare = 0.15;
constexpr size_t NoFolder = std::numeric_limits<size_t>::max();

class Plan {
public:
  Plan(llvm::ArrayRef<size_t> Missing, Store &Kept, llvm::StringRef PchFolder, bool All,
       size_t SmallestFolder, llvm::ArrayRef<KnownGroup> Earlier, WorkerContext &Context)
      : Missing(Missing), Kept(Kept), PchFolder(PchFolder), All(All), SmallestFolder(SmallestFolder),
        Earlier(Earlier), Context(Context),
        Everyone(All || Context.Planned.data() != Context.Entries.data()) {
    for (size_t I : Missing)
      EntryOf.emplace(Context.Entries[I], I);
    for (size_t I = 0; I < Context.Planned.size(); ++I)
      if (bool IsMissing = EntryOf.contains(Context.Planned[I]); IsMissing || Everyone) {
        CommonPlanned.push_back(I);
        if (IsMissing)
          MissingPlanned.push_back(I);
      }
  }

  std::vector<Hash128> take();

private:
  bool grouped(size_t PlannedUnit) const {
    return Context.GroupOf[EntryOf.at(Context.Planned[PlannedUnit])] != WorkerContext::NoGroup;
  }
  std::vector<PchGroup> groupsOf(llvm::ArrayRef<size_t> PlannedUnits, size_t Smallest,
                                 size_t SmallestFolder) const;
  size_t add(PchGroup Group, Hash128 Key, const std::optional<StoredPch> &Stored);
  void takeEarlier();
  void takeFolders(std::vector<PchGroup> Groups, llvm::StringRef Kind, size_t Worth);
  void takeCommon();

  llvm::ArrayRef<size_t> Missing;
  Store &Kept;
  llvm::StringRef PchFolder;
  bool All;
  size_t SmallestFolder;
  llvm::ArrayRef<KnownGroup> Earlier;
  WorkerContext &Context;
  /// Groups are those of a run that parses all that is planned for.
  bool Everyone;
  std::map<Entry, size_t> EntryOf;
  /// Indexes into WorkerContext::Planned.
  std::vector<size_t> MissingPlanned;
  /// Those that decide what nearly everyone includes.
  std::vector<size_t> CommonPlanned;
  std::vector<Hash128> Keys;
};

std::vector<PchGroup> Plan::groupsOf(llvm::ArrayRef<size_t> PlannedUnits, size_t Smallest,
                                     size_t SmallestFolder) const {
  std::vector<Entry> Entries;
  Entries.reserve(PlannedUnits.size());
  for (size_t I : PlannedUnits)
    Entries.push_back(Context.Planned[I]);
  std::vector<PchGroup> Groups = planGroups(Entries, Smallest, SmallestFolder);
  for (PchGroup &G : Groups)
    for (size_t &Unit : G.Units)
      Unit = PlannedUnits[Unit];
  return Groups;
}

size_t Plan::add(PchGroup Group, Hash128 Key, const std::optional<StoredPch> &Stored) {
  Context.Descriptions.push_back(
      Stored ? (PchFolder + "/" + llvm::sys::path::stem(Stored->File) + ".headers").str() : "");
  Context.PchPaths.push_back((PchFolder + "/" + llvm::toHex(Key, /*LowerCase=*/true) + "-" +
                              llvm::utohexstr(static_cast<uint64_t>(nowInNanoseconds()), true))
                                 .str());
  Keys.push_back(Key);
  Context.Groups.push_back(std::move(Group));
  return Context.Groups.size() - 1;
}

/// Units of a folder whose headers the run has made already.
void Plan::takeEarlier() {
  std::map<size_t, size_t> Taken;
  for (size_t I : Missing) {
    const Entry &E = Context.Entries[I];
    std::vector<size_t> Above;
    std::vector<PchGroup> Groups;
    for (size_t G = 0; G < Earlier.size(); ++G)
      if (const std::string &Folder = Earlier[G].Group.Folder;
          !Folder.empty() && llvm::StringRef(E.File).starts_with(Folder + "/")) {
        Above.push_back(G);
        Groups.push_back(Earlier[G].Group);
      }
    std::optional<size_t> Found = GroupFinder(Groups).find(E);
    if (!Found)
      continue;
    const KnownGroup &Known = Earlier[Above[*Found]];
    auto [It, New] = Taken.try_emplace(Above[*Found]);
    if (New) {
      std::optional<StoredPch> Stored = Kept.pch(Known.Key);
      It->second = Stored ? add(Known.Group, Known.Key, Stored) : WorkerContext::NoGroup;
    }
    Context.GroupOf[I] = static_cast<uint32_t>(It->second);
  }
}

/// Takes the groups whose headers are there, or are needed by at least `Worth` units.
void Plan::takeFolders(std::vector<PchGroup> Groups, llvm::StringRef Kind, size_t Worth) {
  for (PchGroup &Group : Groups) {
    std::vector<size_t> Here;
    for (size_t Unit : Group.Units)
      if (auto It = EntryOf.find(Context.Planned[Unit]); It != EntryOf.end() && !grouped(Unit))
        Here.push_back(It->second);
    Hash128 Key = commandKey(Kind, Group.Args, Group.Directory, Group.Folder);
    std::optional<StoredPch> Stored = Kept.pch(Key);
    if (Here.empty() || (!Stored && Here.size() < Worth))
      continue;
    size_t Number = add(std::move(Group), Key, Stored);
    for (size_t Unit : Here)
      Context.GroupOf[Unit] = static_cast<uint32_t>(Number);
  }
}

void Plan::takeCommon() {
  std::vector<PchGroup> Common = groupsOf(CommonPlanned, SmallestRest, NoFolder);
  GroupFinder Finder(Common);
  std::map<size_t, size_t> Taken;
  for (size_t I : Missing) {
    std::optional<size_t> Found = Finder.find(Context.Entries[I]);
    if (!Found)
      continue;
    auto [It, New] = Taken.try_emplace(*Found);
    if (New) {
      PchGroup &Group = Common[*Found];
      Hash128 Key = commandKey("common headers", Group.Args, Group.Directory, "");
      std::optional<StoredPch> Stored = Kept.pch(Key);
      Group.Share = CommonShare;
      It->second = add(std::move(Group), Key, Stored);
    }
    Context.SecondGroupOf[I] = static_cast<uint32_t>(It->second);
  }
}

std::vector<Hash128> Plan::take() {
  bool Few = !Everyone &&
             static_cast<double>(Missing.size()) <= FewMissing * static_cast<double>(Context.Planned.size());
  size_t Worth = All ? 1 : Few ? NoFolder : WorthHeaders;
  takeEarlier();
  takeFolders(planGroups(Context.Planned, std::max(SmallestFolder, SmallestRest), SmallestFolder), "headers",
              Worth);

  // Units of small folders, and of folders of which little is missing, whichever they are.
  auto LeftOver = [&](llvm::function_ref<bool(size_t)> Wanted) {
    std::vector<size_t> Left;
    llvm::copy_if(MissingPlanned, std::back_inserter(Left),
                  [&](size_t I) { return !grouped(I) && Wanted(I); });
    return Left;
  };
  takeFolders(groupsOf(LeftOver([](size_t) { return true; }), SmallestRest, SmallestRest),
              "headers of the rest", 1);
  takeCommon();
  GroupFinder Finder(Context.Groups);
  takeFolders(groupsOf(LeftOver([&](size_t I) { return !Finder.hasSameFlags(Context.Planned[I]); }),
                       SmallestOther, NoFolder),
              "headers of the rest", 1);
  takeFolders(groupsOf(LeftOver([&](size_t I) { return !Finder.find(Context.Planned[I]); }), SmallestAlone,
                       SmallestAlone),
              "headers of the rest", 1);
  return std::move(Keys);
}

} // namespace

bool canShareHeaders(size_t Entries) { return Entries >= SmallestRest; }

std::vector<Hash128> planHeaders(llvm::ArrayRef<size_t> Missing, Store &Kept, llvm::StringRef PchFolder,
                                 bool All, size_t SmallestFolder, llvm::ArrayRef<KnownGroup> Earlier,
                                 WorkerContext &Context) {
  return Plan(Missing, Kept, PchFolder, All, SmallestFolder, Earlier, Context).take();
}

} // namespace gfplint
