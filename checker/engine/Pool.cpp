// fork(), two pipes a worker, and poll().
#include "engine/Pool.h"

#include "llvm/ADT/StringExtras.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <deque>
#include <optional>
#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace gfplint {
namespace {

using Clock = std::chrono::steady_clock;

bool writeAll(int Fd, const void *Data, size_t Size) {
  const char *At = static_cast<const char *>(Data);
  while (Size > 0) {
    ssize_t N = write(Fd, At, Size);
    if (N < 0 && errno == EINTR)
      continue;
    if (N <= 0)
      return false;
    At += N;
    Size -= static_cast<size_t>(N);
  }
  return true;
}

bool readAll(int Fd, void *Data, size_t Size) {
  char *At = static_cast<char *>(Data);
  while (Size > 0) {
    ssize_t N = read(Fd, At, Size);
    if (N < 0 && errno == EINTR)
      continue;
    if (N <= 0)
      return false;
    At += N;
    Size -= static_cast<size_t>(N);
  }
  return true;
}

struct Worker {
  pid_t Pid = -1;
  int ToChild = -1;
  int FromChild = -1;
  std::optional<size_t> Job;
  Clock::time_point Started;
  /// What has arrived of the answer: eight bytes of length, then the bytes.
  std::string Received;
};

[[noreturn]] void childLoop(int In, int Out, const std::function<std::string(size_t)> &Work) {
  // A parser's stack overflow or assertion ends this process; no core files for that.
  rlimit NoCore{0, 0};
  setrlimit(RLIMIT_CORE, &NoCore);
  // A terminal's Ctrl-C is for the parent to act on.
  signal(SIGINT, SIG_IGN);
  uint64_t Job = 0;
  while (readAll(In, &Job, sizeof Job)) {
    std::string Bytes = Work(Job);
    uint64_t Size = Bytes.size();
    if (!writeAll(Out, &Size, sizeof Size) || !writeAll(Out, Bytes.data(), Bytes.size()))
      break;
  }
  _exit(0);
}

class Pool {
public:
  Pool(size_t Count, const PoolOptions &Options, const std::function<std::string(size_t)> &Work,
       const std::function<void(size_t, JobResult)> &Done)
      : Options(Options), Work(Work), Done(Done), Results(Count), Tried(Count, 0) {
    for (size_t I = 0; I < Count; ++I)
      Waiting.push_back(Options.Order.empty() ? I : Options.Order[I]);
  }
  std::vector<JobResult> run();

private:
  bool start(Worker &W);
  void stop(Worker &W, bool Kill);
  void feed(Worker &W);
  void receive(Worker &W);
  void died(Worker &W, const std::string &How);
  void killLate();
  static std::string howDied(int Status);

