// One unit that clang-tidy parsed: lowered and linked alone, once for all checks that ask about it.
#pragma once

#include "compile_db/Database.h"
#include "fix/Place.h"
#include "ir/Encode.h"
#include "lower/Uses.h"
#include "model/Model.h"
#include "program/Program.h"
#include "report/Report.h"
#include "triage/Config.h"

#include "Registry.h"

#include "clang/AST/ASTContext.h"
#include "clang/Lex/Preprocessor.h"

#include <map>
#include <memory>
#include <set>

namespace gfplint {

/// What a check's options say of the kernel, and of how fixes are written there.
struct TidyOptions {
  /// In place of the version that the tree's Makefile tells.
  std::optional<KernelVersion> Version;
  /// Files with more kernel knowledge, as --model takes them.
  std::vector<std::string> Models;
  ScopeStyle Style = ScopeStyle::Save;
  friend auto operator<=>(const TidyOptions &, const TidyOptions &) = default;
};

/// What is known of a tree before any of its units.
struct TreeFacts {
  Model Knowledge;
  /// Its .gfplint.yaml, where it has one.
  Config Settings;
};

/// Facts of trees, kept between the units of a process.
class KnownTrees {
public:
  /// The error is one line.
  llvm::Expected<std::shared_ptr<const TreeFacts>> facts(const KernelTree &Tree, const TidyOptions &Options);

private:
  using Key = std::tuple<std::string, std::optional<KernelVersion>, TidyOptions>;
  std::map<Key, std::shared_ptr<const TreeFacts>> Known;
};

class ParsedUnit {
public:
  explicit ParsedUnit(KnownTrees &Trees) : Trees(Trees) {}

  /// Before anything of the unit is read; once is enough, further calls do nothing.
  void watch(clang::Preprocessor &Pp);
  /// Whether watch() was called.
  [[nodiscard]] bool begun() const { return Pp != nullptr; }

  /// What all rules find in the unit when nothing else is linked to it, without what ignores take out, with
  /// fixes placed: the report of `gfplint check -- FLAGS FILE`. Null for a unit that does not have the
  /// kernel's GFP flags. The error is one line; it is given to who asks first, the others get null.
  llvm::Expected<const Report *> findings(clang::ASTContext &Ast, const TidyOptions &Options);

  /// Where a place of a report lies; invalid for a file that is not in the unit.
  [[nodiscard]] clang::SourceLocation location(const Report &R, Loc At,
                                               const clang::SourceManager &Sources) const;
  /// Notes that an edit is offered; whether it was before, by whatever check.
  bool isOffered(const Report &R, const Edit &E);

private:
  /// The unit seen with one set of options.
  struct View {
    std::shared_ptr<const TreeFacts> Facts;
    std::unique_ptr<Program> Linked;
    Report Found;
  };
  llvm::Error lower(clang::ASTContext &Ast);
  llvm::Expected<View> link(const TidyOptions &Options) const;
  [[nodiscard]] Report run(const View &Seen, ScopeStyle Style, clang::ASTContext &Ast) const;
  void sortOut(Report &R, const TreeFacts &Facts, llvm::ArrayRef<const Rule *> Ran, bool Failed) const;

  KnownTrees &Trees;
  clang::Preprocessor *Pp = nullptr;
  WordRecorder Words;
  bool Lowered = false;
  /// There is nothing to be found.
  bool Empty = false;
  std::string File;
  KernelTree Tree;
  FlagTable Flags;
  FileTable Files;
  std::vector<EncodedPart> Parts;
  std::map<TidyOptions, View> Views;
  /// The unit's files, by their names in reports.
  std::map<std::string, clang::FileID> Places;
  std::set<std::tuple<std::string, uint32_t, uint32_t, std::string>> Offered;
};

} // namespace gfplint
