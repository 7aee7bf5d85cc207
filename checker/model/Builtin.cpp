// The files of rules/kernel/ as compiled in, and those that users add.
#include "files/ReadInput.h"
#include "model/EmbeddedFile.h"
#include "model/Loader.h"

namespace gfplint {

extern const llvm::ArrayRef<EmbeddedFile> KernelYaml; // generated

/// The largest of ours has 30 KiB.
constexpr uint64_t MaxBytes = uint64_t(16) << 20;

std::vector<ModelSource> builtinModelSources() {
  std::vector<ModelSource> Sources;
  Sources.reserve(KernelYaml.size());
  for (const EmbeddedFile &File : KernelYaml)
    Sources.push_back({("rules/kernel/" + File.Name).str(), File.Text.str()});
  return Sources;
}

llvm::Expected<std::vector<ModelSource>> modelSources(llvm::ArrayRef<std::string> Files) {
  std::vector<ModelSource> Sources = builtinModelSources();
  for (const std::string &File : Files) {
    llvm::Expected<std::string> Text = readInput(File, MaxBytes);
    if (!Text)
      return llvm::createStringError(File + ": " + llvm::toString(Text.takeError()));
    Sources.push_back({File, std::move(*Text)});
  }
  return Sources;
}

} // namespace gfplint
