// Which units can share a precompiled header, and what should be in it.
#pragma once

#include "compile_db/Database.h"

#include "llvm/ADT/ArrayRef.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace gfplint {

/// Units whose commands differ in nothing that could change the meaning of a common header.
struct PchGroup {
  /// Indexes into the entries that were planned for, ascending.
  std::vector<size_t> Units;
  /// The command for the PCH: what the units' commands have in common, without an input file.
  std::vector<std::string> Args;
  std::string Directory;
  /// A folder that all of the group's files lie in.
  std::string Folder;
  /// A header is worth its place from this share of the group's units on.
  double Share = 0.04;
};

/// Groups of at least `Smallest` units, the largest first; units of smaller groups are in none. Units
/// of one group have the same flags except for include paths that come after the common ones, and lie
/// in one folder: folders of at least `SmallestFolder` units get groups of their own, since their units
/// include the same headers. Depends on the entries alone, not on their order.
std::vector<PchGroup> planGroups(llvm::ArrayRef<Entry> Entries, size_t Smallest, size_t SmallestFolder);

/// Finds groups for units that are in none.
class GroupFinder {
public:
  explicit GroupFinder(llvm::ArrayRef<PchGroup> Groups);
  ~GroupFinder();
  /// A group whose header the unit can be parsed on top of: its command has the group's flags, and
  /// possibly more macros (the guard watches those as if the unit defined them); its include paths begin
  /// with the group's. Of several the one that is nearest by folder, then the largest.
  [[nodiscard]] std::optional<size_t> find(const Entry &E) const;
  /// Whether a group has just the flags of the unit's command. Headers may look at a macro more.
  [[nodiscard]] bool hasSameFlags(const Entry &E) const;

private:
  struct Group;
  std::vector<Group> Groups;
};

/// An `#include` line: the name between its delimiters.
struct Include {
  std::string Name;
  /// `"name"`, looked for beside the file first.
  bool Quoted = false;
  friend auto operator<=>(const Include &, const Include &) = default;
};

/// Whether a header's text means nothing the second time: it begins with `#ifndef` or `#pragma once`, or
/// only macros come before that.
bool isGuarded(llvm::StringRef Text);

/// The `#include` lines of a C file outside any `#if`, in order.
std::vector<Include> includesOf(llvm::StringRef Text);

/// The headers that are worth compiling once for units that include these, given the includes of each
/// unit with quoted names made absolute, and PchGroup::Share: those in angle brackets first, the most
/// frequent first, then the others in the order in which units include them.
std::vector<Include> chooseHeaders(llvm::ArrayRef<std::vector<Include>> IncludesOfUnits, double Share);

/// The text of a file that includes the headers, one a line.
std::string headerSource(llvm::ArrayRef<Include> Headers);

} // namespace gfplint
