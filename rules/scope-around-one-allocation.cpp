// A scope that is opened for one allocation alone, where its mask would say the same.
#include "Registry.h"
#include "Support.h"

#include <algorithm>
#include <map>

namespace gfplint {
namespace {

/// Calls followed down when asking whether a call can reclaim.
constexpr unsigned MaxDepth = 4;

/// What is called between a scope's save and its end.
struct Covered {
  const Event *Allocation = nullptr;
  const Allocator *Callee = nullptr;
  bool More = false;
};

/// Whether the callee surely neither allocates nor takes a lock: it can be looked at, and calls nothing that
/// cannot.
bool isHarmless(const Program &P, FunctionId In, const Event &Call, unsigned Depth) {
  if (P.allocatesNothing(Call))
    return true;
  std::optional<FunctionId> Callee = P.visibleCallee(In, Call);
  if (!Callee || Depth > MaxDepth)
    return false;
  for (const Block &B : P.function(*Callee).Blocks)
    for (const Event &E : B.Events)
      if (E.Kind == EventKind::Call && !isHarmless(P, *Callee, E, Depth + 1))
        return false;
  return true;
}

/// The mask says what the scope says, as far as this kernel's allocator goes by it.
bool maskWouldDo(const Program &P, const Allocator &A, Restriction R) {
  if (!A.MaskArg)
    return false;
  switch (A.Family) {
  case AllocatorFamily::Slab:
  case AllocatorFamily::Page:
    return true;
  case AllocatorFamily::VMalloc:
    return P.Knowledge.honours(AllocatorFamily::VMalloc, R);
  case AllocatorFamily::KVMalloc:
    return P.Knowledge.fallsBack(AllocatorFamily::KVMalloc, R) &&
           P.Knowledge.honours(AllocatorFamily::VMalloc, R);
  default:
    return false;
  }
}

std::optional<Restriction> said(ScopeKind K) {
  for (Restriction R : {Restriction::NoFs, Restriction::NoIo, Restriction::NoWait})
    if (scopeFor(R) == K)
      return R;
  return std::nullopt;
}

} // namespace

void scopeAroundOneAllocation(const Program &P, std::vector<Finding> &Out) {
  for (FunctionId Id : P.scopeUsers()) {
    const Function &F = P.function(Id);
    // By the save's place, which tells scopes of one function apart.
    std::map<Loc, Covered> Scopes;
    std::map<Loc, ScopeKind> Kinds;
    std::set<Loc> Ended;
    for (const Block &B : F.Blocks)
      for (const Event &E : B.Events) {
        if (E.Kind != EventKind::Call)
          continue;
        std::optional<ScopeOperation> Op = scopeOperation(E, P.Knowledge);
        for (const OpenScope &S : P.scopes(Id).at(E.Id)) {
          if (!S.Through.empty())
            continue;
          Covered &C = Scopes[S.SavedAt];
          Kinds.emplace(S.SavedAt, S.Kind);
          if (Op) {
            if (Op->Action == ScopeAction::Restore && Op->Token == S.Token)
              Ended.insert(S.SavedAt);
            continue;
          }
          if (const Allocator *A = P.allocator(E)) {
            C.More = C.More || C.Allocation != nullptr;
            C.Allocation = &E;
            C.Callee = A;
          } else if (!isHarmless(P, Id, E, 0)) {
            C.More = true;
          }
        }
      }
    for (const auto &[SavedAt, C] : Scopes) {
      std::optional<Restriction> R = said(Kinds.at(SavedAt));
      if (C.More || C.Allocation == nullptr || !R || !Ended.contains(SavedAt) ||
          !maskWouldDo(P, *C.Callee, *R))
        continue;
      Finding N;
      N.Rule = "scope-around-one-allocation";
      N.Level = Severity::Note;
      N.At = SavedAt;
      N.Function = F.Name;
      N.Message = "this " + scopeName(Kinds.at(SavedAt)).str() + " scope is there for one call of " +
                  calleeName(*C.Allocation) + "() alone: " + restrictionName(*R).str() +
                  " there would say the same; a scope belongs around what reclaim must not enter again";
      N.Trace.push_back({C.Allocation->Where.At, F.Name, "the only allocation in it"});
      N.Identity = "around " + calleeName(*C.Allocation);
      Out.push_back(std::move(N));
    }
  }
}

} // namespace gfplint
