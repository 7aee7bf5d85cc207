// Masks whose flags cancel, repeat or exclude one another, as they are typed; and tests that do not test what
// they say.
#include "Registry.h"
#include "Support.h"

#include "program/MaskFate.h"

#include "llvm/ADT/StringExtras.h"

#include <algorithm>

namespace gfplint {
namespace {

constexpr Mask Efforts{Flag::NoRetry, Flag::RetryMayFail, Flag::NoFail};
constexpr Mask Zones{Flag::Dma, Flag::Dma32, Flag::HighMem};

/// One thing that is wrong with a mask.
struct Contradiction {
  Severity Level = Severity::Warning;
  std::string Text;
};

std::vector<llvm::StringRef> wordsOf(llvm::StringRef Text) {
  std::vector<llvm::StringRef> Words;
  while (!Text.empty()) {
    Text = Text.drop_until([](char C) { return llvm::isAlnum(C) || C == '_'; });
    llvm::StringRef Word = Text.take_while([](char C) { return llvm::isAlnum(C) || C == '_'; });
    if (!Word.empty())
      Words.push_back(Word);
    Text = Text.drop_front(Word.size());
  }
  return Words;
}

/// The words of a typed mask that are only joined; empty where anything is taken away or tested.
std::vector<llvm::StringRef> joinedWords(llvm::StringRef Text) {
  return Text.find_first_of("~&?^") != llvm::StringRef::npos ? std::vector<llvm::StringRef>() : wordsOf(Text);
}

/// What the flags of a mask say against one another.
std::vector<Contradiction> ofFlags(const Program &P, Mask M, Mask Heeded) {
  std::vector<Contradiction> All;
  // A set of flags that masks are put together with, or tested for.
  if (!M.hasAny(masks::Reclaim))
    return All;
  bool Waits = M.has(Flag::DirectReclaim);
  if (Waits && M.has(Flag::Fs) && !M.has(Flag::Io))
    All.push_back({Severity::Warning, "__GFP_FS without __GFP_IO: file systems start I/O"});
  if ((M & Efforts).count() > 1)
    All.push_back({Severity::Warning, P.spell(M & Efforts) + " exclude one another"});
  if (!Waits && M.has(Flag::NoFail))
    All.push_back({Severity::Warning, "__GFP_NOFAIL cannot hold without __GFP_DIRECT_RECLAIM"});
  else if (!Waits && (M & Efforts).count() == 1 && !Heeded.hasAny(M & Efforts))
    All.push_back({Severity::Note, P.spell(M & Efforts) + " means nothing without __GFP_DIRECT_RECLAIM"});
  if (M.has(Flag::MemAlloc) && M.has(Flag::NoMemAlloc))
    All.push_back({Severity::Warning, "__GFP_NOMEMALLOC wins over __GFP_MEMALLOC"});
  if ((M & Zones).count() > 1)
    All.push_back({Severity::Warning, P.spell(M & Zones) + " name different zones"});
  return All;
}

class Masks {
public:
  Masks(const Program &P, FunctionId Id, std::vector<Finding> &Out)
      : P(P), Id(Id), F(P.function(Id)), Out(Out) {}
  void run();

private:
  /// `Heeded`: flags that the called function asks about.
  void typed(const MaskExpr &M, Mask Heeded);
  void words(const MaskExpr &M, Mask Whole);
  void scope(const Event &E, const MaskExpr &M);
  void test(const Condition &C);
  void report(const Contradiction &C, const Loc &At, std::string Mask, llvm::StringRef Typed);

