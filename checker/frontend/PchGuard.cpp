// Preprocessor callbacks over a unit on top of a PCH.
#include "frontend/PchGuard.h"
#include "frontend/PchRecord.h"

#include "clang/Lex/PPCallbacks.h"

namespace gfplint {

LoadedHeaders::LoadedHeaders(const SharedHeaders &Shared, clang::FileManager &Files)
    : Shared(Shared), Always(static_cast<unsigned>(Shared.Files.size())) {
  for (uint32_t I = 0; I < Shared.Files.size(); ++I)
    if (clang::OptionalFileEntryRef File = Files.getOptionalFileRef(Shared.Files[I].Path))
      Numbers[File->getUID()] = I;
  for (uint32_t I : Shared.Always)
    Always |= closure(I);
}

std::optional<uint32_t> LoadedHeaders::number(const clang::FileEntry &File) const {
  auto It = Numbers.find(File.getUID());
  return It == Numbers.end() ? std::nullopt : std::optional(It->second);
}

const llvm::BitVector &LoadedHeaders::closure(uint32_t Index) {
  auto [It, New] = Closures.try_emplace(Index);
  if (New)
    It->second = Shared.closure(Index);
  return It->second;
}

class PchGuardCallbacks : public clang::PPCallbacks {
public:
  PchGuardCallbacks(PchGuard &Guard, clang::Preprocessor &Pp)
      : Guard(Guard), Pp(Pp), Sources(Pp.getSourceManager()) {}

