// Where the mask of a call was chosen: followed back through parameters, wrappers, fields and
// function pointers to the constants that somebody wrote.
#pragma once

#include "program/Program.h"

namespace gfplint {

/// One mask that reaches a call: a constant, or a value that is restricted whatever comes in.
struct Arrival {
  /// Between these lies the mask as it arrives; equal where it is known exactly.
  Mask Must;
  Mask May;
  /// The constant, and the function that wrote it; nothing for an initialiser.
  Site Chosen;
  std::optional<FunctionId> Origin;
  /// The mask as it was chosen.
  Mask ChosenMask;
  /// Calls on the way, from the origin to the one before the call itself.
  struct Step {
    FunctionId In;
    const Event *Call;
    /// Index of the mask among the arguments.
    unsigned Argument;
  };
  std::vector<Step> Way;
  /// Scopes that are surely active at the call on this way.
  ScopeSet Scopes;
  /// It went through this field: another object's mask may be meant.
  std::string Field;
  /// It went through a function pointer that may hold this many functions.
  size_t Targets = 0;
};

/// The constants that reach argument `Argument` of the call, each with one shortest way. Ways do
/// not lead up through functions that the model knows as allocators: they are ends of their own.
/// Sorted by the place of the constant. Bounded: gives up on a way after 16 calls.
std::vector<Arrival> arrivals(const Program &P, FunctionId In, const Event &Call, unsigned Argument);

} // namespace gfplint
