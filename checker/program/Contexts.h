// In which scopes, and whether with sleeping forbidden, every function of the program may and must run: what
// its callers open and hold, what theirs do, and so on.
//
// A scope or a lock counts where it is surely there. Every function that takes a lock is looked at: seconds
// on a whole kernel.
#pragma once

#include "program/AtomicEntries.h"
#include "program/AtomicNets.h"
#include "program/Finding.h"

namespace gfplint {

/// What a function runs in.
struct RunsIn {
  ScopeSet Scopes;
  /// Sleeping is forbidden.
  bool Atomic = false;
  friend bool operator==(const RunsIn &, const RunsIn &) = default;
};

class Contexts {
public:
  /// Calls over which `may` looks.
  static constexpr unsigned MaxLevels = 8;
  /// A pointer that may hold more functions than this leads nowhere for `may`.
  static constexpr size_t MaxTargets = 8;

  /// All must outlive this.
  Contexts(const Program &P, const AtomicNets &Nets, const std::vector<AtomicEntryPoint> &Entries);

  /// On some way over MaxLevels calls at most.
  [[nodiscard]] RunsIn may(FunctionId Id) const { return unpack(May[Id]); }
  /// On every way in, however long; nothing where not every caller is known.
  [[nodiscard]] RunsIn must(FunctionId Id) const { return unpack(Must[Id]); }
  /// A shortest way on which the function runs in the scope, or, without a scope, with sleeping forbidden:
  /// from where that begins down to the call of the function. Empty where may() has it not.
  [[nodiscard]] std::vector<TraceStep> witness(FunctionId Id, std::optional<ScopeKind> Scope) const;

private:
  /// A bit for each ScopeKind, and one for Atomic.
  using Bits = uint8_t;
  static constexpr unsigned AtomicBit = ScopeKindCount;
  static constexpr unsigned BitCount = ScopeKindCount + 1;
  static_assert(BitCount <= 8);
  static Bits pack(const RunsIn &R);
  static RunsIn unpack(Bits B);

  /// What a call makes of its caller's context.
  struct AtCall {
    uint32_t Event = 0;
    Bits Adds = 0;
    /// May have ended before the call, or been asked about.
    Bits Drops = 0;
  };
  /// The call by which a function was reached first.
  struct Parent {
    FunctionId Caller = NoFunction;
    uint32_t Event = 0;
  };
  void look(FunctionId Id);
  void findMay();
  void findMust();
  [[nodiscard]] AtCall at(FunctionId Caller, uint32_t Event) const;
  [[nodiscard]] Bits waysIn(FunctionId Id) const;
  [[nodiscard]] TraceStep origin(const Parent &From, unsigned Bit) const;

  const Program &P;
  const AtomicNets &Nets;
  const std::vector<AtomicEntryPoint> &Entries;
  /// Of functions with scopes, locks or tests of the context; sorted by event.
  llvm::DenseMap<FunctionId, std::vector<AtCall>> Own;
  std::vector<Bits> May;
  std::vector<Bits> Must;
  /// By bit and function; only functions that were reached.
  std::array<llvm::DenseMap<FunctionId, Parent>, BitCount> Parents;
};

} // namespace gfplint
