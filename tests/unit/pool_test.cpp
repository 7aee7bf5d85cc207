// Worker processes: order, and jobs that crash, hang or fail once.
#include "engine/Pool.h"

#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <set>
#include <string>
#include <unistd.h>

using namespace gfplint;

namespace {

PoolOptions options(unsigned Jobs, int Seconds = 60) { return {Jobs, std::chrono::seconds(Seconds)}; }
const auto Ignore = [](size_t) {};

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
    auto Results = runJobs(
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
  EXPECT_TRUE(runJobs(0, options(4), [](size_t) { return "never"; }, Ignore).empty());
  auto Results = runJobs(2, options(16), [](size_t Job) { return std::to_string(Job); }, Ignore);
  ASSERT_EQ(Results.size(), 2u);
  EXPECT_EQ(Results[1].Bytes, "1");
}

TEST(Pool, BytesAreNotText) {
  std::string Every;
  for (int I = 0; I < 256; ++I)
    Every += static_cast<char>(I);
  auto Results = runJobs(1, options(1), [&](size_t) { return Every; }, Ignore);
  EXPECT_EQ(Results[0].Bytes, Every);
}

TEST(Pool, LargeResults) {
  auto Results = runJobs(3, options(2), [](size_t Job) { return std::string(5000000 + Job, 'x'); }, Ignore);
  for (size_t I = 0; I < 3; ++I)
    EXPECT_EQ(Results[I].Bytes.size(), 5000000 + I);
}

TEST(Pool, ACrashCostsItsJobAlone) {
  for (unsigned Jobs : {1U, 3U}) {
    std::multiset<size_t> Done;
    auto Results = runJobs(
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
  auto Always = runJobs(
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
  auto Once = runJobs(
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
  auto Results = runJobs(
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
  (void)runJobs(
      2, options(1),
      [&](size_t) {
        ++Value;
        return std::to_string(Value);
      },
      Ignore);
  EXPECT_EQ(Value, 1);
}

} // namespace
