// Who has the token of a scope: functions that open or end a scope for their callers, and every
// function whose scopes have to pair, each explored path by path.
#pragma once

#include "flow/ScopePaths.h"
#include "program/Program.h"

#include <memory>

namespace gfplint {

/// What a call of a function does to a scope of the caller.
struct WrapperEffect {
  enum class Where : uint8_t {
    Returned, ///< the token is the result
    Param,    ///< the token is argument Index
    Field,    ///< the token lies in Field of the object that argument Index points to
  };
  bool Opens = true;
  ScopeSet Kinds;
  EffectWhen When = EffectWhen::Always;
  Where Token = Where::Returned;
  unsigned Index = 0;
  std::string Field;
  friend auto operator<=>(const WrapperEffect &, const WrapperEffect &) = default;
};

/// A function that saves into a field.
struct FieldSave {
  FunctionId In = 0;
  const Event *Save = nullptr;
  ScopeSet Kinds;
};

class ScopeOwners {
public:
  explicit ScopeOwners(const Program &P);

  /// Functions with scopes, sorted, but for the scope functions themselves.
  [[nodiscard]] std::vector<FunctionId> functions() const;
  [[nodiscard]] const ScopePaths &paths(FunctionId Id) const { return *Explored.at(Id); }
  /// Fields that somebody saves into, by name, with one save each in the order of the functions.
  [[nodiscard]] const std::map<std::string, FieldSave> &fieldSaves() const { return Saves; }
  /// Whether some function ends a scope whose token lies in the field.
  [[nodiscard]] bool isEnded(const std::string &Field) const;
  /// Whether no function but this one does.
  [[nodiscard]] bool isEndedBy(FunctionId Id, const std::string &Field) const;
  /// Whether a caller of the function ends such scopes without having opened them, or calls somebody
  /// who does: then the function may leave its scope open for it.
  [[nodiscard]] bool isEndedAbove(FunctionId Id, const std::string &Field) const;

private:
  [[nodiscard]] std::vector<ScopeEffect> effects(const Event &E) const;
  [[nodiscard]] bool mayEnd(const Event &E, llvm::StringRef Field) const;
  void findFields(FunctionId Id);
  /// Explores the function; returns whether what it does for its callers is new.
  bool explore(FunctionId Id);
  std::vector<WrapperEffect> wrapperEffects(FunctionId Id, const ScopePaths &Paths);

  const Program &P;
  TokenQuestions Ask;
  std::map<FunctionId, std::unique_ptr<const ScopePaths>> Explored;
  std::map<FunctionId, std::vector<WrapperEffect>> Wrappers;
  std::map<std::string, FieldSave> Saves;
  /// Functions that take tokens from the field to end scopes, whoever opened these.
  std::map<std::string, std::set<FunctionId>> Enders;
  /// Functions that some path leaves with a scope of the caller's ended.
  std::map<std::string, std::set<FunctionId>> NetEnders;
  /// Functions that may end the caller's scope, on ways that their results do not tell apart.
  std::map<std::string, std::set<FunctionId>> Doubtful;
  /// The same with all that call them, over any number of calls; nothing where these are too many.
  /// Made when first asked for, again when Doubtful has grown.
  struct Above {
    size_t Of = 0;
    std::optional<std::set<FunctionId>> All;
  };
  mutable std::map<std::string, Above> DoubtfulAbove;
};

} // namespace gfplint
