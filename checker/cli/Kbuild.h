// `gfplint kbuild`: a unit as make C=1 hands it to CHECK.
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"

#include <string>

namespace gfplint {

struct Entry;

/// Whether `Word` is the one with which Kbuild begins a compile's own flags (-Wp,-MMD,FILE): what stands
/// before it is for sparse alone.
inline bool isKbuildMark(llvm::StringRef Word) {
  return Word.starts_with("-Wp,-MMD,") || Word.starts_with("-Wp,-MD,");
}

/// The entry that the kernel's gen_compile_commands.py will make of the same compile. `Words` are CHECK's
/// arguments without gfplint's own options. `StoreFolder` becomes the place of the store that
/// `check -p` will use, or stays as it is where it is not Kbuild that calls.
llvm::Expected<Entry> kbuildEntry(llvm::ArrayRef<std::string> Words, std::string &StoreFolder);

} // namespace gfplint
