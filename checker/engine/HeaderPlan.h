// Which units of a run are parsed on top of which shared headers.
#pragma once

#include "engine/Worker.h"
#include "store/Store.h"

namespace gfplint {

/// A group whose headers an earlier analysis of the run made, and its key in the store.
struct KnownGroup {
  PchGroup Group;
  Hash128 Key;
};

/// From so many units of a folder on these share headers of their own, in a run over everything: making them
/// takes as long as a few units take, and keeping them costs some 18 MB.
inline constexpr size_t UsualFolder = 80;

/// Whether so many entries can have headers that are worth sharing.
bool canShareHeaders(size_t Entries);

/// Chooses groups for the entries of `Missing` and writes them into the context, with the descriptions
/// of those whose headers the store has. Groups are those of all that is planned for, so that headers
/// which an earlier run made serve a few units; what is left over, which is most where little is missing,
/// gets groups of its own. `All` asks for every group's headers, else they are made where enough is
/// missing. `Earlier` are used before any is made. Returns the groups' keys in the store.
std::vector<Hash128> planHeaders(llvm::ArrayRef<size_t> Missing, Store &Kept, llvm::StringRef PchFolder,
                                 bool All, size_t SmallestFolder, llvm::ArrayRef<KnownGroup> Earlier,
                                 WorkerContext &Context);

} // namespace gfplint
