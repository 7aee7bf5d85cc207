// Headers compiled once for many units: what is known of a precompiled header (PCH) beside the PCH.
//
// A PCH holds more headers than most units include. These tables say what a unit that is parsed on
// top of it may rely on, so that the PCH never changes what is learnt of the unit (see PchGuard.h).
#pragma once

#include "frontend/NameTable.h"

#include "llvm/ADT/BitVector.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Error.h"

#include <optional>
#include <string>
#include <vector>

namespace gfplint {

struct SharedHeaders {
  struct File {
    /// Absolute, without `.` and `..`.
    std::string Path;
    /// Files that it includes, directly, in this configuration; indexes into Files.
    std::vector<uint32_t> Includes;
    /// The IR has something to say of it.
    bool HasPart = false;
    /// Files whose macros it used or tested. Without one of them before it, it may mean something else.
    std::vector<uint32_t> Needs;
    /// Files that came after it, and define macros of names that it looked at. With one of them before
    /// it, it may mean something else.
    std::vector<uint32_t> Precedes;
    friend bool operator==(const File &, const File &) = default;
  };
  /// The PCH itself; absolute.
  std::string Pch;
  std::vector<File> Files;
  /// What every unit includes: the command's `-include` files.
  std::vector<uint32_t> Always;
  /// In which files the preprocessor looks at a name: tests, expands or defines it as a macro, or hands
  /// it to the parser because it is none. Only there can a unit's own macro of that name change
  /// anything. Under `NAME(` where a macro with parameters could: a parenthesis follows. Indexes into
  /// Files, ascending, as text (`1 5 9`), behind the name's marks.
  NameTable Names;
  /// A macro that is one wherever it is looked at, and always the same: who defines it to the same effect
  /// changes nothing.
  static constexpr char SteadyMark = '=';
  /// No file finds it as a macro that another file defined: who takes it back changes nothing.
  static constexpr char LocalMark = '~';
  struct Default {
    /// The file that gives it its value where it has none.
    uint32_t Home = 0;
    /// The files that have functions in the IR in which the macro is expanded.
    std::vector<uint32_t> Files;
    /// All its definitions only make a format (see isFormatPrefix()).
    bool Prefix = false;
    /// It has one definition.
    bool Once = false;
    friend bool operator==(const Default &, const Default &) = default;
  };
  /// Macros that a unit may define before it includes a header: headers only give them a value where
  /// there is none (`#ifndef pr_fmt`, `#define pr_fmt`, `#endif`), or another format.
  llvm::StringMap<Default> Overridable;

  /// Whether one of the files of the set looks at the name.
  [[nodiscard]] bool isReadIn(llvm::StringRef Name, const llvm::BitVector &Set) const;
  [[nodiscard]] bool hasMark(llvm::StringRef Name, char Mark) const;
  /// Everything that including file `Index` brings in, itself included.
  [[nodiscard]] llvm::BitVector closure(uint32_t Index) const;

  /// A line of JSON, and the text of Names, which are nearly all of it.
  [[nodiscard]] std::string toText() const;
  /// `Text` is what toText() wrote.
  static llvm::Expected<SharedHeaders> fromText(llvm::StringRef Text);
};

} // namespace gfplint
