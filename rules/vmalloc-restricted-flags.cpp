// A mask that this kernel's vmalloc family does not honour, followed back to who chose it.
#include "Registry.h"
#include "Support.h"

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
      Out.push_back(std::move(F));
    }
  });
}

} // namespace gfplint
