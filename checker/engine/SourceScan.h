// C read as text, without a preprocessor: which identifiers a file mentions, what it includes, and
// what its macros and functions are made of. Conditionals are ignored: every branch counts.
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <string>
#include <vector>

namespace gfplint {

/// An identifier's hash.
using Word = uint64_t;
Word wordOf(llvm::StringRef Identifier);
/// Stands for `struct TAG x = { value, ...`: fields that are initialised without being named.
Word positionalWord(llvm::StringRef Tag);

/// What is named once and means other words wherever it is used, or holds code of its own.
struct TextBody {
  enum class Kind : uint8_t {
    /// Means its words where it is used. Also an enumerator with a value.
    Macro,
    /// A function, an initialised variable, or a macro's use outside of functions.
    Code,
    /// A function with a name that a macro makes: another one in each file that includes this.
    Template,
  };
  Kind Is = Kind::Macro;
  std::string Name;
  uint32_t Begin = 0;
  uint32_t End = 0;
};

/// `a##_alloc` in the body of a macro: parameters are empty pieces, which stand for anything.
struct Paste {
  std::string Macro;
  std::vector<std::string> Pieces;
};

struct TextInclude {
  std::string Name;
  bool Quoted = false;
  /// Outside of all conditionals but an include guard.
  bool Always = false;
};

struct ScannedText {
  /// Sorted; all identifiers of the file. Empty for headers.
  std::vector<Word> Words;
  /// Of headers: those that have any words.
  std::vector<TextBody> Bodies;
  /// The words of Bodies, by their ranges.
  std::vector<Word> BodyWords;
  std::vector<TextInclude> Includes;
  /// Structs and unions that are defined here.
  std::vector<Word> Tags;
  std::vector<Paste> Pastes;

  [[nodiscard]] llvm::ArrayRef<Word> words(const TextBody &B) const {
    return llvm::ArrayRef<Word>(BodyWords).slice(B.Begin, B.End - B.Begin);
  }
};

ScannedText scanText(llvm::StringRef Text, bool IsHeader);

} // namespace gfplint
