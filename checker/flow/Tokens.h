// The tokens of memalloc scopes on one path through a function: which scopes are open, which places
// hold their tokens, and what goes wrong with them.
#pragma once

#include "gfp/Scope.h"
#include "ir/Ir.h"

#include <compare>
#include <functional>
#include <map>
#include <set>
#include <tuple>
#include <vector>

namespace gfplint {

/// Where a token is kept: a place of the function, or, behind a wrapper such as
/// fsnotify_group_lock(), a field of the object that the wrapper was given.
struct TokenPlace {
  PlaceId Place = NoPlace;
  /// `fsnotify_group.owner_flags`; empty for a place of the function itself.
  std::string Field;
  friend auto operator<=>(const TokenPlace &, const TokenPlace &) = default;
};

/// On which results of a call it does what it does to a scope.
enum class EffectWhen : uint8_t { Always, Nonzero, Zero };

/// What a call does to a scope.
struct ScopeEffect {
  bool Opens = true;
  /// Empty where the kinds cannot be told (a computed PF_ flag, memalloc_flags_restore).
  ScopeSet Kinds;
  EffectWhen When = EffectWhen::Always;
  /// Where the token goes, or comes from; NoPlace where it has none.
  TokenPlace Token;
  /// Ends: the token is this number.
  std::optional<int64_t> Number;
  friend bool operator==(const ScopeEffect &, const ScopeEffect &) = default;
};

enum class ScopeProblemKind : uint8_t {
  LeftOpen,    ///< the function is left with the scope open
  Overwritten, ///< the only token of an open scope is lost
  Discarded,   ///< nothing keeps the result of a save
  EndedTwice,
  WrongKind,  ///< ended through another kind's function
  NoToken,    ///< ended with a variable that got no value on this path
  OldToken,   ///< before 6.9: ended with 0 on a path that opened nothing
  WrongToken, ///< ended with a number that no save returned
  OutOfOrder, ///< ended before a later scope of its kind
};

/// One scope that the path has opened.
struct PathScope {
  enum class State : uint8_t {
    Open,
    Ended,
    Away, ///< somebody else has the token too
  };
  const Event *Save = nullptr;
  uint32_t SaveId = 0;
  ScopeSet Kinds;
  State Now = State::Open;
  /// The token lies in a field of an object that others know.
  bool Outside = false;
  TokenPlace At;
  const Event *End = nullptr;
  uint32_t EndId = 0;
  /// A restore of its kind with the token 0, which ends nothing since 6.9.
  const Event *Futile = nullptr;

  /// By what decides how the path goes on.
  friend std::strong_ordering operator<=>(const PathScope &A, const PathScope &B) {
    return std::tie(A.SaveId, A.Kinds, A.Now, A.Outside, A.At, A.EndId) <=>
           std::tie(B.SaveId, B.Kinds, B.Now, B.Outside, B.At, B.EndId);
  }
  friend bool operator==(const PathScope &A, const PathScope &B) { return (A <=> B) == 0; }
};

struct ScopeProblem {
  ScopeProblemKind Kind = ScopeProblemKind::LeftOpen;
  /// The event at which it shows; null for LeftOpen.
  const Event *Where = nullptr;
  /// The scope that it is about; Save is null where there is none.
  PathScope Scope;
  /// The token's name, or empty.
  std::string Token;
};

/// What a place holds.
struct HeldToken {
  enum class Kind : uint8_t {
    Unset,
    Number,
    Token,
    Outside, ///< a token that came from a place outside the function
    Unknown,
  };
  Kind What = Kind::Unset;
  int64_t Number = 0;
  /// Token: the scope's SaveId. Outside: the PlaceId that it came from.
  uint32_t SaveId = 0;
  friend auto operator<=>(const HeldToken &, const HeldToken &) = default;
};

/// The tokens of one path. A value: paths that are equal here go on alike.
struct TokenState {
  /// In the order in which they were opened.
  std::vector<PathScope> Scopes;
  std::map<TokenPlace, HeldToken> Held;
  /// Tokens that were ended and had come from outside.
  std::set<TokenPlace> EndedOutside;
  /// SaveId of the scope whose token is returned, or 0.
  uint32_t Returned = 0;

