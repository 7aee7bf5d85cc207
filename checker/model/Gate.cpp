// Settles gates for one tree, in the order of trust.
#include "model/Gate.h"

#include "llvm/ADT/Twine.h"

namespace gfplint {
namespace {

bool namesVersions(const Gate &G) { return G.Since || G.Until; }

/// `since 5.17`, `before 6.12`, `from 6.9 to before 6.12`.
std::string rangeText(const Gate &G) {
  if (G.Since && G.Until)
    return "from " + G.Since->str() + " to before " + G.Until->str();
  return G.Since ? "since " + G.Since->str() : "before " + G.Until->str();
}

bool inRange(const Gate &G, const KernelVersion &V) {
  return (!G.Since || V >= *G.Since) && (!G.Until || V < *G.Until);
}

Verdict byVersion(const Gate &G, const KernelVersion &V, bool Forced) {
  std::string Source = Forced ? "--kernel-version=" + V.str() + " given" : "the tree is " + V.str();
  return {inRange(G, V), rangeText(G) + ", " + Source};
}

std::string place(const Evidence &E) { return E.Function.empty() ? E.File : E.File + ": " + E.Function; }

std::optional<bool> ask(const TreeView &Tree, const Evidence &E) {
  return Tree.Shows ? Tree.Shows(E.File, E.Function, E.Word) : std::nullopt;
}

std::optional<bool> ask(const TreeView &Tree, const Requirement &R) {
  if (!R.File.empty())
    return ask(Tree, Evidence{R.File, "", R.Symbol});
  return Tree.Declares ? std::optional(Tree.Declares(R.Symbol)) : std::nullopt;
}

/// Whether any requirement is met; nothing where the tree has none of the files.
std::optional<Verdict> anyDeclared(const std::vector<Requirement> &Wanted, const TreeView &Tree) {
  std::optional<Verdict> Missing;
  for (const Requirement &R : Wanted) {
    std::string Where = R.File.empty() ? "include/linux" : R.File;
    std::optional<bool> There = ask(Tree, R);
    if (There && *There)
      return Verdict{true, Where + " has " + R.Symbol};
    if (There && !Missing)
      Missing = Verdict{false, Where + " does not have " + R.Symbol};
  }
  return Missing;
}

/// Whether any evidence is there, or with `Wanted` false whether none is; nothing where the tree
/// has none of the functions.
std::optional<Verdict> shown(const std::vector<Evidence> &List, bool Wanted, const TreeView &Tree) {
  std::optional<Verdict> Missing;
  for (const Evidence &E : List) {
    std::optional<bool> There = ask(Tree, E);
    if (There && *There)
      return Verdict{Wanted, place(E) + " has " + E.Word};
    if (There && !Missing)
      Missing = Verdict{!Wanted, place(E) + " does not have " + E.Word};
  }
  return Missing;
}

/// What the tree shows: every kind of evidence that can be had must agree.
std::optional<Verdict> byTree(const Gate &G, const TreeView &Tree) {
  std::optional<Verdict> Result;
  for (const std::optional<Verdict> &V :
       {anyDeclared(G.Requires, Tree), shown(G.Shows, true, Tree), shown(G.Lacks, false, Tree)}) {
    if (V && !V->Holds)
      return V;
    if (V)
      Result = V;
  }
  return Result;
}

} // namespace

Verdict settle(const Gate &G, const TreeView &Tree) {
  bool AsksTree = !G.Requires.empty() || !G.Shows.empty() || !G.Lacks.empty();
  if (!AsksTree && !namesVersions(G) && !G.Otherwise)
    return {true, "on every kernel"};
  if (Tree.VersionForced && Tree.Version && namesVersions(G))
    return byVersion(G, *Tree.Version, true);
  if (std::optional<Verdict> V = byTree(G, Tree))
    return *V;
  if (Tree.Version && namesVersions(G))
    return byVersion(G, *Tree.Version, false);
  if (G.Otherwise)
    return {*G.Otherwise, "the tree does not tell"};
  bool Newest = !G.Until;
  if (!namesVersions(G))
    return {Newest, "the tree does not tell: the newest kernel's behaviour is taken"};
  return {Newest, rangeText(G) + ", no kernel version is known: the newest kernel's behaviour is taken"};
}

} // namespace gfplint
