// Watching a unit that is parsed on top of a precompiled header: would it mean the same without?
//
// A PCH gives a unit declarations and macros of headers that it does not include, and it gave its
// headers their meaning before the unit said anything. These things can tell the difference, and
// each makes the guard object:
//  - the unit uses or tests a macro of a header that it has not included;
//  - the unit, or a header of its own, defines a macro and then includes a header of the PCH that looks
//    at that name (unless headers only give it a default: SharedHeaders::Overridable);
//  - a header of the PCH saw a macro of another one that the unit has not included before it, or did not
//    see one that the unit has;
//  - the unit uses a declaration of a header that it has not included, or declares the same thing, and
//    the header's declaration says more;
//  - a header of the PCH is entered again, as it has no include guard, and both times has something to
//    say.
// A unit that declares something else under a name of the PCH does not compile with it.
#pragma once

#include "frontend/SharedHeaders.h"

#include "clang/Basic/FileManager.h"
#include "clang/Lex/Preprocessor.h"
#include "llvm/ADT/DenseMap.h"

#include <map>
#include <set>

namespace clang {
class Decl;
}

namespace gfplint {

/// One PCH as one FileManager sees it; kept from unit to unit.
class LoadedHeaders {
public:
  /// `Shared` must outlive this.
  LoadedHeaders(const SharedHeaders &Shared, clang::FileManager &Files);
  const SharedHeaders &Shared;

  /// The PCH's number of a file, or nothing.
  [[nodiscard]] std::optional<uint32_t> number(const clang::FileEntry &File) const;
  const llvm::BitVector &closure(uint32_t Index);
  const llvm::BitVector &always() const { return Always; }

private:
  llvm::DenseMap<unsigned, uint32_t> Numbers;
  std::map<uint32_t, llvm::BitVector> Closures;
  llvm::BitVector Always;
};

class PchGuard {
public:
  explicit PchGuard(LoadedHeaders &Headers);
  /// Installs the callbacks; this must outlive the preprocessing.
  void watch(clang::Preprocessor &Pp);

  /// To be called with what the unit itself declares, before finish().
  void checkDeclarations(llvm::ArrayRef<const clang::Decl *> Decls, const clang::SourceManager &Sources);

  /// To be called once the unit is lowered. `HasOwnPart` says whether the unit's parse itself found
  /// something to say of a file.
  void finish(llvm::function_ref<bool(llvm::StringRef Path)> HasOwnPart);

  /// Why the unit must be parsed without the PCH; empty where it need not. Complete after
  /// finish().
  [[nodiscard]] const std::string &objection() const { return Objection; }
  /// The PCH's files that the unit includes, straight or through others.
  [[nodiscard]] const llvm::BitVector &included() const { return Included; }

private:
  friend class PchGuardCallbacks;
  friend class ForeignUses;
  void object(const llvm::Twine &Why);
  void include(const clang::FileEntry &File);
  void enter(const clang::FileEntry &File);
  void touch(llvm::StringRef Name, const clang::MacroInfo *Becomes);
  void define(const clang::IdentifierInfo &Name, const clang::MacroDirective &Directive,
              clang::Preprocessor &Pp);
  [[nodiscard]] bool sees(const clang::MacroInfo &Macro, const clang::SourceManager &Sources) const;
  void use(const clang::IdentifierInfo &Name, const clang::MacroInfo *Macro, clang::Preprocessor &Pp);
  void end(clang::Preprocessor &Pp);
  void checkOrder(const llvm::BitVector &New);

  LoadedHeaders &Headers;
  llvm::BitVector Included;
  std::string Objection;
  std::set<uint32_t> Entered;
  /// Names of the PCH that the unit has defined so far, with the definition, or undefined.
  std::map<std::string, const clang::MacroInfo *> Touched;
  std::map<std::string, const clang::MacroInfo *> Overridden;
  llvm::DenseMap<const clang::MacroInfo *, bool> Allowed;
};

} // namespace gfplint
