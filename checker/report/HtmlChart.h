// The chart of where restricted masks remain.
#pragma once

#include "report/Html.h"

namespace gfplint {

/// The findings of restricted-gfp-site by subsystem and mask as bars, with a table of the same numbers; empty
/// where there are none. The bars are drawn in percent of the width, so that text keeps its size.
std::string htmlChart(const HtmlInput &In);

} // namespace gfplint
