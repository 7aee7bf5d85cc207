// Which entries of a database can change an answer: those whose text, through any macros, mentions a
// name that was asked about.
//
// It errs to one side: an entry may be named in vain. What it does not see: includes that a macro
// names, and names that are made from pieces in more than one file.
#pragma once

#include "engine/SourceTree.h"
#include "gfp/Mask.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/StringSet.h"

#include <set>

namespace gfplint {

class Mentions {
public:
  /// Reads all files. The names of `Flags` stand for their values: what a flag's definition mentions
  /// does not concern its users.
  Mentions(llvm::ArrayRef<Entry> Entries, const FlagTable &Flags, unsigned Threads);

  using Names = std::set<std::string, std::less<>>;
  /// The entries that must be analysed for these names and fields (`struct.field`) and for all that was
  /// asked before, without those that were returned before; sorted.
  std::vector<size_t> more(const Names &Identifiers, const Names &Fields);

  /// How many names were asked, those that macros lead to included.
  [[nodiscard]] size_t names() const { return Seen.size(); }
  [[nodiscard]] const SourceTree &tree() const { return Tree; }

private:
  using FileNumber = SourceTree::FileNumber;
  static constexpr uint32_t Everywhere = ~0U;
  /// A file mentions it where it has all the words and, but for Everywhere, is in ReachSets[Reach] and in
  /// ReachSets[Pasters].
  struct Item {
    Word Head = 0;
    std::vector<Word> Rest;
    /// Files that may include one that defines the struct.
    uint32_t Reach = Everywhere;
    /// Main files that may expand a macro which makes the name of the words.
    uint32_t Pasters = Everywhere;
  };
  struct BodyRef {
    FileNumber File;
    uint32_t Body;
  };

  void askName(llvm::StringRef Name, const Item &As);
  void askField(llvm::StringRef Field);
  void add(Item I);
  void followMacros(const Item &I);
  void findMentions(size_t FirstItem);
  [[nodiscard]] bool reaches(uint32_t Reach, FileNumber F) const {
    return Reach == Everywhere || ReachSets[Reach].test(F);
  }
  void needFile(FileNumber F, const Item &I);
  void findPasters();
  void forBodiesWith(Word W, llvm::function_ref<void(const BodyRef &)> Each) const;
  void coverHeaders();
  void need(const SourceTree::File &Main);

  SourceTree Tree;
  /// Macros that say nothing of their users: flags, which are decided by their values.
  llvm::DenseSet<Word> Ends;
  /// Bodies by the words in them: sorted by word.
  std::vector<std::pair<Word, uint32_t>> InBodies;
  std::vector<BodyRef> Bodies;
  struct PasteShape {
    std::vector<std::string> Pieces;
    std::vector<std::string> Macros;
    /// See Item; Everywhere for a shape with enough text of its own.
    uint32_t Pasters = Everywhere;
  };
  std::vector<PasteShape> Pastes;
  /// Hashes of all identifiers, as a filter that may say yes in vain.
  llvm::BitVector Known;
  llvm::DenseMap<Word, std::vector<FileNumber>> TagFiles;

  llvm::StringSet<> AskedNames;
  llvm::StringSet<> AskedFields;
  llvm::DenseSet<uint64_t> Seen;
  std::vector<Item> Items;
  std::vector<llvm::BitVector> ReachSets;
  llvm::DenseMap<Word, uint32_t> ReachOf;
  /// Headers with code that mentions what was asked.
  llvm::BitVector ToCover;
  llvm::BitVector Covered;
  std::vector<FileNumber> NewToCover;
  llvm::BitVector Needed;
  std::vector<size_t> NewlyNeeded;
};

} // namespace gfplint
