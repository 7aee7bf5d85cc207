// The parts of the HTML report, put together by writeHtml().
#pragma once

#include "report/Report.h"

#include <string>
#include <vector>

namespace gfplint {

/// A report with what several parts of the page ask of it.
struct HtmlInput {
  const Report &R;
  /// For each finding, in order.
  std::vector<std::string> Prints;
  /// For each finding, in order: the section of MAINTAINERS, or subsystemOf() where there is none.
  std::vector<std::string> Subsystems;
};

/// The findings, the lines of source that they show, and their diffs, as JSON for the page's script; without
/// `<`, so that nothing in it ends the element that it stands in. The shape is described in html/data.js.
std::string htmlData(const HtmlInput &In);

/// Counts by severity, rule and subsystem, the chart of restricted masks, and the units that failed.
std::string htmlSummary(const HtmlInput &In);

/// The pages of the rules that found something.
std::string htmlRulePages(const HtmlInput &In);

/// What the page's address ends with to show the findings with these values: `#rule=scope-unpaired`. Keys are
/// those of html/table.js.
std::string htmlFilterLink(llvm::ArrayRef<std::pair<llvm::StringRef, llvm::StringRef>> Wanted);

/// `12,345`, as the page's script writes numbers.
std::string htmlNumber(size_t N);

} // namespace gfplint
