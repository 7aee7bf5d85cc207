// The rules as SARIF's tool.driver lists them, with their pages.
#pragma once

#include "report/Report.h"

#include "llvm/Support/JSON.h"

namespace gfplint {

class SarifRules {
public:
  /// Every rule, run or not, so that the list is the same for one version of gfplint; then what else reported
  /// something.
  explicit SarifRules(const Report &R);

  /// An id that is neither a rule's nor a finding's has none.
  [[nodiscard]] size_t indexOf(llvm::StringRef Id) const;
  /// The attribute `rules`.
  void write(llvm::json::OStream &J) const;

private:
  struct Entry {
    std::string Id;
    Severity Level;
    std::string Summary;
  };
  std::vector<Entry> Entries;
};

} // namespace gfplint
