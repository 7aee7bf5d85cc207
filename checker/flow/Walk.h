// Every path through one function, with what the asker keeps on each: breadth first, so that of several
// ways to a place the first is a shortest one.
#pragma once

#include "flow/Paths.h"

#include <algorithm>

namespace gfplint {

/// A branch on the way to a problem.
struct BranchTaken {
  const Condition *Branch = nullptr;
  EdgeKind Taken = EdgeKind::Always;
};

/// `State` is a value; paths that are equal in it and in what they know go on alike.
template <class State> class Walk {
public:
  struct Path {
    uint32_t Block = 0;
    State Here;
    Facts Known;
    /// The returned value: not 0, 0, or not known.
    std::optional<bool> Nonzero;
    friend auto operator<=>(const Path &, const Path &) = default;
  };

  /// Both must outlive this. More states than `MaxStates` are not explored.
  Walk(const Function &F, const Correlation &Branches, size_t MaxStates = 20000)
      : F(F), Branches(Branches), MaxStates(MaxStates) {}

  /// Calls `Pass(paths, event, node)` for each event, which may split the paths, and `Leave(path, node)`
  /// where one comes to the exit. False, and not all was seen, where there are too many.
  template <class Pass, class Leave> bool run(State Start, const Pass &Do, const Leave &AtExit) {
    std::set<Path> Seen;
    Nodes.push_back({});
    Nodes.front().At.Here = std::move(Start);
    Seen.insert(Nodes.front().At);
    for (size_t I = 0; I < Nodes.size(); ++I) {
      if (Nodes.size() > MaxStates)
        return false;
      std::vector<Path> Ways = {Nodes[I].At};
      const Block &B = F.Blocks[Ways.front().Block];
      for (const Event &E : B.Events)
        Do(Ways, E, I);
      for (const Path &Now : Ways) {
        if (Now.Block == F.Exit) {
          AtExit(Now, I);
          continue;
        }
        for (const Edge &E : B.Succs) {
          Path Next = Now;
          if (!Branches.take(Next.Known, Now.Block, E))
            continue;
          Branches.forgetDead(Next.Known, E.To);
          Next.Block = E.To;
          if (Seen.insert(Next).second)
            Nodes.push_back({std::move(Next), I, E.Kind});
        }
      }
    }
    return true;
  }

  /// The branches that decided how the path came to the node, oldest first, back to the block in which
  /// `Starts(state before the block, block)`: what was decided before explains nothing.
  template <class Test> std::vector<BranchTaken> wayTo(size_t Node, const Test &Starts) const {
    std::vector<BranchTaken> Way;
    for (size_t I = Node; I != 0 && Way.size() < MaxBranches; I = Nodes[I].Parent) {
      const Path &Before = Nodes[Nodes[I].Parent].At;
      const Block &From = F.Blocks[Before.Block];
      // Nor does `do { } while (0)`.
      if (!From.Branch || Nodes[I].Taken == EdgeKind::Always || !Branches.decides(Before.Block) ||
          (From.Branch->Reads.empty() && !From.Branch->HasCall))
        continue;
      if (!Starts(Before.Here, From))
        break;
      Way.push_back({&*From.Branch, Nodes[I].Taken});
    }
    std::reverse(Way.begin(), Way.end());
    return Way;
  }

  /// The return statement through which the path came to the exit, or the closing brace.
  [[nodiscard]] Loc leftAt(size_t Node) const {
    for (size_t I = Node; I != 0; I = Nodes[I].Parent) {
      const Block &B = F.Blocks[Nodes[Nodes[I].Parent].At.Block];
      // Cleanups run after the return statement.
      for (auto It = B.Events.rbegin(); It != B.Events.rend(); ++It) {
        if (It->Kind == EventKind::Return)
          return It->Where.At;
        if (!It->Cleanup)
          return F.End;
      }
    }
    return F.End;
  }

  void forget() { Nodes.clear(); }

private:
  /// Branches kept of a way.
  static constexpr size_t MaxBranches = 12;

  struct Node {
    Path At;
    size_t Parent = 0;
    EdgeKind Taken = EdgeKind::Always;
  };

  const Function &F;
  const Correlation &Branches;
  size_t MaxStates;
  std::vector<Node> Nodes;
};

} // namespace gfplint
