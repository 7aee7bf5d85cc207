// The rules by id, their pages, and choosing among them.
#include "Registry.h"

#include "model/EmbeddedFile.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringMap.h"

#include <algorithm>

namespace gfplint {

extern const llvm::ArrayRef<EmbeddedFile> RulePages; // generated from rules/*.md, see CMakeLists.txt

namespace {

bool always(const Model &) { return true; }
/// It walks down from nowait scopes through everything that is called.
bool withoutNowaitScopes(const Model &Knowledge) { return !Knowledge.hasScope(ScopeKind::NoWait); }

constexpr Restriction Restrictions[] = {Restriction::NoFs, Restriction::NoIo, Restriction::NoWait};

std::string noNowaitScope(const Model &Knowledge) {
  return Knowledge.hasScope(ScopeKind::NoWait)
             ? ""
             : "no function of this tree opens a nowait scope (memalloc_nowait_save)";
}

std::string noScope(const Model &Knowledge) {
  bool Any = Knowledge.hasScope(ScopeKind::NoFs) || Knowledge.hasScope(ScopeKind::NoIo);
  return Any ? ""
             : "no function of this tree opens a memalloc scope (memalloc_nofs_save, memalloc_noio_save)";
}

std::string noAtomicLock(const Model &Knowledge) {
  return Knowledge.hasAtomicLocks() ? "" : "no lock under which sleeping is forbidden is known on this tree";
}

std::string noSpinlockTaken(const Program &P) {
  bool Any = !P.callersOfNamed([&](llvm::StringRef Name) {
                 const LockFunction *Op = P.Knowledge.lockFunction(Name);
                 return Op != nullptr && Op->Atomic;
               }).empty();
  return Any ? "" : "call of a spinlock's function";
}

std::string vmallocHonoursAll(const Model &Knowledge) {
  bool All = std::all_of(std::begin(Restrictions), std::end(Restrictions),
                         [&](Restriction R) { return Knowledge.honours(AllocatorFamily::VMalloc, R); });
  return All ? "vmalloc honours every mask here" : "";
}

std::string kvmallocFallsBack(const Model &Knowledge) {
  bool All = std::all_of(std::begin(Restrictions), std::end(Restrictions),
                         [&](Restriction R) { return Knowledge.fallsBack(AllocatorFamily::KVMalloc, R); });
  return All ? "kvmalloc falls back to vmalloc with every mask here" : "";
}

constexpr Rule Rules[] = {
    {"blocking-alloc-in-atomic", Severity::Error, "an allocation that may sleep where sleeping is forbidden",
     blockingAllocInAtomic, nullptr, noAtomicLock, /*FollowsScopes=*/false, noSpinlockTaken},
    {"blocking-mask-in-nowait-scope", Severity::Warning,
     "a mask that allows direct reclaim is used while a nowait scope is active", blockingMaskInNowaitScope,
     withoutNowaitScopes, noNowaitScope, /*FollowsScopes=*/true},
    {"contradictory-gfp-flags", Severity::Warning, "flags that cancel, repeat or exclude one another",
     contradictoryGfpFlags},
    {"gfp-parameter-ignored", Severity::Warning,
     "a function takes a gfp_t, yet allocates with a less restricted mask of its own", gfpParameterIgnored},
    {"kvmalloc-no-fallback", Severity::Warning, "a mask with which kvmalloc never falls back to vmalloc",
     kvmallocNoFallback, always, kvmallocFallsBack},
    {"raw-memalloc-flags", Severity::Note,
     "a task flag of a memalloc scope that is set and taken back by hand", rawMemallocFlags, always, noScope},
    {"redundant-mask-in-scope", Severity::Warning, "a restricted mask inside a scope that says as much",
     redundantMaskInScope, always, noScope, /*FollowsScopes=*/true},
    {"restricted-gfp-site", Severity::Note, "a call that passes GFP_NOFS, GFP_NOIO or GFP_NOWAIT",
     restrictedGfpSite, always},
    {"scope-around-one-allocation", Severity::Note, "a scope that is there for one allocation alone",
     scopeAroundOneAllocation, always, noScope},
    {"scope-unpaired", Severity::Error,
     "a memalloc scope that is not ended, or not ended rightly, on some path", scopeUnpaired, always,
     noScope},
    {"unused-ignore", Severity::Note, "an ignore in the source that matches nothing, or does not count",
     nullptr},
    {"vmalloc-restricted-flags", Severity::Error,
     "a mask that this kernel's vmalloc does not honour reaches it", vmallocRestrictedFlags, always,
     vmallocHonoursAll},
};

/// Stands for the rule's id in what all pages have in common.
constexpr llvm::StringLiteral IdMark = "@RULE@";
constexpr llvm::StringLiteral CommonPart = "silencing.md";
/// Letters from which a part of an id says which is meant.
constexpr size_t ShortestPart = 4;

llvm::StringMap<std::string> wholePages() {
  llvm::StringRef Common;
  for (const EmbeddedFile &File : RulePages)
    if (File.Name == CommonPart)
      Common = File.Text;
  llvm::StringMap<std::string> Pages;
  for (const EmbeddedFile &File : RulePages) {
    llvm::StringRef Id = File.Name;
    if (Id == CommonPart || !Id.consume_back(".md"))
      continue;
    std::string Page = (File.Text + "\n").str();
    for (llvm::StringRef Rest = Common; !Rest.empty();) {
      auto [Before, After] = Rest.split(IdMark);
      Page += Before;
      if (Before.size() != Rest.size())
        Page += Id;
      Rest = After;
    }
    Pages.try_emplace(Id, std::move(Page));
  }
  return Pages;
}

/// ` (did you mean ...?)`, or nothing where no id is like it.
std::string similarRules(llvm::StringRef Id) {
  std::vector<llvm::StringRef> Names;
  llvm::StringRef Word = Id.trim("*- ");
  if (Word.size() >= ShortestPart)
    for (const Rule &R : Rules)
      if (llvm::StringRef(R.Id).contains_insensitive(Word))
        Names.push_back(R.Id);
  if (Names.empty()) {
    // A few letters that are wrong, no other word.
    size_t TooMany = Id.size() / 3 + 2;
    for (const Rule &R : Rules)
      if (size_t Distance = llvm::StringRef(R.Id).edit_distance_insensitive(Id); Distance < TooMany) {
        Names = {R.Id};
        TooMany = Distance;
      }
  }
  if (Names.empty())
    return "";
  std::string Text = " (did you mean ";
  for (size_t I = 0; I < Names.size(); ++I) {
    if (I > 0)
      Text += I + 1 == Names.size() ? " or " : ", ";
    Text += Names[I];
  }
  return Text + "?)";
}

} // namespace

llvm::ArrayRef<Rule> allRules() { return Rules; }

llvm::StringRef rulePage(llvm::StringRef Id) {
  static const llvm::StringMap<std::string> Pages = wholePages();
  auto Page = Pages.find(Id);
  return Page == Pages.end() ? llvm::StringRef() : llvm::StringRef(Page->second);
}

bool matchesRule(llvm::StringRef Pattern, llvm::StringRef Id) {
  return Pattern.consume_back("*") ? Id.starts_with(Pattern) : Pattern == Id;
}

bool anyRule(llvm::StringRef Pattern) {
  return std::any_of(std::begin(Rules), std::end(Rules),
                     [&](const Rule &R) { return matchesRule(Pattern, R.Id); });
}

std::string noSuchRule(llvm::StringRef Id) {
  return "there is no rule '" + Id.str() + "'" + similarRules(Id) + "; `gfplint rules` lists them";
}

llvm::Expected<std::vector<const Rule *>> selectRules(llvm::StringRef List) {
  llvm::SmallVector<llvm::StringRef, 8> Words;
  List.split(Words, ',', -1, /*KeepEmpty=*/false);
  bool OnlyNegative =
      std::all_of(Words.begin(), Words.end(), [](llvm::StringRef W) { return W.trim().starts_with("-"); });
  std::vector<bool> Chosen(std::size(Rules), OnlyNegative);
  for (llvm::StringRef Word : Words) {
    llvm::StringRef Pattern = Word.trim();
    bool Add = !Pattern.consume_front("-");
    bool Any = false;
    for (size_t I = 0; I < std::size(Rules); ++I)
      if (matchesRule(Pattern, Rules[I].Id)) {
        Chosen[I] = Add;
        Any = true;
      }
    if (!Any)
      return llvm::createStringError("--rules: " + noSuchRule(Pattern));
  }
  std::vector<const Rule *> Out;
  for (size_t I = 0; I < std::size(Rules); ++I)
    if (Chosen[I])
      Out.push_back(&Rules[I]);
  return Out;
}

std::vector<Finding> runRules(const Program &P, llvm::ArrayRef<const Rule *> Chosen) {
  std::vector<Finding> All;
  for (const Rule *R : Chosen)
    if (R->Run != nullptr)
      R->Run(P, All);
  auto Key = [&](const Finding &F) {
    return std::tuple(P.Files.name(F.At.File), F.At.Line, F.At.Column, llvm::StringRef(F.Rule),
                      llvm::StringRef(F.Message), llvm::StringRef(F.Identity));
  };
  std::stable_sort(All.begin(), All.end(),
                   [&](const Finding &A, const Finding &B) { return Key(A) < Key(B); });
  // alloc_hooks() and macros show the same place more than once.
  All.erase(std::unique(All.begin(), All.end(),
                        [](const Finding &A, const Finding &B) {
                          return A.Rule == B.Rule && A.At == B.At && A.Message == B.Message &&
                                 A.Identity == B.Identity;
                        }),
            All.end());
  return All;
}

} // namespace gfplint
