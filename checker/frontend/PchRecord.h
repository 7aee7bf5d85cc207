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
  [[nodiscard]] std::string marksOf(llvm::StringRef Name) const;
  void listOrder();
  friend class PchRecordCallbacks;
  /// The file's number; nothing for a buffer that is no file.
  std::optional<uint32_t> fileAt(const clang::SourceManager &Sources, clang::SourceLocation At);
  uint32_t fileOf(const clang::SourceManager &Sources, clang::FileEntryRef Entry);

  struct Macro {
    unsigned Tests = 0;
    unsigned Definitions = 0;
    /// What it was defined as, the last one last.
    llvm::SmallVector<const clang::MacroInfo *, 1> Infos;
    /// It had different meanings, or none after it had one.
    bool Varies = false;
    /// A file read it that did not define it.
    bool Crosses = false;
    /// It was none for another file than the one that undefined it.
    bool Lost = false;
    /// The file that undefined it since then.
    std::optional<uint32_t> TakenBackIn;
    /// The file that defines it in a block of its own, where it has no value yet.
    std::optional<uint32_t> Default;
    /// Once that is known: files that read it, each with one that defined it.
    std::set<std::pair<uint32_t, uint32_t>> Needs;
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
  /// The first file that defined a macro so, and others that did since.
  struct Definers {
    std::optional<uint32_t> First;
    llvm::SmallVector<uint32_t, 1> Later;
  };
  llvm::DenseMap<const clang::MacroInfo *, Definers> DefinedIn;
  clang::FileID LastId;
  std::optional<uint32_t> LastFile;
  llvm::DenseMap<unsigned, uint32_t> Numbers;
  llvm::StringMap<Macro> Macros;
};

/// Whether the macro puts strings before its argument, and more of them, or numbers, behind a comma:
/// `#define pr_fmt(fmt) "x: %s " fmt, __func__`. It is for a format, and what a function is lowered to
/// does not depend on which of such definitions holds (see lowerCall()).
bool isFormatPrefix(const clang::MacroInfo &Macro, clang::Preprocessor &Pp);

/// Whether the macro stands for its own name: `#define tlb_flush tlb_flush`.
bool isItself(const clang::IdentifierInfo &Name, const clang::MacroInfo &Macro);

/// Whether two macros are the same text, but for the underscores that may stand around the name of an
/// attribute: `__attribute__((__no_instrument_function__))` says what `no_instrument_function` says.
bool meansTheSame(const clang::MacroInfo &A, const clang::MacroInfo &B, clang::Preprocessor &Pp);

} // namespace gfplint
