// Every call that passes GFP_NOFS, GFP_NOIO or GFP_NOWAIT: what is left to move to scopes.
#include "Registry.h"
#include "Support.h"

#include "program/ScopeRewrite.h"

namespace gfplint {

void restrictedGfpSite(const Program &P, std::vector<Finding> &Out) {
  for (FunctionId Id : P.restricting()) {
    const Function &F = P.function(Id);
    ScopeRewrites Rewrites(P, Id);
    for (const Block &B : F.Blocks)
      for (const Event &E : B.Events) {
        if (E.Kind != EventKind::Call)
          continue;
        for (unsigned I = 0; I < E.Args.size(); ++I) {
          if (!E.Args[I].Mask || E.Args[I].Mask->Complement)
            continue;
          for (const ResolvedTerm &T : P.masks(Id).argument(E.Id, I)) {
            if (T.From.Kind != SourceKind::Constant || !T.Range.isExact())
              continue;
            std::optional<Restriction> R = restrictedMask(T.Range.Must.Set);
            if (!R)
              continue;
            Finding N;
            N.Rule = "restricted-gfp-site";
            N.Level = Severity::Note;
            N.At = maskPlace(E, I);
            N.Function = F.Name;
            N.Mask = P.spell(T.Range.Must.Set);
            ScopeAdvice A = Rewrites.advice(E, I, *R);
            N.Message = N.Mask + " is passed to " + calleeName(E) + "(): " + A.Remark;
            N.Suggested = std::move(A.Rewrite);
            N.Identity = calleeName(E) + " " + N.Mask;
            if (T.Chosen.At != E.Args[I].Mask->Where.At)
              N.Trace.push_back({T.Chosen.At, F.Name, "the mask is chosen here"});
            Out.push_back(std::move(N));
          }
        }
      }
  }
}

} // namespace gfplint
