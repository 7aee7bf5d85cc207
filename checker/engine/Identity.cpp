// Keys of the store.
#include "engine/Identity.h"

#include "frontend/Parse.h"
#include "ir/Encode.h"

namespace gfplint {
namespace {

/// Strings one after another, each with its length: no two lists have the same text.
class KeyText {
public:
  KeyText &add(llvm::StringRef Word) {
    Text += std::to_string(Word.size());
    Text += ':';
    Text += Word;
    return *this;
  }
  [[nodiscard]] Hash128 hash() const { return hashBytes(Text); }

private:
  std::string Text;
};

} // namespace

Hash128 toolIdentity() {
  static const Hash128 Identity = [] {
    KeyText Key;
    Key.add(parserIdentity()).add(std::to_string(IrVersion));
    // Any change of the code that a unit goes through may change what is learnt of it.
    Key.add(SourceIdentity);
    return Key.hash();
  }();
  return Identity;
}

Hash128 unitKey(const Entry &E, llvm::StringRef SourceRoot, const Hash128 &FlagsKey) {
  KeyText Key;
  Key.add("unit").add(bytesOf(toolIdentity())).add(bytesOf(FlagsKey)).add(SourceRoot);
  Key.add(E.File).add(E.Directory);
  for (const std::string &Word : E.Args)
    Key.add(Word);
  return Key.hash();
}

Hash128 commandKey(llvm::StringRef What, llvm::ArrayRef<std::string> Args, llvm::StringRef Directory,
                   llvm::StringRef More) {
  KeyText Key;
  Key.add(What).add(bytesOf(toolIdentity())).add(Directory).add(More);
  for (const std::string &Word : Args)
    Key.add(Word);
  return Key.hash();
}

} // namespace gfplint
