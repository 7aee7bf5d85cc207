// Watching a precompiled header being made: which file includes which, and which names matter.
#pragma once

#include "frontend/SharedHeaders.h"

#include "clang/Lex/Preprocessor.h"
#include "llvm/ADT/DenseMap.h"

#include <set>

namespace gfplint {

/// Fills in SharedHeaders while the headers are preprocessed.
class PchRecord {
public:
  /// Installs the callbacks; this must outlive the preprocessing.
  void watch(clang::Preprocessor &Pp);

  /// A place at which an overridable macro is expanded.
  struct Expansion {
    uint32_t File = 0;
    uint32_t Offset = 0;
  };

  /// What was seen, once preprocessing is over. `IsLowered(file, offset)` tells whether a function of
  /// the IR covers the place. SharedHeaders::Pch is left to the caller.
  SharedHeaders finish(clang::Preprocessor &Pp,
                       const std::function<bool(llvm::StringRef Path, uint32_t Offset)> &IsLowered);

private:
  /// The preprocessor tests, expands or defines the name there; `Is` is the macro that it is then.
  void read(const clang::SourceManager &Sources, llvm::StringRef Name, clang::SourceLocation At,
            const clang::MacroInfo *Is);
  void addReader(const llvm::Twine &Name, std::optional<uint32_t> File);
  void addMiss(const llvm::Twine &Name, std::optional<uint32_t> File);
  void listNames();
  void listOrder();
  friend class PchRecordCallbacks;
  /// The file's number; nothing for a buffer that is no file.
  std::optional<uint32_t> fileAt(const clang::SourceManager &Sources, clang::SourceLocation At);
  uint32_t fileOf(const clang::SourceManager &Sources, clang::FileEntryRef Entry);

  struct Macro {
    unsigned Tests = 0;
    unsigned Definitions = 0;
    /// What it was defined as last.
    const clang::MacroInfo *Info = nullptr;
    /// The file that undefined it since then.
    std::optional<uint32_t> TakenBackIn;
    /// It is defined in a block of its own, where it has no value yet.
    bool Default = false;
    std::vector<Expansion> Expansions;
    /// Files that looked at the name while it was no macro, each with one that defined it later, and
    /// for good.
    std::set<std::pair<uint32_t, uint32_t>> Order;
  };
  SharedHeaders Seen;
  llvm::StringMap<std::vector<uint32_t>> Readers;
  /// The token before, where it is a name.
  const clang::IdentifierInfo *Last = nullptr;
  clang::SourceLocation LastAt;
  /// Files that looked at a name while it was no macro; under `NAME(` before a parenthesis.
  llvm::StringMap<std::vector<uint32_t>> Misses;
  std::vector<std::set<uint32_t>> Needs;
  llvm::DenseMap<const clang::MacroInfo *, std::optional<uint32_t>> DefinedIn;
  clang::FileID LastId;
  std::optional<uint32_t> LastFile;
  llvm::DenseMap<unsigned, uint32_t> Numbers;
  llvm::StringMap<Macro> Macros;
};

/// Whether the macro puts strings before its argument and does no more: `#define pr_fmt(fmt) "x: " fmt`.
/// No branch, call or count of arguments depends on which of such definitions holds.
bool isStringPrefix(const clang::MacroInfo &Macro, clang::Preprocessor &Pp);

/// Whether two macros are the same text, but for the underscores that may stand around the name of an
/// attribute: `__attribute__((__no_instrument_function__))` says what `no_instrument_function` says.
bool meansTheSame(const clang::MacroInfo &A, const clang::MacroInfo &B, clang::Preprocessor &Pp);

} // namespace gfplint
