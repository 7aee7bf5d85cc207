// Which units of a run are parsed on top of which shared headers.
#pragma once

#include "engine/Worker.h"
#include "store/Store.h"

namespace gfplint {

/// Whether so many entries can have headers that are worth sharing.
bool canShareHeaders(size_t Entries);

/// Chooses groups for the entries of `Missing` and writes them into the context, with the descriptions
/// of those whose headers the store has. Groups are those of all that is planned for, so that headers
/// which an earlier run made serve a few units; what is left over, which is most where little is missing,
/// gets groups of its own. `All` asks for every group's headers, else they are made where enough is
/// missing. Returns the groups' keys in the store.
std::vector<Hash128> planHeaders(llvm::ArrayRef<size_t> Missing, Store &Kept, llvm::StringRef PchFolder,
                                 bool All, WorkerContext &Context);

} // namespace gfplint
