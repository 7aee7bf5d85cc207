// Formatting and timing of progress; clocks are the caller's.
#include "engine/Progress.h"

#include <cmath>

namespace gfplint {
namespace {

constexpr std::chrono::milliseconds RedrawEvery{200};
constexpr std::chrono::seconds LineEvery{10};
/// No rate is worth saying before.
constexpr std::chrono::milliseconds FirstRate{1000};

std::string duration(size_t Seconds) {
  if (Seconds < 60)
    return std::to_string(Seconds) + " s";
  if (Seconds < 3600)
    return std::to_string(Seconds / 60) + " min " + std::to_string(Seconds % 60) + " s";
  return std::to_string(Seconds / 3600) + " h " + std::to_string(Seconds / 60 % 60) + " min";
}

/// `Worked` of the units that are done took `Elapsed`; the others cost nothing.
std::string format(size_t Done, size_t Worked, size_t Total, size_t Failed,
                   std::chrono::milliseconds Elapsed) {
  std::string Line = std::to_string(Done) + "/" + std::to_string(Total) + " units";
  if (Worked > 0 && Elapsed >= FirstRate) {
    double Rate = static_cast<double>(Worked) * 1000 / static_cast<double>(Elapsed.count());
    if (Rate >= 9.95) {
      Line += ", " + std::to_string(std::lround(Rate)) + "/s";
    } else {
      long Tenths = std::lround(Rate * 10);
      Line += ", " + std::to_string(Tenths / 10) + "." + std::to_string(Tenths % 10) + "/s";
    }
    if (Done < Total)
      Line += ", " + duration(static_cast<size_t>(std::lround(static_cast<double>(Total - Done) / Rate))) +
              " left";
  }
  if (Failed > 0)
    Line += ", " + std::to_string(Failed) + " failed";
  return Line;
}

} // namespace

std::string formatProgress(size_t Done, size_t Total, size_t Failed, std::chrono::milliseconds Elapsed) {
  return format(Done, Done, Total, Failed, Elapsed);
}

void Progress::say(Time Now, bool Last) {
  auto Elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(Now - Start);
  std::string Line = format(Done + Skipped, Done, Total, FailedUnits, Elapsed);
  if (Mode == ProgressMode::Redrawn) {
    size_t Length = Line.size();
    // Blanks over what is left of a longer line.
    if (Length < Width)
      Line.append(Width - Length, ' ');
    Width = Length;
    Out << '\r' << Line << (Last ? "\n" : "");
  } else {
    Out << Line << '\n';
  }
  Out.flush();
  Said = Now;
  SaidDone = Done + Skipped;
}

void Progress::unitDone(bool Failed, Time Now) {
  ++Done;
  FailedUnits += Failed ? 1 : 0;
  if (Mode == ProgressMode::None || Finished)
    return;
  if (Now - Said >= (Mode == ProgressMode::Redrawn ? std::chrono::milliseconds(RedrawEvery) : LineEvery))
    say(Now, false);
}

void Progress::finish(Time Now) {
  bool Wanted = Mode == ProgressMode::Redrawn ? Total > 0
                : Mode == ProgressMode::Lines ? SaidDone > 0 && SaidDone < Done + Skipped
                                              : false;
  if (Wanted && !Finished)
    say(Now, true);
  Finished = true;
}

} // namespace gfplint
