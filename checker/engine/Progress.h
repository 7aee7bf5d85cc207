// How far a run is, on standard error.
#pragma once

#include "llvm/Support/raw_ostream.h"

#include <chrono>
#include <string>

namespace gfplint {

/// `1234/24450 units, 87/s, 4 min 27 s left, 2 failed`. Rate and time left are left out where nothing
/// can be said of them, failures where there are none.
std::string formatProgress(size_t Done, size_t Total, size_t Failed, std::chrono::milliseconds Elapsed);

enum class ProgressMode {
  None,
  /// A whole line every ten seconds, for logs.
  Lines,
  /// One line that is drawn anew, at most five times a second, for terminals.
  Redrawn,
};

/// Counts units as they end. The times given never decrease.
class Progress {
public:
  using Time = std::chrono::steady_clock::time_point;
  Progress(size_t Total, ProgressMode Mode, llvm::raw_ostream &Out, Time Start)
      : Total(Total), Mode(Mode), Out(Out), Start(Start), Said(Start) {}

  void unitDone(bool Failed, Time Now);
  /// Units that need no work: they count as done, not for the rate.
  void skip(size_t Units) { Skipped += Units; }
  /// Says the final state once, in lines only where some were said before; nothing is said after it.
  void finish(Time Now);

private:
  void say(Time Now, bool Last);

  size_t Total;
  ProgressMode Mode;
  llvm::raw_ostream &Out;
  Time Start;
  Time Said;
  size_t Done = 0;
  size_t Skipped = 0;
  size_t FailedUnits = 0;
  size_t Width = 0;
  size_t SaidDone = 0;
  bool Finished = false;
};

} // namespace gfplint