  void FileSkipped(const clang::FileEntryRef &File, const clang::Token &,
                   clang::SrcMgr::CharacteristicKind) override {
    Guard.include(File.getFileEntry());
  }
  void LexedFileChanged(clang::FileID Id, LexedFileChangeReason Reason, clang::SrcMgr::CharacteristicKind,
                        clang::FileID, clang::SourceLocation) override {
    if (Reason != LexedFileChangeReason::EnterFile)
      return;
    if (const clang::FileEntry *Entry = Sources.getFileEntryForID(Id))
      Guard.enter(*Entry);
  }
  void MacroDefined(const clang::Token &Name, const clang::MacroDirective *Directive) override {
    Guard.define(*Name.getIdentifierInfo(), *Directive, Pp);
  }
  void MacroUndefined(const clang::Token &Name, const clang::MacroDefinition &,
                      const clang::MacroDirective *) override {
    Guard.touch(Name.getIdentifierInfo()->getName(), nullptr);
  }
  void MacroExpands(const clang::Token &Name, const clang::MacroDefinition &Macro, clang::SourceRange,
                    const clang::MacroArgs *) override {
    if (!isItself(*Name.getIdentifierInfo(), *Macro.getMacroInfo()))
      use(Name, Macro);
  }
  void Defined(const clang::Token &Name, const clang::MacroDefinition &Macro, clang::SourceRange) override {
    use(Name, Macro);
  }
  void Ifdef(clang::SourceLocation, const clang::Token &Name, const clang::MacroDefinition &Macro) override {
    use(Name, Macro);
  }
  void Ifndef(clang::SourceLocation, const clang::Token &Name, const clang::MacroDefinition &Macro) override {
    use(Name, Macro);
  }
  void Elifdef(clang::SourceLocation, const clang::Token &Name,
               const clang::MacroDefinition &Macro) override {
    use(Name, Macro);
  }
  void Elifndef(clang::SourceLocation, const clang::Token &Name,
                const clang::MacroDefinition &Macro) override {
    use(Name, Macro);
  }
  void EndOfMainFile() override { Guard.end(Pp); }

private:
  void use(const clang::Token &Name, const clang::MacroDefinition &Macro) {
    if (Macro.getMacroInfo() != nullptr)
      Guard.use(*Name.getIdentifierInfo(), Macro.getMacroInfo(), Pp);
  }
  PchGuard &Guard;
  clang::Preprocessor &Pp;
  clang::SourceManager &Sources;
};

PchGuard::PchGuard(LoadedHeaders &Headers) : Headers(Headers), Included(Headers.always()) {}

void PchGuard::watch(clang::Preprocessor &Pp) {
  Pp.addPPCallbacks(std::make_unique<PchGuardCallbacks>(*this, Pp));
}

void PchGuard::object(const llvm::Twine &Why) {
  if (Objection.empty())
    Objection = Why.str();
}

/// Its own guard may be no more than an `#if` that is false now.
void PchGuard::enter(const clang::FileEntry &File) {
  std::optional<uint32_t> Index = Headers.number(File);
  if (!Index)
    return;
  include(File);
  Entered.insert(*Index);
}

void PchGuard::finish(llvm::function_ref<bool(llvm::StringRef)> HasOwnPart) {
  for (uint32_t Index : Entered)
    if (Headers.Shared.Files[Index].HasPart && HasOwnPart(Headers.Shared.Files[Index].Path))
      object("it includes " + Headers.Shared.Files[Index].Path + " more than once, which has no guard");
}

void PchGuard::include(const clang::FileEntry &File) {
  std::optional<uint32_t> Index = Headers.number(File);
  if (!Index || Included.test(*Index))
    return;
  llvm::BitVector New = Headers.closure(*Index);
  New.reset(Included);
  checkOrder(New);
  Included |= New;
  Allowed.clear();
  for (const auto &[Name, Becomes] : Touched) {
    bool TakesParameters = Becomes != nullptr && Becomes->isFunctionLike();
    if (!Headers.Shared.isReadIn(TakesParameters ? Name + "(" : Name, New))
      continue;
    if (Headers.Shared.Overridable.contains(Name))
      Overridden[Name] = Becomes;
    else
      object("it defines " + Name + " before it includes " + Headers.Shared.Files[*Index].Path);
  }
}

/// Did the files find the same macros in the PCH?
void PchGuard::checkOrder(const llvm::BitVector &New) {
  const std::vector<SharedHeaders::File> &Files = Headers.Shared.Files;
  for (unsigned File : New.set_bits()) {
    for (uint32_t Other : Files[File].Needs)
      if (!Included.test(Other) && !New.test(Other))
        return object("in the headers' order " + Files[File].Path + " sees macros of " + Files[Other].Path);
    for (uint32_t Other : Files[File].Precedes)
      if (Included.test(Other))
        return object("it includes " + Files[Other].Path + " before " + Files[File].Path +
                      ", which looks at names of its macros");
  }
}

void PchGuard::touch(llvm::StringRef Name, const clang::MacroInfo *Becomes) {
  if (Becomes == nullptr && Headers.Shared.hasMark(Name, SharedHeaders::LocalMark))
    Touched.erase(Name.str());
  else if (Headers.Shared.Names.contains(Name))
    Touched[Name.str()] = Becomes;
}

/// As a macro of the unit, or of its command.
void PchGuard::define(const clang::IdentifierInfo &Name, const clang::MacroDirective &Directive,
                      clang::Preprocessor &Pp) {
  const clang::MacroInfo *Now = Directive.getMacroInfo();
  const auto *Before = llvm::dyn_cast_or_null<clang::DefMacroDirective>(Directive.getPrevious());
  if (Before != nullptr &&
      Pp.getSourceManager().isLoadedSourceLocation(Before->getInfo()->getDefinitionLoc()) &&
      meansTheSame(*Before->getInfo(), *Now, Pp) &&
      Headers.Shared.hasMark(Name.getName(), SharedHeaders::SteadyMark))
    return;
  touch(Name.getName(), Now);
  bool ByCommand = Pp.getSourceManager().getFileID(Now->getDefinitionLoc()) == Pp.getPredefinesFileID();
  if (ByCommand &&
      Headers.Shared.isReadIn(Now->isFunctionLike() ? (Name.getName() + "(").str() : Name.getName().str(),
                              Headers.always()))
    object("its command defines " + Name.getName());
}

bool PchGuard::sees(const clang::MacroInfo &Macro, const clang::SourceManager &Sources) const {
  const clang::FileEntry *File = Sources.getFileEntryForID(Sources.getFileID(Macro.getDefinitionLoc()));
  std::optional<uint32_t> Index = File != nullptr ? Headers.number(*File) : std::nullopt;
  return !Index || Included.test(*Index);
}

void PchGuard::use(const clang::IdentifierInfo &Name, const clang::MacroInfo *Macro,
                   clang::Preprocessor &Pp) {
  const clang::SourceManager &Sources = Pp.getSourceManager();
  if (!Sources.isLoadedSourceLocation(Macro->getDefinitionLoc()))
    return;
  auto [It, New] = Allowed.try_emplace(Macro, true);
  if (New) {
    bool Seen = sees(*Macro, Sources);
    // Any other of its definitions would do.
    if (auto D = Headers.Shared.Overridable.find(Name.getName()); D != Headers.Shared.Overridable.end())
      Seen |= D->getValue().Prefix && Included.test(D->getValue().Home);
    // An earlier definition to the same effect will do.
    for (const clang::MacroDirective *D = Pp.getLocalMacroDirectiveHistory(&Name); D != nullptr && !Seen;
         D = D->getPrevious()) {
      // The same header may have taken it back first; another one is another story.
      if (llvm::isa<clang::UndefMacroDirective>(D) &&
          Sources.getFileID(D->getLocation()) != Sources.getFileID(Macro->getDefinitionLoc()))
        break;
      if (const auto *Def = llvm::dyn_cast<clang::DefMacroDirective>(D))
        Seen = meansTheSame(*Def->getInfo(), *Macro, Pp) && sees(*Def->getInfo(), Sources);
    }
    It->second = Seen;
  }
  if (!It->second)
    object("it uses the macro " + Name.getName() + " without including what defines it");
}

void PchGuard::end(clang::Preprocessor &Pp) {
  for (const auto &[Name, Becomes] : Overridden) {
    const SharedHeaders::Default &D = Headers.Shared.Overridable.find(Name)->getValue();
    if (D.Prefix && Becomes != nullptr && isFormatPrefix(*Becomes, Pp))
      continue;
    if (!D.Once)
      object("headers have a " + Name + " of their own");
    for (uint32_t File : D.Files)
      if (Included.test(File))
        object("a function in " + Headers.Shared.Files[File].Path + " depends on its " + Name);
  }
}

} // namespace gfplint
