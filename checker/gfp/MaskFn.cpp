// What can be said of a mask that is known only between two bounds.
#include "gfp/MaskFn.h"

namespace gfplint {

std::optional<Restriction> sureRestriction(Mask Must, Mask May) {
  if (restrictionOf(Must) == restrictionOf(May) && Must.has(Flag::DirectReclaim))
    return restrictionOf(Must);
  if (!May.has(Flag::DirectReclaim))
    return Restriction::NoWait;
  return std::nullopt;
}

} // namespace gfplint
