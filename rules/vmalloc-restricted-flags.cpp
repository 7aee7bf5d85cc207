// A mask that this kernel's vmalloc family does not honour, followed back to who chose it.
#include "Registry.h"
#include "Support.h"

#include "program/ScopeRewrite.h"

namespace gfplint {
namespace {

const char *consequence(Restriction R) {
  switch (R) {
  case Restriction::NoWait:
    return "may sleep all the same";
  case Restriction::NoIo:
    return "may start block I/O all the same: its page tables are allocated with GFP_KERNEL";
  case Restriction::NoFs:
    return "may enter file systems all the same: its page tables are allocated with GFP_KERNEL";
  case Restriction::None:
    break;
  }
  return "";
}

/// A scope where the mask was chosen: it restricts the page tables, too.
std::optional<Fix> rewrite(const Program &P, FunctionId In, const Event &Call, unsigned MaskArg,
                           const Arrival &A, Restriction R) {
  const Event &First = A.Way.empty() ? Call : *A.Way.front().Call;
  unsigned Argument = A.Way.empty() ? MaskArg : A.Way.front().Argument;
  if (A.Origin && A.Field.empty())
    if (ScopeAdvice Advice = ScopeRewrites(P, *A.Origin).advice(First, Argument, R); Advice.Rewrite)
      return std::move(Advice.Rewrite);
  if (!A.Way.empty() || A.Origin != In)
    return std::nullopt;
  // Memory that may come from either is freed by kvfree(); what vfree() gets must not come from kmalloc().
  bool Falls = P.Knowledge.fallsBack(AllocatorFamily::KVMalloc, R);
  Fix X;
  X.Title = Falls ? "kvmalloc() tries kmalloc() with the mask first; free with kvfree()"
                  : "kmalloc() honours the mask, and fails where no contiguous memory is free; free with "
                    "kvfree(), or choose a mask that vmalloc honours";
  // __vmalloc(size, gfp) is called as kmalloc() is.
  const Function &F = P.function(In);
  if (Call.Args.size() == 2 && MaskArg == 1 && Call.Where.At.File == F.At.File)
    X.Changes.push_back(
        {StatementChange::Kind::Callee, Call.Where.At, Falls ? "kvmalloc" : "kmalloc", F.At, F.End});
  return X;
}

} // namespace

void vmallocRestrictedFlags(const Program &P, std::vector<Finding> &Out) {
  forEachAllocation(P, AllocatorFamily::VMalloc, [&](FunctionId In, const Event &Call, unsigned MaskArg) {
    for (const Arrival &A : onePerWay(arrivals(P, In, Call, MaskArg))) {
      std::optional<Restriction> R = sureRestriction(A.Must, A.May);
      if (!R || *R == Restriction::None || P.Knowledge.honours(AllocatorFamily::VMalloc, *R) ||
          A.Scopes.implies(*R))
        continue;
      Finding F = arrivalFinding(P, "vmalloc-restricted-flags", Severity::Error, In, Call, MaskArg, A);
      F.Message = F.Mask + " reaches " + calleeName(Call) +
                  "(), which this kernel does not honour there: it " + consequence(*R) + doubtsOf(A);
      F.Suggested = rewrite(P, In, Call, MaskArg, A, *R);
      Out.push_back(std::move(F));
    }
  });
}

} // namespace gfplint
