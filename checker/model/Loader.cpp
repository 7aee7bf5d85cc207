// Puts the documents together into the model of one tree.
#include "model/Loader.h"
#include "model/Document.h"

namespace gfplint {

/// Fills a Model, source by source.
class ModelLoader {
public:
  explicit ModelLoader(const TreeView &Tree) : Tree(Tree) {}

  void add(const Document &D);
  Model finish();

private:
  void add(const AllocatorGroup &Group);
  void add(const ScopeGroup &Group);
  void add(const TaskFlag &Flag);
  void add(const LockGroup &Group);
  void addLocks(const LockGroup &Group, const std::vector<std::string> &Names, LockFunction Like);
  void add(const Fact &F);
  void add(const MaskTest &Test);
  void add(const std::vector<ArgumentFact> &Facts, llvm::StringMap<unsigned> &Into);
  void add(const std::vector<NameFact> &Facts, llvm::StringSet<> &Into);
  void add(const AtomicEntryGroup &Group);
  void decide(std::string Subject, const Verdict &V);

  [[nodiscard]] bool holds(const Gate &G) const { return settle(G, Tree).Holds; }

  const TreeView &Tree;
  Model Result;
};

void ModelLoader::decide(std::string Subject, const Verdict &V) {
  for (Decision &Known : Result.Decisions) {
    if (Known.Subject != Subject)
      continue;
    Known.Holds = V.Holds;
    Known.Why = V.Why;
    return;
  }
  Result.Decisions.push_back({std::move(Subject), V.Holds, V.Why});
}

void ModelLoader::add(const AllocatorGroup &Group) {
  if (!holds(Group.When))
    return;
  for (const std::string &Name : Group.Names)
    Result.Allocators[Name] = {Name,
                               Group.Family,
                               Group.Mask,
                               Group.Fixed.value_or(Restriction::None),
                               Group.SleepsByRawMask,
                               Group.AtomicSafe};
}

void ModelLoader::add(const ScopeGroup &Group) {
  Verdict V = settle(Group.When, Tree);
  if (Group.Kind && !Group.Save.empty())
    decide("scope " + scopeName(*Group.Kind).str() + " by " + Group.Save.front(), V);
  for (const std::string &Name : Group.Save)
    Result.Scopes[Name] = {Name, ScopeAction::Save, Group.Kind, Group.Flag, std::nullopt};
  for (const std::string &Name : Group.Restore)
    Result.Scopes[Name] = {Name, ScopeAction::Restore, Group.Kind, std::nullopt, Group.Token};
  if (V.Holds && Group.Kind && !Group.Save.empty())
    Result.Available.insert(*Group.Kind);
  if (V.Holds && Group.Kind && !Group.Save.empty() && !Group.Restore.empty() && !Group.Header.empty())
    Result.Apis[static_cast<size_t>(*Group.Kind)] = {Group.Save.front(), Group.Restore.front(), Group.Header,
                                                     ""};
  if (V.Holds && Group.Kind && !Group.Guard.empty())
    Result.Apis[static_cast<size_t>(*Group.Kind)].Guard = Group.Guard;
}

void ModelLoader::add(const TaskFlag &Flag) {
  if (holds(Flag.When))
    Result.TaskFlags[Flag.Name] = Flag.Kind;
}

void ModelLoader::addLocks(const LockGroup &Group, const std::vector<std::string> &Names, LockFunction Like) {
  Like.Kind = Group.Kind;
  Like.Atomic = Group.Atomic;
  Like.Reclaim = Group.Reclaim;
  Like.Opens = Group.Opens;
  if (!Like.IsResult)
    Like.LockArg = Group.Lock;
  for (const std::string &Name : Names) {
    Like.Name = Name;
    Result.Locks[Name] = Like;
  }
}

void ModelLoader::add(const LockGroup &Group) {
  if (!holds(Group.When))
    return;
  LockFunction Take, IfZero, IfNonzero, ByResult, Release;
  IfZero.Action = IfNonzero.Action = ByResult.Action = LockAction::TryTake;
  IfZero.TakenOnZero = true;
  ByResult.IsResult = true;
  Release.Action = LockAction::Release;
  addLocks(Group, Group.Take, Take);
  addLocks(Group, Group.TakeIfZero, IfZero);
  addLocks(Group, Group.TakeIfNonzero, IfNonzero);
  addLocks(Group, Group.TakeResult, ByResult);
  addLocks(Group, Group.Release, Release);
  for (const std::string &Field : Group.Maps) {
    LockFunction Assert;
    Assert.Name = Field;
    Assert.Action = LockAction::Assert;
    Assert.Kind = Group.Kind;
    Assert.Atomic = Group.Atomic;
    Assert.LockArg = Group.Lock;
    Result.Asserted[Field] = Assert;
  }
}

void ModelLoader::add(const Fact &F) {
  Verdict V = settle(F.When, Tree);
  if (F.Kind == FactKind::TokenHoldsNewBits) {
    Result.TokenHoldsNewBits = V.Holds;
    decide("a scope's token holds the bits that its save newly set", V);
    return;
  }
  bool IsVmalloc = F.Kind == FactKind::VmallocHonours;
  auto Bit = static_cast<uint8_t>(1U << static_cast<unsigned>(*F.Mask));
  uint8_t &Bits = IsVmalloc ? Result.VmallocHonours : Result.KvmallocFallsBack;
  Bits = static_cast<uint8_t>(V.Holds ? Bits | Bit : Bits & ~Bit);
  llvm::StringRef Verb = IsVmalloc ? "vmalloc honours " : "kvmalloc falls back to vmalloc with ";
  decide((Verb + restrictionName(*F.Mask)).str(), V);
}

void ModelLoader::add(const MaskTest &Test) {
  if (!holds(Test.When))
    return;
  for (const std::string &Name : Test.Names)
    Result.MaskTests[Name] = Test.Flags;
}

void ModelLoader::add(const std::vector<ArgumentFact> &Facts, llvm::StringMap<unsigned> &Into) {
  for (const ArgumentFact &F : Facts)
    if (holds(F.When))
      for (const std::string &Name : F.Names)
        Into[Name] = F.Argument;
}

void ModelLoader::add(const std::vector<NameFact> &Facts, llvm::StringSet<> &Into) {
  for (const NameFact &F : Facts)
    if (holds(F.When))
      for (const std::string &Name : F.Names)
        Into.insert(Name);
}

void ModelLoader::add(const AtomicEntryGroup &Group) {
  if (!holds(Group.When))
    return;
  for (const std::string &Name : Group.Names)
    Result.AtomicRegistrations[Name] = {Group.Context, Group.Unless, *Group.Argument};
  for (const std::string &Field : Group.Fields)
    Result.AtomicFields[Field] = {Group.Context, Group.Unless, 0};
}

void ModelLoader::add(const Document &D) {
  for (const std::string &Suffix : D.Suffixes)
    Result.Suffixes.push_back(Suffix);
  for (const AllocatorGroup &Group : D.Allocators)
    add(Group);
  for (const ScopeGroup &Group : D.Scopes)
    add(Group);
  for (const TaskFlag &Flag : D.TaskFlags)
    add(Flag);
  for (const LockGroup &Group : D.Locks)
    add(Group);
  for (const Fact &F : D.Facts)
    add(F);
  for (const MaskTest &Test : D.MaskTests)
    add(Test);
  for (size_t I = 0; I < NameListCount; ++I)
    add(D.Names[I], Result.Names[I]);
  for (const AlsoEnds &Ends : D.Ends)
    if (holds(Ends.When))
      for (const std::string &Name : Ends.Names)
        if (auto Lock = Result.Locks.find(Name); Lock != Result.Locks.end())
          Lock->second.AlsoEnds = Ends.Kind;
  for (const AtomicEntryGroup &Group : D.AtomicEntries)
    add(Group);
  add(D.Threads, Result.ThreadStarts);
  add(D.FlagRestores, Result.FlagRestores);
}

Model ModelLoader::finish() { return std::move(Result); }

llvm::Expected<Model> loadModel(llvm::ArrayRef<ModelSource> Sources, const TreeView &Tree) {
  ModelLoader Loader(Tree);
  for (const ModelSource &Source : Sources) {
    llvm::Expected<Document> D = parseDocument(Source);
    if (!D)
      return D.takeError();
    Loader.add(*D);
  }
  return Loader.finish();
}

} // namespace gfplint
