// The files of rules/kernel/ as compiled in.
#include "model/EmbeddedFile.h"
#include "model/Loader.h"

namespace gfplint {

extern const llvm::ArrayRef<EmbeddedFile> KernelYaml; // generated

std::vector<ModelSource> builtinModelSources() {
  std::vector<ModelSource> Sources;
  Sources.reserve(KernelYaml.size());
  for (const EmbeddedFile &File : KernelYaml)
    Sources.push_back({("rules/kernel/" + File.Name).str(), File.Text.str()});
  return Sources;
}

} // namespace gfplint