  const Program &P;
  FunctionId Id;
  const Function &F;
  std::vector<Finding> &Out;
};

void Masks::report(const Contradiction &C, const Loc &At, std::string Mask, llvm::StringRef Typed) {
  Finding N;
  N.Rule = "contradictory-gfp-flags";
  N.Level = C.Level;
  N.At = At;
  N.Function = F.Name;
  N.Mask = std::move(Mask);
  N.Message = Typed.str() + ": " + C.Text;
  N.Identity = N.Message;
  Out.push_back(std::move(N));
}

/// A name that forbids something is lost where another one allows it.
void Masks::words(const MaskExpr &M, Mask Whole) {
  std::vector<std::pair<llvm::StringRef, Mask>> Named;
  for (llvm::StringRef Word : joinedWords(M.Text))
    if (std::optional<Mask> Flags = P.Flags.named(Word))
      Named.emplace_back(Word, *Flags);
  for (auto &[Word, Flags] : Named) {
    if (Word.starts_with("__") || !Flags.has(Flag::KswapdReclaim))
      continue;
    for (auto &[Other, Wider] : Named)
      if (!Other.starts_with("__") && restrictionOf(Wider) < restrictionOf(Flags) &&
          restrictionOf(Whole) < restrictionOf(Flags))
        report({Severity::Warning, "what " + Word.str() + " forbids " + Other.str() + " allows"}, M.Where.At,
               P.spell(Whole), M.Text);
  }
  for (auto &[Word, Flags] : Named)
    for (auto &[Other, Part] : Named)
      if (Word.starts_with("GFP_") && Flags.has(Flag::KswapdReclaim) && Other.starts_with("__") &&
          Part.count() == 1 && Flags.hasAll(Part))
        report({Severity::Note, Word.str() + " has " + Other.str() + " in it on this kernel"}, M.Where.At,
               P.spell(Whole), M.Text);
}

void Masks::typed(const MaskExpr &M, Mask Heeded) {
  if (M.Complement || M.Where.Length == 0 || M.Terms.size() != 1 ||
      M.Terms.front().From.Kind != SourceKind::Constant || !M.Terms.front().Range.isExact())
    return;
  // The flags of an xarray are a gfp_t, too.
  std::vector<llvm::StringRef> Words = wordsOf(M.Text);
  if (std::none_of(Words.begin(), Words.end(),
                   [&](llvm::StringRef W) { return P.Flags.named(W).has_value(); }))
    return;
  Mask Whole = M.Terms.front().Range.Must.Set;
  for (Contradiction &C : ofFlags(P, Whole, Heeded))
    report(C, M.Where.At, P.spell(Whole), M.Text);
  words(M, Whole);
}

/// __GFP_NOFAIL where a scope takes direct reclaim away or gives reserves.
void Masks::scope(const Event &E, const MaskExpr &M) {
  ScopeSet Open = P.scopes(Id).kindsAt(E.Id) | P.inherited(Id);
  for (ScopeKind K : {ScopeKind::NoWait, ScopeKind::NoReclaim})
    if (Open.has(K) && !M.Complement && M.Terms.size() == 1 &&
        M.Terms.front().Range.Must.Set.has(Flag::NoFail))
      report({Severity::Warning, "__GFP_NOFAIL in a " + scopeName(K).str() + " scope, which cannot reclaim"},
             M.Where.At, P.spell(M.Terms.front().Range.Must.Set), M.Text);
}

/// `gfp & GFP_ATOMIC` is true for GFP_KERNEL.
void Masks::test(const Condition &C) {
  for (const Condition &Part : C.Parts)
    test(Part);
  if (!C.Test || C.Test->Kind != MaskTestKind::Any || C.Test->Bits.count() < 2)
    return;
  // Flags that are asked for together stand for one thing each; those of a name that forbids do not.
  Mask Bits = C.Test->Bits;
  if (!Bits.has(Flag::KswapdReclaim) || restrictionOf(Bits) == Restriction::None)
    return;
  for (llvm::StringRef Word : wordsOf(C.Text))
    if (Word.starts_with("GFP_") && P.Flags.named(Word) == std::optional(Bits))
      return report(
          {Severity::Warning, "GFP_KERNEL has bits of " + Word.str() +
                                  ", too; gfpflags_allow_blocking() tells whether an allocation may wait"},
          C.At, P.spell(Bits), C.Text);
}

void Masks::run() {
  for (const Block &B : F.Blocks) {
    if (B.Branch)
      test(*B.Branch);
    for (const Event &E : B.Events) {
      if (E.Branch)
        test(*E.Branch);
      if (E.Value)
        typed(*E.Value, {});
      for (unsigned I = 0; I < E.Args.size(); ++I)
        if (const std::optional<MaskExpr> &M = E.Args[I].Mask) {
          bool Any = E.Kind == EventKind::Call && M->Where.Length > 0 && !M->Complement;
          typed(*M, Any ? fateOf(P, Id, E, I, {}).Tested : Mask{});
          scope(E, *M);
        }
    }
  }
}

} // namespace

void contradictoryGfpFlags(const Program &P, std::vector<Finding> &Out) {
  for (FunctionId Id : P.combiningFlags())
    Masks(P, Id, Out).run();
}

} // namespace gfplint
