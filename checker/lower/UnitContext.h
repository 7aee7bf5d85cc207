// What the parts of lowering share about one translation unit: places in the source, and types.
#pragma once

#include "ir/Ir.h"
#include "lower/Lower.h"

#include "clang/AST/ASTContext.h"
#include "clang/AST/Expr.h"
#include "clang/Basic/SourceManager.h"
#include "llvm/ADT/DenseMap.h"

#include <map>

namespace gfplint {

class UnitContext {
public:
  UnitContext(clang::ASTContext &Ast, const LowerOptions &Options, FileTable &Files)
      : Ast(Ast), Sources(Ast.getSourceManager()), Options(Options), Files(Files) {}

  /// The part of the file in which a place lies; made when it is asked for first. The reference holds
  /// until the next call.
  [[nodiscard]] Part &partAt(clang::SourceLocation Where);
  [[nodiscard]] Part &partOf(FileId File);
  /// The parts that say anything: the main file's first, the others by name.
  std::vector<Part> takeParts();

  clang::ASTContext &Ast;
  const clang::SourceManager &Sources;
  const LowerOptions &Options;
  FileTable &Files;

  /// A place in a file; macro locations must have been resolved before.
  [[nodiscard]] Loc locate(clang::SourceLocation FileLocation);
  /// The site of a piece of source, macros climbed (see Site).
  [[nodiscard]] Site site(clang::SourceRange Range);
  [[nodiscard]] Site site(const clang::Expr *E) { return site(E->getSourceRange()); }
  /// The site of one typed word.
  [[nodiscard]] Site wordSite(clang::SourceLocation Spelled, clang::SourceLocation Seen, uint32_t Length);
  /// The expression as typed, on one line; of a piece of a macro's expansion the macro's use.
  [[nodiscard]] std::string text(const clang::Expr *E);
  /// As typed, or pretty-printed where it was not typed in one piece: no two expressions that differ
  /// have the same text.
  [[nodiscard]] std::string uniqueText(const clang::Expr *E);
  /// The outermost macro through which the callee's name came, else the name itself.
  [[nodiscard]] std::string typedName(clang::SourceLocation At, llvm::StringRef Name) const;
  /// Function::Key.
  [[nodiscard]] std::string key(const clang::FunctionDecl &F);
  /// A global's name, with its file where it is static: what SourceKind::Field calls it.
  [[nodiscard]] std::string variableName(const clang::VarDecl &V);
  /// `struct.field`; the typedef's name for an unnamed struct, the enclosing field's path for an
  /// unnamed member.
  [[nodiscard]] static std::string fieldName(const clang::FieldDecl &F);

private:
  [[nodiscard]] std::optional<std::string> typedText(clang::SourceRange Range) const;
  FileId fileOf(clang::FileID Id);
  llvm::DenseMap<unsigned, FileId> Known;
  std::map<FileId, Part> Parts;
};

/// A declaration's name without the number that `__COUNTER__` gave it: `__UNIQUE_ID_x_`. The number
/// depends on how many macros came before, in headers that have nothing to do with the function.
std::string stableName(llvm::StringRef Name);

/// Whether the type is gfp_t, looking through other typedefs of it and qualifiers.
bool isMaskType(clang::QualType T);

/// The expression without parentheses, casts, __builtin_expect, and the last value of `({ ... })`.
const clang::Expr *strip(const clang::Expr *E);

/// A constant integer without side effects; nothing otherwise.
std::optional<llvm::APSInt> constantValue(const clang::Expr *E, const clang::ASTContext &Ast);

} // namespace gfplint
