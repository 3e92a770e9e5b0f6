// SPDX-License-Identifier: Apache-2.0
#include "maintain/removal/retention.h"

#include <gtest/gtest.h>

#include "maintain/two_formats_fake.h"

namespace weir::maintain {
namespace {

constexpr int64_t kDayMs = 86'400'000;

TEST(Retention, IsOfATableByItsWholeNameFirst) {
  const RetentionLimits limits{.days = 90,
                               .days_by_table = {{"otel_logs", 30}, {"staging.otel_logs", 7}}};

  EXPECT_EQ(RetentionDaysOf(limits, {"telemetry", "otel_spans"}), 90);
  EXPECT_EQ(RetentionDaysOf(limits, {"telemetry", "otel_logs"}), 30);
  EXPECT_EQ(RetentionDaysOf(limits, {"staging", "otel_logs"}), 7);
}

TEST(Retention, TakesDaysThatEndedSoLongAgo) {
  const int64_t noon_of_day_100 = 100 * kDayMs + kDayMs / 2;

  const DayRange days = DaysBefore(30, noon_of_day_100);

  EXPECT_TRUE(days.Has(69));  // Ended with day 70's beginning, 30.5 days ago.
  EXPECT_FALSE(days.Has(70));
  EXPECT_TRUE(days.Has(-5));
}

TEST(Retention, FindsTheFilesOfThoseDays) {
  TwoFormatsFake table;
  const auto on_day = [](int32_t day) {
    return [day](datafile::ParquetFile& file) { file.file.date = day; };
  };
  table.Commit(on_day(20'700));
  table.Commit(on_day(20'701));
  table.Commit(on_day(20'702));

  const auto files = FilesOfDays(table.store(), table.State(), {.end = 20'702}).ValueOrDie();
  const auto one = FilesOfDays(table.store(), table.State(), {20'701, 20'702}).ValueOrDie();

  EXPECT_EQ(files.size(), 2u);
  ASSERT_EQ(one.size(), 1u);
  EXPECT_EQ(one[0].date, 20'701);
  EXPECT_EQ(one[0].record_count, 3);
}

}  // namespace
}  // namespace weir::maintain
