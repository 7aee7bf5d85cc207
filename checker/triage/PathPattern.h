// Which files a path of a configuration means.
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"

#include <memory>
#include <string>

namespace gfplint {

/// A file, or a folder with all below it, as reports name files: relative to the source root, or absolute.
/// `*` and `?` stand for what has no slash, `[...]` for one of these bytes, `**` for any number of folders.
class PathPattern {
public:
  /// The error says what is wrong with the pattern, without its name.
  static llvm::Expected<PathPattern> create(llvm::StringRef Text);
  [[nodiscard]] bool matches(llvm::StringRef File) const;
  [[nodiscard]] const std::string &text() const;

private:
  struct Compiled;
  explicit PathPattern(std::shared_ptr<const Compiled> Pattern) : Pattern(std::move(Pattern)) {}
  /// Never null. Stays where it is: what was compiled points into the text.
  std::shared_ptr<const Compiled> Pattern;
};

} // namespace gfplint
