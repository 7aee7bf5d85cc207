// Worker processes: order, jobs that crash, hang, overeat or fail once, and signals to the parent.
#include "engine/Pool.h"

#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <set>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

using namespace gfplint;

namespace {

PoolOptions options(unsigned Jobs, int Seconds = 60) {
  PoolOptions O;
  O.Jobs = Jobs;
  O.Timeout = std::chrono::seconds(Seconds);
  return O;
}
const auto Ignore = [](size_t) {};

/// The results in the order of jobs; each must come once.
std::vector<JobResult> collect(size_t Count, const PoolOptions &Options,
                               const std::function<std::string(size_t)> &Work,
                               const std::function<void(size_t)> &Done = Ignore) {
  std::vector<JobResult> Results(Count);
  std::vector<bool> Came(Count, false);
  PoolEnd End = runJobs(Count, Options, Work, [&](size_t Job, JobResult &&Result) {
    EXPECT_FALSE(Came[Job]) << Job;
    Came[Job] = true;
    Results[Job] = std::move(Result);
    Done(Job);
  });
  EXPECT_EQ(End.Interrupted, 0);
  EXPECT_EQ(Came, std::vector<bool>(Count, true));
  return Results;
}

/// A file that jobs leave marks in; it outlives their processes.
class Marks {
public:
  Marks() {
    int Fd = mkstemp(Name.data());
    EXPECT_GE(Fd, 0);
    close(Fd);
  }
  ~Marks() { unlink(Name.c_str()); }
  Marks(const Marks &) = delete;
  Marks &operator=(const Marks &) = delete;
  void add() const {
    FILE *File = fopen(Name.c_str(), "a");
    fputc('x', File);
    fclose(File);
  }
  [[nodiscard]] long count() const {
    FILE *File = fopen(Name.c_str(), "r");
    fseek(File, 0, SEEK_END);
    long Size = ftell(File);
    fclose(File);
    return Size;
  }

private:
  std::string Name = "/tmp/gfplint-pool-XXXXXX";
};

TEST(Pool, ResultsComeInTheOrderOfJobs) {
  for (unsigned Jobs : {1U, 2U, 5U}) {
    std::multiset<size_t> Done;
    auto Results = collect(
        40, options(Jobs),
        [](size_t Job) {
          usleep(static_cast<useconds_t>((40 - Job) * 100));
          return std::string(Job * 1000, static_cast<char>('a' + Job % 26));
        },
        [&](size_t Job) { Done.insert(Job); });
    ASSERT_EQ(Results.size(), 40u);
    for (size_t I = 0; I < Results.size(); ++I) {
      EXPECT_EQ(Results[I].Bytes, std::string(I * 1000, static_cast<char>('a' + I % 26)));
      EXPECT_EQ(Results[I].Failure, "");
      EXPECT_EQ(Done.count(I), 1u);
    }
  }
}

TEST(Pool, NoWorkAndMoreWorkersThanWork) {
  EXPECT_TRUE(collect(0, options(4), [](size_t) { return "never"; }, Ignore).empty());
  auto Results = collect(2, options(16), [](size_t Job) { return std::to_string(Job); }, Ignore);
  ASSERT_EQ(Results.size(), 2u);
  EXPECT_EQ(Results[1].Bytes, "1");
}

TEST(Pool, BytesAreNotText) {
  std::string Every;
  for (int I = 0; I < 256; ++I)
    Every += static_cast<char>(I);
  auto Results = collect(1, options(1), [&](size_t) { return Every; }, Ignore);
  EXPECT_EQ(Results[0].Bytes, Every);
}

TEST(Pool, LargeResults) {
  auto Results = collect(3, options(2), [](size_t Job) { return std::string(5000000 + Job, 'x'); }, Ignore);
  for (size_t I = 0; I < 3; ++I)
    EXPECT_EQ(Results[I].Bytes.size(), 5000000 + I);
}

TEST(Pool, ACrashCostsItsJobAlone) {
  for (unsigned Jobs : {1U, 3U}) {
    std::multiset<size_t> Done;
    auto Results = collect(
        9, options(Jobs),
        [](size_t Job) -> std::string {
          if (Job == 4)
            raise(SIGKILL);
          if (Job == 6)
            _exit(3);
          return "fine";
        },
        [&](size_t Job) { Done.insert(Job); });
    for (size_t I = 0; I < 9; ++I) {
      bool Bad = I == 4 || I == 6;
      EXPECT_EQ(Results[I].Bytes, Bad ? "" : "fine") << I;
      EXPECT_EQ(!Results[I].Failure.empty(), Bad) << I;
      EXPECT_EQ(Results[I].Failure.find('\n'), std::string::npos);
      EXPECT_EQ(Done.count(I), 1u);
    }
  }
}

TEST(Pool, AFailedJobIsTriedOnceMore) {
  Marks Tries;
  auto Always = collect(
      1, options(2),
      [&](size_t) -> std::string {
        Tries.add();
        raise(SIGKILL);
        return "";
      },
      Ignore);
  EXPECT_EQ(Tries.count(), 2);
  EXPECT_NE(Always[0].Failure, "");

  Marks Second;
  auto Once = collect(
      1, options(1),
      [&](size_t) -> std::string {
        Second.add();
        if (Second.count() == 1)
          raise(SIGKILL);
        return "second time";
      },
      Ignore);
  EXPECT_EQ(Once[0].Bytes, "second time");
  EXPECT_EQ(Once[0].Failure, "");
}

TEST(Pool, AHangIsEnded) {
  auto Start = std::chrono::steady_clock::now();
  auto Results = collect(
      3, options(2, 1),
      [](size_t Job) -> std::string {
        while (Job == 1)
          pause();
        return "fine";
      },
      Ignore);
  EXPECT_EQ(Results[0].Bytes, "fine");
  EXPECT_NE(Results[1].Failure, "");
  EXPECT_EQ(Results[2].Bytes, "fine");
  EXPECT_LT(std::chrono::steady_clock::now() - Start, std::chrono::seconds(20));
}

TEST(Pool, MemoryOfTheCallerIsLeftAlone) {
  int Value = 1;
  (void)collect(
      2, options(1),
      [&](size_t) {
        ++Value;
        return std::to_string(Value);
      },
      Ignore);
  EXPECT_EQ(Value, 1);
}

/// Written in a way that no optimiser sees through.
int *volatile Escape = nullptr;

/// Uses up the stack.
int recurse(int Depth) {
  int Here[1024] = {Depth};
  Escape = Here;
  return *Escape < 0 ? 0 : recurse(Depth + 1) + *Escape;
}

/// Memory that is really there; null where there is none to have.
void *hold(size_t Bytes) {
  Escape = static_cast<int *>(malloc(Bytes));
  if (Escape)
    memset(Escape, 1, Bytes);
  return Escape;
}

TEST(Pool, EachDisasterCostsItsJobAloneAndIsTriedTwice) {
  Marks Tries;
  PoolOptions O = options(2, 1);
  O.MemoryLimit = 64 << 20;
  auto Results = collect(8, O, [&](size_t Job) -> std::string {
    if (Job % 2 == 1)
      Tries.add();
    if (Job == 1)
      abort();
    if (Job == 3)
      return std::to_string(recurse(0));
    while (Job == 5)
      pause();
    if (Job == 7) {
      hold(100 << 20);
      while (true)
        pause();
    }
    return "fine";
  });
  EXPECT_EQ(Tries.count(), 8);
  for (size_t I = 0; I < 8; I += 2)
    EXPECT_EQ(Results[I].Bytes, "fine") << Results[I].Failure;
  EXPECT_EQ(Results[1].Failure, "the worker was ended by signal 6 (Aborted)");
  EXPECT_EQ(Results[3].Failure, "the worker was ended by signal 11 (Segmentation fault)");
  EXPECT_EQ(Results[5].Failure, "took longer than 1 s and was ended");
  EXPECT_EQ(Results[7].Failure, "needed more than 64 MiB and was ended");
}

TEST(Pool, WhatTheParentHoldsIsNotTheJobs) {
  void *Held = hold(200 << 20);
  PoolOptions O = options(1);
  O.MemoryLimit = 64 << 20;
  auto Results = collect(1, O, [&](size_t) {
    usleep(600000);
    return std::string(static_cast<const char *>(Held), 1);
  });
  EXPECT_EQ(Results[0].Bytes, "\1");
  free(Held);
}

TEST(Pool, AHugeAllocationFailsAtOnce) {
  PoolOptions O = options(1);
  O.MemoryLimit = 64 << 20;
  auto Results =
      collect(1, O, [](size_t) -> std::string { return hold(size_t(1) << 33) ? "given" : "refused"; });
  EXPECT_EQ(Results[0].Bytes, "refused");
}

TEST(Pool, TheSecondTryIsInAFreshWorker) {
  Marks Tries;
  bool Used = false;
  auto Results = collect(6, options(2), [&](size_t Job) -> std::string {
    bool Fresh = !Used;
    Used = true;
    if (Job != 0) {
      usleep(20000);
      return "fine";
    }
    Tries.add();
    if (Tries.count() == 1)
      raise(SIGKILL);
    return Fresh ? "fresh" : "used";
  });
  EXPECT_EQ(Results[0].Bytes, "fresh");
}

TEST(Pool, JobsStartInTheOrderGiven) {
  PoolOptions O = options(1);
  O.Order = {3, 1, 3, 99, 4};
  std::vector<size_t> Ended;
  auto Results = collect(
      6, O, [](size_t Job) { return std::to_string(Job); }, [&](size_t Job) { Ended.push_back(Job); });
  EXPECT_EQ(Ended, (std::vector<size_t>{3, 1, 4, 0, 2, 5}));
  EXPECT_EQ(Results[4].Bytes, "4");
}

TEST(Pool, ASlowParentHoldsNothingUp) {
  // Longer than the time a job has: waiting to be read is not the job's time.
  size_t Bytes = 0;
  (void)runJobs(
      6, options(2, 1), [](size_t) { return std::string(3000000, 'x'); },
      [&](size_t, JobResult &&R) {
        EXPECT_EQ(R.Failure, "");
        Bytes += R.Bytes.size();
        usleep(700000);
      });
  EXPECT_EQ(Bytes, 18000000u);
}

TEST(Pool, WorkersAreRenewed) {
  auto Pid = [](size_t) { return std::to_string(getpid()); };
  auto Distinct = [](const std::vector<JobResult> &Results) {
    std::set<std::string> Pids;
    for (const JobResult &R : Results)
      Pids.insert(R.Bytes);
    return Pids.size();
  };
  PoolOptions O = options(1);
  EXPECT_EQ(Distinct(collect(6, O, Pid)), 1u);
  O.JobsPerWorker = 2;
  EXPECT_EQ(Distinct(collect(6, O, Pid)), 3u);
  O.JobsPerWorker = 0;
  // One that keeps 20 MiB a job may reach 40 of 80, and no more.
  O.MemoryLimit = 80 << 20;
  EXPECT_GE(Distinct(collect(6, O,
                             [&](size_t Job) {
                               hold(20 << 20);
                               return Pid(Job);
                             })),
            2u);
}

bool isAlive(pid_t Pid) {
  // A zombie waits for its reaper and runs no more.
  std::string Name = "/proc/" + std::to_string(Pid) + "/stat";
  FILE *File = fopen(Name.c_str(), "r");
  if (!File)
    return false;
  char State = 'Z';
  int Read = fscanf(File, "%*d %*s %c", &State);
  fclose(File);
  return Read == 1 && State != 'Z';
}

/// A process that runs a pool of hanging jobs, all but the first two. Its Done writes to the pipe.
struct Running {
  pid_t Parent = -1;
  int Out = -1;
  std::vector<pid_t> Workers;

