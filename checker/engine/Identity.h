// What the results of this very program depend on, apart from its input.
#pragma once

#include "compile_db/Database.h"
#include "store/Hash.h"

namespace gfplint {

/// Of the sources of all rooms that a unit's IR goes through, and of how they are built; generated.
extern const char *const SourceIdentity;

/// Differs between programs that might make another IR: by SourceIdentity, and by the Clang libraries that
/// they run with.
Hash128 toolIdentity();

/// All that a unit's IR depends on but the contents of files: the program, the flags of the tree, the
/// command, and how files are named.
Hash128 unitKey(const Entry &E, llvm::StringRef SourceRoot, const Hash128 &FlagsKey);

/// For something that is made with a command, named by `What`.
Hash128 commandKey(llvm::StringRef What, llvm::ArrayRef<std::string> Args, llvm::StringRef Directory,
                   llvm::StringRef More);

} // namespace gfplint
