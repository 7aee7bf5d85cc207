// The intermediate representation: what matters for memory allocation in one translation unit.
//
// It knows no kernel function by name. lower/ writes it from Clang's AST and CFG; program/ reads it
// with the knowledge of model/. A unit's IR does not depend on any other unit.
#pragma once

#include "gfp/MaskFn.h"
#include "ir/Loc.h"

#include "llvm/ADT/StringRef.h"

#include <optional>
#include <string>
#include <vector>

namespace gfplint {

/// A storage place as one function names it: `gfp`, `c->lock`, `tp->t_pflags`. Places of a function
/// are numbered; equal text of the same declaration is the same number.
using PlaceId = uint32_t;
inline constexpr PlaceId NoPlace = ~0U;

enum class PlaceKind : uint8_t { Local, Param, Global, Field };

struct Place {
  PlaceKind Kind = PlaceKind::Local;
  /// As the source names it: `tp->t_pflags`.
  std::string Text;
  /// `xfs_trans.t_pflags` for a field, else empty. Equal for every object of the type.
  std::string Field;
  /// For a parameter its index.
  uint32_t Index = 0;
  /// The variables that the path goes through: with `a->b[i]`, when a or i changes, this is another
  /// place. Empty for a variable itself.
  std::vector<PlaceId> Roots;
  /// A local or parameter whose address is taken somewhere in the function, other than by a
  /// cleanup attribute: its value may change unseen.
  bool AddressTaken = false;
  friend bool operator==(const Place &, const Place &) = default;
};

/// Where the incoming value of a mask comes from.
enum class SourceKind : uint8_t {
  Constant, ///< no incoming value
  Param,    ///< Index: the parameter
  Local,    ///< Index: a PlaceId of a local variable
  Field,    ///< Name: `struct.field`, or a global variable; Index: its PlaceId in the function, or NoPlace
  Return,   ///< Index: the call event's id in this function; Name: the callee
  Unknown,
};

struct Source {
  SourceKind Kind = SourceKind::Unknown;
  uint32_t Index = 0;
  std::string Name;
  friend auto operator<=>(const Source &, const Source &) = default;
};

/// One of the values that a mask expression may have.
struct MaskTerm {
  Source From;
  MaskRange Range = MaskRange::unknown();
  /// The constant that was chosen, or the whole expression where there is none.
  Site Chosen;
  friend bool operator==(const MaskTerm &, const MaskTerm &) = default;
};

/// A gfp expression: one term, or one for each arm of its `?:`.
struct MaskExpr {
  std::vector<MaskTerm> Terms;
  /// The whole expression as typed.
  Site Where;
  std::string Text;
  /// The outermost operator is `~`: a mask to be and-ed with, not one to allocate with.
  bool Complement = false;
  friend bool operator==(const MaskExpr &, const MaskExpr &) = default;
};

/// One argument of a call; what is not known of it is left out.
struct Arg {
  /// `x`, `&x`, `*x` and `x->y` all name the place x or x->y.
  PlaceId Var = NoPlace;
  /// The argument is `&place`: the callee may change it.
  bool ByAddress = false;
  std::optional<int64_t> Constant;
  /// Macro names in a constant: `PF_MEMALLOC_NOFS`.
  std::vector<std::string> Names;
  std::optional<MaskExpr> Mask;
  /// A function that is handed over by name: its key.
  std::string Function;
  /// The argument is the result of this call, by Event::Id; 0 for none.
  uint32_t Result = 0;
  friend bool operator==(const Arg &, const Arg &) = default;
};

enum class EventKind : uint8_t {
  Call,
  AssignMask, ///< a gfp_t variable or field gets Value
  Assign,     ///< any other variable changes; Constant where it becomes one
  Return,
  TaskFlags, ///< the flags of Args[0] are set in a task's flags, or, with Negated, cleared
};

/// How a condition tests bits of a mask.
enum class MaskTestKind : uint8_t {
  Any,   ///< `gfp & bits`
  All,   ///< `(gfp & bits) == bits`
  Equal, ///< `(gfp & bits) == value`; bits are all for `gfp == value`
};

struct MaskTest {
  MaskExpr Operand;
  MaskTestKind Kind = MaskTestKind::Any;
  Mask Bits;
  Mask Value;
  friend bool operator==(const MaskTest &, const MaskTest &) = default;
};

/// `>`, `<=` and `>=` are written with Lt and negation.
enum class CompareOp : uint8_t { Eq, Lt };

/// A branch condition, without its leading negations.
struct Condition {
  /// Equal for the same expression over the same declarations within one function.
  uint64_t Key = 0;
  bool Negated = false;
  std::string Text;
  Loc At;
  /// What the expression reads.
  std::vector<PlaceId> Reads;
  std::optional<MaskTest> Test;
  /// `place OP value`; a plain `place` is `place == 0`, negated.
  PlaceId Compared = NoPlace;
  CompareOp Op = CompareOp::Eq;
  int64_t Value = 0;
  /// The condition is the result of this call event, taken as true or false.
  std::optional<uint32_t> CallResult;
  /// It calls something, so that asking again may give another answer.
  bool HasCall = false;
  /// `a && b` (IsAnd) or `a || b` that is not split over blocks, as inside `unlikely()`.
  std::vector<Condition> Parts;
  bool IsAnd = false;
  friend bool operator==(const Condition &, const Condition &) = default;
};

/// What the source says of a whole function stands at its entry, as a call of what is no function: an
/// annotation (`__must_hold(&q->lock)`, whose argument is the lock's dep_map), or this with the text of the
/// kernel-doc comment's section in Typed.
inline constexpr llvm::StringLiteral DocumentedContext = "kernel-doc Context";

struct Event {
  EventKind Kind = EventKind::Call;
  Site Where;

