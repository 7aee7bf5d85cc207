// What of a part goes into its index.
#include "ir/Index.h"

#include "llvm/ADT/StringMap.h"

#include <algorithm>

namespace gfplint {
namespace {

class Indexer {
public:
  explicit Indexer(PartIndex &Out) : Out(Out) {}

  StringId intern(llvm::StringRef Text) {
    auto [It, New] = Known.try_emplace(Text, static_cast<StringId>(Out.Strings.size()));
    if (New)
      Out.Strings.add(Text);
    return It->second;
  }
  void function(const Function &F);

private:
  PartIndex &Out;
  llvm::StringMap<StringId> Known;
};

constexpr Mask Unrestricted{Flag::DirectReclaim, Flag::Io, Flag::Fs};

bool restricts(const std::optional<MaskExpr> &M) {
  return M && std::any_of(M->Terms.begin(), M->Terms.end(), [](const MaskTerm &T) {
           return !T.Range.May.apply(Mask::all()).hasAll(Unrestricted);
         });
}

bool restricts(const Event &E) {
  return restricts(E.Value) ||
         std::any_of(E.Args.begin(), E.Args.end(), [](const Arg &A) { return restricts(A.Mask); });
}

/// Flags that only some masks have, and that other flags contradict.
constexpr Mask Rare{Flag::NoRetry,    Flag::RetryMayFail, Flag::NoFail, Flag::MemAlloc,
                    Flag::NoMemAlloc, Flag::Dma,          Flag::Dma32,  Flag::HighMem};

/// How many names like GFP_KERNEL, which stand for several flags, a text has; not __GFP_IO.
size_t maskNames(llvm::StringRef Text) {
  size_t Count = 0;
  for (size_t At = Text.find("GFP_"); At != llvm::StringRef::npos; At = Text.find("GFP_", At + 1))
    Count += At == 0 || Text[At - 1] != '_';
  return Count;
}

/// A mask of several words that is more than GFP_KERNEL with flags that go with it.
bool combines(const std::optional<MaskExpr> &M) {
  if (!M || M->Where.Length == 0 || llvm::StringRef(M->Text).find_first_of("|&") == llvm::StringRef::npos)
    return false;
  return maskNames(M->Text) > 1 || std::any_of(M->Terms.begin(), M->Terms.end(), [](const MaskTerm &T) {
           Mask May = T.Range.May.Set;
           return T.From.Kind == SourceKind::Constant && (May.hasAny(Rare) || !May.hasAll(Unrestricted));
         });
}

bool combines(const std::optional<Condition> &C) {
  return C && ((C->Test && C->Test->Bits.count() > 1 && C->Test->Bits != Mask::all()) ||
               std::any_of(C->Parts.begin(), C->Parts.end(),
                           [](const Condition &Part) { return combines(std::optional(Part)); }));
}

bool combines(const Event &E) {
  return combines(E.Value) || combines(E.Branch) ||
         std::any_of(E.Args.begin(), E.Args.end(), [](const Arg &A) { return combines(A.Mask); });
}

void Indexer::function(const Function &F) {
  FunctionIndex I;
  I.Name = intern(F.Name);
  I.Key = intern(F.Key);
  I.Static = F.Static;
  I.InHeader = F.InHeader;
  I.At = F.At;
  I.TakesMask = std::any_of(F.Params.begin(), F.Params.end(), [](const Param &P) { return P.IsMask; });
  std::vector<StringId> Stored;
  for (const Block &B : F.Blocks) {
    I.CombinesFlags = I.CombinesFlags || combines(B.Branch);
    for (const Event &E : B.Events) {
      I.CombinesFlags = I.CombinesFlags || combines(E);
      I.Restricts = I.Restricts || restricts(E);
      I.SetsTaskFlags = I.SetsTaskFlags || E.Kind == EventKind::TaskFlags;
      if (E.Kind == EventKind::AssignMask && E.Target != NoPlace && !F.Places[E.Target].Field.empty())
        Stored.push_back(intern(F.Places[E.Target].Field));
      if (E.Kind != EventKind::Call || (E.Callee.empty() && E.Indirect.empty()))
        continue;
      bool Indirect = E.Callee.empty();
      Out.Calls.emplace_back(intern(Indirect ? E.Indirect : E.Callee), E.Id, Indirect);
      ++I.Calls;
    }
  }
  std::sort(Stored.begin(), Stored.end());
  Stored.erase(std::unique(Stored.begin(), Stored.end()), Stored.end());
  I.Stores = static_cast<uint32_t>(Stored.size());
  Out.StoredFields.insert(Out.StoredFields.end(), Stored.begin(), Stored.end());
  Out.Functions.push_back(I);
}

} // namespace

PartIndex indexOf(const Part &P) {
  PartIndex Out;
  Out.File = P.File;
  Indexer I(Out);
  for (const Function &F : P.Functions)
    I.function(F);
  for (const FieldFunction &F : P.FieldFunctions)
    Out.FieldFunctions.push_back({I.intern(F.Field), I.intern(F.Function)});
  Out.FieldMasks = P.FieldMasks;
  Out.Uses = P.Uses;
  for (const std::string &Key : P.AddressTaken)
    Out.AddressTaken.push_back(I.intern(Key));
  return Out;
}

} // namespace gfplint
