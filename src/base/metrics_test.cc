// SPDX-License-Identifier: Apache-2.0
#include "base/metrics.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>

namespace weir::metrics {
namespace {

template <typename Instrument>
std::string TextOf(const Family<Instrument>& family) {
  std::string text;
  family.RenderTo(text);
  return text;
}

// Families are static here as everywhere: they register themselves for the program's life.

TEST(Family, RendersACounterWithoutLabelsBeforeItIsFirstCounted) {
  static Family<Counter> family("test_started_total", "Starts.");

  EXPECT_EQ(TextOf(family),
            "# HELP test_started_total Starts.\n"
            "# TYPE test_started_total counter\n"
            "test_started_total 0\n");
}

TEST(Family, KeepsOneChildForEachCombinationOfLabels) {
  static Family<Counter> family("test_rows_total", "Rows.", {"signal", "status"});
  family.With({"traces", "ok"}).Add(2);
  family.With({"logs", "ok"}).Add();
  family.With({"traces", "ok"}).Add(3);

  EXPECT_EQ(TextOf(family),
            "# HELP test_rows_total Rows.\n"
            "# TYPE test_rows_total counter\n"
            "test_rows_total{signal=\"logs\",status=\"ok\"} 1\n"
            "test_rows_total{signal=\"traces\",status=\"ok\"} 5\n");
}

TEST(Family, EscapesLabelValues) {
  static Family<Gauge> family("test_level", "Level.", {"path"});
  family.With({"a\"b\\c\nd"}).Set(-1.5);

  EXPECT_NE(TextOf(family).find("\ntest_level{path=\"a\\\"b\\\\c d\"} -1.5\n"), std::string::npos);
}

TEST(FamilyDeathTest, StopsTheProgramWhenLabelsAreMissing) {
  static Family<Counter> family("test_labels_total", "Labels.", {"a", "b"});

  EXPECT_DEATH(family.With({"only one"}), "check failed");
}

TEST(Histogram, CountsUnderTheFirstBoundThatIsNotSmaller) {
  Histogram histogram;
  histogram.Observe(0.00025);
  histogram.Observe(0.00026);
  histogram.Observe(65.536);
  histogram.Observe(65.6);

  EXPECT_EQ(histogram.count(0), 1);
  EXPECT_EQ(histogram.count(1), 1);
  EXPECT_EQ(histogram.count(18), 1);
  EXPECT_EQ(histogram.count(Histogram::kBuckets), 1);
  EXPECT_DOUBLE_EQ(histogram.sum(), 131.13651);
}

TEST(Histogram, RendersCumulativeBucketsSumAndCount) {
  static Family<Histogram> family("test_seconds", "Time.", {"step"});
  family.With({"a"}).Observe(0.0004);
  family.With({"a"}).Observe(100);

  const std::string text = TextOf(family);
  EXPECT_NE(text.find("# TYPE test_seconds histogram\n"
                      "test_seconds_bucket{step=\"a\",le=\"0.00025\"} 0\n"
                      "test_seconds_bucket{step=\"a\",le=\"0.0005\"} 1\n"),
            std::string::npos);
  EXPECT_NE(text.find("test_seconds_bucket{step=\"a\",le=\"65.536\"} 1\n"
                      "test_seconds_bucket{step=\"a\",le=\"+Inf\"} 2\n"
                      "test_seconds_sum{step=\"a\"} 100.0004\n"
                      "test_seconds_count{step=\"a\"} 2\n"),
            std::string::npos);
}

TEST(RenderPrometheus, HoldsEveryFamilyOfTheProgram) {
  static Family<Counter> one("test_one_total", "One.");
  static Family<Gauge> two("test_two", "Two.");

  const std::string text = RenderPrometheus();

  EXPECT_NE(text.find("test_one_total 0\n"), std::string::npos);
  EXPECT_NE(text.find("test_two 0\n"), std::string::npos);
}

TEST(Counter, LosesNothingBetweenThreads) {
  Counter counter;
  const auto count = [&] {
    for (int i = 0; i < 20'000; ++i) counter.Add();
  };
  std::thread other(count);
  count();
  other.join();

  EXPECT_EQ(counter.value(), 40'000);
}

}  // namespace
}  // namespace weir::metrics
