// fork(), two pipes a worker, and poll().
#include "engine/Pool.h"

#include "engine/ProcessMemory.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <deque>
#include <fcntl.h>
#include <limits>
#include <malloc.h>
#include <optional>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace gfplint {
namespace {

using Clock = std::chrono::steady_clock;

/// How often clocks and memory are looked at.
constexpr int LookMilliseconds = 200;
constexpr size_t ReadBytes = 1 << 18;

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

void closeBoth(const std::array<int, 2> &Ends) {
  close(Ends[0]);
  close(Ends[1]);
}

volatile sig_atomic_t Signalled = 0;

extern "C" void noteSignal(int Signal) {
  Signalled = Signal;
  // The next one of either kind is not waited for.
  signal(SIGINT, SIG_DFL);
  signal(SIGTERM, SIG_DFL);
}

/// Notes SIGINT and SIGTERM while it lives, and keeps SIGPIPE from ending this process.
class SignalWatch {
public:
  SignalWatch() {
    Signalled = 0;
    struct sigaction Note{};
    Note.sa_handler = noteSignal;
    sigemptyset(&Note.sa_mask);
    for (size_t I = 0; I < Signals.size(); ++I) {
      sigaction(Signals[I], nullptr, &Old[I]);
      if (Old[I].sa_handler != SIG_IGN)
        sigaction(Signals[I], &Note, nullptr);
    }
    OldPipe = signal(SIGPIPE, SIG_IGN);
  }
  ~SignalWatch() {
    for (size_t I = 0; I < Signals.size(); ++I)
      sigaction(Signals[I], &Old[I], nullptr);
    signal(SIGPIPE, OldPipe);
  }
  SignalWatch(const SignalWatch &) = delete;
  SignalWatch &operator=(const SignalWatch &) = delete;

private:
  static constexpr std::array<int, 2> Signals{SIGINT, SIGTERM};
  std::array<struct sigaction, 2> Old{};
  void (*OldPipe)(int) = SIG_DFL;
};

struct Worker {
  pid_t Pid = -1;
  int ToChild = -1;
  int FromChild = -1;
  std::optional<size_t> Job;
  /// Since when nothing was heard of the job.
  Clock::time_point Since;
  /// What has arrived of the answer: eight bytes of length, then the bytes.
  std::string Received;
  unsigned JobsDone = 0;
  /// Resident bytes of this process when it was forked: they are the worker's too.
  uint64_t Inherited = 0;
};

[[noreturn]] void childLoop(int In, int Out, pid_t Parent, uint64_t MemoryLimit,
                            const std::function<std::string(size_t)> &Work) {
  // A terminal's Ctrl-C is for the parent to act on.
  signal(SIGINT, SIG_IGN);
  signal(SIGTERM, SIG_DFL);
  // In the middle of a job too.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != Parent)
    _exit(0);
  // A parser's stack overflow or assertion ends this process; no core files for that.
  rlimit NoCore{0, 0};
  setrlimit(RLIMIT_CORE, &NoCore);
  if (MemoryLimit > 0) {
    // The parent looks five times a second. This is for what grows faster than that.
    rlim_t Most = memoryOf(getpid()).Data + 2 * MemoryLimit;
    rlimit Now{};
    if (getrlimit(RLIMIT_DATA, &Now) == 0 && (Now.rlim_max == RLIM_INFINITY || Most < Now.rlim_max)) {
      Now.rlim_cur = Most;
      setrlimit(RLIMIT_DATA, &Now);
    }
  }
  // One unit's memory serves the next: giving it back to the kernel in between costs some 2 % of the time.
  mallopt(M_TRIM_THRESHOLD, std::numeric_limits<int>::max());
  mallopt(M_MMAP_THRESHOLD, 32 << 20);
  mallopt(M_TOP_PAD, 64 << 20);
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
       const std::function<void(size_t, JobResult &&)> &Done);
  PoolEnd run();

private:
  bool start(Worker &W);
  static int stop(Worker &W, bool Kill);
  void feed(Worker &W);
  void receive(Worker &W);
  void finish(size_t Job, JobResult &&Result);
  void died(Worker &W, const std::string &How);
  void killOverLimits();
  bool wait();
  [[nodiscard]] bool isWorn(const Worker &W) const;
  [[nodiscard]] bool anyAlive() const;

