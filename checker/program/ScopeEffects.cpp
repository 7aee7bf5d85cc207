// Calls are followed down into what can be looked at, each function once.
#include "program/ScopeEffects.h"

#include "program/CalleeName.h"

namespace gfplint {
namespace {

/// Calls followed down from a region.
constexpr unsigned MaxDepth = 6;

/// A static function: without a body in the program it is one of a header that names no mask and no scope.
bool isFileLocal(llvm::StringRef Key) { return nameOfKey(Key).size() != Key.size(); }

} // namespace

Mask effectiveMask(Mask M) { return M.has(Flag::DirectReclaim) ? M : M - Mask{Flag::Io, Flag::Fs}; }

void ScopeEffects::call(FunctionId In, const Event &E, unsigned Depth) {
  if (E.Kind != EventKind::Call || !P.masks(In).reached(E.Id))
    return;
  if (const Allocator *A = P.allocator(E)) {
    std::optional<unsigned> MaskArg = Program::maskArgument(E, *A);
    if (!MaskArg || Replaced.contains({&E, *MaskArg}))
      return;
    ScopeSet Before = P.scopes(In).kindsAt(E.Id);
    if (Before.has(Kind))
      return;
    for (const ResolvedTerm &T : P.masks(In).argument(E.Id, *MaskArg)) {
      if (T.From.Kind == SourceKind::Constant && T.Range.isExact()) {
        Mask Was = Before.effect().apply(T.Range.Must.Set);
        Mask Is = Scope.apply(Was);
        if (effectiveMask(Was) != effectiveMask(Is))
          All.insert({E.Where.At, P.name(In).str(), P.spell(Was), P.spell(Is)});
      } else if (T.From.Kind != SourceKind::Param || Depth == 0) {
        All.insert({E.Where.At, P.name(In).str(), "the mask that it is given",
                    "that mask within memalloc_" + scopeName(Kind).str()});
      }
    }
    return;
  }
  if (P.allocatesNothing(E))
    return;
  std::optional<FunctionId> Callee = P.visibleCallee(In, E);
  if (!Callee) {
    llvm::StringRef Name = nameOfKey(E.Callee);
    if (E.Callee.empty())
      Unseen.insert("a function pointer");
    else if (P.Knowledge.lockFunction(Name) == nullptr && P.Knowledge.scopeFunction(Name) == nullptr)
      (isFileLocal(E.Callee) ? Inline : Unseen).insert(calleeName(E) + "()");
    return;
  }
  if (Depth >= MaxDepth) {
    Unseen.insert(calleeName(E) + "()");
    return;
  }
  if (!Seen.insert(*Callee).second)
    return;
  for (const Block &B : P.function(*Callee).Blocks)
    for (const Event &Below : B.Events)
      call(*Callee, Below, Depth + 1);
}

void ScopeEffects::run(FunctionId In, const std::vector<const Event *> &Calls,
                       const std::set<std::pair<const Event *, unsigned>> &Without) {
  Replaced = Without;
  for (const Event *E : Calls)
    call(In, *E, 0);
}

} // namespace gfplint
