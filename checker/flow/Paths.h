// Paths through one function, with branches on the same unchanged condition correlated.
//
// Exact for the functions that ask for it, at any cost in those functions alone: states are kept
// apart by what is known of the variables and conditions that decide more than one branch.
#pragma once

#include "ir/Ir.h"

#include <map>
#include <set>
#include <vector>

namespace gfplint {

/// What one path knows of its variables and conditions.
class Facts {
public:
  static constexpr uint32_t NoBlock = ~0U;
  struct Value {
    std::optional<int64_t> Equal;
    std::set<int64_t> Unequal;
    /// The block whose branch told it; NoBlock for an assignment.
    uint32_t From = NoBlock;
    friend auto operator<=>(const Value &, const Value &) = default;
  };
  std::map<PlaceId, Value> Values;
  struct Outcome {
    bool Holds = false;
    uint32_t From = NoBlock;
    friend auto operator<=>(const Outcome &, const Outcome &) = default;
  };
  /// Conditions by Condition::Key.
  std::map<uint64_t, Outcome> Known;
  friend auto operator<=>(const Facts &, const Facts &) = default;
};

/// The conditions and places of one function that are worth remembering.
class Correlation {
public:
  /// `Matter` are the blocks with what is asked about the function. Branches that do not decide which of
  /// them is come to are not remembered: either way out of them is taken.
  Correlation(const Function &F, std::vector<bool> Matter);

  [[nodiscard]] bool decides(uint32_t BlockIndex) const { return Deciding[BlockIndex]; }

  /// Brings the facts up to date with an event.
  void pass(Facts &Now, const Event &E) const;
  /// Takes an edge out of a block; false where the facts rule it out.
  bool take(Facts &Now, uint32_t BlockIndex, const Edge &E) const;
  /// Drops what no branch, copy or return after the start of the block asks for any more.
  void forgetDead(Facts &Now, uint32_t BlockIndex) const;
  /// Takes for granted whether a call's result is 0.
  void assume(Facts &Now, const Event &Call, bool Nonzero) const;
  /// Whether a place is known to be 0, or not to be.
  [[nodiscard]] std::optional<bool> isNonzero(const Facts &Now, PlaceId Id) const;

private:
  bool takeCase(Facts &Now, uint32_t BlockIndex, const Edge &E) const;
  void forget(Facts &Now, PlaceId Changed) const;
  void remember(Facts &Now, const Condition &C, bool Outcome, uint32_t At) const;
  [[nodiscard]] std::optional<bool> evaluate(const Facts &Now, const Condition &C) const;
  void findDeciding(std::vector<bool> Matter);
  [[nodiscard]] bool changes(const Event &E, const std::set<PlaceId> &Asked) const;
  [[nodiscard]] bool changesWith(PlaceId Id, PlaceId Changed) const;
  void count(const Condition &C);
  void forgetRepeated(Facts &Now, const Condition &C, uint32_t At) const;
  /// What is asked for from some point on.
  struct Live {
    std::set<PlaceId> Places;
    std::set<uint64_t> Keys;
    friend bool operator==(const Live &, const Live &) = default;
  };
  void findLive();
  static void use(Live &Here, const Condition &C);
  void before(Live &Here, const Event &E) const;

  const Function &F;
  /// By block.
  std::vector<bool> Deciding;
  std::map<uint64_t, unsigned> KeyCount;
  std::map<uint64_t, std::vector<PlaceId>> KeyReads;
  std::map<PlaceId, unsigned> PlaceCount;
  std::set<PlaceId> Relevant;
  /// Keys of the conditions that are a call's result, by Event::Id.
  std::map<uint32_t, std::set<uint64_t>> ResultKeys;
  /// By block.
  std::vector<Live> LiveAt;
};

} // namespace gfplint
