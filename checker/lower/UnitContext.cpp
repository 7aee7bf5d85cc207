// Places, names and types as the IR wants them.
#include "lower/UnitContext.h"

#include "compile_db/Database.h"
#include "lower/Uses.h"

#include "clang/AST/Decl.h"
#include "clang/AST/PrettyPrinter.h"
#include "clang/AST/Stmt.h"
#include "clang/Basic/FileManager.h"
#include "clang/Lex/Lexer.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

namespace gfplint {
namespace {

std::string onOneLine(llvm::StringRef Text) {
  std::string Line;
  for (char C : Text) {
    bool Space = C == ' ' || C == '\t' || C == '\n' || C == '\r' || C == '\\';
    if (!Space)
      Line += C;
    else if (!Line.empty() && Line.back() != ' ')
      Line += ' ';
  }
  return Line;
}

/// Leaves out what differs between units that mean the same: labels in assembler, which have numbers
/// that `__COUNTER__` gave them, and what pr_fmt() puts before a string.
class StablePrinter : public clang::PrinterHelper {
public:
  explicit StablePrinter(const clang::ASTContext &Ast) : Ast(Ast) {}
  bool handledStmt(clang::Stmt *S, llvm::raw_ostream &Out) override {
    if (llvm::isa<clang::AsmStmt>(S)) {
      Out << "asm";
      return true;
    }
    const auto *String = llvm::dyn_cast<clang::StringLiteral>(S);
    if (String == nullptr || String->getNumConcatenated() < 2)
      return false;
    Out << clang::Lexer::getSpelling(
        Ast.getSourceManager().getSpellingLoc(String->getStrTokenLoc(String->getNumConcatenated() - 1)),
        SpellingBuffer, Ast.getSourceManager(), Ast.getLangOpts());
    return true;
  }

private:
  const clang::ASTContext &Ast;
  llvm::SmallString<64> SpellingBuffer;
};

} // namespace

Part &UnitContext::partOf(FileId File) {
  auto [It, New] = Parts.try_emplace(File);
  if (New)
    It->second.File = Files.name(File).str();
  return It->second;
}

Part &UnitContext::partAt(clang::SourceLocation Where) {
  return partOf(locate(Sources.getFileLoc(Where)).File);
}

std::vector<Part> UnitContext::takeParts() {
  FileId Main = fileOf(Sources.getMainFileID());
  std::vector<Part> All;
  All.push_back(std::move(partOf(Main)));
  for (auto &[File, P] : Parts)
    if (File != Main && !(P.Functions.empty() && P.FieldFunctions.empty() && P.FieldMasks.empty() &&
                          P.Uses.empty() && P.AddressTaken.empty()))
      All.push_back(std::move(P));
  Parts.clear();
  for (Part &P : All)
    sortUses(P, Files);
  std::sort(All.begin() + 1, All.end(), [](const Part &A, const Part &B) { return A.File < B.File; });
  return All;
}

FileId UnitContext::fileOf(clang::FileID Id) {
  auto [It, New] = Known.try_emplace(Id.getHashValue(), 0);
  if (!New)
    return It->second;
  FileId Result = 0;
  if (auto Entry = Sources.getFileEntryRefForID(Id)) {
    llvm::SmallString<256> Path(Entry->getName());
    Sources.getFileManager().makeAbsolutePath(Path);
    llvm::sys::path::remove_dots(Path, /*remove_dot_dot=*/true);
    Result = Files.intern(displayPath(Path, Options.SourceRoot));
  }
  Known[Id.getHashValue()] = Result;
  return Result;
}

Loc UnitContext::locate(clang::SourceLocation FileLocation) {
  Loc L;
  if (FileLocation.isInvalid() || FileLocation.isMacroID())
    return L;
  auto [Id, Offset] = Sources.getDecomposedLoc(FileLocation);
  L.File = fileOf(Id);
  if (L.File == 0)
    return L;
  L.Offset = Offset;
  L.Line = Sources.getLineNumber(Id, Offset);
  L.Column = Sources.getColumnNumber(Id, Offset);
  return L;
}

Site UnitContext::site(clang::SourceRange Range) {
  Site S;
  S.At = locate(Sources.getFileLoc(Range.getBegin()));
  S.Spelled = S.At;
  clang::CharSourceRange Typed = clang::Lexer::makeFileCharRange(clang::CharSourceRange::getTokenRange(Range),
                                                                 Sources, Ast.getLangOpts());
  if (Typed.isValid()) {
    S.Spelled = locate(Typed.getBegin());
    S.Length = Sources.getFileOffset(Typed.getEnd()) - S.Spelled.Offset;
  }
  return S;
}

Site UnitContext::wordSite(clang::SourceLocation Spelled, clang::SourceLocation Seen, uint32_t Length) {
  return {locate(Seen), locate(Spelled), Length};
}

std::optional<std::string> UnitContext::typedText(clang::SourceRange Range) const {
  clang::CharSourceRange Typed = clang::Lexer::makeFileCharRange(clang::CharSourceRange::getTokenRange(Range),
                                                                 Sources, Ast.getLangOpts());
  if (Typed.isInvalid())
    return std::nullopt;
  return onOneLine(clang::Lexer::getSourceText(Typed, Sources, Ast.getLangOpts()));
}

std::string UnitContext::text(const clang::Expr *E) {
  if (std::optional<std::string> Typed = typedText(E->getSourceRange()))
    return *Typed;
  // A piece of a macro's expansion: what a reader sees is the macro's use.
  clang::CharSourceRange Use = Sources.getExpansionRange(E->getSourceRange());
  if (std::optional<std::string> Typed = typedText({Use.getBegin(), Use.getEnd()}))
    return *Typed;
  return uniqueText(E);
}

std::string UnitContext::uniqueText(const clang::Expr *E) {
  if (std::optional<std::string> Typed = typedText(E->getSourceRange()))
    return *Typed;
  std::string Printed;
  llvm::raw_string_ostream Out(Printed);
  StablePrinter Helper(Ast);
  clang::PrintingPolicy Policy = Ast.getPrintingPolicy();
  // Or an unnamed struct is printed with its file's name, as the unit happened to spell it.
  Policy.AnonymousTagLocations = false;
  E->printPretty(Out, &Helper, Policy);
  return stableName(onOneLine(Out.str()));
}

std::string UnitContext::typedName(clang::SourceLocation At, llvm::StringRef Name) const {
  std::string Outer = Name.str();
  while (At.isMacroID()) {
    if (Sources.isMacroArgExpansion(At)) {
      At = Sources.getImmediateSpellingLoc(At);
      continue;
    }
    llvm::StringRef Macro = clang::Lexer::getImmediateMacroName(At, Sources, Ast.getLangOpts());
    if (!Macro.empty())
      Outer = Macro.str();
    At = Sources.getImmediateExpansionRange(At).getBegin();
  }
  return Outer;
}

std::string UnitContext::key(const clang::FunctionDecl &F) {
  std::string Name = stableName(F.getName());
  if (F.getFormalLinkage() == clang::Linkage::External && !F.isInlined())
    return Name;
  const clang::FunctionDecl *Body = F.getDefinition();
  const clang::FunctionDecl &Where = Body != nullptr ? *Body : F;
  if (F.getFormalLinkage() == clang::Linkage::External && Body == nullptr)
    return Name;
  Loc At = locate(Sources.getFileLoc(Where.getLocation()));
  return (Files.name(At.File) + ":" + Name).str();
}

std::string UnitContext::variableName(const clang::VarDecl &V) {
  if (V.getFormalLinkage() == clang::Linkage::External)
    return V.getNameAsString();
  return (Files.name(locate(Sources.getFileLoc(V.getLocation())).File) + ":" + stableName(V.getName())).str();
}

std::string UnitContext::fieldName(const clang::FieldDecl &F) {
  const clang::RecordDecl *Record = F.getParent();
  while (Record->isAnonymousStructOrUnion()) {
    const auto *Outer = llvm::dyn_cast<clang::RecordDecl>(Record->getParent());
    if (Outer == nullptr)
      break;
    Record = Outer;
  }
  std::string Name = Record->getNameAsString();
  if (Name.empty())
    if (const clang::TypedefNameDecl *Typedef = Record->getTypedefNameForAnonDecl())
      Name = Typedef->getNameAsString();
  if (Name.empty())
    if (const auto *Outer = llvm::dyn_cast<clang::RecordDecl>(Record->getParent()))
      Name = Outer->getNameAsString() + "..";
  return Name + "." + F.getNameAsString();
}

std::string stableName(llvm::StringRef Name) {
  // __UNIQUE_ID() of include/linux/compiler*.h, compiletime_assert() of compiler_types.h; in printed
  // expressions too.
  static constexpr llvm::StringLiteral Prefixes[] = {"__UNIQUE_ID_", "__compiletime_assert_"};
  std::string Out;
  while (!Name.empty()) {
    size_t At = std::min(Name.find(Prefixes[0]), Name.find(Prefixes[1]));
    Out += Name.substr(0, At);
    if (At == llvm::StringRef::npos)
      break;
    Name = Name.substr(At);
    llvm::StringRef Word = Name.take_while([](char C) { return llvm::isAlnum(C) || C == '_'; });
    Out += Word.rtrim("0123456789");
    Name = Name.drop_front(Word.size());
  }
  return Out;
}

bool isMaskType(clang::QualType T) {
  while (const auto *Typedef = T->getAs<clang::TypedefType>()) {
    if (Typedef->getDecl()->getName() == "gfp_t")
      return true;
    T = Typedef->getDecl()->getUnderlyingType();
  }
  return false;
}

const clang::Expr *strip(const clang::Expr *E) {
  while (E != nullptr) {
    E = E->IgnoreParenCasts();
    if (const auto *Call = llvm::dyn_cast<clang::CallExpr>(E)) {
      const clang::FunctionDecl *Callee = Call->getDirectCallee();
      if (Callee == nullptr || Call->getNumArgs() == 0 || !Callee->getName().starts_with("__builtin_expect"))
        return E;
      E = Call->getArg(0);
    } else if (const auto *Chosen = llvm::dyn_cast<clang::ChooseExpr>(E)) {
      E = Chosen->getChosenSubExpr();
    } else if (const auto *Generic = llvm::dyn_cast<clang::GenericSelectionExpr>(E)) {
      E = Generic->getResultExpr();
    } else if (const auto *Block = llvm::dyn_cast<clang::StmtExpr>(E)) {
      const clang::CompoundStmt *Body = Block->getSubStmt();
      const auto *Last = Body->body_empty() ? nullptr : llvm::dyn_cast<clang::Expr>(Body->body_back());
      if (Last == nullptr)
        return E;
      E = Last;
    } else if (const auto *Comma = llvm::dyn_cast<clang::BinaryOperator>(E);
               Comma != nullptr && Comma->getOpcode() == clang::BO_Comma) {
      E = Comma->getRHS();
    } else {
      return E;
    }
  }
  return E;
}

std::optional<llvm::APSInt> constantValue(const clang::Expr *E, const clang::ASTContext &Ast) {
  clang::Expr::EvalResult Result;
  if (E->isValueDependent() || !E->getType()->isIntegralOrEnumerationType() ||
      !E->EvaluateAsInt(Result, Ast, clang::Expr::SE_NoSideEffects))
    return std::nullopt;
  return Result.Val.getInt();
}

} // namespace gfplint