  const PoolOptions &Options;
  const std::function<std::string(size_t)> &Work;
  const std::function<void(size_t, JobResult &&)> &Done;
  std::vector<unsigned> Tried;
  std::deque<size_t> Waiting;
  std::vector<Worker> Workers;
  size_t Finished = 0;
};

Pool::Pool(size_t Count, const PoolOptions &Options, const std::function<std::string(size_t)> &Work,
           const std::function<void(size_t, JobResult &&)> &Done)
    : Options(Options), Work(Work), Done(Done), Tried(Count, 0) {
  std::vector<bool> Named(Count, false);
  auto Add = [&](size_t Job) {
    if (Job >= Count || Named[Job])
      return;
    Named[Job] = true;
    Waiting.push_back(Job);
  };
  for (size_t Job : Options.Order)
    Add(Job);
  for (size_t Job = 0; Job < Count; ++Job)
    Add(Job);
}

bool Pool::start(Worker &W) {
  std::array<int, 2> Down{};
  std::array<int, 2> Up{};
  if (pipe2(Down.data(), O_CLOEXEC) != 0)
    return false;
  if (pipe2(Up.data(), O_CLOEXEC) != 0) {
    closeBoth(Down);
    return false;
  }
  pid_t Parent = getpid();
  uint64_t Inherited = memoryOf(Parent).Resident;
  pid_t Pid = fork();
  if (Pid == 0) {
    for (const Worker &Other : Workers)
      if (Other.Pid >= 0)
        closeBoth({Other.ToChild, Other.FromChild});
    close(Down[1]);
    close(Up[0]);
    childLoop(Down[0], Up[1], Parent, Options.MemoryLimit, Work);
  }
  if (Pid < 0) {
    int Error = errno;
    closeBoth(Down);
    closeBoth(Up);
    errno = Error;
    return false;
  }
  close(Down[0]);
  close(Up[1]);
  fcntl(Up[0], F_SETFL, O_NONBLOCK);
  // Larger answers then need fewer turns; the usual size does too.
  fcntl(Up[0], F_SETPIPE_SZ, 1 << 20);
  W = Worker{};
  W.Pid = Pid;
  W.ToChild = Down[1];
  W.FromChild = Up[0];
  W.Inherited = Inherited;
  return true;
}

/// Closes, ends and reaps; returns its status.
int Pool::stop(Worker &W, bool Kill) {
  if (W.Pid < 0)
    return 0;
  closeBoth({W.ToChild, W.FromChild});
  if (Kill)
    kill(W.Pid, SIGKILL);
  int Status = 0;
  while (waitpid(W.Pid, &Status, 0) < 0 && errno == EINTR) {
  }
  W = Worker{};
  return Status;
}

std::string howDied(int Status) {
  if (WIFSIGNALED(Status))
    return "the worker was ended by signal " + std::to_string(WTERMSIG(Status)) + " (" +
           strsignal(WTERMSIG(Status)) + ")";
  return "the worker exited with status " + std::to_string(WEXITSTATUS(Status));
}

void Pool::finish(size_t Job, JobResult &&Result) {
  ++Finished;
  Done(Job, std::move(Result));
}

/// A worker that died, or, where `How` says why, has to.
void Pool::died(Worker &W, const std::string &How) {
  std::optional<size_t> Job = W.Job;
  int Status = stop(W, !How.empty());
  if (!Job)
    return;
  if (Tried[*Job] < 2)
    Waiting.push_back(*Job);
  else
    finish(*Job, {"", How.empty() ? howDied(Status) : How});
}

bool Pool::anyAlive() const {
  return std::any_of(Workers.begin(), Workers.end(), [](const Worker &W) { return W.Pid >= 0; });
}

/// Should a worker that has done its job make room for a fresh one?
bool Pool::isWorn(const Worker &W) const {
  if (W.JobsDone == 0)
    return false;
  if (Options.JobsPerWorker > 0 && W.JobsDone >= Options.JobsPerWorker)
    return true;
  return Options.MemoryLimit > 0 && memoryOf(W.Pid).Resident > W.Inherited + Options.MemoryLimit / 2;
}

