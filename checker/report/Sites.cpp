// The inventory of restricted masks: each place, and how many by subsystem, allocator and mask.
#include "report/Report.h"

#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"

#include <map>

namespace gfplint {
namespace {

using Counts = std::map<std::string, size_t>;

struct Tables {
  Counts BySubsystem;
  Counts ByCallee;
  Counts ByMask;
  Counts ByUse;
};

Tables count(llvm::ArrayRef<SiteRow> Rows, const Report &R) {
  Tables T;
  for (const SiteRow &Row : Rows) {
    ++T.BySubsystem[subsystemOf(R.Files->name(Row.At.File))];
    if (!Row.Callee.empty())
      ++T.ByCallee[Row.Callee];
    ++T.ByMask[Row.Mask];
    ++T.ByUse[Row.Use];
  }
  return T;
}

void writeTable(const char *Title, const Counts &All, llvm::raw_ostream &Out) {
  Out << "\n" << Title << "\n";
  std::vector<std::pair<std::string, size_t>> Sorted(All.begin(), All.end());
  std::stable_sort(Sorted.begin(), Sorted.end(),
                   [](const auto &A, const auto &B) { return A.second > B.second; });
  for (const auto &[Name, Number] : Sorted)
    Out << llvm::formatv("{0,8}  {1}\n", Number, Name);
}

} // namespace

void writeSitesText(llvm::ArrayRef<SiteRow> Rows, const Report &R, llvm::raw_ostream &Out) {
  for (const SiteRow &Row : Rows) {
    Out << R.Files->name(Row.At.File) << ":" << Row.At.Line << ":" << Row.At.Column << ": " << Row.Mask;
    if (!Row.Callee.empty())
      Out << " to " << Row.Callee << "()";
    if (!Row.Function.empty())
      Out << " in " << Row.Function << "()";
    Out << " [" << Row.Use << "]\n";
  }
  Tables T = count(Rows, R);
  Out << "\n" << Rows.size() << " sites\n";
  writeTable("by subsystem", T.BySubsystem, Out);
  writeTable("by callee", T.ByCallee, Out);
  writeTable("by mask", T.ByMask, Out);
  writeTable("by use", T.ByUse, Out);
}

void writeSitesJson(llvm::ArrayRef<SiteRow> Rows, const Report &R, llvm::raw_ostream &Out) {
  Tables T = count(Rows, R);
  llvm::json::OStream J(Out, 2);
  auto WriteCounts = [&](const char *Name, const Counts &All) {
    J.attributeObject(Name, [&] {
      for (const auto &[Key, Number] : All)
        J.attribute(llvm::json::fixUTF8(Key), Number);
    });
  };
  J.object([&] {
    J.attributeArray("sites", [&] {
      for (const SiteRow &Row : Rows)
        J.object([&] {
          J.attribute("file", R.Files->name(Row.At.File));
          J.attribute("line", Row.At.Line);
          J.attribute("column", Row.At.Column);
          J.attribute("function", Row.Function);
          J.attribute("mask", Row.Mask);
          J.attribute("callee", llvm::json::fixUTF8(Row.Callee));
          J.attribute("use", Row.Use);
        });
    });
    J.attributeObject("counts", [&] {
      WriteCounts("subsystem", T.BySubsystem);
      WriteCounts("callee", T.ByCallee);
      WriteCounts("mask", T.ByMask);
      WriteCounts("use", T.ByUse);
    });
  });
  Out << "\n";
}

} // namespace gfplint
