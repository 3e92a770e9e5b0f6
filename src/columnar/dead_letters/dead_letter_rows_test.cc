// SPDX-License-Identifier: Apache-2.0
#include "columnar/dead_letters/dead_letter_rows.h"

#include <gtest/gtest.h>

#include <numeric>
#include <string>
#include <vector>

#include "columnar/test_leaves.h"
#include "columnar/test_rows.h"

namespace weir::columnar {
namespace {

using signal::DeadLetter;
using signal::Signal;

const signal::DeadLetterRows::Origin kOrigin{.request = {.writer = 7, .sequence = 3},
                                             .ordinal = 2,
                                             .received_unix_nano = kReceivedNanos,
                                             .source = "10.0.0.1",
                                             .target_table = "x_otel_logs"};

DeadLetter Letter(std::string_view original) {
  return {.signal = Signal::kLogs,
          .reason = signal::kInvalidRequest,
          .detail = "malformed",
          .encoding = signal::Encoding::kJson,
          .compression = Compression::kGzip,
          .original = original};
}

std::shared_ptr<arrow::RecordBatch> BatchOf(signal::DeadLetterRows& rows) {
  std::vector<int32_t> all(static_cast<size_t>(rows.num_rows()));
  std::iota(all.begin(), all.end(), 0);
  return rows.Gather(all);
}

TEST(DeadLetterRows, HaveTheColumnsAsPublished) {
  const auto rows = NewDeadLetterRows({});
  ASSERT_TRUE(rows->Add(Letter("{\xff"), kOrigin));

  const auto batch = BatchOf(*rows);
  ASSERT_TRUE(batch->ValidateFull().ok());
  EXPECT_EQ(RowText(*batch, 0), R"(
record_id: 000007000000000003000002
time: 1700000000000000
date: 19675
signal: logs
target_table: x_otel_logs
reason: invalid_request
detail: malformed
source: 10.0.0.1
encoding: json
compression: gzip
original: 7bff
original_is_cut: false
)");
}

TEST(DeadLetterRows, LeaveAsLeavesWhatTheyAreAsArrays) {
  const auto rows = NewDeadLetterRows({});
  for (const char* original : {"a", "", "\x80\x81", "a longer one"}) {
    DeadLetter letter = Letter(original);
    if (*original == 'a') letter.service_name = "shop";
    ASSERT_TRUE(rows->Add(letter, kOrigin));
  }
  ExpectSameLeaves(*rows, std::vector<int32_t>{3, 0, 2, 1}, 1);
}

TEST(DeadLetterRows, CutALongOriginalAndSaySo) {
  const auto rows = NewDeadLetterRows({.original_bytes_max = 3});
  ASSERT_TRUE(rows->Add(Letter("abcd"), kOrigin));
  ASSERT_TRUE(rows->Add(Letter("abc"), kOrigin));
  DeadLetter begun = Letter("ab");
  begun.is_cut = true;
  ASSERT_TRUE(rows->Add(begun, kOrigin));

  const auto batch = BatchOf(*rows);
  EXPECT_EQ(Cells(*batch->GetColumnByName("original")),
            (std::vector<std::string>{"616263", "616263", "6162"}));
  EXPECT_EQ(Cells(*batch->GetColumnByName("original_is_cut")),
            (std::vector<std::string>{"true", "false", "true"}));
}

TEST(DeadLetterRows, TakeNoMoreThanTheyHaveRoomFor) {
  const auto rows = NewDeadLetterRows({.bytes_max = 1000});
  const std::string original(400, 'x');
  EXPECT_TRUE(rows->Add(Letter(original), kOrigin));
  EXPECT_TRUE(rows->Add(Letter(original), kOrigin));
  EXPECT_FALSE(rows->is_full());
  EXPECT_FALSE(rows->Add(Letter(original), kOrigin));
  EXPECT_TRUE(rows->is_full());
  // From then on all are alike: which ones are kept does not hang on their size.
  EXPECT_FALSE(rows->Add(Letter("y"), kOrigin));
  EXPECT_EQ(rows->num_rows(), 2);
}

TEST(DeadLetterRows, ForgetTheLastOnes) {
  const auto rows = NewDeadLetterRows({});
  for (const char* original : {"a", "b", "c"}) ASSERT_TRUE(rows->Add(Letter(original), kOrigin));
  rows->Truncate(1);
  ASSERT_TRUE(rows->Add(Letter("d"), kOrigin));
  EXPECT_EQ(Cells(*BatchOf(*rows)->GetColumnByName("original")),
            (std::vector<std::string>{"61", "64"}));
  EXPECT_EQ(BatchOf(*rows)->GetColumnByName("signal")->length(), 2);
}

}  // namespace
}  // namespace weir::columnar
