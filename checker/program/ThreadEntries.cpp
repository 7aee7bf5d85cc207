// Functions that run as threads of their own, found at the calls that start them.
#include "program/Program.h"

namespace gfplint {

bool Program::isThread(FunctionId Id) const {
  askName(Id);
  if (!Threads) {
    Threads.emplace();
    for (FunctionId Starter : ThreadStarters)
      for (const Block &B : function(Starter).Blocks)
        for (const Event &E : B.Events) {
          if (E.Kind != EventKind::Call || E.Callee.empty())
            continue;
          std::optional<unsigned> Argument = Knowledge.threadStart(nameOfKey(E.Callee));
          if (!Argument || *Argument >= E.Args.size())
            continue;
          if (std::optional<FunctionId> Entry = Index.find(E.Args[*Argument].Function))
            Threads->insert(*Entry);
        }
  }
  return Threads->contains(Id);
}

} // namespace gfplint
