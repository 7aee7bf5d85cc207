// What is written from the command line's own table: man page, completions, pages of the rules.
#pragma once

#include "manual/Commands.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

namespace gfplint {

/// A template's text with `@NAME@` of each pair replaced. A name that the template does not have ends the
/// program, which runs while gfplint is built.
std::string fillIn(llvm::StringRef TemplateFile,
                   llvm::ArrayRef<std::pair<llvm::StringRef, std::string>> Values);

/// gfplint.1, in man(7)'s macros.
std::string manPage(llvm::ArrayRef<CommandDoc> Commands);

/// For bash 4.4 and newer; needs nothing of the bash-completion package.
std::string bashCompletion(llvm::ArrayRef<CommandDoc> Commands);

/// For zsh's compinit, as a file `_gfplint`.
std::string zshCompletion(llvm::ArrayRef<CommandDoc> Commands);

/// The list of the rules' pages, in Markdown; they are below `Pages`, which ends with a slash or is empty.
std::string ruleIndex(llvm::StringRef Pages);

} // namespace gfplint
