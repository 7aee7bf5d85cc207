// Reading and printing kernel versions.
#include "gfp/KernelVersion.h"

#include "llvm/ADT/SmallVector.h"

namespace gfplint {

std::optional<KernelVersion> KernelVersion::parse(llvm::StringRef Text) {
  llvm::SmallVector<llvm::StringRef, 4> Parts;
  Text.split('-').first.split(Parts, '.');
  KernelVersion V;
  unsigned *Fields[] = {&V.Major, &V.Minor, &V.Patch};
  if (Parts.size() < 2 || Parts.size() > 3)
    return std::nullopt;
  for (size_t I = 0; I < Parts.size(); ++I)
    if (Parts[I].getAsInteger(10, *Fields[I]))
      return std::nullopt;
  return V;
}

std::string KernelVersion::str() const {
  std::string Text = std::to_string(Major) + "." + std::to_string(Minor);
  return Patch == 0 ? Text : Text + "." + std::to_string(Patch);
}

} // namespace gfplint
