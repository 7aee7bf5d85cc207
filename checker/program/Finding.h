// What a rule found: the form that fixes and reports work with.
#pragma once

#include "ir/Loc.h"

#include <optional>
#include <string>
#include <vector>

namespace gfplint {

enum class Severity : uint8_t { Note, Warning, Error };
llvm::StringRef severityName(Severity S);
std::optional<Severity> severityNamed(llvm::StringRef Name);

/// One step on the way to a finding.
struct TraceStep {
  Loc At;
  std::string Function;
  std::string Message;
  friend auto operator<=>(const TraceStep &, const TraceStep &) = default;
};

/// `Length` bytes at `At.Offset` become `Text`.
struct Edit {
  Loc At;
  uint32_t Length = 0;
  std::string Text;
  friend auto operator<=>(const Edit &, const Edit &) = default;
};

enum class Applicability : uint8_t { Safe, Unsafe, Display };
llvm::StringRef applicabilityName(Applicability A);

/// An allocation whose effective mask a fix changes.
struct FixEffect {
  Loc At;
  std::string Function;
  std::string Before;
  std::string After;
  friend auto operator<=>(const FixEffect &, const FixEffect &) = default;
};

/// The arm of an `if` whose whole condition is this.
struct FailedArm {
  Loc Condition;
  std::string Text;
  friend auto operator<=>(const FailedArm &, const FailedArm &) = default;
};

/// A scope to be put around statements of a function: where, not yet how. Places are those of calls and
/// returns; what is opened and ended goes before and behind the statements that these stand in.
struct ScopeInsertion {
  /// `nofs`
  std::string Kind;
  std::string Save;
  std::string Restore;
  /// As an `#include <...>` names it.
  std::string Header;
  /// What asks for the scope, as the comment before it says.
  std::string Why;
  /// The function's name and its closing brace.
  Loc NameAt;
  Loc BraceAt;
  Loc Before;
  std::vector<Loc> After;
  /// The arms of `if` on which it is ended, because what it is for was not got.
  std::vector<FailedArm> Failures;
  /// `guard(memalloc_flags)(PF_MEMALLOC_NOFS);`, where the tree has it.
  std::string Guard;
  friend auto operator<=>(const ScopeInsertion &, const ScopeInsertion &) = default;
};

/// A change of one statement, told by a place in it.
struct StatementChange {
  enum class Kind : uint8_t {
    PutBefore, ///< `Text` on a line of its own before the return, or before the closing brace
    Declare,   ///< an unsigned int named `Text` with the function's other declarations
    Remove,    ///< a statement that is nothing but the call
    Argument,  ///< the call's only argument becomes `Text`
    Callee,    ///< the called function's name becomes `Text`
  };
  Kind What = Kind::PutBefore;
  Loc At;
  std::string Text;
  /// The function's name and its closing brace.
  Loc NameAt;
  Loc BraceAt;
  friend auto operator<=>(const StatementChange &, const StatementChange &) = default;
};

struct Fix {
  Applicability Kind = Applicability::Display;
  std::string Title;
  std::vector<Edit> Edits;
  std::vector<FixEffect> Effects;
  /// What the text is still to be asked about; fix/Place.h turns it into Edits.
  std::vector<ScopeInsertion> Scopes;
  std::vector<StatementChange> Changes;
  friend auto operator<=>(const Fix &, const Fix &) = default;
};

struct Finding {
  std::string Rule;
  Severity Level = Severity::Warning;
  Loc At;
  std::string Function;
  std::string Message;
  /// The mask it is about, as a kernel developer would write it; empty where there is none.
  std::string Mask;
  std::vector<TraceStep> Trace;
  std::optional<Fix> Suggested;
  /// What tells it apart from others of its rule, function and file, without line numbers.
  std::string Identity;
  /// See fingerprints(); empty until it is numbered.
  std::string Fingerprint;
  friend bool operator==(const Finding &, const Finding &) = default;
};

} // namespace gfplint
