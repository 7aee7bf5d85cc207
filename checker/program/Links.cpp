// Merging the parts. Wherever an order matters it is that of the parts' files and contents.
#include "program/Links.h"

#include "llvm/ADT/Twine.h"

#include <algorithm>
#include <numeric>

namespace gfplint {
namespace {

/// A word in a header is seen by many units; what compiles it says most.
std::vector<MaskUse> mergeUses(std::vector<MaskUse> All, const FileTable &Files) {
  auto TextOnly = [](const MaskUse &U) {
    return U.Kind == UseKind::NotCompiled || U.Kind == UseKind::MacroBody || U.Kind == UseKind::Other;
  };
  auto Key = [&](const MaskUse &U) {
    return std::tuple(Files.name(U.Where.Spelled.File), U.Where.Spelled.Offset, U.Where.Length, TextOnly(U),
                      U.Kind, Files.name(U.Where.At.File), U.Where.At.Offset, llvm::StringRef(U.Function),
                      llvm::StringRef(U.Callee));
  };
  std::stable_sort(All.begin(), All.end(),
                   [&](const MaskUse &A, const MaskUse &B) { return Key(A) < Key(B); });
  // Every expansion of a macro is a use of its own; a word that is compiled somewhere is not also
  // left out.
  std::vector<MaskUse> Out;
  for (MaskUse &U : All) {
    bool SameWord = !Out.empty() && Out.back().Where.Spelled == U.Where.Spelled;
    if (SameWord && (TextOnly(U) || Out.back().Where.At == U.Where.At))
      continue;
    Out.push_back(std::move(U));
  }
  return Out;
}

std::vector<uint32_t> canonicalOrder(const std::vector<PartIndex> &Parts) {
  std::vector<uint32_t> Order(Parts.size());
  std::iota(Order.begin(), Order.end(), 0);
  auto Key = [&](uint32_t I) { return std::tie(Parts[I].File, Parts[I].Hash); };
  std::stable_sort(Order.begin(), Order.end(), [&](uint32_t A, uint32_t B) { return Key(A) < Key(B); });
  return Order;
}

using Pairs = std::vector<std::pair<uint32_t, uint32_t>>;

Groups grouped(size_t Count, Pairs All) {
  std::sort(All.begin(), All.end());
  All.erase(std::unique(All.begin(), All.end()), All.end());
  return Groups(Count, [&](Groups::Add Add) {
    for (auto [Group, Value] : All)
      Add(Group, Value);
  });
}

} // namespace

Links::Links(std::vector<PartIndex> Parts, const FileTable &Files) {
  std::vector<uint32_t> Order = canonicalOrder(Parts);
  std::vector<MaskUse> AllUses;
  for (uint32_t I : Order) {
    makeGlobal(Parts[I]);
    std::move(Parts[I].Uses.begin(), Parts[I].Uses.end(), std::back_inserter(AllUses));
    std::move(Parts[I].FieldMasks.begin(), Parts[I].FieldMasks.end(), std::back_inserter(Initialisers));
  }
  Uses = mergeUses(std::move(AllUses), Files);
  separateNamesakes(Parts, Order, Files);
  std::vector<StringId> Fields;
  Fields.reserve(Initialisers.size());
  for (const FieldMask &M : Initialisers)
    Fields.push_back(Texts.intern(M.Field));
  // No string is added from here on.
  chooseFunctions(Parts, Order);
  linkCalls();
  linkFields(Parts, Order);
  InitialisersOf = Groups(Texts.size(), [&](Groups::Add Add) {
    for (uint32_t I = 0; I < Fields.size(); ++I)
      Add(Fields[I], I);
  });
}

/// The part's string numbers become those of Texts.
void Links::makeGlobal(PartIndex &P) {
  std::vector<StringId> Global(P.Strings.size());
  for (StringId I = 0; I < Global.size(); ++I)
    Global[I] = Texts.intern(P.Strings[I]);
  P.Strings = {};
  auto Change = [&](StringId &Id) { Id = Global[Id]; };
  for (FunctionIndex &F : P.Functions) {
    Change(F.Name);
    Change(F.Key);
  }
  for (CallRef &C : P.Calls)
    Change(C.Name);
  for (StringId &Field : P.StoredFields)
    Change(Field);
  for (TableEntry &T : P.FieldFunctions) {
    Change(T.Field);
    Change(T.Function);
  }
  for (StringId &Key : P.AddressTaken)
    Change(Key);
}

/// Functions of one name with external linkage in several files (boot code, two modules that are
/// never linked together) stay apart: each part calls its own, the others the one whose file sorts
/// first.
void Links::separateNamesakes(std::vector<PartIndex> &Parts, llvm::ArrayRef<uint32_t> Order,
                              const FileTable &Files) {
  auto CanHave = [](const FunctionIndex &F) { return !F.Static && F.Key == F.Name; };
  std::vector<FileId> FirstFile(Texts.size(), 0);
  std::vector<bool> Seen(Texts.size(), false);
  std::vector<bool> Several(Texts.size(), false);
  for (uint32_t I : Order)
    for (const FunctionIndex &F : Parts[I].Functions) {
      if (!CanHave(F))
        continue;
      FileId &First = FirstFile[F.Key];
      if (Seen[F.Key] && First != F.At.File)
        Several[F.Key] = true;
      if (!Seen[F.Key] || Files.name(F.At.File) < Files.name(First))
        First = F.At.File;
      Seen[F.Key] = true;
    }
  for (uint32_t I : Order) {
    PartIndex &P = Parts[I];
    llvm::DenseMap<StringId, StringId> New;
    for (FunctionIndex &F : P.Functions) {
      if (F.Key != F.Name || F.Key >= Several.size() || !Several[F.Key] || F.At.File == FirstFile[F.Key])
        continue;
      StringId Key = Texts.intern((llvm::Twine(Files.name(F.At.File)) + ":" + Texts[F.Name]).str());
      New[F.Key] = Key;
      F.Key = Key;
    }
    if (New.empty())
      continue;
    auto Rename = [&](StringId &Key) {
      if (auto It = New.find(Key); It != New.end())
        Key = It->second;
    };
    for (CallRef &C : P.Calls)
      if (!C.indirect())
        Rename(C.Name);
    for (TableEntry &T : P.FieldFunctions)
      Rename(T.Function);
    for (StringId &Key : P.AddressTaken)
      Rename(Key);
    Renamed[I] = std::move(New);
  }
}

/// Units may show the same header function differently (a macro set before the include). The
/// variant whose bytes have the smallest hash stands for all.
void Links::chooseFunctions(const std::vector<PartIndex> &Parts, llvm::ArrayRef<uint32_t> Order) {
  struct Choice {
    uint32_t Part = 0;
    uint32_t InPart = 0;
    uint32_t FirstCall = 0;
    uint32_t FirstStore = 0;
  };
  std::vector<Choice> Choices;
  std::vector<uint32_t> ChoiceOf(Texts.size(), ~0U);
  std::vector<StringId> Keys;
  size_t CallCount = 0;
  for (uint32_t I : Order) {
    Choice Now{I, 0, 0, 0};
    for (const FunctionIndex &F : Parts[I].Functions) {
      uint32_t &At = ChoiceOf[F.Key];
      if (At == ~0U) {
        At = static_cast<uint32_t>(Choices.size());
        Choices.push_back(Now);
        Keys.push_back(F.Key);
        CallCount += F.Calls;
      } else if (const Choice &Old = Choices[At];
                 F.BodyHash < Parts[Old.Part].Functions[Old.InPart].BodyHash) {
        CallCount += F.Calls;
        CallCount -= Parts[Old.Part].Functions[Old.InPart].Calls;
        Choices[At] = Now;
      }
      ++Now.InPart;
      Now.FirstCall += F.Calls;
      Now.FirstStore += F.Stores;
    }
  }
  std::sort(Keys.begin(), Keys.end(), [&](StringId A, StringId B) { return Texts[A] < Texts[B]; });

  ByKey.assign(Texts.size(), NoFunction);
  Functions.reserve(Keys.size());
  CallsBegin.reserve(Keys.size() + 1);
  Calls.reserve(CallCount);
  for (StringId Key : Keys) {
    const Choice &C = Choices[ChoiceOf[Key]];
    const PartIndex &P = Parts[C.Part];
    const FunctionIndex &F = P.Functions[C.InPart];
    ByKey[Key] = static_cast<FunctionId>(Functions.size());
    Functions.push_back({F.Key, F.Name, F.At, C.Part, C.InPart, F.Static, F.InHeader, F.Restricts,
                         F.SetsTaskFlags, F.CombinesFlags, F.TakesMask, /*Escapes=*/false});
    CallsBegin.push_back(static_cast<uint32_t>(Calls.size()));
    StoresBegin.push_back(static_cast<uint32_t>(StoredFields.size()));
    Calls.insert(Calls.end(), P.Calls.begin() + C.FirstCall, P.Calls.begin() + C.FirstCall + F.Calls);
    StoredFields.insert(StoredFields.end(), P.StoredFields.begin() + C.FirstStore,
                        P.StoredFields.begin() + C.FirstStore + F.Stores);
  }
  CallsBegin.push_back(static_cast<uint32_t>(Calls.size()));
  StoresBegin.push_back(static_cast<uint32_t>(StoredFields.size()));
}

void Links::linkCalls() {
  DirectCalls = Groups(Functions.size(), [&](Groups::Add Add) {
    for (uint32_t I = 0; I < Calls.size(); ++I)
      if (!Calls[I].indirect() && ByKey[Calls[I].Name] != NoFunction)
        Add(ByKey[Calls[I].Name], I);
  });
  CallsThrough = Groups(Texts.size(), [&](Groups::Add Add) {
    for (uint32_t I = 0; I < Calls.size(); ++I)
      if (Calls[I].indirect())
        Add(Calls[I].Name, I);
  });
}

void Links::linkFields(const std::vector<PartIndex> &Parts, llvm::ArrayRef<uint32_t> Order) {
  Pairs Held;
  Pairs Holding;
  for (uint32_t I : Order) {
    for (StringId Key : Parts[I].AddressTaken)
      if (FunctionId Id = ByKey[Key]; Id != NoFunction)
        Functions[Id].Escapes = true;
    for (const TableEntry &T : Parts[I].FieldFunctions)
      if (FunctionId Id = ByKey[T.Function]; Id != NoFunction) {
        Held.push_back({T.Field, Id});
        Holding.push_back({Id, T.Field});
        // Code outside the analysed units may call it through the table.
        Functions[Id].Escapes = true;
      }
  }
  Targets = grouped(Texts.size(), std::move(Held));
  HeldBy = grouped(Functions.size(), std::move(Holding));
  Pairs Stores;
  for (FunctionId Id = 0; Id < Functions.size(); ++Id)
    for (uint32_t I = StoresBegin[Id]; I < StoresBegin[Id + 1]; ++I)
      Stores.push_back({StoredFields[I], Id});
  Storing = grouped(Texts.size(), std::move(Stores));
  StoredFields = {};
  StoresBegin = {};
}

std::optional<FunctionId> Links::find(llvm::StringRef Key) const {
  std::optional<StringId> Text = Texts.find(Key);
  if (!Text || ByKey[*Text] == NoFunction)
    return std::nullopt;
  return ByKey[*Text];
}

FunctionId Links::callerOf(uint32_t Call) const {
  auto After = std::upper_bound(CallsBegin.begin(), CallsBegin.end(), Call);
  return static_cast<FunctionId>(After - CallsBegin.begin() - 1);
}

std::vector<uint32_t> Links::callsTo(FunctionId Id) const {
  std::vector<uint32_t> All = DirectCalls[Id].vec();
  for (StringId Field : HeldBy[Id])
    All.insert(All.end(), CallsThrough[Field].begin(), CallsThrough[Field].end());
  std::sort(All.begin(), All.end());
  return All;
}

} // namespace gfplint