  // Call
  /// Unique in the function; Source::Index of SourceKind::Return refers to it.
  uint32_t Id = 0;
  /// The callee's key (see Function::Key), or empty for an indirect call.
  std::string Callee;
  /// The name as typed at the call: `kmalloc` where the callee is `kmalloc_noprof`.
  std::string Typed;
  /// For an indirect call `struct.field`, or empty where not even that is known.
  std::string Indirect;
  std::vector<Arg> Args;
  /// Runs at the end of a variable's life through __attribute__((cleanup)).
  bool Cleanup = false;

  // Call: where the result goes. Assign, AssignMask: what changes.
  PlaceId Target = NoPlace;
  /// Call: the result is the function's own return value.
  bool ToReturn = false;
  /// Call: nothing looks at the result.
  bool Discarded = false;

  // AssignMask, and Return of a gfp_t
  std::optional<MaskExpr> Value;
  // Assign, Return
  std::optional<int64_t> Constant;
  PlaceId From = NoPlace;
  /// Assign: the value is `!From`.
  bool Negated = false;
  /// Assign: the variable becomes the outcome of this test of a mask: `bool wait = gfp & __GFP_IO`.
  std::optional<Condition> Branch;
  friend bool operator==(const Event &, const Event &) = default;
};

enum class EdgeKind : uint8_t { Always, True, False, Case, Default };

struct Edge {
  uint32_t To = 0;
  EdgeKind Kind = EdgeKind::Always;
  /// For Case: the range of values that lead here.
  int64_t CaseLow = 0;
  int64_t CaseHigh = 0;
  friend bool operator==(const Edge &, const Edge &) = default;
};

struct Block {
  std::vector<Event> Events;
  std::optional<Condition> Branch;
  std::vector<Edge> Succs;
  friend bool operator==(const Block &, const Block &) = default;
};

struct Param {
  std::string Name;
  bool IsMask = false;
  friend bool operator==(const Param &, const Param &) = default;
};

/// One function body.
struct Function {
  std::string Name;
  /// Unique in the program: the name for functions with external linkage, `file:name` for statics.
  std::string Key;
  bool Static = false;
  bool InHeader = false;
  Loc At;
  /// The closing brace.
  Loc End;
  std::vector<Param> Params;
  bool ReturnsMask = false;
  std::vector<Place> Places;
  /// Block 0 is the entry. The block without successors at index Exit is where all returns end;
  /// other blocks without successors end in a call that does not return.
  std::vector<Block> Blocks;
  uint32_t Exit = 0;
  friend bool operator==(const Function &, const Function &) = default;
};

/// A function stored in an ops table: `.alloc = foo_alloc`.
struct FieldFunction {
  std::string Field;
  std::string Function;
  friend auto operator<=>(const FieldFunction &, const FieldFunction &) = default;
};

/// A mask stored in a field by an initialiser, or by an assignment in Function.
struct FieldMask {
  std::string Field;
  std::string Function;
  MaskExpr Value;
  friend bool operator==(const FieldMask &, const FieldMask &) = default;
};

/// How a restricted mask that was typed is used.
enum class UseKind : uint8_t {
  Argument,
  Stored,
  Initialiser,
  Compared,
  Returned,
  Other,
  MacroBody,   ///< in a `#define` whose expansions, if any, are listed where they are used
  NotCompiled, ///< in a branch of `#if` that this configuration leaves out
};

/// One GFP_NOFS, GFP_NOIO or GFP_NOWAIT that was typed, or the same bits spelled by hand.
struct MaskUse {
  /// Spelled is the word itself.
  Site Where;
  /// `GFP_NOFS`: the word, or the name for the bits.
  std::string Word;
  UseKind Kind = UseKind::Other;
  std::string Function;
  std::string Callee;
  /// The whole mask as typed.
  std::string Text;
  std::optional<Mask> Value;
  friend bool operator==(const MaskUse &, const MaskUse &) = default;
};

/// What was learnt of one file as one unit compiles it: of its main file, or of a header. Units that
/// compile a header alike have equal parts for it, which are kept once. Nothing in a part refers to
/// another part but by function keys and field names.
struct Part {
  /// As the report shows it.
  std::string File;
  std::vector<Function> Functions;
  std::vector<FieldFunction> FieldFunctions;
  std::vector<FieldMask> FieldMasks;
  std::vector<MaskUse> Uses;
  /// Functions whose address escapes other than into a known field.
  std::vector<std::string> AddressTaken;
  friend bool operator==(const Part &, const Part &) = default;
};

/// All that was learnt from one entry of the database.
struct Unit {
  /// The main file as the report shows it.
  std::string File;
  /// Empty where the unit was parsed; else its first error, on one line.
  std::string Error;
  /// The main file's part first, then those of headers that have anything to say, by file name.
  std::vector<Part> Parts;
  friend bool operator==(const Unit &, const Unit &) = default;
};

/// A line-by-line rendering for people and tests.
std::string dump(const Unit &U, const FileTable &Files, const FlagTable &Flags);

} // namespace gfplint