void Pool::feed(Worker &W) {
  if (Waiting.empty() || Signalled)
    return;
  uint64_t Job = Waiting.front();
  if (W.Pid >= 0 && ((W.JobsDone > 0 && Tried[Job] > 0) || isWorn(W)))
    stop(W, false);
  if (W.Pid < 0 && !start(W)) {
    // With fewer workers then, while there are any.
    if (anyAlive())
      return;
    Waiting.pop_front();
    return finish(Job, {"", std::string("cannot start a worker process: ") + std::strerror(errno)});
  }
  Waiting.pop_front();
  ++Tried[Job];
  W.Job = Job;
  W.Since = Clock::now();
  W.Received.clear();
  if (!writeAll(W.ToChild, &Job, sizeof Job))
    died(W, "");
}

void Pool::receive(Worker &W) {
  size_t Had = W.Received.size();
  W.Received.resize(Had + ReadBytes);
  ssize_t N = read(W.FromChild, W.Received.data() + Had, ReadBytes);
  int Error = errno;
  W.Received.resize(Had + static_cast<size_t>(std::max<ssize_t>(N, 0)));
  if (N < 0 && (Error == EINTR || Error == EAGAIN))
    return;
  if (N <= 0)
    return died(W, "");
  W.Since = Clock::now();
  uint64_t Size = 0;
  if (W.Received.size() < sizeof Size)
    return;
  std::memcpy(&Size, W.Received.data(), sizeof Size);
  if (W.Received.size() < sizeof Size + Size)
    return;
  size_t Job = *W.Job;
  std::string Bytes = std::move(W.Received);
  Bytes.erase(0, sizeof Size);
  W.Job.reset();
  W.Received.clear();
  ++W.JobsDone;
  finish(Job, {std::move(Bytes), ""});
}

void Pool::killOverLimits() {
  for (Worker &W : Workers) {
    if (!W.Job)
      continue;
    // It may be done, and waiting for this process.
    pollfd Fd{W.FromChild, POLLIN, 0};
    if (!W.Received.empty() || poll(&Fd, 1, 0) > 0)
      continue;
    if (Clock::now() - W.Since > Options.Timeout)
      died(W, "took longer than " + std::to_string(Options.Timeout.count()) + " s and was ended");
    else if (Options.MemoryLimit > 0 && memoryOf(W.Pid).Resident > W.Inherited + Options.MemoryLimit)
      died(W, "needed more than " + std::to_string(Options.MemoryLimit >> 20) + " MiB and was ended");
  }
}

/// Until an answer has come or it is time to look at the limits. False where none came.
bool Pool::wait() {
  std::vector<pollfd> Fds;
  std::vector<size_t> Index;
  for (size_t I = 0; I < Workers.size(); ++I)
    if (Workers[I].Job) {
      Fds.push_back({Workers[I].FromChild, POLLIN, 0});
      Index.push_back(I);
    }
  if (Fds.empty())
    return false;
  int Ready = poll(Fds.data(), Fds.size(), Signalled ? 0 : LookMilliseconds);
  for (size_t I = 0; Ready > 0 && I < Fds.size(); ++I)
    if (Fds[I].revents != 0)
      receive(Workers[Index[I]]);
  return Ready > 0;
}

PoolEnd Pool::run() {
  SignalWatch Watch;
  Workers.resize(std::min<size_t>(std::max(1U, Options.Jobs), std::max<size_t>(1, Waiting.size())));
  Clock::time_point Looked = Clock::now();
  while (Finished < Tried.size() && !Signalled) {
    for (Worker &W : Workers)
      if (!W.Job)
        feed(W);
    wait();
    if (Clock::now() - Looked >= std::chrono::milliseconds(LookMilliseconds)) {
      killOverLimits();
      Looked = Clock::now();
    }
  }
  PoolEnd End;
  if (Finished < Tried.size()) {
    End.Interrupted = Signalled;
    // What has been answered counts.
    Clock::time_point Until = Clock::now() + std::chrono::milliseconds(LookMilliseconds);
    while (wait() && Clock::now() < Until) {
    }
  }
  for (Worker &W : Workers)
    stop(W, End.Interrupted != 0);
  return End;
}

} // namespace

PoolEnd runJobs(size_t Count, const PoolOptions &Options, const std::function<std::string(size_t)> &Work,
                const std::function<void(size_t, JobResult &&)> &Done) {
  return Pool(Count, Options, Work, Done).run();
}

} // namespace gfplint
