// The inventory: masks in the AST by what stands around them, then the words that only the text has.
#include "lower/Uses.h"

#include "lower/Expressions.h"
#include "lower/Masks.h"

#include "clang/AST/Decl.h"
#include "clang/Lex/Lexer.h"
#include "clang/Lex/MacroInfo.h"
#include "clang/Lex/PPCallbacks.h"
#include "llvm/ADT/DenseSet.h"

#include <algorithm>
#include <set>

namespace gfplint {
namespace {

class Callbacks : public clang::PPCallbacks {
public:
  explicit Callbacks(WordRecorder &Words) : Words(Words) {}
  void MacroDefined(const clang::Token &, const clang::MacroDirective *Directive) override {
    for (const clang::Token &T : Directive->getMacroInfo()->tokens())
      if (const clang::IdentifierInfo *Id = T.getIdentifierInfo();
          Id != nullptr && isRestrictedWord(Id->getName()))
        Words.InMacros.push_back({T.getLocation(), Id->getName().str()});
  }
  void SourceRangeSkipped(clang::SourceRange Range, clang::SourceLocation) override {
    Words.Skipped.push_back(Range);
  }

private:
  WordRecorder &Words;
};

/// What stands around an expression.
struct Around {
  UseKind Kind = UseKind::Other;
  std::string Function;
  std::string Callee;
};

class UseLowering {
public:
  explicit UseLowering(UnitContext &Context) : Context(Context) {}

  void decl(const clang::Decl *D);
  void enter(FileId File);
  void rawWords(const WordRecorder &Words);

private:
  void stmt(const clang::Stmt *S, const Around &A);
  void mask(const clang::Expr *E, const Around &A);
  void words(const clang::Expr *E, const clang::Expr *Whole, const Around &A, unsigned &Found);
  void initialiser(const clang::InitListExpr *List, const Around &A);
  void add(Site Where, llvm::StringRef Word, const clang::Expr *Whole, const Around &A);
  bool wordOf(clang::SourceLocation At, Site &Where, std::string &Name);
  void rawWordsOf(clang::FileID File, const WordRecorder &Words);

