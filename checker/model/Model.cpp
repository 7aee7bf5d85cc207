// Lookups in the knowledge that holds for one tree.
#include "model/Model.h"

#include <algorithm>

namespace gfplint {
namespace {

template <typename T> const T *find(const llvm::StringMap<T> &Map, llvm::StringRef Name) {
  auto It = Map.find(Name);
  return It == Map.end() ? nullptr : &It->second;
}

bool hasRestriction(uint8_t Bits, Restriction R) { return (Bits >> static_cast<unsigned>(R) & 1U) != 0; }

} // namespace

const Allocator *Model::allocator(llvm::StringRef Name) const {
  if (const Allocator *A = find(Allocators, Name))
    return A;
  for (llvm::StringRef Suffix : Suffixes)
    if (Name.size() > Suffix.size() && Name.ends_with(Suffix))
      if (const Allocator *A = find(Allocators, Name.drop_back(Suffix.size())))
        return A;
  return nullptr;
}

std::vector<std::string> Model::allocatorNames() const {
  std::vector<std::string> Names;
  for (const auto &Entry : Allocators)
    addSpellings(Entry.first(), Names);
  return Names;
}

std::vector<std::string> Model::allocatorNamesWithMask(AllocatorFamily Family) const {
  std::vector<std::string> Names;
  for (const auto &Entry : Allocators)
    if (Entry.second.Family == Family && Entry.second.MaskArg)
      addSpellings(Entry.first(), Names);
  return Names;
}

void Model::addSpellings(llvm::StringRef Name, std::vector<std::string> &Names) const {
  Names.push_back(Name.str());
  for (const std::string &Suffix : Suffixes)
    Names.push_back((Name + Suffix).str());
}

std::vector<std::string> Model::scopeFunctionNames() const {
  std::vector<std::string> Names;
  for (const auto &Entry : Scopes)
    Names.push_back(Entry.first().str());
  return Names;
}

const ScopeFunction *Model::scopeFunction(llvm::StringRef Name) const { return find(Scopes, Name); }

const LockFunction *Model::lockFunction(llvm::StringRef Name) const { return find(Locks, Name); }

std::optional<ScopeKind> Model::scopeOfTaskFlag(llvm::StringRef Name) const {
  const ScopeKind *Kind = find(TaskFlags, Name);
  return Kind != nullptr ? std::optional(*Kind) : std::nullopt;
}

bool Model::honours(AllocatorFamily Family, Restriction R) const {
  if (R == Restriction::None)
    return true;
  if (Family == AllocatorFamily::VMalloc)
    return hasRestriction(VmallocHonours, R);
  if (Family == AllocatorFamily::KVMalloc)
    return !fallsBack(Family, R) || hasRestriction(VmallocHonours, R);
  return true;
}

bool Model::fallsBack(AllocatorFamily Family, Restriction R) const {
  if (Family != AllocatorFamily::KVMalloc)
    return false;
  return R == Restriction::None || hasRestriction(KvmallocFallsBack, R);
}

std::optional<Mask> Model::maskTest(llvm::StringRef Name) const {
  const Mask *M = find(MaskTests, Name);
  return M != nullptr ? std::optional(*M) : std::nullopt;
}

std::vector<std::string> Model::taskFlagNames() const {
  std::vector<std::string> Names;
  for (const auto &Entry : TaskFlags)
    Names.push_back(Entry.getKey().str());
  return Names;
}

std::optional<unsigned> Model::flagRestore(llvm::StringRef Name) const {
  const unsigned *Argument = find(FlagRestores, Name);
  return Argument != nullptr ? std::optional(*Argument) : std::nullopt;
}

std::optional<unsigned> Model::threadStart(llvm::StringRef Name) const {
  const unsigned *Argument = find(ThreadStarts, Name);
  return Argument != nullptr ? std::optional(*Argument) : std::nullopt;
}

const LockFunction *Model::assertion(llvm::StringRef Typed, llvm::StringRef MapField) const {
  return listed(NameList::HeldAsserts, Typed) ? find(Asserted, MapField) : nullptr;
}

DocumentedAs Model::documentedAs(llvm::StringRef Context) const {
  const std::string Text = Context.lower();
  auto Says = [&](NameList List) {
    const llvm::StringSet<> &Phrases = Names[static_cast<size_t>(List)];
    return std::any_of(Phrases.begin(), Phrases.end(),
                       [&](const auto &P) { return Text.find(P.getKey().str()) != std::string::npos; });
  };
  bool Sleeps = Says(NameList::DocSleeps);
  if (Says(NameList::DocUnclear) || Sleeps == Says(NameList::DocAtomic))
    return DocumentedAs::Unclear;
  return Sleeps ? DocumentedAs::Sleeps : DocumentedAs::Atomic;
}

const AtomicEntry *Model::atomicRegistration(llvm::StringRef Name) const {
  return find(AtomicRegistrations, Name);
}

std::vector<std::pair<std::string, AtomicEntry>> Model::atomicFields() const {
  std::vector<std::pair<std::string, AtomicEntry>> All;
  for (const auto &Entry : AtomicFields)
    All.emplace_back(Entry.first().str(), Entry.second);
  std::sort(All.begin(), All.end(), [](const auto &A, const auto &B) { return A.first < B.first; });
  return All;
}

bool Model::hasAtomicLocks() const {
  return std::any_of(Locks.begin(), Locks.end(), [](const auto &Entry) { return Entry.second.Atomic; });
}

bool Model::hasScope(ScopeKind K) const { return Available.has(K); }

const ScopeApi *Model::scopeApi(ScopeKind K) const {
  const ScopeApi &Api = Apis[static_cast<size_t>(K)];
  return Api.Save.empty() ? nullptr : &Api;
}

} // namespace gfplint