  const PoolOptions &Options;
  const std::function<std::string(size_t)> &Work;
  const std::function<void(size_t, JobResult)> &Done;
  std::vector<JobResult> Results;
  std::vector<unsigned> Tried;
  std::deque<size_t> Waiting;
  std::vector<Worker> Workers;
  size_t Finished = 0;
};

bool Pool::start(Worker &W) {
  std::array<int, 2> Down{};
  std::array<int, 2> Up{};
  if (pipe(Down.data()) != 0)
    return false;
  if (pipe(Up.data()) != 0) {
    close(Down[0]);
    close(Down[1]);
    return false;
  }
  pid_t Pid = fork();
  if (Pid == 0) {
    for (const Worker &Other : Workers) {
      if (Other.ToChild >= 0)
        close(Other.ToChild);
      if (Other.FromChild >= 0)
        close(Other.FromChild);
    }
    close(Down[1]);
    close(Up[0]);
    childLoop(Down[0], Up[1], Work);
  }
  close(Down[0]);
  close(Up[1]);
  if (Pid < 0) {
    close(Down[1]);
    close(Up[0]);
    return false;
  }
  W = Worker{Pid, Down[1], Up[0], std::nullopt, {}, {}};
  return true;
}

void Pool::stop(Worker &W, bool Kill) {
  if (W.Pid < 0)
    return;
  close(W.ToChild);
  close(W.FromChild);
  if (Kill)
    kill(W.Pid, SIGKILL);
  int Status = 0;
  while (waitpid(W.Pid, &Status, 0) < 0 && errno == EINTR) {
  }
  W = Worker{};
}

std::string Pool::howDied(int Status) {
  if (WIFSIGNALED(Status))
    return std::string("the worker was ended by signal ") + std::to_string(WTERMSIG(Status)) + " (" +
           strsignal(WTERMSIG(Status)) + ")";
  return "the worker exited with status " + std::to_string(WEXITSTATUS(Status));
}

void Pool::died(Worker &W, const std::string &How) {
  std::optional<size_t> Job = W.Job;
  std::string Reason = How;
  if (Reason.empty()) {
    int Status = 0;
    close(W.ToChild);
    close(W.FromChild);
    while (waitpid(W.Pid, &Status, 0) < 0 && errno == EINTR) {
    }
    W = Worker{};
    Reason = howDied(Status);
  } else {
    stop(W, true);
  }
  if (!Job)
    return;
  if (Tried[*Job] < 2) {
    Waiting.push_back(*Job);
    return;
  }
  Results[*Job].Failure = Reason;
  ++Finished;
  Done(*Job, std::move(Results[*Job]));
}

void Pool::feed(Worker &W) {
  if (Waiting.empty())
    return;
  if (W.Pid < 0 && !start(W)) {
    size_t Job = Waiting.front();
    Waiting.pop_front();
    Results[Job].Failure = std::string("cannot start a worker process: ") + std::strerror(errno);
    ++Finished;
    Done(Job, std::move(Results[Job]));
    return;
  }
  uint64_t Job = Waiting.front();
  Waiting.pop_front();
  ++Tried[Job];
  W.Job = Job;
  W.Started = Clock::now();
  W.Received.clear();
  if (!writeAll(W.ToChild, &Job, sizeof Job))
    died(W, "");
}

void Pool::receive(Worker &W) {
  std::array<char, 65536> Buffer{};
  ssize_t N = read(W.FromChild, Buffer.data(), Buffer.size());
  if (N < 0 && errno == EINTR)
    return;
  if (N <= 0)
    return died(W, "");
  W.Received.append(Buffer.data(), static_cast<size_t>(N));
  uint64_t Size = 0;
  if (W.Received.size() < sizeof Size)
    return;
  std::memcpy(&Size, W.Received.data(), sizeof Size);
  if (W.Received.size() < sizeof Size + Size)
    return;
  size_t Job = *W.Job;
  Results[Job].Bytes = W.Received.substr(sizeof Size);
  W.Job.reset();
  W.Received.clear();
  ++Finished;
  Done(Job, std::move(Results[Job]));
}

void Pool::killLate() {
  for (Worker &W : Workers)
    if (W.Job && Clock::now() - W.Started > Options.Timeout)
      died(W, "took longer than " + std::to_string(Options.Timeout.count()) + " s and was ended");
}

std::vector<JobResult> Pool::run() {
  Workers.resize(std::min<size_t>(std::max(1U, Options.Jobs), std::max<size_t>(1, Waiting.size())));
  // A worker that dies while it is written to must not end this process.
  auto *OldPipe = signal(SIGPIPE, SIG_IGN);
  while (Finished < Results.size()) {
    for (Worker &W : Workers)
      if (!W.Job)
        feed(W);
    std::vector<pollfd> Fds;
    std::vector<size_t> Index;
    for (size_t I = 0; I < Workers.size(); ++I)
      if (Workers[I].Job) {
        Fds.push_back({Workers[I].FromChild, POLLIN, 0});
        Index.push_back(I);
      }
    if (Fds.empty())
      continue;
    int Ready = poll(Fds.data(), Fds.size(), 500);
    for (size_t I = 0; Ready > 0 && I < Fds.size(); ++I)
      if (Fds[I].revents != 0)
        receive(Workers[Index[I]]);
    killLate();
  }
  for (Worker &W : Workers)
    stop(W, false);
  signal(SIGPIPE, OldPipe);
  return std::move(Results);
}

} // namespace

int runJobs(size_t Count, const PoolOptions &Options,
                               const std::function<std::string(size_t)> &Work,
                               const std::function<void(size_t, JobResult)> &Done) {
  Pool(Count, Options, Work, Done).run();
  return 0;
}

} // namespace gfplint
