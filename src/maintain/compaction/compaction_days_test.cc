// SPDX-License-Identifier: Apache-2.0
// Plans over many days of one file a second: how many files there are, and how often each byte is
// written.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <string>

#include "maintain/compaction/compaction_plan.h"

namespace weir::maintain {
namespace {

using namespace std::chrono_literals;

constexpr int64_t kDay = 86'400;    // Seconds; so is every time here.
constexpr int64_t kPlanEvery = 60;  // A twelfth as often as a server plans.
constexpr CompactionLimits kLimits;

struct Rate {
  int64_t rows = 0;  // Of a file; up to twice as many.
  int days = 0;
  int64_t runs_max = 1'000;  // Of one plan: fewer than are due is a server that falls behind.

  int64_t bytes() const { return 60 * rows; }
};

/// Carries plans out. Times of rows are those of their commits.
class Days {
 public:
  explicit Days(const Rate& rate) : rate_(rate) {}

  void Run() {
    for (now_ = 0; now_ < rate_.days * kDay; ++now_) {
      Commit();
      if (now_ % kPlanEvery == 0) Compact();
      if (now_ % kDay == kDay / 2) LookAtTheDayBefore();
      if (now_ % 3'600 == 0) LookAtWhatIsOlderThanAnHour();
    }
  }

  int64_t committed = 0, merged = 0, joined = 0;  // Bytes.
  size_t most_files_of_five_minutes = 0;          // That are older than an hour.
  size_t most_files = 0;                          // Of a day.

 private:
  struct Span {
    int64_t since = 0, until = 0;
  };

  void Commit() {
    const int64_t rows = rate_.rows + static_cast<int64_t>(random_() % (rate_.rows + 1));
    const LiveFile file{.path = std::to_string(++version_),
                        .partition = {static_cast<int32_t>(now_ / kDay)},
                        .bytes = rows * 60,
                        .rows = rows,
                        .version = version_,
                        .since = now_,
                        .is_fresh = true};
    committed += file.bytes;
    rows_[file.partition.date] += rows;
    spans_[file.path] = {now_, now_};
    files_[file.partition.date].push_back(file);
  }

  /// Plans mix no partitions, so those that are done are left out, but for a look at noon.
  void Compact() {
    const auto today = static_cast<int32_t>(now_ / kDay);
    std::vector<LiveFile> files = files_[today];
    files.insert(files.end(), files_[today - 1].begin(), files_[today - 1].end());
    const QuietTimes quiet = {{{today - 1}, std::chrono::seconds(now_ % kDay)}};
    int64_t runs = 0;
    for (const CompactionRun& run : PlanCompaction(files, quiet, kLimits)) {
      if (runs++ < rate_.runs_max) Do(run);
    }
    most_files = std::max(most_files, files_[today].size());
  }

  void Do(const CompactionRun& run) {
    LiveFile made{
        .path = std::to_string(++version_), .partition = run.partition, .version = version_};
    made.since = run.files.front().since;
    Span span{made.since, 0};
    std::set<std::string> gone;
    for (const LiveFile& file : run.files) {
      made.bytes += file.bytes;
      made.rows += file.rows;
      span.until = std::max(span.until, spans_.at(file.path).until);
      spans_.erase(file.path);
      gone.insert(file.path);
    }
    spans_[made.path] = span;
    (run.kind == RunKind::kMerge ? merged : joined) += made.bytes;
    std::erase_if(files_[run.partition.date],
                  [&](const LiveFile& file) { return gone.contains(file.path); });
    files_[run.partition.date].push_back(made);
  }

  void LookAtTheDayBefore() {
    const auto yesterday = static_cast<int32_t>(now_ / kDay - 1);
    if (yesterday < 0) return;
    const std::vector<LiveFile>& files = files_[yesterday];
    int64_t rows = 0, bytes = 0;
    for (const LiveFile& file : files) {
      EXPECT_FALSE(file.is_fresh);
      rows += file.rows;
      bytes += file.bytes;
    }
    EXPECT_EQ(rows, rows_[yesterday]);
    EXPECT_LE(std::ssize(files), 2 + bytes / (kLimits.file_bytes / 2)) << yesterday;
    EXPECT_THAT(PlanCompaction(files, {{{yesterday}, 12h}}, kLimits), testing::IsEmpty());
  }

  void LookAtWhatIsOlderThanAnHour() {
    std::map<int64_t, size_t> files;
    for (const LiveFile& file : files_[static_cast<int32_t>(now_ / kDay)]) {
      const Span span = spans_.at(file.path);
      if (span.until < now_ - 3'600) ++files[span.since / 300];
    }
    for (const auto& [five_minutes, count] : files) {
      most_files_of_five_minutes = std::max(most_files_of_five_minutes, count);
    }
  }

  const Rate rate_;
  std::mt19937_64 random_{7};
  int64_t now_ = 0, version_ = 0;
  std::map<int32_t, std::vector<LiveFile>> files_;
  std::map<int32_t, int64_t> rows_;
  std::map<std::string, Span> spans_;
};

class CompactionDays : public testing::TestWithParam<Rate> {};

TEST_P(CompactionDays, KeepFilesFewAndWriteEachByteFewTimes) {
  const Rate rate = GetParam();
  Days days(rate);

  days.Run();

  const auto per_byte = [&](int64_t bytes) { return static_cast<double>(bytes) / days.committed; };
  RecordProperty("merged_per_byte", std::to_string(per_byte(days.merged)));
  RecordProperty("joined_per_byte", std::to_string(per_byte(days.joined)));
  RecordProperty("most_files", static_cast<int>(days.most_files));
  // One a step of sixteen from a file to a row group, and the small ones at midnight.
  EXPECT_LE(per_byte(days.merged), rate.rows < 50 ? 5 : rate.rows < 5'000 ? 3 : 2);
  EXPECT_LE(per_byte(days.joined), 1.5);
  const int64_t large_of_five_minutes = 2 + 300 * rate.bytes() * 2 / (kLimits.file_bytes / 2);
  EXPECT_LE(days.most_files_of_five_minutes, static_cast<size_t>(large_of_five_minutes));
}

INSTANTIATE_TEST_SUITE_P(Rates, CompactionDays,
                         testing::Values(Rate{.rows = 1, .days = 3}, Rate{.rows = 40, .days = 3},
                                         Rate{.rows = 1'000, .days = 30},
                                         Rate{.rows = 20'000, .days = 1},
                                         // Five runs where about four are due.
                                         Rate{.rows = 200, .days = 2, .runs_max = 5}));

}  // namespace
}  // namespace weir::maintain