  UnitContext &Context;
  /// Of the declaration that is looked at.
  Part *Out = nullptr;
  FileId OutFile = 0;
  /// Words that a file's own part has shown: what other files make of a macro says nothing here.
  std::set<std::tuple<FileId, FileId, uint32_t>> Seen;
};

/// Climbs from a constant to the typed GFP_NO* word that it came from, if there is one.
bool UseLowering::wordOf(clang::SourceLocation At, Site &Where, std::string &Name) {
  const clang::SourceManager &Sources = Context.Sources;
  clang::SourceLocation Spelled;
  clang::SourceLocation Start = At;
  while (At.isMacroID()) {
    if (Sources.isMacroArgExpansion(At)) {
      At = Sources.getImmediateSpellingLoc(At);
      continue;
    }
    llvm::StringRef Macro = clang::Lexer::getImmediateMacroName(At, Sources, Context.Ast.getLangOpts());
    At = Sources.getImmediateExpansionRange(At).getBegin();
    if (isRestrictedWord(Macro)) {
      Name = Macro.str();
      Spelled = At;
      break;
    }
  }
  if (Spelled.isInvalid())
    return false;
  Where = Context.wordSite(Sources.getSpellingLoc(Spelled), Sources.getFileLoc(Start),
                           static_cast<uint32_t>(Name.size()));
  return true;
}

void UseLowering::add(Site Where, llvm::StringRef Word, const clang::Expr *Whole, const Around &A) {
  // The same word in several expansions of one macro is several uses; the same place is one.
  if (!Where.Spelled.valid())
    return;
  MaskUse U;
  U.Where = Where;
  U.Word = Word.str();
  U.Kind = A.Kind;
  U.Function = A.Function;
  U.Callee = A.Callee;
  if (Whole != nullptr) {
    U.Text = Context.text(Whole);
    if (std::optional<llvm::APSInt> Value = constantValue(strip(Whole), Context.Ast))
      U.Value = Context.Options.Flags.fromValue(Value->getZExtValue() & 0xffffffffU);
  }
  Seen.insert({OutFile, Where.Spelled.File, Where.Spelled.Offset});
  Out->Uses.push_back(std::move(U));
}

/// The restricted words among the leaves of a mask expression.
void UseLowering::words(const clang::Expr *E, const clang::Expr *Whole, const Around &A, unsigned &Found) {
  Site Where;
  std::string Name;
  const clang::Expr *Inner = E->IgnoreParenImpCasts();
  if (wordOf(Inner->getBeginLoc(), Where, Name) && llvm::isa<clang::CStyleCastExpr>(Inner->IgnoreParens())) {
    ++Found;
    add(Where, Name, Whole, A);
    return;
  }
  const clang::Expr *Stripped = strip(E);
  if (const auto *B = llvm::dyn_cast<clang::BinaryOperator>(Stripped)) {
    // GFP_NOFS of 6.1 is `(__GFP_RECLAIM | __GFP_IO)`: the operator itself comes from the word.
    if (wordOf(B->getOperatorLoc(), Where, Name)) {
      ++Found;
      add(Where, Name, Whole, A);
      return;
    }
    words(B->getLHS(), Whole, A, Found);
    words(B->getRHS(), Whole, A, Found);
  } else if (const auto *U = llvm::dyn_cast<clang::UnaryOperator>(Stripped)) {
    words(U->getSubExpr(), Whole, A, Found);
  } else if (const auto *C = llvm::dyn_cast<clang::ConditionalOperator>(Stripped)) {
    words(C->getTrueExpr(), Whole, A, Found);
    words(C->getFalseExpr(), Whole, A, Found);
  } else if (const auto *C = llvm::dyn_cast<clang::BinaryConditionalOperator>(Stripped)) {
    words(C->getCommon(), Whole, A, Found);
    words(C->getFalseExpr(), Whole, A, Found);
  } else if (llvm::isa<clang::IntegerLiteral>(Stripped) && wordOf(Stripped->getBeginLoc(), Where, Name)) {
    ++Found;
    add(Where, Name, Whole, A);
  }
}

void UseLowering::mask(const clang::Expr *E, const Around &A) {
  unsigned Found = 0;
  words(E, E, A, Found);
  if (Found > 0)
    return;
  std::optional<llvm::APSInt> Value = constantValue(strip(E), Context.Ast);
  if (!Value || A.Kind == UseKind::Compared)
    return;
  const auto *Outer = llvm::dyn_cast<clang::UnaryOperator>(strip(E));
  if (Outer != nullptr && Outer->getOpcode() == clang::UO_Not)
    return;
  Mask M = Context.Options.Flags.fromValue(Value->getZExtValue() & 0xffffffffU);
  std::optional<Restriction> R = restrictedMask(M);
  if (!R)
    return;
  add(Context.site(E), restrictionName(*R), E, A);
}

void UseLowering::initialiser(const clang::InitListExpr *List, const Around &A) {
  const clang::InitListExpr *Semantic = List->isSemanticForm() ? List : List->getSemanticForm();
  if (Semantic == nullptr)
    Semantic = List;
  const clang::RecordDecl *Record = Semantic->getType()->getAsRecordDecl();
  if (Record == nullptr || Record->isUnion()) {
    for (const clang::Stmt *Child : Semantic->children())
      stmt(Child, A);
    return;
  }
  unsigned Index = 0;
  for (const clang::FieldDecl *Field : Record->fields()) {
    if (Field->isUnnamedBitField())
      continue;
    if (Index >= Semantic->getNumInits())
      return;
    const clang::Expr *Init = Semantic->getInit(Index++);
    if (Init == nullptr || llvm::isa<clang::ImplicitValueInitExpr>(Init))
      continue;
    const clang::Expr *Value = strip(Init);
    if (const auto *Address = llvm::dyn_cast<clang::UnaryOperator>(Value);
        Address != nullptr && Address->getOpcode() == clang::UO_AddrOf)
      Value = strip(Address->getSubExpr());
    if (const auto *Ref = llvm::dyn_cast<clang::DeclRefExpr>(Value))
      if (const auto *Callee = llvm::dyn_cast<clang::FunctionDecl>(Ref->getDecl())) {
        Out->FieldFunctions.push_back({UnitContext::fieldName(*Field), Context.key(*Callee)});
        continue;
      }
    if (isMaskType(Field->getType())) {
      MaskOperands None{[](const clang::VarDecl &) { return NoPlace; },
                        [](const clang::Expr &) { return NoPlace; },
                        [](const clang::CallExpr &) { return 0U; }};
      Out->FieldMasks.push_back({UnitContext::fieldName(*Field), A.Function, lowerMask(Context, Init, None)});
    }
    stmt(Init, A);
  }
}

void UseLowering::stmt(const clang::Stmt *S, const Around &A) {
  if (S == nullptr)
    return;
  if (const auto *E = llvm::dyn_cast<clang::Expr>(S); E != nullptr && isMaskExpr(E)) {
    mask(E, A);
    // What stands inside is told apart below; a mask inside a mask was seen with the whole.
  }
  bool InMask = llvm::isa<clang::Expr>(S) && isMaskExpr(llvm::cast<clang::Expr>(S));
  Around Inner = A;
  Inner.Kind = UseKind::Other;
  Inner.Callee.clear();
  auto Visit = [&](const clang::Stmt *Child, UseKind Kind) {
    Inner.Kind = Kind;
    stmt(Child, Inner);
  };
  if (const auto *Call = llvm::dyn_cast<clang::CallExpr>(S)) {
    const clang::FunctionDecl *Callee = Call->getDirectCallee();
    if (Callee != nullptr)
      Inner.Callee = Context.typedName(Call->getCallee()->getBeginLoc(), stableName(Callee->getName()));
    else if (const auto *Member = llvm::dyn_cast<clang::MemberExpr>(strip(Call->getCallee())))
      Inner.Callee = Member->getMemberDecl()->getNameAsString();
    for (const clang::Expr *Arg : Call->arguments()) {
      if (const auto *Ref = llvm::dyn_cast<clang::DeclRefExpr>(strip(Arg)))
        if (const auto *F = llvm::dyn_cast<clang::FunctionDecl>(Ref->getDecl()))
          Out->AddressTaken.push_back(Context.key(*F));
      Visit(Arg, UseKind::Argument);
    }
    if (Callee == nullptr)
      Visit(Call->getCallee(), UseKind::Other);
    return;
  }
  if (const auto *List = llvm::dyn_cast<clang::InitListExpr>(S)) {
    Inner.Kind = UseKind::Initialiser;
    return initialiser(List, Inner);
  }
  if (const auto *Decls = llvm::dyn_cast<clang::DeclStmt>(S)) {
    for (const clang::Decl *D : Decls->decls())
      if (const auto *V = llvm::dyn_cast<clang::VarDecl>(D); V != nullptr && V->hasInit())
        Visit(V->getInit(), UseKind::Initialiser);
    return;
  }
  if (const auto *R = llvm::dyn_cast<clang::ReturnStmt>(S))
    return Visit(R->getRetValue(), UseKind::Returned);
  if (const auto *B = llvm::dyn_cast<clang::BinaryOperator>(S)) {
    if (B->isAssignmentOp()) {
      if (const auto *Ref = llvm::dyn_cast<clang::DeclRefExpr>(strip(B->getRHS())))
        if (const auto *F = llvm::dyn_cast<clang::FunctionDecl>(Ref->getDecl())) {
          const auto *Member = llvm::dyn_cast<clang::MemberExpr>(strip(B->getLHS()));
          const auto *Field =
              Member != nullptr ? llvm::dyn_cast<clang::FieldDecl>(Member->getMemberDecl()) : nullptr;
          if (Field != nullptr)
            Out->FieldFunctions.push_back({UnitContext::fieldName(*Field), Context.key(*F)});
          else
            Out->AddressTaken.push_back(Context.key(*F));
        }
      Visit(B->getLHS(), UseKind::Other);
      return Visit(B->getRHS(), UseKind::Stored);
    }
    if (B->isComparisonOp()) {
      Visit(B->getLHS(), UseKind::Compared);
      return Visit(B->getRHS(), UseKind::Compared);
    }
  }
  if (const auto *Sub = llvm::dyn_cast<clang::StmtExpr>(S))
    return stmt(Sub->getSubStmt(), Inner);
  if (const auto *Choice = llvm::dyn_cast<clang::ConditionalOperator>(S); Choice != nullptr && !InMask) {
    Visit(Choice->getCond(), UseKind::Compared);
    Visit(Choice->getTrueExpr(), A.Kind);
    return Visit(Choice->getFalseExpr(), A.Kind);
  }
  for (const clang::Stmt *Child : S->children()) {
    // Inside a mask only calls and the like can hold further masks.
    const auto *ChildExpr = llvm::dyn_cast_or_null<clang::Expr>(Child);
    if (InMask && ChildExpr != nullptr && isMaskExpr(ChildExpr) &&
        !llvm::isa<clang::CallExpr>(strip(ChildExpr))) {
      for (const clang::Stmt *Deeper : ChildExpr->children())
        if (const auto *DeeperExpr = llvm::dyn_cast_or_null<clang::Expr>(Deeper);
            DeeperExpr == nullptr || !isMaskExpr(DeeperExpr))
          Visit(Deeper, UseKind::Other);
      continue;
    }
    if (const auto *F = ChildExpr != nullptr ? llvm::dyn_cast<clang::DeclRefExpr>(strip(ChildExpr)) : nullptr)
      if (const auto *Fn = llvm::dyn_cast<clang::FunctionDecl>(F->getDecl());
          Fn != nullptr && Fn->getBuiltinID() == 0)
        Out->AddressTaken.push_back(Context.key(*Fn));
    bool Tested = llvm::isa<clang::BinaryOperator, clang::IfStmt, clang::UnaryOperator>(S) && !InMask;
    Visit(Child, Tested ? UseKind::Compared : UseKind::Other);
  }
}

void UseLowering::enter(FileId File) {
  OutFile = File;
  Out = &Context.partOf(File);
}

void UseLowering::decl(const clang::Decl *D) {
  enter(Context.locate(Context.Sources.getFileLoc(D->getLocation())).File);
  Around A;
  if (const auto *F = llvm::dyn_cast<clang::FunctionDecl>(D)) {
    if (!F->doesThisDeclarationHaveABody() || F->getBody() == nullptr)
      return;
    A.Function = stableName(F->getName());
    stmt(F->getBody(), A);
  } else if (const auto *V = llvm::dyn_cast<clang::VarDecl>(D); V != nullptr && V->hasInit()) {
    A.Kind = UseKind::Initialiser;
    stmt(V->getInit(), A);
  }
}

void UseLowering::rawWordsOf(clang::FileID File, const WordRecorder &Words) {
  const clang::SourceManager &Sources = Context.Sources;
  std::optional<llvm::MemoryBufferRef> Buffer = Sources.getBufferOrNone(File);
  if (!Buffer || !Buffer->getBuffer().contains("GFP_NO"))
    return;
  clang::Lexer Raw(File, *Buffer, Sources, Context.Ast.getLangOpts());
  clang::Token T;
  while (!Raw.LexFromRawLexer(T)) {
    if (T.isNot(clang::tok::raw_identifier) || !isRestrictedWord(T.getRawIdentifier()))
      continue;
    Loc At = Context.locate(T.getLocation());
    if (Seen.contains({At.File, At.File, At.Offset}))
      continue;
    enter(At.File);
    Around A;
    A.Kind = UseKind::Other;
    for (const clang::SourceRange &Range : Words.Skipped)
      if (Sources.getFileID(Range.getBegin()) == File &&
          Sources.getFileOffset(Range.getBegin()) <= At.Offset &&
          At.Offset <= Sources.getFileOffset(Range.getEnd()))
        A.Kind = UseKind::NotCompiled;
    add({At, At, static_cast<uint32_t>(T.getLength())}, T.getRawIdentifier(), nullptr, A);
  }
}

void UseLowering::rawWords(const WordRecorder &Words) {
  Around Macro;
  Macro.Kind = UseKind::MacroBody;
  for (const WordRecorder::Word &W : Words.InMacros) {
    if (!W.At.isFileID())
      continue;
    Loc At = Context.locate(W.At);
    enter(At.File);
    add({At, At, static_cast<uint32_t>(W.Name.size())}, W.Name, nullptr, Macro);
  }
  std::set<clang::FileID> Done;
  for (unsigned I = 0, N = Context.Sources.local_sloc_entry_size(); I != N; ++I) {
    const clang::SrcMgr::SLocEntry &Entry = Context.Sources.getLocalSLocEntry(I);
    if (!Entry.isFile() || !Entry.getFile().getContentCache().OrigEntry)
      continue;
    clang::FileID File = Context.Sources.getFileID(clang::SourceLocation::getFromRawEncoding(
        static_cast<clang::SourceLocation::UIntTy>(Entry.getOffset())));
    rawWordsOf(File, Words);
  }
}

} // namespace

bool isRestrictedWord(llvm::StringRef Name) {
  return Name == "GFP_NOFS" || Name == "GFP_NOIO" || Name == "GFP_NOWAIT";
}

void WordRecorder::watch(clang::Preprocessor &Pp) { Pp.addPPCallbacks(std::make_unique<Callbacks>(*this)); }

void lowerUses(UnitContext &Context, llvm::ArrayRef<const clang::Decl *> Decls, const WordRecorder &Words) {
  UseLowering L(Context);
  for (const clang::Decl *D : Decls)
    L.decl(D);
  L.rawWords(Words);
}

void sortUses(Part &P, const FileTable &Files) {
  auto Sort = [](auto &List) {
    std::sort(List.begin(), List.end());
    List.erase(std::unique(List.begin(), List.end()), List.end());
  };
  Sort(P.FieldFunctions);
  Sort(P.AddressTaken);
  // By names: numbers of files differ from run to run.
  auto Key = [&](const MaskUse &U) {
    return std::tuple(Files.name(U.Where.At.File), U.Where.At.Offset, Files.name(U.Where.Spelled.File),
                      U.Where.Spelled.Offset, U.Where.Length, U.Kind, llvm::StringRef(U.Callee));
  };
  std::sort(P.Uses.begin(), P.Uses.end(),
            [&](const MaskUse &A, const MaskUse &B) { return Key(A) < Key(B); });
  // Several expansions of one macro, or alloc_hooks() showing its argument twice: one use a place.
  P.Uses.erase(std::unique(P.Uses.begin(), P.Uses.end(),
                           [](const MaskUse &A, const MaskUse &B) { return A.Where == B.Where; }),
               P.Uses.end());
}

} // namespace gfplint
