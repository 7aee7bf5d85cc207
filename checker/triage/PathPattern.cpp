// Names between slashes, each a pattern of LLVM's.
#include "triage/PathPattern.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/GlobPattern.h"

#include <optional>
#include <vector>

namespace gfplint {

struct PathPattern::Compiled {
  std::string Text;
  /// Nothing stands for `**`.
  std::vector<std::optional<llvm::GlobPattern>> Pieces;

  [[nodiscard]] bool matches(size_t Piece, llvm::ArrayRef<llvm::StringRef> Names) const {
    // What is left lies below a folder that matched.
    if (Piece == Pieces.size())
      return true;
    if (Pieces[Piece])
      return !Names.empty() && Pieces[Piece]->match(Names.front()) && matches(Piece + 1, Names.drop_front());
    for (size_t Skipped = 0; Skipped <= Names.size(); ++Skipped)
      if (matches(Piece + 1, Names.drop_front(Skipped)))
        return true;
    return false;
  }
};

llvm::Expected<PathPattern> PathPattern::create(llvm::StringRef Text) {
  auto Made = std::make_shared<Compiled>();
  Made->Text = Text.str();
  llvm::StringRef Rest = Made->Text;
  // `./fs/` is `fs`.
  while (Rest.consume_front("./"))
    ;
  Rest = Rest.rtrim('/');
  if (Rest == ".")
    Rest = "";
  if (Text.empty())
    return llvm::createStringError("a path is missing; '.' is all of the source");
  llvm::SmallVector<llvm::StringRef, 8> Names;
  if (!Rest.empty())
    Rest.split(Names, '/');
  for (llvm::StringRef Name : Names) {
    if (Name == "..")
      return llvm::createStringError("'" + Text +
                                     "' leads out of the source; write it from the source root on");
    if (Name == "**") {
      Made->Pieces.emplace_back();
      continue;
    }
    llvm::Expected<llvm::GlobPattern> Glob = llvm::GlobPattern::create(Name);
    if (!Glob)
      return llvm::createStringError("'" + Text + "': " + llvm::toString(Glob.takeError()));
    Made->Pieces.emplace_back(std::move(*Glob));
  }
  return PathPattern(std::move(Made));
}

bool PathPattern::matches(llvm::StringRef File) const {
  llvm::SmallVector<llvm::StringRef, 8> Names;
  File.split(Names, '/');
  return Pattern->matches(0, Names);
}

const std::string &PathPattern::text() const { return Pattern->Text; }

} // namespace gfplint
