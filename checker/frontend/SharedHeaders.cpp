// Closures, and a text with LLVM's JSON.
#include "frontend/SharedHeaders.h"

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

bool SharedHeaders::isReadIn(llvm::StringRef Name, const llvm::BitVector &Set) const {
  llvm::StringRef List = Names[Name];
  List = List.drop_while([](char C) { return C == SteadyMark || C == LocalMark; });
  while (!List.empty()) {
    auto [Word, Rest] = List.split(' ');
    List = Rest;
    unsigned Index = 0;
    if (!Word.getAsInteger(10, Index) && Index < Set.size() && Set.test(Index))
      return true;
  }
  return false;
}

bool SharedHeaders::hasMark(llvm::StringRef Name, char Mark) const {
  return Names[Name].take_front(2).contains(Mark);
}

std::string SharedHeaders::toText() const {
  llvm::json::Array FileList;
  for (const File &F : Files)
    FileList.push_back(llvm::json::Object{{"path", F.Path},
                                          {"includes", numbers(F.Includes)},
                                          {"part", F.HasPart},
                                          {"needs", numbers(F.Needs)},
                                          {"precedes", numbers(F.Precedes)}});
  llvm::json::Object Macros;
  for (const auto &Macro : Overridable)
    Macros[Macro.getKey()] = llvm::json::Object{{"home", static_cast<int64_t>(Macro.getValue().Home)},
                                                {"files", numbers(Macro.getValue().Files)},
                                                {"prefix", Macro.getValue().Prefix},
                                                {"once", Macro.getValue().Once}};
  llvm::json::Object Whole{{"pch", Pch},
                           {"files", std::move(FileList)},
                           {"always", numbers(Always)},
                           {"names", static_cast<int64_t>(Names.text().size())},
                           {"overridable", std::move(Macros)}};
  std::string Text;
  llvm::raw_string_ostream(Text) << llvm::json::Value(std::move(Whole)) << "\n" << Names.text();
  return Text;
}

llvm::Expected<SharedHeaders> SharedHeaders::fromText(llvm::StringRef Text) {
  auto Damaged = [] { return llvm::createStringError("the description of a precompiled header is damaged"); };
  auto [Line, NameLines] = Text.split('\n');
  llvm::Expected<llvm::json::Value> Whole = llvm::json::parse(Line);
  if (!Whole)
    return Whole.takeError();
  const llvm::json::Object *Top = Whole->getAsObject();
  const llvm::json::Array *FileList = Top != nullptr ? Top->getArray("files") : nullptr;
  const llvm::json::Object *Macros = Top != nullptr ? Top->getObject("overridable") : nullptr;
  std::optional<int64_t> NameBytes = Top != nullptr ? Top->getInteger("names") : std::nullopt;
  if (FileList == nullptr || Macros == nullptr || NameBytes != static_cast<int64_t>(NameLines.size()) ||
      !Top->getString("pch"))
    return Damaged();
  SharedHeaders S;
  S.Pch = Top->getString("pch")->str();
  for (const llvm::json::Value &V : *FileList) {
    const llvm::json::Object *F = V.getAsObject();
    if (F == nullptr || !F->getString("path"))
      return Damaged();
    File &Read = S.Files.emplace_back();
    Read.Path = F->getString("path")->str();
    Read.HasPart = F->getBoolean("part").value_or(false);
    size_t Count = FileList->size();
    if (!readNumbers(F->get("includes"), Count, Read.Includes) ||
        !readNumbers(F->get("needs"), Count, Read.Needs) ||
        !readNumbers(F->get("precedes"), Count, Read.Precedes))
      return Damaged();
  }
  if (!readNumbers(Top->get("always"), S.Files.size(), S.Always))
    return Damaged();
  S.Names = NameTable::fromText(NameLines.str());
  for (const auto &[Name, Value] : *Macros) {
    const llvm::json::Object *M = Value.getAsObject();
    Default &D = S.Overridable[Name.str()];
    std::optional<int64_t> Home = M != nullptr ? M->getInteger("home") : std::nullopt;
    if (!Home || *Home < 0 || static_cast<size_t>(*Home) >= S.Files.size() ||
        !readNumbers(M->get("files"), S.Files.size(), D.Files))
      return Damaged();
    D.Home = static_cast<uint32_t>(*Home);
    D.Prefix = M->getBoolean("prefix").value_or(false);
    D.Once = M->getBoolean("once").value_or(false);
  }
  return S;
}

} // namespace gfplint