  Running() {
    int Ends[2];
    EXPECT_EQ(pipe(Ends), 0);
    Parent = fork();
    if (Parent == 0) {
      close(Ends[0]);
      PoolEnd End = runJobs(
          5, options(2),
          [&](size_t Job) -> std::string {
            pid_t Self = getpid();
            if (Job >= 2) {
              (void)!write(Ends[1], &Self, sizeof Self);
              while (true)
                pause();
            }
            return "done";
          },
          [&](size_t, JobResult &&R) {
            pid_t Zero = 0;
            if (R.Bytes == "done")
              (void)!write(Ends[1], &Zero, sizeof Zero);
          });
      _exit(End.Interrupted ? 128 + End.Interrupted : 0);
    }
    close(Ends[1]);
    Out = Ends[0];
    // Two done, two that hang.
    int Done = 0;
    for (int I = 0; I < 4; ++I) {
      pid_t Pid = -1;
      EXPECT_EQ(read(Out, &Pid, sizeof Pid), static_cast<ssize_t>(sizeof Pid));
      if (Pid == 0)
        ++Done;
      else
        Workers.push_back(Pid);
    }
    EXPECT_EQ(Done, 2);
    EXPECT_EQ(Workers.size(), 2u);
  }
  ~Running() { close(Out); }
  Running(const Running &) = delete;
  Running &operator=(const Running &) = delete;

