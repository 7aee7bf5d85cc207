// Found at the calls that hand functions over, and in the tables that hold them.
#include "program/AtomicEntries.h"

#include "program/CalleeName.h"

namespace gfplint {
namespace {

/// An entry point by its key: asked() notes who looks it up, which several threads must not do.
struct Handed {
  std::string Key;
  AtomicEntryPoint Entry;
};

/// A function that the call hands to one whose callbacks are atomic.
std::optional<Handed> handedOver(const Program &P, FunctionId In, const Event &Call) {
  const AtomicEntry *Entry = Call.Kind == EventKind::Call && !Call.Callee.empty()
                                 ? P.Knowledge.atomicRegistration(nameOfKey(Call.Callee))
                                 : nullptr;
  if (Entry == nullptr || Entry->Argument >= Call.Args.size())
    return std::nullopt;
  const std::string &Key = Call.Args[Entry->Argument].Function;
  if (Key.empty())
    return std::nullopt;
  return Handed{Key,
                {NoFunction, *Entry, Call.Where.At, In, false, "is handed to " + calleeName(Call) + "()"}};
}

} // namespace

std::vector<AtomicEntryPoint> atomicEntries(const Program &P) {
  std::map<FunctionId, AtomicEntryPoint> Found;
  auto Key = [&](const AtomicEntryPoint &E) {
    return std::tuple(!E.Entry.Unless.empty(), E.In == E.Function, P.Files.name(E.At.File), E.At.Offset,
                      llvm::StringRef(E.How));
  };
  auto Add = [&](AtomicEntryPoint E) {
    auto [Known, New] = Found.try_emplace(E.Function, E);
    if (!New && Key(E) < Key(Known->second))
      Known->second = std::move(E);
  };
  // What each function says is found by several threads, and then added in one order.
  auto AddAll = [&](const std::vector<FunctionId> &Ids, auto EntriesIn) {
    std::vector<std::vector<Handed>> Said(Ids.size());
    P.forEachBody(Ids, [&](size_t I, const Function &F) { EntriesIn(Ids[I], F, Said[I]); });
    for (std::vector<Handed> &Some : Said)
      for (Handed &H : Some)
        if (std::optional<FunctionId> Id = P.find(H.Key)) {
          H.Entry.Function = *Id;
          Add(std::move(H.Entry));
        }
  };
  AddAll(
      P.callersOfNamed([&](llvm::StringRef Name) { return P.Knowledge.atomicRegistration(Name) != nullptr; }),
      [&](FunctionId Id, const Function &F, std::vector<Handed> &Out) {
        for (const Block &B : F.Blocks)
          for (const Event &E : B.Events)
            if (std::optional<Handed> H = handedOver(P, Id, E))
              Out.push_back(std::move(*H));
      });
  AddAll(P.callersOfNamed([](llvm::StringRef Name) { return Name == DocumentedContext; }),
         [&](FunctionId Id, const Function &F, std::vector<Handed> &Out) {
           if (F.Blocks.empty())
             return;
           for (const Event &E : F.Blocks.front().Events)
             if (E.Kind == EventKind::Call && E.Callee == DocumentedContext &&
                 P.Knowledge.documentedAs(E.Typed) == DocumentedAs::Atomic)
               Out.push_back({F.Key,
                              {Id,
                               {"a function whose comment says so", "its comment is wrong", 0},
                               E.Where.At,
                               Id,
                               /*Documented=*/true,
                               "says 'Context: " + E.Typed + "'"}});
         });
  for (const auto &[Field, Entry] : P.Knowledge.atomicFields())
    for (FunctionId Id : P.targetsUnasked(Field))
      Add({Id, Entry, P.at(Id), Id, false, "is stored in " + Field});
  std::vector<AtomicEntryPoint> All;
  All.reserve(Found.size());
  for (auto &[Id, E] : Found)
    All.push_back(std::move(E));
  return All;
}

} // namespace gfplint
