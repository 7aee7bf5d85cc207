// The forms of a report by name: what --format and --output choose from.
#pragma once

#include "report/Report.h"

namespace gfplint {

struct ReportFormat {
  const char *Name;
  /// For --help.
  const char *Summary;
  void (*Write)(const Report &R, llvm::raw_ostream &Out);
};

/// In the order in which --help names them; the first is the default.
llvm::ArrayRef<ReportFormat> allFormats();

/// Null for an unknown name.
const ReportFormat *formatNamed(llvm::StringRef Name);

/// `text, json, ...`, for messages.
std::string formatNames();

} // namespace gfplint
