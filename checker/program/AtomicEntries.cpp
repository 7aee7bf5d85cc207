// Found at the calls that hand functions over, and in the tables that hold them.
#include "program/AtomicEntries.h"

#include "program/CalleeName.h"

namespace gfplint {

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
  auto Registers = [&](llvm::StringRef Name) { return P.Knowledge.atomicRegistration(Name) != nullptr; };
  for (FunctionId Id : P.inLoadOrder(P.callersOfNamed(Registers)))
    P.withFunction(Id, [&](const Function &F) {
      for (const Block &B : F.Blocks)
        for (const Event &E : B.Events) {
          const AtomicEntry *Entry = E.Kind == EventKind::Call && !E.Callee.empty()
                                         ? P.Knowledge.atomicRegistration(nameOfKey(E.Callee))
                                         : nullptr;
          if (Entry == nullptr || Entry->Argument >= E.Args.size())
            continue;
          const std::string &Key = E.Args[Entry->Argument].Function;
          if (std::optional<FunctionId> Handed = Key.empty() ? std::nullopt : P.find(Key))
            Add({*Handed, *Entry, E.Where.At, Id, false, "is handed to " + calleeName(E) + "()"});
        }
    });
  auto IsDocumented = [](llvm::StringRef Name) { return Name == DocumentedContext; };
  for (FunctionId Id : P.inLoadOrder(P.callersOfNamed(IsDocumented)))
    P.withFunction(Id, [&](const Function &F) {
      for (const Event &E : F.Blocks.front().Events)
        if (E.Kind == EventKind::Call && E.Callee == DocumentedContext &&
            P.Knowledge.documentedAs(E.Typed) == DocumentedAs::Atomic)
          Add({Id,
               {"a function whose comment says so", "its comment is wrong", 0},
               E.Where.At,
               Id,
               /*Documented=*/true,
               "says 'Context: " + E.Typed + "'"});
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
