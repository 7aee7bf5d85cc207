// One bar a subsystem, one part a mask. A mask with more flags counts by its first name.
#include "report/HtmlChart.h"

#include "report/Markdown.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/FormatVariadic.h"

#include <algorithm>

namespace gfplint {
namespace {

constexpr llvm::StringLiteral Inventory = "restricted-gfp-site";
/// What is left is in the table.
constexpr size_t MostBars = 15;
/// Masks with a colour of their own; html/report.css has that many.
constexpr size_t MostMasks = 4;
/// In pixels.
constexpr size_t RowHeight = 40;
constexpr size_t BarHeight = 14;
constexpr size_t BarTop = 20;
/// In percent: room for the number behind the longest bar.
constexpr double WidestBar = 90;

struct Row {
  std::string Name;
  /// By mask.
  std::vector<size_t> Of;
  size_t All = 0;
};

struct Chart {
  std::vector<std::string> Masks;
  /// The longest bar first.
  std::vector<Row> Rows;
};

/// Names by how often they occur, then by themselves; those past `Most` become one, `Rest`.
std::vector<std::string> mostFrequent(const std::map<std::string, size_t> &Count, size_t Most,
                                      const std::string &Rest) {
  std::vector<std::pair<std::string, size_t>> All(Count.begin(), Count.end());
  llvm::stable_sort(All, [](const auto &A, const auto &B) { return A.second > B.second; });
  std::vector<std::string> Names;
  for (size_t I = 0; I < All.size() && (All.size() <= Most || I + 1 < Most); ++I)
    Names.push_back(All[I].first);
  if (Names.size() < All.size())
    Names.push_back(Rest);
  return Names;
}

Chart countAll(const HtmlInput &In) {
  auto MaskOf = [](const Finding &F) { return llvm::StringRef(F.Mask).split(' ').first.str(); };
  std::map<std::string, size_t> Masks;
  for (const Finding &F : In.R.Findings)
    if (F.Rule == Inventory)
      ++Masks[MaskOf(F)];
  Chart C;
  C.Masks = mostFrequent(Masks, MostMasks, "other masks");
  std::map<std::string, Row> Rows;
  for (size_t I = 0; I < In.R.Findings.size(); ++I) {
    const Finding &F = In.R.Findings[I];
    if (F.Rule != Inventory)
      continue;
    Row &R = Rows[In.Subsystems[I]];
    R.Name = In.Subsystems[I];
    R.Of.resize(C.Masks.size());
    auto At = std::find(C.Masks.begin(), C.Masks.end(), MaskOf(F));
    ++R.Of[At == C.Masks.end() ? C.Masks.size() - 1 : static_cast<size_t>(At - C.Masks.begin())];
    ++R.All;
  }
  for (auto &[Name, R] : Rows)
    C.Rows.push_back(std::move(R));
  llvm::stable_sort(C.Rows, [](const Row &A, const Row &B) { return A.All > B.All; });
  return C;
}

std::string legend(const Chart &C) {
  std::string Out = "<ul class=\"legend\">";
  for (size_t M = 0; M < C.Masks.size(); ++M) {
    size_t N = 0;
    for (const Row &R : C.Rows)
      N += R.Of[M];
    Out += llvm::formatv("<li><svg width=\"12\" height=\"12\" aria-hidden=\"true\"><rect class=\"mask{0}\" "
                         "width=\"12\" height=\"12\"/></svg> {1} <span class=\"muted\">{2}</span></li>",
                         M, htmlEscaped(C.Masks[M]), htmlNumber(N));
  }
  return Out + "</ul>\n";
}

std::string drawing(const Chart &C) {
  auto Bars = llvm::ArrayRef(C.Rows).take_front(MostBars);
  size_t Longest = 1;
  for (const Row &R : Bars)
    Longest = std::max(Longest, R.All);
  std::string Out = llvm::formatv("<svg class=\"bars\" width=\"100%\" height=\"{0}\" role=\"img\" "
                                  "aria-labelledby=\"chart chart-note\">\n",
                                  Bars.size() * RowHeight);
  for (size_t I = 0; I < Bars.size(); ++I) {
    const Row &R = Bars[I];
    size_t Top = I * RowHeight;
    Out += llvm::formatv("<text x=\"0\" y=\"{0}\">{1}</text>\n", Top + BarTop - 6, htmlEscaped(R.Name));
    double Left = 0;
    for (size_t M = 0; M < C.Masks.size(); ++M) {
      if (R.Of[M] == 0)
        continue;
      double Width = WidestBar * static_cast<double>(R.Of[M]) / static_cast<double>(Longest);
      Out += llvm::formatv("<rect class=\"mask{0}\" x=\"{1:F3}%\" y=\"{2}\" width=\"{3:F3}%\" height=\"{4}\">"
                           "<title>{5}: {6} {7}</title></rect>\n",
                           M, Left, Top + BarTop, Width, BarHeight, htmlEscaped(R.Name), htmlNumber(R.Of[M]),
                           htmlEscaped(C.Masks[M]));
      Left += Width;
    }
    Out += llvm::formatv("<text class=\"muted\" x=\"{0:F3}%\" dx=\"6\" y=\"{1}\">{2}</text>\n", Left,
                         Top + BarTop + BarHeight - 2, htmlNumber(R.All));
  }
  return Out + "</svg>\n";
}

std::string numbers(const Chart &C) {
  size_t Hidden = C.Rows.size() - std::min(C.Rows.size(), MostBars);
  std::string Out = "<details>\n<summary>As a table" +
                    (Hidden > 0 ? ", with " + htmlNumber(Hidden) + " more" : std::string()) +
                    "</summary>\n<div class=\"scroll\" tabindex=\"0\" role=\"group\" "
                    "aria-label=\"Restricted masks by subsystem\">\n<table>\n<thead><tr><th "
                    "scope=\"col\">Subsystem</th>";
  for (const std::string &Mask : C.Masks)
    Out += "<th scope=\"col\" class=\"number\">" + htmlEscaped(Mask) + "</th>";
  Out += "<th scope=\"col\" class=\"number\">All</th></tr></thead>\n<tbody>\n";
  for (const Row &R : C.Rows) {
    Out += "<tr><th scope=\"row\">" + htmlEscaped(R.Name) + "</th>";
    for (size_t N : R.Of)
      Out += "<td class=\"number\">" + htmlNumber(N) + "</td>";
    std::string Link = htmlFilterLink({{"rule", Inventory}, {"subsystem", R.Name}});
    Out += "<td class=\"number\"><a href=\"" + htmlEscaped(Link) + "\" aria-label=\"" + htmlNumber(R.All) +
           " in " + htmlEscaped(R.Name) + "\">" + htmlNumber(R.All) + "</a></td></tr>\n";
  }
  return Out + "</tbody>\n</table>\n</div>\n</details>\n";
}

} // namespace

std::string htmlChart(const HtmlInput &In) {
  Chart C = countAll(In);
  if (C.Rows.empty())
    return "";
  return "<section class=\"chart\" aria-labelledby=\"chart\">\n<h2 id=\"chart\">Where restricted masks "
         "remain</h2>\n<p id=\"chart-note\" class=\"muted\">Calls that pass a restricted mask (" +
         Inventory.str() + "), by subsystem and mask.</p>\n" + legend(C) + drawing(C) + numbers(C) +
         "</section>\n";
}

} // namespace gfplint
