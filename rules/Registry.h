// The list of rules. A rule is a question asked of the linked program; it sees IR alone.
#pragma once

#include "program/Finding.h"
#include "program/Program.h"

#include "llvm/ADT/ArrayRef.h"

namespace gfplint {

struct Rule {
  const char *Id;
  /// The severity of a finding without doubts.
  Severity Level;
  /// One line, for `gfplint rules`.
  const char *Summary;
  /// Null for one that looks at findings rather than at the program: triage/ does it.
  void (*Run)(const Program &P, std::vector<Finding> &Out);
  /// Whether, on a tree with this knowledge, only units that mention what Program::asked() names can
  /// change its findings. Null where it needs all units.
  bool (*AsksByName)(const Model &Knowledge) = nullptr;
  /// Why it can find nothing on a tree with this knowledge; empty where it can.
  std::string (*WhyNot)(const Model &Knowledge) = nullptr;
  /// Its warnings say what a scope makes of the masks in it: one that a fix opened brings them.
  bool FollowsScopes = false;
  /// What it looks for, beside allocators, and found nowhere in the program, though any large one has it;
  /// empty where it is there. Null where there is nothing.
  std::string (*NotFound)(const Program &P) = nullptr;
};

/// Sorted by id.
llvm::ArrayRef<Rule> allRules();

/// The rule's page: rules/<id>.md, then what all rules have in common, rules/silencing.md. Empty for an
/// unknown id; lives as long as the program.
llvm::StringRef rulePage(llvm::StringRef Id);

/// Whether a rule's id is the pattern, or of its family where that ends in `*`.
bool matchesRule(llvm::StringRef Pattern, llvm::StringRef Id);

/// Whether there is a rule that matches.
bool anyRule(llvm::StringRef Pattern);

/// `there is no rule 'ID' (did you mean ...?); ...`, for who wrote an id that is none.
std::string noSuchRule(llvm::StringRef Id);

/// The rules that `--rules` selects: ids or families with `*`, a leading `-` takes away; a list of
/// only negatives starts from all. An unknown name is an error that names it.
llvm::Expected<std::vector<const Rule *>> selectRules(llvm::StringRef List);

/// Runs the rules and returns their findings in the order of the report: by file, place, rule.
std::vector<Finding> runRules(const Program &P, llvm::ArrayRef<const Rule *> Rules);

// One function a rule, each in rules/<id>.cpp.
void rawMemallocFlags(const Program &P, std::vector<Finding> &Out);
void restrictedGfpSite(const Program &P, std::vector<Finding> &Out);
void vmallocRestrictedFlags(const Program &P, std::vector<Finding> &Out);
void contradictoryGfpFlags(const Program &P, std::vector<Finding> &Out);
void gfpParameterIgnored(const Program &P, std::vector<Finding> &Out);
void kvmallocNoFallback(const Program &P, std::vector<Finding> &Out);
void redundantMaskInScope(const Program &P, std::vector<Finding> &Out);
void scopeAroundOneAllocation(const Program &P, std::vector<Finding> &Out);
void scopeUnpaired(const Program &P, std::vector<Finding> &Out);
void blockingAllocInAtomic(const Program &P, std::vector<Finding> &Out);
void blockingMaskInNowaitScope(const Program &P, std::vector<Finding> &Out);

} // namespace gfplint
