// The tables of a store's file.
#pragma once

#include "store/Sqlite.h"

namespace gfplint {

enum class Kind {
  /// Nothing in it yet.
  Empty,
  Ours,
  /// Another program's database, or a store of another version.
  Foreign,
};

/// `Why` is set for Foreign: a few words.
llvm::Expected<Kind> kindOf(Connection &Db, std::string &Why);

/// Makes the tables where the file is empty; safe where two processes do it at once.
llvm::Error createTables(Connection &Db);

} // namespace gfplint
