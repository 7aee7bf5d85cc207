// Markdown as the rules' pages are written in it, to HTML.
#pragma once

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"

#include <string>

namespace gfplint {

/// Headings, paragraphs, lists, tables, fenced code; code, bold and links in a line. All else is text, and
/// all text is escaped. `#` becomes `<hN>` with N = `TopHeading`, and so on down to h6. `LinkTo` turns a
/// link's target into an address; a link whose address is empty stays as its words.
std::string markdownToHtml(llvm::StringRef Text, unsigned TopHeading,
                           llvm::function_ref<std::string(llvm::StringRef)> LinkTo);

/// Text between tags or in a quoted attribute; bytes that are no UTF-8 are replaced.
std::string htmlEscaped(llvm::StringRef Text);

} // namespace gfplint
