// Reads kernel knowledge from YAML and settles its gates for one tree.
#pragma once

#include "model/Model.h"

#include "llvm/ADT/ArrayRef.h"

namespace gfplint {

/// A YAML document and the name that its errors carry.
struct ModelSource {
  std::string Name;
  std::string Text;
};

/// The files of rules/kernel/ as compiled in.
std::vector<ModelSource> builtinModelSources();

/// Those, and then the named files. The error is one line: `FILE: why`.
llvm::Expected<std::vector<ModelSource>> modelSources(llvm::ArrayRef<std::string> Files);

/// Reads and checks the sources in order (a later entry of the same name replaces an earlier one)
/// and keeps what holds for the tree. An error has one line: `FILE:LINE:COLUMN: what`.
llvm::Expected<Model> loadModel(llvm::ArrayRef<ModelSource> Sources, const TreeView &Tree);

/// What the tree's top Makefile says (VERSION, PATCHLEVEL, SUBLEVEL).
std::optional<KernelVersion> versionOfTree(llvm::StringRef SourceRoot);

/// Looks at a real tree: text of the files below SourceRoot, nothing parsed by Clang. Files are read
/// when a gate asks, each once; the view is for one thread. Without `Version`, it is versionOfTree().
TreeView viewTree(std::string SourceRoot, std::optional<KernelVersion> Version, bool VersionForced);

} // namespace gfplint
