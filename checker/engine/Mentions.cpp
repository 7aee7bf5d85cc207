// Names lead over macros to more names; then one pass over the words of all files finds who has them.
#include "engine/Mentions.h"

#include "llvm/ADT/StringExtras.h"

#include <algorithm>
#include <map>

namespace gfplint {
namespace {

/// Of a paste with so little text of its own (`a##_##b`) the arguments are looked for, in all files that may
/// expand such a macro.
constexpr size_t ShortPaste = 3;
/// Entries that are tried for a header that no entry is sure to include.
constexpr size_t MaxTries = 4;

/// Arguments that a name is pasted from at most.
constexpr size_t MaxArguments = 3;

/// The ways in which `Text` can be the pieces one after another; empty pieces are any identifiers, and
/// each way names them.
void match(llvm::StringRef Text, llvm::ArrayRef<std::string> Pieces, std::vector<llvm::StringRef> &Taken,
           llvm::function_ref<bool(llvm::StringRef)> IsKnown,
           llvm::function_ref<void(llvm::ArrayRef<llvm::StringRef>)> Each) {
  if (Pieces.empty() || Taken.size() > MaxArguments) {
    if (Text.empty())
      Each(Taken);
    return;
  }
  if (!Pieces.front().empty()) {
    if (Text.consume_front(Pieces.front()))
      match(Text, Pieces.drop_front(), Taken, IsKnown, Each);
    return;
  }
  if (Pieces.size() == 1) {
    if (!IsKnown(Text))
      return;
    Taken.push_back(Text);
    Each(Taken);
    Taken.pop_back();
    return;
  }
  // An argument may be empty.
  match(Text, Pieces.drop_front(), Taken, IsKnown, Each);
  for (size_t Length = 1; Length <= Text.size(); ++Length) {
    llvm::StringRef Piece = Text.take_front(Length);
    llvm::StringRef Rest = Text.drop_front(Length);
    if ((!Pieces[1].empty() && !Rest.starts_with(Pieces[1])) || !IsKnown(Piece))
      continue;
    Taken.push_back(Piece);
    match(Rest, Pieces.drop_front(), Taken, IsKnown, Each);
    Taken.pop_back();
  }
}

bool isNumber(llvm::StringRef Text) {
  return llvm::all_of(Text, [](char C) { return llvm::isDigit(C); });
}

} // namespace

Mentions::Mentions(llvm::ArrayRef<Entry> Entries, const FlagTable &Flags, unsigned Threads)
    : Tree(Entries, Threads), ToCover(Tree.files().size()), Covered(Tree.files().size()),
      Needed(Entries.size()) {
  for (const auto &[Name, Value] : Flags.names())
    Ends.insert(wordOf(Name));
  // Names the trace system of a header (`vmalloc`), and nothing else.
  Ends.insert(wordOf("TRACE_SYSTEM"));
  std::map<std::vector<std::string>, std::set<std::string>> Shapes;
  auto Note = [&](Word W) { Known.set(W % Known.size()); };
  size_t BodyWords = 0;
  size_t Words = 0;
  for (const SourceTree::File &F : Tree.files()) {
    BodyWords += F.Text.BodyWords.size();
    Words += F.Text.Words.size();
  }
  InBodies.reserve(BodyWords);
  // Most words stand in many files: few answers are wrong.
  Known.resize(1024 + 8 * (BodyWords + Words));
  for (FileNumber N = 0; N < Tree.files().size(); ++N) {
    const ScannedText &T = Tree.files()[N].Text;
    llvm::for_each(T.Words, Note);
    llvm::for_each(T.BodyWords, Note);
    for (Word Tag : T.Tags)
      TagFiles[Tag].push_back(N);
    for (const Paste &P : T.Pastes)
      Shapes[P.Pieces].insert(P.Macro);
    for (uint32_t B = 0; B < T.Bodies.size(); ++B) {
      Note(wordOf(T.Bodies[B].Name));
      for (Word W : T.words(T.Bodies[B]))
        InBodies.emplace_back(W, static_cast<uint32_t>(Bodies.size()));
      Bodies.push_back({N, B});
    }
  }
  std::sort(InBodies.begin(), InBodies.end());
  for (auto &[Pieces, Macros] : Shapes) {
    size_t Spelled = 0;
    for (const std::string &P : Pieces)
      Spelled += P.size();
    // Set where it is found who they are.
    Pastes.push_back({Pieces, {Macros.begin(), Macros.end()}, Spelled < ShortPaste ? 0 : Everywhere});
  }
  findPasters();
}

/// For each short paste, the files that have one of its macros, or one whose body leads there.
void Mentions::findPasters() {
  llvm::DenseMap<Word, llvm::SmallVector<uint32_t, 2>> Leads;
  std::vector<std::vector<FileNumber>> Having;
  for (PasteShape &S : Pastes) {
    if (S.Pasters == Everywhere)
      continue;
    S.Pasters = static_cast<uint32_t>(ReachSets.size() + Having.size());
    auto Shape = static_cast<uint32_t>(Having.size());
    Having.emplace_back();
    std::vector<Word> Work;
    auto Add = [&](Word Macro) {
      llvm::SmallVector<uint32_t, 2> &Shapes = Leads[Macro];
      if (Shapes.empty() || Shapes.back() != Shape) {
        Shapes.push_back(Shape);
        Work.push_back(Macro);
      }
    };
    for (const std::string &Macro : S.Macros)
      Add(wordOf(Macro));
    while (!Work.empty()) {
      Word Macro = Work.back();
      Work.pop_back();
      forBodiesWith(Macro, [&](const BodyRef &Ref) {
        const TextBody &B = Tree.files()[Ref.File].Text.Bodies[Ref.Body];
        if (B.Is == TextBody::Kind::Macro)
          Add(wordOf(B.Name));
      });
    }
  }
  for (FileNumber N = 0; N < Tree.files().size(); ++N)
    for (Word W : Tree.files()[N].Text.Words)
      if (auto It = Leads.find(W); It != Leads.end())
        for (uint32_t Shape : It->second)
          if (Having[Shape].empty() || Having[Shape].back() != N)
            Having[Shape].push_back(N);
  for (const std::vector<FileNumber> &Files : Having)
    ReachSets.push_back(Tree.including(Files));
}

void Mentions::forBodiesWith(Word W, llvm::function_ref<void(const BodyRef &)> Each) const {
  auto Less = [](const std::pair<Word, uint32_t> &A, Word B) { return A.first < B; };
  for (auto It = std::lower_bound(InBodies.begin(), InBodies.end(), W, Less);
       It != InBodies.end() && It->first == W; ++It)
    Each(Bodies[It->second]);
}

void Mentions::add(Item I) {
  std::sort(I.Rest.begin(), I.Rest.end());
  I.Rest.erase(std::unique(I.Rest.begin(), I.Rest.end()), I.Rest.end());
  Word Key = I.Head;
  auto Mix = [&](Word W) { Key = Key * 0x9e3779b97f4a7c15 + W; };
  Mix(I.Reach);
  Mix(I.Pasters);
  llvm::for_each(I.Rest, Mix);
  // The two values that the set keeps for itself.
  if (Key >= ~Word(1))
    Key = 0;
  if (Seen.insert(Key).second)
    Items.push_back(std::move(I));
}

/// Asks for the name where all else is as in `As`.
void Mentions::askName(llvm::StringRef Name, const Item &As) {
  if (Name.empty())
    return;
  size_t Before = Items.size();
  add({wordOf(Name), As.Rest, As.Reach, As.Pasters});
  // Nobody makes a flag's name from pieces.
  if (Items.size() == Before || !As.Rest.empty() || Ends.contains(wordOf(Name)))
    return;
  auto IsKnown = [&](llvm::StringRef Text) {
    return isNumber(Text) || Known.test(wordOf(Text) % Known.size());
  };
  std::vector<llvm::StringRef> Taken;
  for (const PasteShape &S : Pastes)
    match(Name, S.Pieces, Taken, IsKnown, [&](llvm::ArrayRef<llvm::StringRef> Parts) {
      // An argument alone is the name itself; without any it stands in the body.
      if (Parts.empty() || llvm::is_contained(Parts, Name))
        return;
      std::vector<Word> All;
      for (llvm::StringRef P : Parts)
        if (!isNumber(P))
          All.push_back(wordOf(P));
      if (S.Pasters == Everywhere) {
        for (const std::string &Macro : S.Macros)
          add({wordOf(Macro), All, As.Reach, As.Pasters});
      } else if (llvm::all_of(Parts, [](llvm::StringRef P) { return P.size() >= ShortPaste; })) {
        Word Head = All.front();
        // A paste within a paste is one of both; the outer one's files will do.
        add({Head,
             {All.begin() + 1, All.end()},
             As.Reach,
             As.Pasters == Everywhere ? S.Pasters : As.Pasters});
      }
    });
}

/// `struct.field`: whoever uses the field sees the struct's definition; who initialises it without its
/// name, names the struct.
void Mentions::askField(llvm::StringRef Field) {
  auto [Tag, Name] = Field.rsplit('.');
  Tag = Tag.rtrim('.');
  uint32_t Reach = Everywhere;
  if (auto It = TagFiles.find(wordOf(Tag)); !Tag.empty() && It != TagFiles.end()) {
    auto [Set, New] = ReachOf.try_emplace(wordOf(Tag), static_cast<uint32_t>(ReachSets.size()));
    if (New)
      ReachSets.push_back(Tree.including(It->second));
    Reach = Set->second;
  }
  askName(Name, {0, {}, Reach, Everywhere});
  if (!Tag.empty())
    add({positionalWord(Tag), {}, Everywhere, Everywhere});
}

/// Whoever uses a macro mentions what its body does.
void Mentions::followMacros(const Item &I) {
  forBodiesWith(I.Head, [&](const BodyRef &Ref) {
    const ScannedText &T = Tree.files()[Ref.File].Text;
    const TextBody &B = T.Bodies[Ref.Body];
    llvm::ArrayRef<Word> Words = T.words(B);
    std::vector<Word> Left;
    for (Word W : I.Rest)
      if (!std::binary_search(Words.begin(), Words.end(), W))
        Left.push_back(W);
    if (B.Is == TextBody::Kind::Macro) {
      if (!Ends.contains(wordOf(B.Name)))
        askName(B.Name, {0, std::move(Left), I.Reach, I.Pasters});
    } else if (Left.empty()) {
      if (B.Is == TextBody::Kind::Template) {
        // The header itself may have the macro that pastes.
        needFile(Ref.File, {0, {}, I.Reach, Everywhere});
      } else if (!ToCover.test(Ref.File)) {
        ToCover.set(Ref.File);
        NewToCover.push_back(Ref.File);
      }
    }
  });
}

void Mentions::need(const SourceTree::File &Main) {
  for (uint32_t E : Main.Entries)
    if (!Needed.test(E)) {
      Needed.set(E);
      NewlyNeeded.push_back(E);
    }
}

/// The entries that compile the file, as their main file or in another.
void Mentions::needFile(FileNumber F, const Item &I) {
  const SourceTree::File &File = Tree.files()[F];
  auto Needs = [&](FileNumber Main) {
    if (reaches(I.Reach, Main) && reaches(I.Pasters, Main))
      need(Tree.files()[Main]);
  };
  if (File.IncludedBy.empty())
    return Needs(F);
  llvm::BitVector All = Tree.including(F);
  for (unsigned Main : All.set_bits())
    Needs(Main);
}

void Mentions::findMentions(size_t FirstItem) {
  llvm::DenseMap<Word, std::vector<size_t>> ByHead;
  constexpr size_t FilterBits = size_t(1) << 20;
  llvm::BitVector Filter(FilterBits);
  for (size_t I = FirstItem; I < Items.size(); ++I) {
    ByHead[Items[I].Head].push_back(I);
    Filter.set(Items[I].Head % FilterBits);
  }
  for (FileNumber N = 0; N < Tree.files().size(); ++N) {
    const SourceTree::File &F = Tree.files()[N];
    for (Word W : F.Text.Words) {
      if (!Filter.test(W % FilterBits))
        continue;
      auto It = ByHead.find(W);
      if (It == ByHead.end())
        continue;
      for (size_t I : It->second)
        if (llvm::all_of(Items[I].Rest, [&](Word Other) {
              return std::binary_search(F.Text.Words.begin(), F.Text.Words.end(), Other);
            }))
          needFile(N, Items[I]);
    }
  }
}

/// Code in a header needs one entry that includes it, whoever calls it.
void Mentions::coverHeaders() {
  auto IsNeeded = [&](const SourceTree::File &F) {
    return llvm::any_of(F.Entries, [&](uint32_t E) { return Needed.test(E); });
  };
  for (FileNumber H : NewToCover) {
    std::vector<FileNumber> Sure = Tree.includers(H, true, IsNeeded);
    if (IsNeeded(Tree.files()[Sure.back()]))
      continue;
    bool Any = false;
    for (FileNumber F : Sure)
      if (!Tree.files()[F].Entries.empty()) {
        need(Tree.files()[F]);
        Any = true;
        break;
      }
    if (Any)
      continue;
    size_t Tries = 0;
    for (FileNumber F : Tree.includers(H, false, [](const SourceTree::File &) { return false; }))
      if (!Tree.files()[F].Entries.empty() && Tries++ < MaxTries)
        need(Tree.files()[F]);
  }
  NewToCover.clear();
}

std::vector<size_t> Mentions::more(const Names &Identifiers, const Names &Fields) {
  size_t First = Items.size();
  for (const std::string &Name : Identifiers)
    if (AskedNames.insert(Name).second)
      askName(Name, {});
  for (const std::string &Field : Fields)
    if (AskedFields.insert(Field).second)
      askField(Field);
  for (size_t I = First; I < Items.size(); ++I)
    followMacros(Item(Items[I]));
  findMentions(First);
  coverHeaders();
  std::vector<size_t> New = std::move(NewlyNeeded);
  NewlyNeeded.clear();
  std::sort(New.begin(), New.end());
  return New;
}

} // namespace gfplint