  [[nodiscard]] int status() const {
    int Status = 0;
    waitpid(Parent, &Status, 0);
    return Status;
  }
  [[nodiscard]] bool workersEnd() const {
    for (int I = 0; I < 100; ++I) {
      if (!isAlive(Workers[0]) && !isAlive(Workers[1]))
        return true;
      usleep(20000);
    }
    return false;
  }
};

TEST(Pool, ASignalStopsTheRunCleanly) {
  for (int Signal : {SIGTERM, SIGINT}) {
    Running R;
    auto Start = std::chrono::steady_clock::now();
    kill(R.Parent, Signal);
    int Status = R.status();
    EXPECT_LT(std::chrono::steady_clock::now() - Start, std::chrono::seconds(1));
    ASSERT_TRUE(WIFEXITED(Status));
    EXPECT_EQ(WEXITSTATUS(Status), 128 + Signal);
    EXPECT_TRUE(R.workersEnd());
  }
}

TEST(Pool, WorkersDieWithTheParent) {
  Running R;
  kill(R.Parent, SIGKILL);
  EXPECT_TRUE(WIFSIGNALED(R.status()));
  EXPECT_TRUE(R.workersEnd());
}

TEST(Pool, ASecondSignalEndsAtOnce) {
  pid_t Pid = fork();
  if (Pid == 0) {
    (void)runJobs(
        1, options(1), [](size_t) { return "done"; },
        [](size_t, JobResult &&) {
          raise(SIGINT);
          raise(SIGTERM);
          _exit(0);
        });
    _exit(0);
  }
  int Status = 0;
  waitpid(Pid, &Status, 0);
  ASSERT_TRUE(WIFSIGNALED(Status));
  EXPECT_EQ(WTERMSIG(Status), SIGTERM);
}

TEST(Pool, HandlersAreGivenBack) {
  struct sigaction Before{};
  struct sigaction After{};
  sigaction(SIGTERM, nullptr, &Before);
  (void)collect(1, options(1), [](size_t) { return ""; });
  sigaction(SIGTERM, nullptr, &After);
  EXPECT_EQ(Before.sa_handler, After.sa_handler);
  EXPECT_EQ(After.sa_handler, SIG_DFL);
}

} // namespace
