// Reading is strict, as a line that is not understood may have been a finding.
#include "triage/Baseline.h"

#include "files/ReadInput.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"

namespace gfplint {
namespace {

constexpr llvm::StringLiteral Title = "# gfplint baseline ";
constexpr llvm::StringLiteral Version = "1";
constexpr size_t PrintDigits = 16;
/// A hundred times what all findings of a kernel take.
constexpr uint64_t MaxBytes = uint64_t(64) << 20;

llvm::Error wrong(const llvm::Twine &Where, const llvm::Twine &What) {
  return llvm::createStringError(Where + ": " + What);
}

/// What a line begins with, whatever bytes it has.
std::string shown(llvm::StringRef Line) {
  std::string Text;
  llvm::raw_string_ostream(Text).write_escaped(Line.take_front(40));
  return Text;
}

bool isPrint(llvm::StringRef Word) {
  return Word.size() == PrintDigits &&
         llvm::all_of(Word, [](char C) { return llvm::isDigit(C) || (C >= 'a' && C <= 'f'); });
}

bool isConflict(llvm::StringRef Line) {
  for (llvm::StringRef Marker : {"<<<<<<<", "|||||||", "=======", ">>>>>>>"})
    if (Line.starts_with(Marker))
      return true;
  return false;
}

/// `RULE FILE: FUNCTION()`, as it was written; anything else says nothing.
void readPlace(llvm::StringRef Said, BaselineEntry &E) {
  auto [Rule, Place] = Said.trim().split(' ');
  auto [File, Function] = Place.rsplit(": ");
  if (Rule.empty() || File.empty())
    return;
  E.Rule = Rule.str();
  E.File = File.str();
  Function.consume_back("()");
  E.Function = Function.str();
}

llvm::Error checkTitle(llvm::StringRef Name, llvm::StringRef Line) {
  if (!Line.consume_front(Title))
    return wrong(Name + ":1", "this is no gfplint baseline, which begins with '" + Title + Version + "'");
  if (Line != Version)
    return wrong(Name + ":1", "this is a baseline of format '" + shown(Line) + "', this gfplint reads " +
                                  Version + "; write it anew with --write-baseline");
  return llvm::Error::success();
}

} // namespace

llvm::Expected<Baseline> parseBaseline(llvm::StringRef Name, llvm::StringRef Text) {
  Baseline B;
  B.File = Name.str();
  llvm::SmallVector<llvm::StringRef, 0> Lines;
  Text.split(Lines, '\n');
  for (size_t I = 0; I < Lines.size(); ++I) {
    llvm::StringRef Line = Lines[I].rtrim();
    auto Number = static_cast<unsigned>(I + 1);
    auto Where = [&] { return (Name + ":" + llvm::Twine(Number)).str(); };
    if (isConflict(Line))
      return wrong(Where(), "a conflict of a merge; keep the entries of both sides and delete the markers");
    if (I == 0) {
      if (llvm::Error E = checkTitle(Name, Line))
        return E;
      continue;
    }
    if (Line.empty() || Line.starts_with("#"))
      continue;
    auto [Print, Said] = Line.split('#');
    Print = Print.rtrim();
    if (!isPrint(Print))
      return wrong(Where(), "'" + shown(Line) +
                                "' is no entry, which is a fingerprint of 16 hexadecimal digits, and behind "
                                "'#' its rule and place");
    BaselineEntry E;
    E.Line = Number;
    readPlace(Said, E);
    B.Entries.try_emplace(Print.str(), std::move(E));
  }
  return B;
}

llvm::Expected<Baseline> readBaseline(llvm::StringRef File) {
  llvm::Expected<std::string> Text = readInput(File, MaxBytes);
  if (!Text)
    return wrong(File, llvm::toString(Text.takeError()));
  return parseBaseline(File, *Text);
}

std::string baselineText(const Baseline &B) {
  std::string Text = (Title + Version + "\n").str();
  for (const auto &[Print, E] : B.Entries) {
    Text += Print;
    if (!E.Rule.empty())
      Text += " # " + E.Rule + " " + E.File + (E.Function.empty() ? "" : ": " + E.Function + "()");
    Text += "\n";
  }
  return Text;
}

} // namespace gfplint
