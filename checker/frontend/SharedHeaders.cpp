// Closures, and JSON with LLVM's library.
#include "frontend/SharedHeaders.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

#include <algorithm>

namespace gfplint {
namespace {

llvm::json::Array numbers(const std::vector<uint32_t> &Values) {
  llvm::json::Array All;
  for (uint32_t V : Values)
    All.push_back(static_cast<int64_t>(V));
  return All;
}

/// Whether all are indexes below `Limit`.
bool readNumbers(const llvm::json::Value *V, size_t Limit, std::vector<uint32_t> &Out) {
  const llvm::json::Array *All = V != nullptr ? V->getAsArray() : nullptr;
  if (All == nullptr)
    return false;
  for (const llvm::json::Value &One : *All) {
    std::optional<int64_t> N = One.getAsInteger();
    if (!N || *N < 0 || static_cast<size_t>(*N) >= Limit)
      return false;
    Out.push_back(static_cast<uint32_t>(*N));
  }
  return true;
}

} // namespace

llvm::BitVector SharedHeaders::closure(uint32_t Index) const {
  llvm::BitVector Seen(static_cast<unsigned>(Files.size()));
  std::vector<uint32_t> Work = {Index};
  while (!Work.empty()) {
    uint32_t At = Work.back();
    Work.pop_back();
    if (Seen.test(At))
      continue;
    Seen.set(At);
    Work.insert(Work.end(), Files[At].Includes.begin(), Files[At].Includes.end());
  }
  return Seen;
}

std::string SharedHeaders::toJson() const {
  llvm::json::Array FileList;
  for (const File &F : Files)
    FileList.push_back(llvm::json::Object{{"path", F.Path}, {"includes", numbers(F.Includes)}});
  std::vector<llvm::StringRef> Sorted;
  for (const auto &Name : Names)
    Sorted.push_back(Name.getKey());
  std::sort(Sorted.begin(), Sorted.end());
  llvm::json::Object Macros;
  for (const auto &Macro : Overridable)
    Macros[Macro.getKey()] = numbers(Macro.getValue());
  llvm::json::Object Whole{{"pch", Pch},
                           {"files", std::move(FileList)},
                           {"always", numbers(Always)},
                           {"names", llvm::join(Sorted, " ")},
                           {"overridable", std::move(Macros)}};
  std::string Text;
  llvm::raw_string_ostream(Text) << llvm::json::Value(std::move(Whole));
  return Text;
}

llvm::Expected<SharedHeaders> SharedHeaders::fromJson(llvm::StringRef Text) {
  auto Damaged = [] { return llvm::createStringError("the description of a precompiled header is damaged"); };
  llvm::Expected<llvm::json::Value> Whole = llvm::json::parse(Text);
  if (!Whole)
    return Whole.takeError();
  const llvm::json::Object *Top = Whole->getAsObject();
  const llvm::json::Array *FileList = Top != nullptr ? Top->getArray("files") : nullptr;
  const llvm::json::Object *Macros = Top != nullptr ? Top->getObject("overridable") : nullptr;
  if (FileList == nullptr || Macros == nullptr || !Top->getString("pch") || !Top->getString("names"))
    return Damaged();
  SharedHeaders S;
  S.Pch = Top->getString("pch")->str();
  for (const llvm::json::Value &V : *FileList) {
    const llvm::json::Object *F = V.getAsObject();
    if (F == nullptr || !F->getString("path"))
      return Damaged();
    S.Files.push_back({F->getString("path")->str(), {}});
    if (!readNumbers(F->get("includes"), FileList->size(), S.Files.back().Includes))
      return Damaged();
  }
  if (!readNumbers(Top->get("always"), S.Files.size(), S.Always))
    return Damaged();
  llvm::SmallVector<llvm::StringRef, 0> Words;
  Top->getString("names")->split(Words, ' ', -1, /*KeepEmpty=*/false);
  for (llvm::StringRef Word : Words)
    S.Names.insert(Word);
  for (const auto &[Name, Where] : *Macros)
    if (!readNumbers(&Where, S.Files.size(), S.Overridable[Name.str()]))
      return Damaged();
  return S;
}

} // namespace gfplint