  [[nodiscard]] const PathScope *scope(uint32_t SaveId) const;
  friend bool operator==(const TokenState &, const TokenState &) = default;
  friend auto operator<=>(const TokenState &, const TokenState &) = default;
};

/// What is asked of those who know the program.
struct TokenQuestions {
  /// What a call does to scopes, in order.
  std::function<std::vector<ScopeEffect>(const Event &)> Effects;
  /// Whether a call may end scopes whose token lies in the field, by itself or further down.
  std::function<bool(const Event &, llvm::StringRef Field)> MayEnd;
  /// Since 6.9 a token holds the bits that the save newly set.
  bool TokenHoldsNewBits = true;
};

/// Moves tokens along the events of one function.
class TokenFlow {
public:
  using Report = std::function<void(ScopeProblem)>;

  TokenFlow(const Function &F, const TokenQuestions &Ask);

  /// Whether the function has anything to do with scopes.
  [[nodiscard]] bool any() const { return Any; }
  /// The effects of a call; empty for most.
  [[nodiscard]] const std::vector<ScopeEffect> &effects(const Event &E) const;
  [[nodiscard]] TokenState start() const;
  /// For each block whether one of its events may change a path's tokens, or leaves the function.
  [[nodiscard]] std::vector<bool> blocksThatMatter() const;
  /// Does one effect of an event.
  void apply(TokenState &Now, const Event &E, const ScopeEffect &Effect, const Report &Out);
  /// Everything else that an event does to tokens.
  void pass(TokenState &Now, const Event &E, const Report &Out) const;
  /// Whether the token lies in a variable of the function that nobody else can reach.
  [[nodiscard]] bool isOwn(const TokenPlace &At) const;
  [[nodiscard]] std::string text(const TokenPlace &At) const;
  /// Ends of a scope that some path does with the number 0 and none with a token. Complete once all
  /// paths were passed.
  [[nodiscard]] std::vector<const Event *> alwaysFutile() const;
  /// Whether some path ends an open scope there. Complete once all paths were passed.
  [[nodiscard]] bool endsAny(const Event &End) const;
  /// An end of a scope that is done with 0 or with a variable that has no token: the variable with the token
  /// of the only scope that is open there, if it is the same on all paths. Complete once all were passed.
  [[nodiscard]] std::optional<TokenPlace> tokenMeant(const Event &End) const;
  /// Whether some end of a scope goes by a token of which nothing is known.
  [[nodiscard]] bool endsUnclear() const;

private:
  void open(TokenState &Now, const Event &E, const ScopeEffect &Effect, const Report &Out) const;
  void end(TokenState &Now, const Event &E, const ScopeEffect &Effect, const Report &Out);
  void endScope(TokenState &Now, PathScope &S, const Event &E, const ScopeEffect &Effect,
                const Report &Out) const;
  void endWithNumber(TokenState &Now, const Event &E, const ScopeEffect &Effect, int64_t Number,
                     const Report &Out);
  void put(TokenState &Now, const TokenPlace &At, HeldToken Value, const Event &E, const Report &Out) const;
  void giveAway(TokenState &Now, uint32_t SaveId) const;
  void giveObjectAway(TokenState &Now, PlaceId Object) const;
  void passArguments(TokenState &Now, const Event &E) const;
  [[nodiscard]] bool mayChange(const Event &E) const;
  void noteMeant(const TokenState &Now, const Event &E, ScopeSet Kinds);

  const Function &F;
  const TokenQuestions &Ask;
  bool Any = false;
  std::map<uint32_t, std::vector<ScopeEffect>> EffectsOf;
  /// Places that hold a token somewhere in the function.
  std::set<PlaceId> Holders;
  /// Those, objects that keep one, and what the places go through.
  std::set<PlaceId> Concerned;
  std::set<std::string, std::less<>> Fields;
  struct EndSeen {
    const Event *End = nullptr;
    bool WithZero = false;
    bool WithAnother = false;
    bool EndsOpen = false;
    /// What would have been the right token, on the paths so far.
    std::optional<TokenPlace> Meant;
    bool Unclear = false;
  };
  /// How paths came to each end, by Event::Id.
  std::map<uint32_t, EndSeen> Ends;
};

} // namespace gfplint
