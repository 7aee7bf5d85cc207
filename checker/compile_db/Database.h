// A kernel's compile_commands.json: loaded, cleaned for Clang, and narrowed to what was asked for.
#pragma once

#include "gfp/KernelVersion.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"

#include <optional>
#include <string>
#include <vector>

namespace gfplint {

/// One way in which one C file is compiled.
struct Entry {
  /// Absolute, without `.` and `..`.
  std::string File;
  /// Absolute; relative paths in Args are relative to it.
  std::string Directory;
  /// Clang's arguments: cleaned, ends with File, without the compiler's own name, and without
  /// anything that writes a file (-o, -c, -Wp,-M*, ...).
  std::vector<std::string> Args;
  friend auto operator<=>(const Entry &, const Entry &) = default;
};

/// What was left out of a database, and why.
struct Skipped {
  unsigned Assembler = 0;
  unsigned HostTools = 0;
  unsigned MissingFiles = 0;
  unsigned OtherLanguages = 0;
};

/// A loaded database: entries sorted by file, then by arguments; the same entry twice is one.
struct Database {
  /// The compile_commands.json itself, absolute.
  std::string Path;
  std::vector<Entry> Entries;
  Skipped Left;
};

/// Loads a compile_commands.json, or the one in a build directory. Accepts the `command` and the
/// `arguments` form. The error is one line: what is wrong with which file, and what to do; a database
/// without a single C file that exists is one.
llvm::Expected<Database> loadDatabase(llvm::StringRef PathOrDirectory);

/// The entry for `gfplint check -- CFLAGS... FILE.c` and `gfplint kbuild`: Words are everything
/// after `--`; exactly one of them is an existing .c file.
llvm::Expected<Entry> synthesiseEntry(llvm::ArrayRef<std::string> Words, llvm::StringRef Directory);

/// Rewrites the words of one compiler call (argv[0] included) for Clang: drops what only GCC knows
/// (rules/compiler/flags.yaml), what would write a file, plugins and -Werror; keeps everything that
/// can change the AST. `File` becomes the last argument.
std::vector<std::string> cleanArguments(llvm::ArrayRef<std::string> Words, llvm::StringRef File);

/// Where a database's kernel lies.
struct KernelTree {
  /// The kernel's source root, absolute; for an out-of-tree module the root of the kernel that it
  /// is built against. Empty where none was found.
  std::string SourceRoot;
  /// From the root's Makefile (VERSION, PATCHLEVEL, SUBLEVEL), else from the build's generated
  /// include/generated/uapi/linux/version.h.
  std::optional<KernelVersion> Version;
};

/// Finds the tree from the entries' files and -I / -isystem / -include options: the nearest folder above one
/// of them that holds a Makefile with VERSION and PATCHLEVEL, and include/linux.
KernelTree findKernelTree(llvm::ArrayRef<Entry> Entries);

/// Narrows entries to PATHs (a file or a folder, absolute or relative to the source root or to
/// CurrentDirectory, which comes first where both have entries). No PATH means every entry. A PATH that
/// matches no entry is an error that names it.
llvm::Expected<std::vector<Entry>> selectEntries(const Database &Db, llvm::ArrayRef<std::string> Paths,
                                                 llvm::StringRef SourceRoot,
                                                 llvm::StringRef CurrentDirectory);

/// `File` as reports show it: relative to SourceRoot with forward slashes where it lies inside,
/// else absolute.
std::string displayPath(llvm::StringRef File, llvm::StringRef SourceRoot);

} // namespace gfplint
