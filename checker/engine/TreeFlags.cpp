// Calibration with the store in between.
#include "engine/TreeFlags.h"

#include "engine/Identity.h"
#include "frontend/Calibrate.h"

#include "llvm/ADT/StringExtras.h"

namespace gfplint {
namespace {

constexpr size_t Tries = 20;

/// `NAME VALUE` lines; an error begins with `!`.
std::string toText(const Calibration &C) {
  std::string Text;
  for (const auto &[Name, Value] : C.Values)
    Text += Name + " " + std::to_string(Value) + "\n";
  return Text;
}

Calibration fromText(llvm::StringRef Text) {
  Calibration C;
  llvm::SmallVector<llvm::StringRef, 64> Lines;
  Text.split(Lines, '\n', -1, /*KeepEmpty=*/false);
  for (llvm::StringRef Line : Lines) {
    auto [Name, Number] = Line.split(' ');
    uint64_t Value = 0;
    if (!Number.getAsInteger(10, Value))
      C.Values.emplace_back(Name.str(), Value);
  }
  return C;
}

} // namespace

llvm::Expected<TreeFlags> readTreeFlags(llvm::ArrayRef<Entry> Entries, Store &Kept) {
  Parser P;
  std::string FirstError;
  size_t Step = std::max<size_t>(1, Entries.size() / Tries);
  for (size_t I = 0; I < Entries.size(); I += Step) {
    // The middle of a tree is drivers: what comes first has flags of its own more often.
    const Entry &E = Entries[(I + Entries.size() / 2) % Entries.size()];
    Hash128 Key =
        commandKey("flags", llvm::ArrayRef<std::string>(E.Args).drop_back(), E.Directory, /*More=*/"");
    std::optional<std::string> Text = Kept.blob(Key);
    if (!Text) {
      llvm::Expected<Calibration> C = calibrate(P, E);
      if (!C) {
        std::string Error = llvm::toString(C.takeError());
        if (FirstError.empty())
          FirstError = Error;
        continue;
      }
      Text = toText(*C);
      std::vector<ContentId> Deps;
      bool Whole = true;
      for (const std::string &File : C->Files)
        if (std::optional<ContentId> Id = Kept.files().current(File))
          Deps.push_back(*Id);
        else
          Whole = false;
      if (Whole)
        Kept.putBlob(Key, Deps, *Text);
    }
    return TreeFlags{flagTable(fromText(*Text)), hashBytes(*Text)};
  }
  return llvm::createStringError(FirstError);
}

} // namespace gfplint
