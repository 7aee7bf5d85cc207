// What is said of a run's progress, and when. No clock: times are given.
#include "engine/Progress.h"

#include <gtest/gtest.h>

using namespace gfplint;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

TEST(FormatProgress, AllThatIsKnown) {
  // 23216 units at 86.9 a second.
  EXPECT_EQ(formatProgress(1234, 24450, 2, milliseconds(14200)),
            "1234/24450 units, 87/s, 4 min 27 s left, 2 failed");
  EXPECT_EQ(formatProgress(3, 9, 0, seconds(2)), "3/9 units, 1.5/s, 4 s left");
  EXPECT_EQ(formatProgress(10, 72010, 0, seconds(2)), "10/72010 units, 5.0/s, 4 h 0 min left");
  EXPECT_EQ(formatProgress(99, 200, 0, milliseconds(10000)), "99/200 units, 9.9/s, 10 s left");
  EXPECT_EQ(formatProgress(9996, 20000, 0, seconds(1000)), "9996/20000 units, 10/s, 16 min 41 s left");
}

TEST(FormatProgress, WhatCannotBeSaidIsLeftOut) {
  EXPECT_EQ(formatProgress(0, 0, 0, seconds(0)), "0/0 units");
  EXPECT_EQ(formatProgress(0, 7, 0, seconds(50)), "0/7 units");
  EXPECT_EQ(formatProgress(5, 7, 1, milliseconds(10)), "5/7 units, 1 failed");
  EXPECT_EQ(formatProgress(20, 20, 0, seconds(2)), "20/20 units, 10/s");
}

class ProgressTest : public ::testing::Test {
protected:
  Progress::Time at(int Milliseconds) { return Start + milliseconds(Milliseconds); }
  Progress make(size_t Total, ProgressMode Mode) { return {Total, Mode, Out, Start}; }
  Progress::Time Start = Progress::Time(seconds(1000));
  std::string Text;
  llvm::raw_string_ostream Out{Text};
};

TEST_F(ProgressTest, ATerminalsLineIsRedrawnFiveTimesASecond) {
  Progress P = make(100, ProgressMode::Redrawn);
  for (int I = 1; I <= 100; ++I)
    P.unitDone(I == 50, at(I * 10));
  P.finish(at(1000));
  EXPECT_EQ(Text, "\r20/100 units\r40/100 units\r60/100 units, 1 failed\r80/100 units, 1 failed"
                  "\r100/100 units, 100/s, 1 failed\r100/100 units, 100/s, 1 failed\n");
}

TEST_F(ProgressTest, AShorterLineCoversALongerOne) {
  Progress P = make(20, ProgressMode::Redrawn);
  P.unitDone(false, at(1000));
  for (int I = 2; I <= 20; ++I)
    P.unitDone(false, at(1001));
  P.finish(at(2000));
  EXPECT_EQ(Text, "\r1/20 units, 1.0/s, 19 s left\r20/20 units, 10/s           \n");
}

TEST_F(ProgressTest, ALogGetsALineEveryTenSeconds) {
  Progress P = make(40, ProgressMode::Lines);
  for (int I = 1; I <= 39; ++I)
    P.unitDone(false, at(I * 500));
  P.unitDone(false, at(19900));
  P.finish(at(20000));
  P.finish(at(20600));
  EXPECT_EQ(Text, "20/40 units, 2.0/s, 10 s left\n40/40 units, 2.0/s\n");
}

TEST_F(ProgressTest, SkippedUnitsDoNotCountForTheRate) {
  Progress P = make(1000, ProgressMode::Lines);
  P.skip(900);
  for (int I = 1; I <= 50; ++I)
    P.unitDone(false, at(I * 200));
  EXPECT_EQ(Text, "950/1000 units, 5.0/s, 10 s left\n");
}

TEST_F(ProgressTest, NothingIsSaidWhereNoneIsWantedNorInALogOfAShortRun) {
  Progress Quiet = make(2, ProgressMode::None);
  Quiet.unitDone(false, at(60000));
  Quiet.finish(at(60000));
  Progress Short = make(2, ProgressMode::Lines);
  Short.unitDone(false, at(10));
  Short.unitDone(false, at(20));
  Short.finish(at(30));
  EXPECT_EQ(Text, "");
}

} // namespace
