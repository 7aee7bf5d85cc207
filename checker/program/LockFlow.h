// The locks of one function along its paths: where each is surely held, and how callers' locks are left.
#pragma once

#include "program/Locks.h"

#include "llvm/ADT/DenseMap.h"

#include <map>
#include <set>

namespace gfplint {

enum class LockSet : uint8_t { All, Atomic };

/// Each lock that a function touches, what becomes of it, and where it is surely held.
class LockFlow {
public:
  /// All must outlive this.
  LockFlow(const Function &F, const Model &Knowledge, const CalleeLocks &Callee, LockSet Which);

  /// In the order in which the function names them.
  [[nodiscard]] const std::vector<LockOperation> &locks() const { return Locks; }
  /// What the function does to its caller's locks. Where that differs between paths, they are told apart.
  [[nodiscard]] std::vector<NetLock> nets() const;
  /// A call that takes the lock with this index in locks(): of several the last before the line, else the
  /// first.
  [[nodiscard]] const Event *taker(uint32_t Lock, uint32_t Line) const;

  struct AtCall {
    /// Indices of locks() that are surely held.
    std::vector<uint32_t> Held;
    /// Some way here released a lock that the function had not taken.
    bool DropsCallers = false;
  };
  /// By Event::Id; calls without anything to say are left out.
  [[nodiscard]] std::map<uint32_t, AtCall> atCalls() const;

private:
  struct Step {
    LockOperation Does;
    /// Index into Locks.
    uint32_t Lock = 0;
    /// It releases what the function does not surely hold under this name.
    bool Stray = false;
  };
  [[nodiscard]] std::vector<std::optional<uint8_t>> states(uint32_t Lock) const;
  void pass(uint32_t Lock, uint8_t &Now, const Event &E) const;
  [[nodiscard]] uint8_t follow(uint32_t Lock, const Block &B, const Edge &E, uint8_t Now) const;
  [[nodiscard]] bool mayBe(const LockOperation &Lock, const Step &Released) const;
  /// How some path leaves the function: the state of each lock, and whether it returns something else than 0.
  struct WayOut {
    std::vector<uint8_t> States;
    std::optional<bool> Nonzero;
    friend auto operator<=>(const WayOut &, const WayOut &) = default;
  };
  /// Of the locks that are asked about; nothing where there are too many paths.
  [[nodiscard]] std::optional<std::set<WayOut>> waysOut(const std::vector<bool> &Asked) const;

  void findStrays();
  [[nodiscard]] bool believed(uint32_t Lock) const;
  void noteAssertion(const Block &In, const Event &E, uint32_t Lock);

  const Function &F;
  /// Blocks whose branch is part of an assertion of the lock.
  std::vector<std::pair<const Block *, uint32_t>> Assertions;
  std::vector<LockOperation> Locks;
  /// Whether something in the function takes the lock by this name.
  std::vector<bool> Taken;
  llvm::DenseMap<const Event *, std::vector<Step>> At;
  /// The calls that try for a lock, in the order of the blocks.
  struct Try {
    const Event *Call = nullptr;
    uint32_t Lock = 0;
    bool TakenOnZero = false;
  };
  std::vector<Try> Tries;
};

} // namespace gfplint
