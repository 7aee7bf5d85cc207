// Declarations of a PCH that a unit uses without having included what declares them.
#include "frontend/PchGuard.h"

#include "clang/AST/RecursiveASTVisitor.h"
#include "clang/Basic/SourceManager.h"

namespace gfplint {

/// Looks at every name in what the unit itself declares.
class ForeignUses : public clang::RecursiveASTVisitor<ForeignUses> {
public:
  ForeignUses(PchGuard &Guard, const clang::SourceManager &Sources) : Guard(Guard), Sources(Sources) {}

  bool VisitDeclRefExpr(clang::DeclRefExpr *E) { return check(*E->getDecl()); }
  bool VisitMemberExpr(clang::MemberExpr *E) { return check(*E->getMemberDecl()); }
  bool VisitTypedefTypeLoc(clang::TypedefTypeLoc T) { return check(*T.getTypePtr()->getDecl()); }
  bool VisitFunctionDecl(clang::FunctionDecl *D) { return check(*D); }
  bool VisitVarDecl(clang::VarDecl *D) {
    // `extern struct item one;` needs no definition.
    return check(*D) && (D->hasExternalStorage() || checkComplete(D->getType()));
  }
  bool VisitUnaryExprOrTypeTraitExpr(clang::UnaryExprOrTypeTraitExpr *E) {
    return checkComplete(E->getTypeOfArgument());
  }

private:
  /// Is it of a header of the PCH that the unit does not include?
  bool isForeign(const clang::Decl &D) {
    if (!D.isFromASTFile() || D.getLocation().isInvalid())
      return false;
    clang::FileID Id = Sources.getFileID(Sources.getFileLoc(D.getLocation()));
    auto [It, New] = Files.try_emplace(Id, false);
    if (New) {
      const clang::FileEntry *File = Sources.getFileEntryForID(Id);
      std::optional<uint32_t> Index = File != nullptr ? Guard.Headers.number(*File) : std::nullopt;
      It->second = Index && !Guard.Included.test(*Index);
    }
    return It->second;
  }

  /// Attributes and bodies count for all that declare the same thing.
  static bool saysMore(const clang::Decl &D) {
    const auto *F = llvm::dyn_cast<clang::FunctionDecl>(&D);
    return D.hasAttrs() || (F != nullptr && (F->isThisDeclarationADefinition() || F->isNoReturn()));
  }

  bool check(const clang::NamedDecl &D) {
    const auto *Called = llvm::dyn_cast<clang::FunctionDecl>(&D);
    // Clang knows these without any declaration.
    bool Builtin = Called != nullptr && Called->getBuiltinID() != 0 && D.getName().starts_with("__builtin_");
    if (Builtin || !Checked.insert(&D).second)
      return true;
    bool Own = false;
    bool Foreign = false;
    bool More = false;
    for (const clang::Decl *One : D.redecls()) {
      if (!One->isImplicit() && isForeign(*One)) {
        Foreign = true;
        More |= saysMore(*One);
      } else {
        // Clang declares its builtin functions by itself, which is no declaration.
        Own |= !One->isImplicit();
      }
    }
    if (Foreign && !Own)
      Guard.object("it uses " + D.getName() + " without including what declares it");
    else if (More)
      Guard.object("it declares " + D.getName() + ", and so does a header that it does not include");
    return Guard.Objection.empty();
  }

  bool checkComplete(clang::QualType T) {
    const clang::RecordDecl *Record = T.isNull() ? nullptr : T->getAsRecordDecl();
    const clang::RecordDecl *Definition = Record != nullptr ? Record->getDefinition() : nullptr;
    if (Definition != nullptr && isForeign(*Definition))
      Guard.object("it uses struct " + Definition->getName() + " without including what defines it");
    return Guard.Objection.empty();
  }

  PchGuard &Guard;
  const clang::SourceManager &Sources;
  llvm::DenseMap<clang::FileID, bool> Files;
  llvm::DenseSet<const clang::Decl *> Checked;
};

void PchGuard::checkDeclarations(llvm::ArrayRef<const clang::Decl *> Decls,
                                 const clang::SourceManager &Sources) {
  ForeignUses Uses(*this, Sources);
  for (const clang::Decl *D : Decls)
    if (!Objection.empty() || !Uses.TraverseDecl(const_cast<clang::Decl *>(D)))
      return;
}

} // namespace gfplint
