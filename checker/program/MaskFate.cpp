// Down through callees, each parameter of each once.
#include "program/MaskFate.h"

#include "program/CalleeName.h"

#include <algorithm>

namespace gfplint {
namespace {

class Follower {
public:
  Follower(const Program &P, Mask Changed) : P(P), Changed(Changed) {}
  void argument(FunctionId In, const Event &Call, unsigned Argument);
  MaskFate take() { return std::move(Found); }

private:
  void allocator(const Allocator &A, const Event &Call);
  void parameter(FunctionId Id, unsigned Param);
  void condition(const Function &F, const Condition &C, unsigned Param);
  void obstacle(std::string Text) {
    if (std::find(Found.Obstacles.begin(), Found.Obstacles.end(), Text) == Found.Obstacles.end())
      Found.Obstacles.push_back(std::move(Text));
  }

  const Program &P;
  Mask Changed;
  MaskFate Found;
  std::set<std::pair<FunctionId, unsigned>> Seen;
};

bool comesFrom(const std::vector<ResolvedTerm> &Terms, unsigned Param) {
  return std::any_of(Terms.begin(), Terms.end(), [&](const ResolvedTerm &T) {
    return T.From.Kind == SourceKind::Param && T.From.Index == Param;
  });
}

std::string called(const Event &Call) { return calleeName(Call) + "()"; }

void Follower::allocator(const Allocator &A, const Event &Call) {
  if (A.Family == AllocatorFamily::VMalloc || A.Family == AllocatorFamily::KVMalloc)
    Found.ReachesVmalloc = true;
  if (A.SleepsByRawMask && Changed.has(Flag::DirectReclaim))
    obstacle(called(Call) + " goes by the mask, not by the scope, when it decides whether to sleep");
}

void Follower::argument(FunctionId In, const Event &Call, unsigned Argument) {
  if (const Allocator *A = P.allocator(Call))
    return allocator(*A, Call);
  if (std::optional<FunctionId> Callee = P.visibleCallee(In, Call))
    return parameter(*Callee, Argument);
  if (!Call.Callee.empty() && P.Knowledge.maskTest(nameOfKey(Call.Callee))) {
    Mask Bits = *P.Knowledge.maskTest(nameOfKey(Call.Callee));
    Found.Tested = Found.Tested | Bits;
    if (Bits.hasAny(Changed))
      obstacle(P.name(In).str() + "() tests the mask with " + called(Call));
    return;
  }
  obstacle("what " + (Call.Callee.empty() ? "a function pointer" : called(Call)) +
           " makes of the mask is not known here");
}

void Follower::condition(const Function &F, const Condition &C, unsigned Param) {
  for (const Condition &Part : C.Parts)
    condition(F, Part, Param);
  if (!C.Test)
    return;
  bool Ours = std::any_of(C.Test->Operand.Terms.begin(), C.Test->Operand.Terms.end(), [&](const MaskTerm &T) {
    return (T.From.Kind == SourceKind::Param && T.From.Index == Param) || T.From.Kind == SourceKind::Local;
  });
  if (!Ours)
    return;
  Found.Tested = Found.Tested | C.Test->Bits;
  if (Found.TestedBy.empty())
    Found.TestedBy = F.Name + "()";
  if (C.Test->Bits.hasAny(Changed))
    obstacle(F.Name + "() tests it: " + C.Text);
}

void Follower::parameter(FunctionId Id, unsigned Param) {
  if (!Seen.insert({Id, Param}).second)
    return;
  const Function &F = P.function(Id);
  const MaskFlow &Masks = P.masks(Id);
  bool First = Seen.size() == 1;
  std::set<PlaceId> Returned;
  for (const Block &B : F.Blocks)
    for (const Event &E : B.Events)
      if (E.Kind == EventKind::Return && E.From != NoPlace)
        Returned.insert(E.From);
  for (const Block &B : F.Blocks) {
    if (B.Branch)
      condition(F, *B.Branch, Param);
    for (const Event &E : B.Events) {
      if (E.Branch)
        condition(F, *E.Branch, Param);
      if (E.Kind != EventKind::Call)
        continue;
      for (unsigned I = 0; I < E.Args.size(); ++I)
        if (comesFrom(Masks.argument(E.Id, I), Param)) {
          Found.MakesMore = Found.MakesMore || (First && !E.ToReturn && !Returned.contains(E.Target));
          argument(Id, E, I);
        }
    }
  }
  for (const MaskFlow::Store &S : Masks.stores())
    if (comesFrom(S.Terms, Param))
      obstacle(F.Name + "() stores it in " + F.Places[S.Assign->Target].Text);
  if (comesFrom(Masks.returned(), Param))
    obstacle(F.Name + "() returns it");
}

} // namespace

MaskFate fateOf(const Program &P, FunctionId In, const Event &Call, unsigned Argument, Mask Changed) {
  Follower Follow(P, Changed);
  Follow.argument(In, Call, Argument);
  return Follow.take();
}

} // namespace gfplint
