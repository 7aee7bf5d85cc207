// kvmalloc tries kmalloc first and vmalloc second; with some masks the second never happens.
#include "Registry.h"
#include "Support.h"

namespace gfplint {
namespace {

/// What is no larger than a page never falls back anyway.
constexpr int64_t SmallestPage = 4096;

bool neverLarge(const Event &Call, unsigned MaskArg) {
  // kvmalloc(size, mask) and kvmalloc_array(n, size, mask): every argument before the mask counts.
  int64_t Bytes = 1;
  for (unsigned I = 0; I < MaskArg && I < Call.Args.size(); ++I) {
    const std::optional<int64_t> &Factor = Call.Args[I].Constant;
    if (!Factor || *Factor < 0 || *Factor > SmallestPage)
      return false;
    Bytes *= *Factor;
  }
  return Bytes <= SmallestPage;
}

} // namespace

void kvmallocNoFallback(const Program &P, std::vector<Finding> &Out) {
  forEachAllocation(P, AllocatorFamily::KVMalloc, [&](FunctionId In, const Event &Call, unsigned MaskArg) {
    if (neverLarge(Call, MaskArg))
      return;
    for (const Arrival &A : onePerWay(arrivals(P, In, Call, MaskArg))) {
      std::optional<Restriction> R = sureRestriction(A.Must, A.May);
      if (!R || *R == Restriction::None || P.Knowledge.fallsBack(AllocatorFamily::KVMalloc, *R))
        continue;
      Finding F = arrivalFinding(P, "kvmalloc-no-fallback", Severity::Warning, In, Call, MaskArg, A);
      F.Message = "with " + F.Mask + ", " + calleeName(Call) +
                  "() never falls back to vmalloc on this kernel: it is a plain kmalloc" + doubtsOf(A);
      Out.push_back(std::move(F));
    }
  });
}

} // namespace gfplint
