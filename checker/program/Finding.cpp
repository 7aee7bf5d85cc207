// The words of severities and applicabilities.
#include "program/Finding.h"

#include <array>

namespace gfplint {
namespace {
constexpr std::array<const char *, 3> Severities = {"note", "warning", "error"};
constexpr std::array<const char *, 3> Applicabilities = {"safe", "unsafe", "display"};
} // namespace

llvm::StringRef severityName(Severity S) { return Severities[static_cast<size_t>(S)]; }

std::optional<Severity> severityNamed(llvm::StringRef Name) {
  for (size_t I = 0; I < Severities.size(); ++I)
    if (Name == Severities[I])
      return static_cast<Severity>(I);
  return std::nullopt;
}

llvm::StringRef applicabilityName(Applicability A) { return Applicabilities[static_cast<size_t>(A)]; }

} // namespace gfplint
