// Two changes after one another as one: pieces of the first text and of what was put in.
#include "fix/Apply.h"

namespace gfplint {
namespace {

/// Part of the first text, or, where Kept is false, new text.
struct Piece {
  bool Kept = true;
  size_t Offset = 0;
  std::string Text;
};

/// A text as pieces, in which a range can be replaced.
class Pieces {
public:
  explicit Pieces(llvm::StringRef Text) { All.push_back({true, 0, Text.str()}); }
  /// Offsets are those of the text before any of `Edits`, which are sorted and do not overlap.
  void apply(llvm::ArrayRef<Edit> Edits) {
    for (const Edit &E : llvm::reverse(Edits)) {
      size_t First = split(E.At.Offset);
      size_t Last = split(E.At.Offset + E.Length);
      auto Begin = All.begin() + static_cast<ptrdiff_t>(First);
      auto At = All.erase(Begin, All.begin() + static_cast<ptrdiff_t>(Last));
      All.insert(At, {false, 0, E.Text});
    }
  }
  [[nodiscard]] std::vector<Edit> edits(size_t Length) const;

private:
  /// The number of the piece that begins at the offset, which becomes a border.
  size_t split(size_t Offset) {
    size_t At = 0;
    for (size_t I = 0; I < All.size(); ++I) {
      if (At == Offset)
        return I;
      size_t Size = All[I].Text.size();
      if (Offset < At + Size) {
        Piece Rest{All[I].Kept, All[I].Offset + (Offset - At), All[I].Text.substr(Offset - At)};
        All[I].Text.resize(Offset - At);
        All.insert(All.begin() + static_cast<ptrdiff_t>(I + 1), std::move(Rest));
        return I + 1;
      }
      At += Size;
    }
    return All.size();
  }

  std::vector<Piece> All;
};

std::vector<Edit> Pieces::edits(size_t Length) const {
  std::vector<Edit> Out;
  size_t Old = 0;
  std::string Put;
  auto Close = [&](size_t Next) {
    if (Next != Old || !Put.empty()) {
      Edit E;
      E.At.Offset = static_cast<uint32_t>(Old);
      E.Length = static_cast<uint32_t>(Next - Old);
      E.Text = std::move(Put);
      Out.push_back(std::move(E));
    }
    Put.clear();
  };
  for (const Piece &P : All) {
    if (!P.Kept) {
      Put += P.Text;
      continue;
    }
    if (P.Text.empty())
      continue;
    Close(P.Offset);
    Old = P.Offset + P.Text.size();
  }
  Close(Length);
  return Out;
}

} // namespace

ChangedFile compose(const ChangedFile &First, const ChangedFile &Second) {
  Pieces Text(First.Before);
  Text.apply(First.Edits);
  Text.apply(Second.Edits);
  ChangedFile Both = First;
  Both.After = Second.After;
  Both.Edits = Text.edits(First.Before.size());
  return Both;
}

} // namespace gfplint
