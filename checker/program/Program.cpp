// Linking: one function a key, calls to callees, fields to what is stored in them.
#include "program/Program.h"

#include "ir/Encode.h"

#include <algorithm>
#include <set>

namespace gfplint {
namespace {

const std::vector<FunctionId> NoFunctions;
const std::vector<FieldStore> NoStores;

/// Functions of one name with external linkage in several files (boot code, two modules that are
/// never linked together) stay apart: each unit calls its own, the others the one whose file sorts
/// first.
void separateNamesakes(std::vector<Unit> &Units, const FileTable &Files) {
  std::map<std::string, std::set<std::string>> FilesOf;
  for (const Unit &U : Units)
    for (const Function &F : U.Functions)
      if (!F.Static && F.Key == F.Name)
        FilesOf[F.Key].insert(Files.name(F.At.File).str());
  for (Unit &U : Units) {
    std::map<std::string, std::string> Renamed;
    for (Function &F : U.Functions) {
      auto It = F.Key == F.Name ? FilesOf.find(F.Key) : FilesOf.end();
      std::string File = Files.name(F.At.File).str();
      if (It == FilesOf.end() || It->second.size() < 2 || *It->second.begin() == File)
        continue;
      Renamed[F.Key] = File + ":" + F.Name;
      F.Key = Renamed[F.Name];
    }
    if (Renamed.empty())
      continue;
    auto Rename = [&](std::string &Key) {
      if (auto It = Renamed.find(Key); It != Renamed.end())
        Key = It->second;
    };
    auto RenameMask = [&](std::optional<MaskExpr> &M) {
      if (M)
        for (MaskTerm &T : M->Terms)
          if (T.From.Kind == SourceKind::Return)
            Rename(T.From.Name);
    };
    for (Function &F : U.Functions)
      for (Block &B : F.Blocks)
        for (Event &E : B.Events) {
          Rename(E.Callee);
          RenameMask(E.Value);
          for (Arg &A : E.Args) {
            Rename(A.Function);
            RenameMask(A.Mask);
          }
        }
    for (FieldFunction &F : U.FieldFunctions)
      Rename(F.Function);
    for (std::string &Key : U.AddressTaken)
      Rename(Key);
  }
}

/// Units may show the same header function differently (a macro set before the include). All
/// variants are seen whatever the order of units; the one whose bytes sort first stands for all.
std::vector<Function> mergeFunctions(std::vector<Unit> &Units, const FileTable &Files) {
  std::map<std::string, Function> ByKey;
  std::map<std::string, std::string> Bytes;
  for (Unit &U : Units)
    for (Function &F : U.Functions) {
      auto [It, New] = ByKey.try_emplace(F.Key);
      if (New) {
        It->second = std::move(F);
        continue;
      }
      std::string &Old = Bytes[F.Key];
      if (Old.empty())
        Old = encode(It->second, Files);
      std::string Now = encode(F, Files);
      if (Now < Old) {
        Old = std::move(Now);
        It->second = std::move(F);
      }
    }
  std::vector<Function> All;
  for (auto &[Key, F] : ByKey)
    All.push_back(std::move(F));
  return All;
}

/// A word in a header is seen by many units; what compiles it says most.
std::vector<MaskUse> mergeUses(std::vector<Unit> &Units, const FileTable &Files) {
  std::vector<MaskUse> All;
  for (Unit &U : Units)
    std::move(U.Uses.begin(), U.Uses.end(), std::back_inserter(All));
  auto Key = [&](const MaskUse &U) {
    return std::tuple(Files.name(U.Where.Spelled.File), U.Where.Spelled.Offset, U.Where.Length,
                      U.Kind == UseKind::NotCompiled || U.Kind == UseKind::MacroBody ||
                          U.Kind == UseKind::Other,
                      U.Kind, Files.name(U.Where.At.File), U.Where.At.Offset, llvm::StringRef(U.Function),
                      llvm::StringRef(U.Callee));
  };
  std::sort(All.begin(), All.end(), [&](const MaskUse &A, const MaskUse &B) { return Key(A) < Key(B); });
  // Every expansion of a macro is a use of its own; a word that is compiled somewhere is not also
  // left out.
  std::vector<MaskUse> Out;
  for (MaskUse &U : All) {
    bool SameWord = !Out.empty() && Out.back().Where.Spelled == U.Where.Spelled;
    bool TextOnly =
        U.Kind == UseKind::NotCompiled || U.Kind == UseKind::MacroBody || U.Kind == UseKind::Other;
    if (SameWord && (TextOnly || Out.back().Where.At == U.Where.At))
      continue;
    Out.push_back(std::move(U));
  }
  return Out;
}

} // namespace

llvm::StringRef nameOfKey(llvm::StringRef Key) {
  size_t Colon = Key.rfind(':');
  return Colon == llvm::StringRef::npos ? Key : Key.substr(Colon + 1);
}

Program::Program(std::vector<Unit> Units, FileTable Table, const Model &Knowledge, const FlagTable &Flags)
    : Knowledge(Knowledge), Flags(Flags), Files(std::move(Table)) {
  separateNamesakes(Units, Files);
  std::vector<FieldMask> Initialisers;
  std::set<std::string> Taken;
  std::map<std::string, std::set<std::string>> Stored;
  for (Unit &U : Units) {
    std::move(U.FieldMasks.begin(), U.FieldMasks.end(), std::back_inserter(Initialisers));
    Taken.insert(U.AddressTaken.begin(), U.AddressTaken.end());
    for (const FieldFunction &F : U.FieldFunctions)
      Stored[F.Field].insert(F.Function);
  }
  Uses = mergeUses(Units, Files);
  Functions = mergeFunctions(Units, Files);
  for (FunctionId Id = 0; Id < Functions.size(); ++Id)
    ByKey[Functions[Id].Key] = Id;

  Escapes.resize(Functions.size(), false);
  for (const std::string &Key : Taken)
    if (std::optional<FunctionId> Id = find(Key))
      Escapes[*Id] = true;
  for (const auto &[Field, Keys] : Stored)
    for (const std::string &Key : Keys)
      if (std::optional<FunctionId> Id = find(Key)) {
        Tables[Field].push_back(*Id);
        // Code outside the analysed units may call it through the table.
        Escapes[*Id] = true;
      }
  MaskCache.resize(Functions.size());
  ScopeCache.resize(Functions.size());
  InheritedCache.resize(Functions.size());
  linkCalls();
  linkStores(Initialisers);
}

void Program::linkCalls() {
  Callers.resize(Functions.size());
  for (FunctionId Id = 0; Id < Functions.size(); ++Id)
    for (const Block &B : Functions[Id].Blocks)
      for (const Event &E : B.Events) {
        if (E.Kind != EventKind::Call)
          continue;
        if (std::optional<FunctionId> To = callee(E))
          Callers[*To].push_back({Id, &E, false});
        else if (!E.Indirect.empty())
          for (FunctionId To : targets(E.Indirect))
            Callers[To].push_back({Id, &E, true});
      }
}

void Program::linkStores(const std::vector<FieldMask> &Initialisers) {
  for (FunctionId Id = 0; Id < Functions.size(); ++Id) {
    const Function &F = Functions[Id];
    bool Any = std::any_of(F.Blocks.begin(), F.Blocks.end(), [&](const Block &B) {
      return std::any_of(B.Events.begin(), B.Events.end(), [&](const Event &E) {
        return E.Kind == EventKind::AssignMask && E.Target != NoPlace && !F.Places[E.Target].Field.empty();
      });
    });
    if (!Any)
      continue;
    for (const MaskFlow::Store &S : masks(Id).stores())
      Stores[F.Places[S.Assign->Target].Field].push_back(
          {F.Places[S.Assign->Target].Field, Id, S.Terms, S.Assign->Where.At});
  }
  for (const FieldMask &M : Initialisers) {
    FieldStore S{M.Field, std::nullopt, {}, M.Value.Where.At};
    for (const MaskTerm &T : M.Value.Terms)
      if (T.From.Kind == SourceKind::Constant)
        S.Terms.push_back({T.From, T.Range, {}, T.Chosen});
    Stores[M.Field].push_back(std::move(S));
  }
  for (auto &[Field, All] : Stores)
    std::sort(All.begin(), All.end(), [&](const FieldStore &A, const FieldStore &B) {
      return std::tuple(Files.name(A.At.File), A.At.Offset) < std::tuple(Files.name(B.At.File), B.At.Offset);
    });
}

std::optional<FunctionId> Program::find(llvm::StringRef Key) const {
  auto It = ByKey.find(Key);
  if (It == ByKey.end())
    return std::nullopt;
  return It->second;
}

std::optional<FunctionId> Program::callee(const Event &Call) const {
  return Call.Callee.empty() ? std::nullopt : find(Call.Callee);
}

const std::vector<FunctionId> &Program::targets(llvm::StringRef Field) const {
  auto It = Tables.find(Field);
  return It == Tables.end() ? NoFunctions : It->second;
}

const std::vector<FieldStore> &Program::stores(llvm::StringRef Field) const {
  auto It = Stores.find(Field);
  return It == Stores.end() ? NoStores : It->second;
}

bool Program::hasAllCallers(FunctionId Id) const {
  return Functions[Id].Static && !Functions[Id].InHeader && !Escapes[Id];
}

const MaskFlow &Program::masks(FunctionId Id) const {
  if (!MaskCache[Id])
    MaskCache[Id] = std::make_unique<MaskFlow>(Functions[Id], Knowledge);
  return *MaskCache[Id];
}

const ScopeFlow &Program::scopes(FunctionId Id) const {
  if (ScopeCache[Id])
    return *ScopeCache[Id];
  // Recursion sees the empty summary: nothing is sure there.
  static const auto Nothing = [](const Event &) -> const ScopeSummary * { return nullptr; };
  ScopeCache[Id] = std::make_unique<ScopeFlow>(Function{}, Knowledge, Nothing);
  auto Summarise = [this](const Event &E) -> const ScopeSummary * {
    std::optional<FunctionId> To = callee(E);
    return To ? &scopes(*To).summary() : nullptr;
  };
  auto Flow = std::make_unique<ScopeFlow>(Functions[Id], Knowledge, Summarise);
  ScopeCache[Id] = std::move(Flow);
  return *ScopeCache[Id];
}

ScopeSet Program::inherited(FunctionId Id) const {
  std::vector<FunctionId> Stack;
  return inherited(Id, Stack);
}

ScopeSet Program::inherited(FunctionId Id, std::vector<FunctionId> &Stack) const {
  if (InheritedCache[Id])
    return *InheritedCache[Id];
  if (!hasAllCallers(Id) || Callers[Id].empty() || Stack.size() > 30)
    return {};
  if (std::find(Stack.begin(), Stack.end(), Id) != Stack.end())
    return {};
  Stack.push_back(Id);
  ScopeSet Common = ScopeSet::all();
  for (const CallSite &C : Callers[Id])
    Common = Common & (scopes(C.Caller).kindsAt(C.Call->Id) | inherited(C.Caller, Stack));
  Stack.pop_back();
  // Within a cycle the answer depends on where it was entered; only the outermost one is kept.
  if (Stack.empty())
    InheritedCache[Id] = Common;
  return Common;
}

const Allocator *Program::allocator(const Event &Call) const {
  return Call.Callee.empty() ? nullptr : Knowledge.allocator(nameOfKey(Call.Callee));
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

bool Program::isAllocator(FunctionId Id) const { return Knowledge.allocator(Functions[Id].Name) != nullptr; }

} // namespace gfplint
