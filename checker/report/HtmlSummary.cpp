// What the HTML report says without its script: counts, failed units, the rules' pages. A count links to the
// findings that it counts.
#include "report/Html.h"

#include "Registry.h"
#include "report/HtmlChart.h"
#include "report/Markdown.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

#include <algorithm>
#include <array>

namespace gfplint {
namespace {

/// By Severity, and all of them.
struct Counts {
  std::array<size_t, 3> Of = {};
  [[nodiscard]] size_t all() const { return Of[0] + Of[1] + Of[2]; }
};

using CountsByName = std::vector<std::pair<std::string, Counts>>;

/// The most serious first, then the most frequent, then by name.
CountsByName sorted(const std::map<std::string, Counts> &All) {
  CountsByName Out(All.begin(), All.end());
  llvm::stable_sort(Out, [](const auto &A, const auto &B) {
    return std::tuple(A.second.Of[2], A.second.Of[1], A.second.Of[0]) >
           std::tuple(B.second.Of[2], B.second.Of[1], B.second.Of[0]);
  });
  return Out;
}

constexpr Severity MostSeriousFirst[] = {Severity::Error, Severity::Warning, Severity::Note};

std::string countWord(size_t N, llvm::StringRef Word) {
  return htmlNumber(N) + " " + Word.str() + (N == 1 ? "" : "s");
}

/// A link to the findings of one value and, where given, one severity.
std::string countCell(size_t N, llvm::StringRef Key, llvm::StringRef Value, std::optional<Severity> Level) {
  if (N == 0)
    return "<td class=\"number none\">0</td>";
  std::string Link = Level ? htmlFilterLink({{Key, Value}, {"severity", severityName(*Level)}})
                           : htmlFilterLink({{Key, Value}});
  std::string Words = countWord(N, Level ? severityName(*Level) : "finding") + " of " + Value.str();
  return "<td class=\"number\"><a href=\"" + htmlEscaped(Link) + "\" aria-label=\"" + htmlEscaped(Words) +
         "\">" + htmlNumber(N) + "</a></td>";
}

std::string countsTable(llvm::StringRef Title, llvm::StringRef Key, const CountsByName &Rows) {
  std::string Name = (Key + "-counts").str();
  std::string Out = "<section class=\"counts\" aria-labelledby=\"" + Name + "\">\n<h3 id=\"" + Name + "\">" +
                    htmlEscaped(Title) + "</h3>\n";
  // A kernel has many subsystems.
  Out += Key == "rule"
             ? "<div>\n"
             : "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-labelledby=\"" + Name + "\">\n";
  Out += std::string("<table>\n<thead><tr><th scope=\"col\">") + (Key == "rule" ? "Rule" : "Subsystem") +
         "</th>";
  for (const char *Column : {"Errors", "Warnings", "Notes", "All"})
    Out += std::string("<th scope=\"col\" class=\"number\">") + Column + "</th>";
  Out += "</tr></thead>\n<tbody>\n";
  for (const auto &[Value, N] : Rows) {
    Out += "<tr><th scope=\"row\">" + htmlEscaped(Value) + "</th>";
    for (Severity Level : MostSeriousFirst)
      Out += countCell(N.Of[static_cast<size_t>(Level)], Key, Value, Level);
    Out += countCell(N.all(), Key, Value, std::nullopt) + "</tr>\n";
  }
  return Out + "</tbody>\n</table>\n</div>\n</section>\n";
}

std::string tile(size_t N, llvm::StringRef Word, llvm::StringRef Key, llvm::StringRef Value) {
  std::string Inside = "<b>" + htmlNumber(N) + "</b> " + htmlEscaped(Word);
  std::string Class = " class=\"" + Key.str() + "-" + Value.str() + "\"";
  if (N == 0)
    return "<li" + Class + "><span>" + Inside + "</span></li>\n";
  return "<li" + Class + "><a href=\"" + htmlEscaped(htmlFilterLink({{Key, Value}})) + "\">" + Inside +
         "</a></li>\n";
}

std::string tiles(const HtmlInput &In) {
  Counts Levels;
  std::array<size_t, 3> Fixes = {};
  for (const Finding &F : In.R.Findings) {
    ++Levels.Of[static_cast<size_t>(F.Level)];
    if (F.Suggested)
      ++Fixes[static_cast<size_t>(F.Suggested->Kind)];
  }
  std::string Out = "<ul class=\"tiles\" aria-label=\"Findings by severity and fix\">\n";
  for (Severity Level : MostSeriousFirst) {
    size_t N = Levels.Of[static_cast<size_t>(Level)];
    Out += tile(N, (severityName(Level) + (N == 1 ? "" : "s")).str(), "severity", severityName(Level));
  }
  for (Applicability Kind : {Applicability::Safe, Applicability::Unsafe}) {
    size_t N = Fixes[static_cast<size_t>(Kind)];
    Out += tile(N, (applicabilityName(Kind) + (N == 1 ? " fix" : " fixes")).str(), "fix",
                applicabilityName(Kind));
  }
  return Out + "</ul>\n";
}

std::string failures(const Report &R) {
  if (R.Failures.empty())
    return "";
  std::string Out =
      "<section class=\"failures\" aria-labelledby=\"failures\">\n<h2 id=\"failures\">" +
      htmlNumber(R.Failures.size()) + (R.Failures.size() == 1 ? " file was" : " files were") +
      " not analysed</h2>\n<p>Findings that need what is in there are missing below.</p>\n<ul>\n";
  for (const ReportFailure &F : R.Failures)
    Out += "<li><code>" + htmlEscaped(F.File) + "</code> " + htmlEscaped(F.Error) + "</li>\n";
  return Out + "</ul>\n</section>\n";
}

/// What a reader of the counts has to know is not in them.
std::string suppressed(const Report &R) {
  if (R.Suppressed.empty())
    return "";
  auto By = [&](SuppressedBy Who) {
    return htmlNumber(llvm::count_if(R.Suppressed, [&](const SuppressedFinding &F) { return F.By == Who; }));
  };
  return "<p class=\"muted suppressed\">Not shown: " + countWord(R.Suppressed.size(), "finding") + ", " +
         By(SuppressedBy::Source) + " by ignores in the source, " + By(SuppressedBy::Config) +
         " by the configuration, " + By(SuppressedBy::Baseline) + " by the baseline.</p>\n";
}

} // namespace

std::string htmlNumber(size_t N) {
  std::string Digits = std::to_string(N);
  for (size_t At = Digits.size(); At > 3; At -= 3)
    Digits.insert(At - 3, ",");
  return Digits;
}

std::string htmlFilterLink(llvm::ArrayRef<std::pair<llvm::StringRef, llvm::StringRef>> Wanted) {
  std::string Link;
  for (auto [Key, Value] : Wanted) {
    Link += (Link.empty() ? "#" : "&") + Key.str() + "=";
    for (char C : Value) {
      if (llvm::isAlnum(C) || C == '-' || C == '_' || C == '.')
        Link += C;
      else
        Link += std::string("%") + llvm::hexdigit(static_cast<unsigned char>(C) >> 4) +
                llvm::hexdigit(static_cast<unsigned char>(C) & 15);
    }
  }
  return Link;
}

std::string htmlSummary(const HtmlInput &In) {
  std::map<std::string, Counts> Rules;
  std::map<std::string, Counts> Subsystems;
  for (size_t I = 0; I < In.R.Findings.size(); ++I) {
    auto Level = static_cast<size_t>(In.R.Findings[I].Level);
    ++Rules[In.R.Findings[I].Rule].Of[Level];
    ++Subsystems[In.Subsystems[I]].Of[Level];
  }
  std::string Out = failures(In.R);
  Out += "<section aria-labelledby=\"summary\">\n<h2 id=\"summary\">Summary</h2>\n" + tiles(In) +
         suppressed(In.R);
  if (!In.R.Findings.empty())
    Out += "<div class=\"columns\">\n" + countsTable("By rule", "rule", sorted(Rules)) +
           countsTable("By subsystem", "subsystem", sorted(Subsystems)) + "</div>\n";
  return Out + "</section>\n" + htmlChart(In);
}

std::string htmlRulePages(const HtmlInput &In) {
  std::set<std::string> Found;
  for (const Finding &F : In.R.Findings)
    Found.insert(F.Rule);
  std::string Out;
  for (const std::string &Id : Found) {
    llvm::StringRef Page = rulePage(Id);
    if (Page.empty())
      continue;
    // The page's own title is the summary here.
    if (Page.starts_with("# "))
      Page = Page.split('\n').second;
    Out += "<details class=\"page\" id=\"page-" + htmlEscaped(Id) + "\">\n<summary>" + htmlEscaped(Id) +
           "</summary>\n<div class=\"text\">\n" +
           markdownToHtml(Page, 2,
                          [&](llvm::StringRef Target) -> std::string {
                            if (Target.starts_with("https://"))
                              return Target.str();
                            bool Other = Target.consume_back(".md") && Found.contains(Target.str());
                            return Other ? "#page-" + Target.str() : "";
                          }) +
           "</div>\n</details>\n";
  }
  if (Out.empty())
    return "";
  return "<section aria-labelledby=\"pages\">\n<h2 id=\"pages\">The rules</h2>\n" + Out + "</section>\n";
}

} // namespace gfplint
