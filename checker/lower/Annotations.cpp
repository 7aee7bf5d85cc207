// Read from the text: sparse's annotations are macros that expand to nothing.
#include "lower/Annotations.h"

#include "clang/AST/RawCommentList.h"
#include "clang/Lex/Lexer.h"

#include <algorithm>

namespace gfplint {
namespace {

using Tokens = std::vector<clang::Token>;

/// The tokens between the function's parameter list and its body.
Tokens tokensBeforeBody(const UnitContext &Unit, const clang::FunctionDecl &F) {
  clang::FunctionTypeLoc Type = F.getFunctionTypeLoc();
  if (Type.isNull() || Type.getRParenLoc().isMacroID() || F.getBody()->getBeginLoc().isMacroID())
    return {};
  auto [File, From] = Unit.Sources.getDecomposedLoc(Type.getRParenLoc());
  auto [EndFile, To] = Unit.Sources.getDecomposedLoc(F.getBody()->getBeginLoc());
  llvm::StringRef Text = Unit.Sources.getBufferData(File);
  if (File != EndFile || From >= To || !Text.slice(From, To).contains("_"))
    return {};
  clang::Lexer Raw(Unit.Sources.getLocForStartOfFile(File), Unit.Ast.getLangOpts(), Text.begin(),
                   Text.begin() + From + 1, Text.end());
  Tokens All;
  clang::Token T;
  while (!Raw.LexFromRawLexer(T) && Unit.Sources.getFileOffset(T.getLocation()) < To)
    All.push_back(T);
  return All;
}

const clang::RecordDecl *recordOf(clang::QualType T) {
  if (T->isPointerType())
    T = T->getPointeeType();
  const clang::RecordDecl *R = T->getAsRecordDecl();
  return R != nullptr ? R->getDefinition() : nullptr;
}

const clang::VarDecl *variableNamed(const clang::FunctionDecl &F, llvm::StringRef Name,
                                    clang::ASTContext &Ast) {
  for (const clang::ParmVarDecl *P : F.parameters())
    if (P->getName() == Name)
      return P;
  for (const clang::NamedDecl *D : Ast.getTranslationUnitDecl()->lookup(&Ast.Idents.get(Name)))
    if (const auto *V = llvm::dyn_cast<clang::VarDecl>(D))
      return V;
  return nullptr;
}

std::string typeName(const clang::RecordDecl &R) {
  if (const clang::TypedefNameDecl *Typedef = R.getTypedefNameForAnonDecl())
    return Typedef->getNameAsString();
  return R.getNameAsString();
}

/// `&q->lock`: as a lockdep assertion names it, by the map of the lock (`&q->lock.dep_map`).
PlaceId lockNamed(UnitContext &Unit, const clang::FunctionDecl &F, Places &Where,
                  llvm::ArrayRef<clang::Token> Path) {
  auto Word = [](const clang::Token &T) {
    return T.is(clang::tok::raw_identifier) ? T.getRawIdentifier() : llvm::StringRef();
  };
  if (!Path.empty() && Path.front().is(clang::tok::amp))
    Path = Path.drop_front();
  if (Path.empty() || Word(Path.front()).empty())
    return NoPlace;
  std::string Text = Word(Path.front()).str();
  const clang::VarDecl *Root = variableNamed(F, Text, Unit.Ast);
  if (Root == nullptr)
    return Path.size() == 1 ? Where.named(Text, Text, {}) : NoPlace;
  clang::QualType Type = Root->getType();
  for (size_t I = 1; I + 1 < Path.size(); I += 2) {
    const clang::RecordDecl *In = recordOf(Type);
    if (In == nullptr || !Path[I].isOneOf(clang::tok::arrow, clang::tok::period) || Word(Path[I + 1]).empty())
      return NoPlace;
    const clang::ValueDecl *Member = nullptr;
    for (const clang::NamedDecl *D : In->lookup(&Unit.Ast.Idents.get(Word(Path[I + 1]))))
      Member = llvm::dyn_cast<clang::ValueDecl>(D);
    if (Member == nullptr)
      return NoPlace;
    Text += (Path[I].is(clang::tok::arrow) ? "->" : ".") + Word(Path[I + 1]).str();
    Type = Member->getType();
  }
  const clang::RecordDecl *Lock = Path.size() % 2 == 1 ? recordOf(Type) : nullptr;
  if (Lock == nullptr)
    return NoPlace;
  Text += Type->isPointerType() ? "->dep_map" : ".dep_map";
  return Where.named(Text, typeName(*Lock) + ".dep_map", {Where.of(*Root)});
}

/// The `Context:` of the kernel-doc comment before the function, on one line; empty where there is none.
/// It ends at an empty line or with the next section.
std::string documentedContext(const UnitContext &Unit, const clang::FunctionDecl &F,
                              clang::SourceLocation &At) {
  const clang::RawComment *Comment = Unit.Ast.getRawCommentForDeclNoCache(&F);
  if (Comment == nullptr || !Comment->isDocumentation())
    return "";
  llvm::StringRef Text = Comment->getRawText(Unit.Sources);
  llvm::SmallVector<llvm::StringRef, 32> Lines;
  Text.split(Lines, '\n');
  std::string Found;
  bool Inside = false;
  for (llvm::StringRef Line : Lines) {
    llvm::StringRef Said = Line.trim().ltrim('*').trim();
    if (Said.consume_back("*/"))
      Said = Said.rtrim();
    llvm::StringRef Rest = Said;
    if (!Inside && Rest.consume_front("Context:")) {
      Inside = true;
      At = Comment->getBeginLoc().getLocWithOffset(static_cast<int>(Said.data() - Text.data()));
      Found = Rest.trim().str();
      continue;
    }
    if (!Inside)
      continue;
    size_t Colon = Said.find(':');
    bool IsSection = Colon != llvm::StringRef::npos && Colon > 0 && !Said.take_front(Colon).contains(' ');
    if (Said.empty() || Said.starts_with("@") || IsSection)
      break;
    Found += (Found.empty() ? "" : " ") + Said.str();
  }
  return Found;
}

} // namespace

std::vector<Event> entryEvents(UnitContext &Unit, const clang::FunctionDecl &F, Places &Where) {
  std::vector<Event> All;
  auto Add = [&](clang::SourceLocation At, llvm::StringRef Name, std::string Typed, PlaceId Argument) {
    Event E;
    E.Kind = EventKind::Call;
    E.Where = Unit.wordSite(At, At, static_cast<uint32_t>(Name.size()));
    E.Callee = Name.str();
    E.Typed = std::move(Typed);
    if (Argument != NoPlace) {
      E.Args.emplace_back();
      E.Args.back().Var = Argument;
      E.Args.back().ByAddress = true;
    }
    E.Discarded = true;
    All.push_back(std::move(E));
  };
  clang::SourceLocation ContextAt;
  if (std::string Context = documentedContext(Unit, F, ContextAt); !Context.empty())
    Add(ContextAt, DocumentedContext, std::move(Context), NoPlace);
  Tokens Words = tokensBeforeBody(Unit, F);
  for (size_t I = 0; I + 1 < Words.size(); ++I) {
    if (!Words[I].is(clang::tok::raw_identifier) || !Words[I + 1].is(clang::tok::l_paren))
      continue;
    auto Close = std::find_if(Words.begin() + static_cast<ptrdiff_t>(I), Words.end(),
                              [](const clang::Token &T) { return T.is(clang::tok::r_paren); });
    if (Close == Words.end())
      break;
    llvm::ArrayRef<clang::Token> Inside(&Words[I + 1] + 1, &*Close);
    if (PlaceId Lock = lockNamed(Unit, F, Where, Inside); Lock != NoPlace)
      Add(Words[I].getLocation(), Words[I].getRawIdentifier(), Words[I].getRawIdentifier().str(), Lock);
    I = static_cast<size_t>(Close - Words.begin());
  }
  return All;
}

} // namespace gfplint
