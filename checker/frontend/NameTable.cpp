// Binary search over lines.
#include "frontend/NameTable.h"

#include <algorithm>

namespace gfplint {

NameTable::NameTable(std::vector<std::pair<std::string, std::string>> Entries) {
  std::sort(Entries.begin(), Entries.end());
  for (const auto &[Name, Text] : Entries)
    Lines.append(Name).append("\t").append(Text).append("\n");
}

NameTable NameTable::fromText(std::string Text) {
  NameTable T;
  T.Lines = std::move(Text);
  return T;
}

/// Where the name's line begins, or npos.
size_t NameTable::lineOf(llvm::StringRef Name) const {
  llvm::StringRef All = Lines;
  size_t Low = 0;
  size_t High = All.size();
  while (Low < High) {
    size_t Middle = Low + (High - Low) / 2;
    size_t Before = All.substr(Low, Middle - Low).rfind('\n');
    size_t Begin = Before == llvm::StringRef::npos ? Low : Low + Before + 1;
    size_t End = All.find('\n', Begin);
    if (End == llvm::StringRef::npos)
      return llvm::StringRef::npos;
    llvm::StringRef Here = All.slice(Begin, All.find('\t', Begin));
    if (Here == Name)
      return Begin;
    if (Here < Name)
      Low = End + 1;
    else
      High = Begin;
  }
  return llvm::StringRef::npos;
}

llvm::StringRef NameTable::operator[](llvm::StringRef Name) const {
  size_t Begin = lineOf(Name);
  if (Begin == llvm::StringRef::npos)
    return "";
  return llvm::StringRef(Lines).substr(Begin).take_until([](char C) { return C == '\n'; }).split('\t').second;
}

} // namespace gfplint
