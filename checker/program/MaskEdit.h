// How a restricted mask that a function types becomes the GFP_KERNEL form, where it is typed.
#pragma once

#include "program/Finding.h"
#include "program/Program.h"

namespace gfplint {

/// GFP_KERNEL with the other flags of the mask.
inline Mask kernelForm(Mask M) { return M | masks::Kernel; }

/// A restricted mask that is typed where a call passes it, or in the variable that it passes.
struct RestrictedArgument {
  const Event *Call = nullptr;
  unsigned Argument = 0;
  Mask Passed;
  Restriction Forbids = Restriction::None;
};

/// Puts kernelForm() in place of the mask. The word that says the restriction is replaced, or else the whole
/// mask; nothing where it is not typed in this function's text. A mask in a variable is replaced where the
/// variable gets it, if that is its only value and all its uses are arguments of `Together`.
std::optional<Edit> kernelEdit(const Program &P, FunctionId Id, const RestrictedArgument &S,
                               llvm::ArrayRef<const RestrictedArgument *> Together);

} // namespace gfplint
