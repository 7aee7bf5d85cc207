// Task flags of a memalloc scope that a function sets and takes back by hand.
#include "Registry.h"
#include "Support.h"

#include <algorithm>
#include <set>

namespace gfplint {
namespace {

bool names(const Arg &A, const std::string &Flag) {
  return std::find(A.Names.begin(), A.Names.end(), Flag) != A.Names.end();
}

/// Where the function takes the flag back; null where it does not.
const Event *takenBack(const Program &P, const Function &F, const std::string &Flag) {
  for (const Block &B : F.Blocks)
    for (const Event &E : B.Events) {
      if (E.Kind == EventKind::TaskFlags && E.Negated && names(E.Args.front(), Flag))
        return &E;
      if (E.Kind != EventKind::Call || E.Callee.empty())
        continue;
      std::optional<unsigned> Flags = P.Knowledge.flagRestore(nameOfKey(E.Callee));
      if (Flags && *Flags < E.Args.size() && names(E.Args[*Flags], Flag))
        return &E;
    }
  return nullptr;
}

} // namespace

void rawMemallocFlags(const Program &P, std::vector<Finding> &Out) {
  for (FunctionId Id : P.settingTaskFlags()) {
    const Function &F = P.function(Id);
    for (const Block &B : F.Blocks)
      for (const Event &E : B.Events) {
        if (E.Kind != EventKind::TaskFlags || E.Negated)
          continue;
        for (const std::string &Flag : E.Args.front().Names) {
          std::optional<ScopeKind> Kind = P.Knowledge.scopeOfTaskFlag(Flag);
          const Event *Back = Kind ? takenBack(P, F, Flag) : nullptr;
          if (Back == nullptr || !P.Knowledge.hasScope(*Kind))
            continue;
          std::string Scope = "memalloc_" + scopeName(*Kind).str();
          Finding N;
          N.Rule = "raw-memalloc-flags";
          N.Level = Severity::Note;
          N.At = E.Where.At;
          N.Function = F.Name;
          N.Message = Flag + " is set and taken back by hand: " + Scope + "_save() and " + Scope +
                      "_restore() do this, and nest";
          N.Identity = N.Message;
          N.Trace.push_back({E.Where.At, F.Name, "set here"});
          N.Trace.push_back({Back->Where.At, F.Name, "taken back here"});
          Out.push_back(std::move(N));
        }
      }
  }
}

} // namespace gfplint
