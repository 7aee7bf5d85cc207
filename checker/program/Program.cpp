// Questions to the linked program.
#include "program/Program.h"

#include <algorithm>

namespace gfplint {
namespace {

std::vector<FunctionId> sortedOnce(std::vector<FunctionId> Ids) {
  std::sort(Ids.begin(), Ids.end());
  Ids.erase(std::unique(Ids.begin(), Ids.end()), Ids.end());
  return Ids;
}

} // namespace

llvm::StringRef nameOfKey(llvm::StringRef Key) {
  size_t Colon = Key.rfind(':');
  return Colon == llvm::StringRef::npos ? Key : Key.substr(Colon + 1);
}

Program::Program(std::vector<PartIndex> Parts, FileTable Table, BodyLoader Load, const Model &Knowledge,
                 const FlagTable &Flags, unsigned Threads)
    : Knowledge(Knowledge), Flags(Flags), Files(std::move(Table)), Index(std::move(Parts), Files),
      Load(std::move(Load)), AtOnce(Threads) {
  Bodies.resize(size());
  MaskCache.resize(size());
  findCallersOfInterest();
}

void Program::findCallersOfInterest() {
  // Each callee is looked up once, not once a call.
  constexpr uint8_t NotAsked = 0xff;
  constexpr uint8_t Nothing = 0xfe;
  constexpr uint8_t Scope = 0xfd;
  constexpr uint8_t Thread = 0xfc;
  constexpr uint8_t Maskless = 0xfb;
  static_assert(AllocatorFamilyCount < Maskless);
  std::vector<uint8_t> Kinds(Index.Texts.size(), NotAsked);
  auto KindOf = [&](StringId Callee) {
    uint8_t &Kind = Kinds[Callee];
    if (Kind != NotAsked)
      return Kind;
    llvm::StringRef Name = nameOfKey(Index.Texts[Callee]);
    Kind = Nothing;
    if (const Allocator *A = Knowledge.allocator(Name))
      Kind = A->MaskArg ? static_cast<uint8_t>(A->Family) : Maskless;
    else if (Knowledge.scopeFunction(Name) != nullptr)
      Kind = Scope;
    else if (Knowledge.threadStart(Name))
      Kind = Thread;
    return Kind;
  };
  auto Add = [](std::vector<FunctionId> &To, FunctionId Id) {
    if (To.empty() || To.back() != Id)
      To.push_back(Id);
  };
  for (FunctionId Id = 0; Id < size(); ++Id)
    for (const CallRef &C : Index.callsOf(Id)) {
      uint8_t Kind = C.indirect() ? Nothing : KindOf(C.Name);
      if (Kind == Scope)
        Add(ScopeCallers, Id);
      else if (Kind == Thread)
        Add(ThreadStarters, Id);
      if (Kind == Maskless || Kind < AllocatorFamilyCount) {
        if (isAllocator(Id))
          continue;
        Add(AllocatorCallers, Id);
        if (Kind != Maskless)
          Add(FamilyCallers[Kind], Id);
      }
    }
}

/// Fields are `struct.field`; other places of masks are variables, `file:name` for static ones.
void Program::askField(llvm::StringRef Field) const {
  if (Field.contains(':'))
    Questions.Names.insert(nameOfKey(Field).str());
  else if (Field.contains('.'))
    Questions.Fields.insert(Field.str());
  else
    Questions.Names.insert(Field.str());
}

std::optional<FunctionId> Program::find(llvm::StringRef Key) const {
  std::optional<FunctionId> Id = Index.find(Key);
  if (Id)
    askName(*Id);
  else
    Questions.Names.insert(nameOfKey(Key).str());
  return Id;
}

std::optional<FunctionId> Program::callee(const Event &Call) const {
  return Call.Callee.empty() ? std::nullopt : Index.find(Call.Callee);
}

std::vector<FunctionId> Program::callees(FunctionId Id) const {
  std::vector<FunctionId> Ids;
  for (const CallRef &C : Index.callsOf(Id))
    if (!C.indirect() && Index.ByKey[C.Name] != NoFunction)
      Ids.push_back(Index.ByKey[C.Name]);
  return sortedOnce(std::move(Ids));
}

llvm::ArrayRef<FunctionId> Program::targets(llvm::StringRef Field) const {
  askField(Field);
  return targetsUnasked(Field);
}

llvm::ArrayRef<FunctionId> Program::targetsUnasked(llvm::StringRef Field) const {
  std::optional<StringId> Text = Index.Texts.find(Field);
  return Text ? Index.Targets[*Text] : llvm::ArrayRef<FunctionId>();
}

std::vector<CallSite> Program::callers(FunctionId Id, size_t MaxTargets) const {
  askName(Id);
  // A field that holds too many functions will not hold fewer with more units.
  for (StringId Field : Index.HeldBy[Id])
    if (Index.Targets[Field].size() <= MaxTargets)
      askField(Index.Texts[Field]);
  std::vector<CallSite> All;
  for (uint32_t Call : Index.callsTo(Id)) {
    const CallRef &C = Index.Calls[Call];
    size_t Targets = C.indirect() ? Index.Targets[C.Name].size() : 0;
    if (Targets <= MaxTargets)
      All.push_back({Index.callerOf(Call), C.event(), Targets});
  }
  return All;
}

std::vector<FunctionId> Program::directCallers(FunctionId Id) const {
  std::vector<FunctionId> All;
  for (uint32_t Call : Index.DirectCalls[Id])
    All.push_back(Index.callerOf(Call));
  return sortedOnce(std::move(All));
}

bool Program::hasAllCallers(FunctionId Id) const {
  const Links::Record &R = Index.Functions[Id];
  return R.Static && !R.InHeader && !R.Escapes;
}

const std::vector<FunctionId> &Program::callersWithMask(AllocatorFamily Family) const {
  for (std::string &Name : Knowledge.allocatorNamesWithMask(Family))
    Questions.Names.insert(std::move(Name));
  return FamilyCallers[static_cast<size_t>(Family)];
}

const std::vector<FunctionId> &Program::callersOfAllocators() const {
  for (std::string &Name : Knowledge.allocatorNames())
    Questions.Names.insert(std::move(Name));
  return AllocatorCallers;
}

std::vector<FunctionId> Program::having(bool Links::Record::*Flag) const {
  std::vector<FunctionId> All;
  for (FunctionId Id = 0; Id < size(); ++Id)
    if (Index.Functions[Id].*Flag)
      All.push_back(Id);
  return All;
}

std::vector<FunctionId> Program::settingTaskFlags() const {
  for (std::string &Name : Knowledge.taskFlagNames())
    Questions.Names.insert(std::move(Name));
  return having(&Links::Record::SetsTaskFlags);
}

std::vector<FunctionId> Program::restricting() const {
  // The words that such a mask is written with: `GFP_KERNEL & ~__GFP_FS`, `GFP_ATOMIC & ~__GFP_HIGH`.
  for (auto &[Name, M] : Flags.names())
    if (M == Mask{Flag::High} || M == Mask{Flag::Atomic} ||
        (M.hasAny(masks::Kernel) && !M.hasAll(masks::Kernel) && !M.has(Flag::High)))
      Questions.Names.insert(std::move(Name));
  return having(&Links::Record::Restricts);
}

const Event *Program::event(const CallSite &Site) const {
  for (const Block &B : function(Site.Caller).Blocks)
    for (const Event &E : B.Events)
      if (E.Kind == EventKind::Call && E.Id == Site.Event)
        return &E;
  return nullptr;
}

const std::vector<FieldStore> &Program::stores(llvm::StringRef Field) const {
  askField(Field);
  auto [It, New] = StoreCache.try_emplace(Field);
  std::vector<FieldStore> &All = It->second;
  std::optional<StringId> Text = New ? Index.Texts.find(Field) : std::nullopt;
  if (!Text)
    return All;
  for (FunctionId Id : Index.Storing[*Text])
    for (const MaskFlow::Store &S : masks(Id).stores())
      if (function(Id).Places[S.Assign->Target].Field == Field)
        All.push_back({Field.str(), Id, S.Terms, S.Assign->Where.At});
  for (uint32_t I : Index.InitialisersOf[*Text]) {
    const FieldMask &M = Index.Initialisers[I];
    FieldStore S{M.Field, std::nullopt, {}, M.Value.Where.At};
    for (const MaskTerm &T : M.Value.Terms)
      if (T.From.Kind == SourceKind::Constant)
        S.Terms.push_back({T.From, T.Range, {}, T.Chosen});
    All.push_back(std::move(S));
  }
  std::stable_sort(All.begin(), All.end(), [&](const FieldStore &A, const FieldStore &B) {
    return std::tuple(Files.name(A.At.File), A.At.Offset) < std::tuple(Files.name(B.At.File), B.At.Offset);
  });
  return All;
}

const MaskFlow &Program::masks(FunctionId Id) const {
  if (!MaskCache[Id])
    MaskCache[Id] = std::make_unique<const MaskFlow>(function(Id), Knowledge);
  return *MaskCache[Id];
}

CalleeLocks Program::locksOfCallees(FunctionId In) const {
  return [this, In](const Event &E) -> const std::vector<NetLock> * {
    std::optional<FunctionId> Callee = visibleCallee(In, E);
    return Callee ? &locks(*Callee) : nullptr;
  };
}

const std::vector<NetLock> &Program::locks(FunctionId Id) const {
  if (auto It = LockCache.find(Id); It != LockCache.end())
    return *It->second;
  // Recursion sees nothing.
  LockCache[Id] = std::make_unique<const std::vector<NetLock>>();
  CalleeLocks Below = locksOfCallees(Id);
  auto Found = std::make_unique<const std::vector<NetLock>>(
      LockFlow(function(Id), Knowledge, Below, LockSet::All).nets());
  std::unique_ptr<const std::vector<NetLock>> &Slot = LockCache[Id];
  Slot = std::move(Found);
  return *Slot;
}

std::vector<LockOperation> Program::lockOperations(FunctionId In, const Event &Call) const {
  return gfplint::lockOperations(function(In), Call, Knowledge, locksOfCallees(In));
}

std::map<uint32_t, std::vector<LockOperation>> Program::heldLocks(FunctionId Id) const {
  CalleeLocks Below = locksOfCallees(Id);
  LockFlow Flow(function(Id), Knowledge, Below, LockSet::All);
  std::map<uint32_t, std::vector<LockOperation>> Held;
  for (const auto &[Call, Here] : Flow.atCalls())
    for (uint32_t Index : Here.Held)
      Held[Call].push_back(Flow.locks()[Index]);
  return Held;
}

std::optional<FunctionId> Program::visibleCallee(FunctionId In, const Event &Call) const {
  std::optional<FunctionId> Callee = Call.Kind == EventKind::Call ? callee(Call) : std::nullopt;
  if (!Callee || isAllocator(*Callee))
    return std::nullopt;
  bool Visible = isStatic(*Callee) || at(*Callee).File == at(In).File;
  return Visible ? Callee : std::nullopt;
}

const Allocator *Program::allocator(const Event &Call) const {
  return Call.Callee.empty() ? nullptr : Knowledge.allocator(nameOfKey(Call.Callee));
}

bool Program::allocatesNothing(const Event &Call) const {
  llvm::StringRef Name = nameOfKey(Call.Callee);
  return !Name.empty() && (Name.starts_with("__builtin_") || Knowledge.allocatesNothing(Name) ||
                           Knowledge.allocatesNothing(Call.Typed));
}

std::optional<unsigned> Program::maskArgument(const Event &Call, const Allocator &Callee) {
  if (!Callee.MaskArg)
    return std::nullopt;
  if (*Callee.MaskArg < Call.Args.size() && Call.Args[*Callee.MaskArg].Mask)
    return Callee.MaskArg;
  std::optional<unsigned> Only;
  for (unsigned I = 0; I < Call.Args.size(); ++I)
    if (Call.Args[I].Mask) {
      if (Only)
        return std::nullopt;
      Only = I;
    }
  return Only;
}

} // namespace gfplint
