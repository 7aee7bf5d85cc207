// Bodies of functions: loaded when somebody asks, and kept, or only shown.
#include "program/Program.h"

#include "llvm/Support/ThreadPool.h"

#include <algorithm>
#include <atomic>
#include <numeric>

namespace gfplint {

/// Bodies name namesakes as their part knew them.
void Program::rename(Function &F, const llvm::DenseMap<StringId, StringId> &New) const {
  auto Rename = [&](std::string &Key) {
    std::optional<StringId> Old = Index.Texts.find(Key);
    if (auto It = Old ? New.find(*Old) : New.end(); It != New.end())
      Key = Index.Texts[It->second].str();
  };
  auto RenameMask = [&](std::optional<MaskExpr> &M) {
    if (M)
      for (MaskTerm &T : M->Terms)
        if (T.From.Kind == SourceKind::Return)
          Rename(T.From.Name);
  };
  Rename(F.Key);
  for (Block &B : F.Blocks)
    for (Event &E : B.Events) {
      Rename(E.Callee);
      RenameMask(E.Value);
      for (Arg &A : E.Args) {
        Rename(A.Function);
        RenameMask(A.Mask);
      }
    }
}

Function Program::load(FunctionId Id) const {
  std::string Problem;
  Function F = loadUncounted(Id, Problem);
  if (Problem.empty())
    ++Loaded;
  else
    LoadErrors.push_back(std::move(Problem));
  return F;
}

/// `Problem` becomes a line where there is one.
Function Program::loadUncounted(FunctionId Id, std::string &Problem) const {
  const Links::Record &R = Index.Functions[Id];
  llvm::Expected<Function> F = Load(R.Part, R.InPart);
  if (!F)
    Problem = llvm::toString(F.takeError());
  else if (auto It = Index.Renamed.find(R.Part); It != Index.Renamed.end())
    rename(*F, It->second);
  if (Problem.empty() && F->Key == keyOf(Id))
    return std::move(*F);
  if (Problem.empty())
    Problem = "its body is that of " + F->Key;
  Problem = (llvm::Twine(Files.name(R.At.File)) + ": " + name(Id) + "() is not analysed: " + Problem).str();
  Function Empty;
  Empty.Name = name(Id).str();
  Empty.Key = keyOf(Id).str();
  Empty.Static = R.Static;
  Empty.InHeader = R.InHeader;
  Empty.At = R.At;
  return Empty;
}

const Function &Program::function(FunctionId Id) const {
  if (!Bodies[Id])
    Bodies[Id] = std::make_unique<const Function>(load(Id));
  return *Bodies[Id];
}

void Program::withFunction(FunctionId Id, llvm::function_ref<void(const Function &)> Use) const {
  if (Bodies[Id])
    Use(*Bodies[Id]);
  else
    Use(load(Id));
}

/// Functions of one part, which lie in one piece of the store, are looked at by one thread.
void Program::forEachBody(llvm::ArrayRef<FunctionId> Ids,
                          llvm::function_ref<void(size_t Index, const Function &)> Use) const {
  std::vector<uint32_t> Order(Ids.size());
  std::iota(Order.begin(), Order.end(), 0);
  std::sort(Order.begin(), Order.end(),
            [&](uint32_t A, uint32_t B) { return isLoadedBefore(Ids[A], Ids[B]); });
  constexpr size_t PieceSize = 64;
  std::vector<size_t> Begin = {0};
  for (size_t I = 1; I < Order.size(); ++I)
    if (I - Begin.back() >= PieceSize &&
        Index.Functions[Ids[Order[I]]].Part != Index.Functions[Ids[Order[I - 1]]].Part)
      Begin.push_back(I);
  Begin.push_back(Order.size());
  std::vector<std::vector<std::string>> Problems(Begin.size() - 1);
  std::atomic<size_t> Count = 0;
  auto Look = [&](size_t Piece) {
    for (size_t I = Begin[Piece]; I < Begin[Piece + 1]; ++I) {
      FunctionId Id = Ids[Order[I]];
      if (Bodies[Id]) {
        Use(Order[I], *Bodies[Id]);
        continue;
      }
      std::string Problem;
      Use(Order[I], loadUncounted(Id, Problem));
      if (Problem.empty())
        ++Count;
      else
        Problems[Piece].push_back(std::move(Problem));
    }
  };
  std::atomic<size_t> Next = 0;
  auto Work = [&] {
    for (size_t Piece = Next++; Piece < Problems.size(); Piece = Next++)
      Look(Piece);
  };
  size_t Helpers = std::clamp<size_t>(AtOnce, 1, Problems.size()) - 1;
  if (Helpers > 0) {
    llvm::DefaultThreadPool Pool(llvm::hardware_concurrency(static_cast<unsigned>(Helpers)));
    for (size_t I = 0; I < Helpers; ++I)
      Pool.async(Work);
    Work();
    Pool.wait();
  } else {
    Work();
  }
  Loaded += Count;
  for (std::vector<std::string> &Some : Problems)
    std::move(Some.begin(), Some.end(), std::back_inserter(LoadErrors));
}

std::vector<FunctionId> Program::inLoadOrder(std::vector<FunctionId> Ids) const {
  std::sort(Ids.begin(), Ids.end(), [&](FunctionId A, FunctionId B) { return isLoadedBefore(A, B); });
  return Ids;
}

} // namespace gfplint
