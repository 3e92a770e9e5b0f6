// SPDX-License-Identifier: Apache-2.0
#include "columnar/table_rows.h"

#include <arrow/type.h>
#include <arrow/util/key_value_metadata.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/compression.h"
#include "columnar/row_frame.h"
#include "columnar/test_rows.h"
#include "signal/published_table.h"

namespace weir::columnar {
namespace {

using namespace wire;
using signal::Encoding;
using signal::Signal;
using Texts = std::vector<std::string>;

constexpr int64_t kDayNanos = 86'400'000'000'000;

/// A log record at `unix_nano` with this body.
std::string LogAt(int64_t unix_nano, std::string_view body) {
  return Fixed64(1, static_cast<uint64_t>(unix_nano)) + Bytes(5, Text(body));
}

std::string Service(std::string_view name) { return Attributes(1, {{"service.name", Text(name)}}); }

TEST(TableRows, HaveThePublishedSchemaEvenWithoutRows) {
  for (const Signal signal : signal::kSignals) {
    TestRows rows(signal);
    const auto batch = rows.Batch();
    const auto& published = *signal::Published(signal::TableOf(signal)).schema;

    ASSERT_EQ(batch->num_columns(), published.num_fields());
    for (int i = 0; i < published.num_fields(); ++i) {
      EXPECT_EQ(batch->schema()->field(i)->name(), published.field(i)->name());
      EXPECT_TRUE(batch->schema()->field(i)->metadata()->Equals(*published.field(i)->metadata()));
    }
  }
}

TEST(TableRows, TakeAnEmptyRequest) {
  for (const Signal signal : signal::kSignals) {
    TestRows rows(signal);
    EXPECT_EQ(rows.Append("").accepted, 0);
    EXPECT_EQ(rows.Append(Bytes(1, "")).accepted, 0);
    EXPECT_EQ(rows.num_rows(), 0);
    EXPECT_TRUE(rows.columns().SortIntoDays().empty());
  }
}

TEST(TableRows, KeepNothingOfARequestWithAMalformedEnvelope) {
  const std::string good = Request({LogAt(kReceivedNanos, "lost")});
  const std::pair<const char*, std::string> cases[] = {
      {"malformed protobuf in the request", good + "\x0a"},
      {"malformed protobuf in a resource", good + Bytes(1, "\x0a")},
      {"malformed protobuf in a scope", good + Bytes(1, Bytes(2, "\x0a"))},
      {"malformed protobuf in a scope", Bytes(1, Bytes(2, Records({LogAt(1, "lost")}) + "\x0a"))},
  };
  TestRows rows(Signal::kLogs);
  rows.Append(Request({LogAt(kReceivedNanos, "before")}));
  for (const auto& [reason, body] : cases) {
    const auto refused = rows.TryAppend({.body = body});
    EXPECT_EQ(KindOf(refused.status()), ErrorKind::kBadRequest) << reason;
    EXPECT_EQ(refused.status().message(), reason);
    EXPECT_EQ(rows.num_rows(), 1);
  }
  rows.Append(Request({LogAt(kReceivedNanos, "after")}));

  EXPECT_EQ(rows.Column("body"), (Texts{"before", "after"}));
}

TEST(TableRows, DecompressBodiesAndRefuseBrokenOrLargeOnes) {
  const std::string body = Request({LogAt(kReceivedNanos, std::string(3000, 'x'))});
  const auto gzip = GzipCompress(body, 6);
  TestRows rows(Signal::kLogs);

  EXPECT_TRUE(rows.TryAppend({.compression = Compression::kGzip, .body = gzip}).ok());
  EXPECT_TRUE(
      rows.TryAppend({.compression = Compression::kZstd, .body = ZstdCompress(body, 3)}).ok());
  const auto cut = rows.TryAppend({.compression = Compression::kGzip, .body = gzip.substr(0, 30)});
  EXPECT_EQ(KindOf(cut.status()), ErrorKind::kBadRequest);
  EXPECT_EQ(rows.num_rows(), 2);

  const TableRowsOptions small{.body_bytes_max = 2000};
  signal::NoDeadLetters none;
  const auto refused =
      NewTableRows(Signal::kLogs, small)
          ->Append({.signal = Signal::kLogs, .compression = Compression::kGzip, .body = gzip}, {},
                   none);
  EXPECT_TRUE(IsTooLarge(refused.status()));
}

TEST(TableRows, TruncateToAnyRowAsIfTheRestHadNeverCome) {
  const auto record = [](std::string_view text) {
    return LogAt(kReceivedNanos, text) + Attributes(6, {{"session.id", Text(text)}, {"n", Int(1)}});
  };
  TestRows rows(Signal::kLogs);
  rows.Append(Request({record("a"), record("b"), record("c")}, {.resource = Service("s")}));
  rows.columns().Truncate(1);
  EXPECT_EQ(rows.num_rows(), 1);
  rows.Append(Request({"", record("d")}));

  const auto batch = rows.Batch();
  EXPECT_EQ(Cells(*batch->GetColumnByName("body")), (Texts{"a", "null", "d"}));
  EXPECT_EQ(Cells(*batch->GetColumnByName("session_id")), (Texts{"a", "null", "d"}));
  EXPECT_EQ(Cells(*batch->GetColumnByName("service_name")), (Texts{"s", "null", "null"}));
  EXPECT_EQ(Cells(*batch->GetColumnByName("attributes_types")), (Texts{"si", "null", "si"}));
  EXPECT_EQ(Cells(*batch->GetColumnByName("attributes")),
            (Texts{"{session.id: a, n: 1}", "{}", "{session.id: d, n: 1}"}));
}

TEST(TableRows, NumberRowsByWriterRequestAndOrdinal) {
  TestRows rows(Signal::kLogs);
  rows.Append(Request({LogAt(1, "a"), LogAt(1, "b")}));
  rows.Append("");
  rows.Append(Request({LogAt(1, "c"), Bytes(12, "\xff"), LogAt(1, "d")}));

  EXPECT_EQ(rows.Column("record_id"),
            (Texts{"000007000000000001000000", "000007000000000001000001",
                   "000007000000000003000000", "000007000000000003000001"}));
}

// After a journal that could not be synced, several requests are forgotten and others take their
// rows.
TEST(TableRows, NumberRowsByTheirOwnRequestAfterOthersWereForgotten) {
  TestRows rows(Signal::kLogs);
  rows.Append(Request({LogAt(1, "a")}));
  rows.Append(Request({LogAt(1, "b"), LogAt(1, "c"), LogAt(1, "d")}));
  rows.Append(Request({LogAt(1, "e")}));
  rows.columns().Truncate(4);
  rows.columns().Truncate(1);
  rows.Append(Request({LogAt(1, "f"), LogAt(1, "g")}));
  rows.Append(Request({LogAt(1, "h")}));

  EXPECT_EQ(rows.Column("record_id"),
            (Texts{"000007000000000001000000", "000007000000000004000000",
                   "000007000000000004000001", "000007000000000005000000"}));
}

TEST(TableRows, SortEachDayByServiceAndTimeWithTheEarliestDayFirst) {
  TestRows rows(Signal::kLogs);
  rows.Append(Request({LogAt(kReceivedNanos + 5000, "0"), LogAt(kReceivedNanos, "1")},
                      {.resource = Service("b")}));
  rows.Append(Request({LogAt(kReceivedNanos + 9000, "2")}, {.resource = Service("a")}));
  rows.Append(Request({LogAt(kReceivedNanos - kDayNanos, "3")}, {.resource = Service("z")}));
  rows.Append(Request({LogAt(kReceivedNanos + 7000, "4"), LogAt(kReceivedNanos, "5")}));
  rows.Append(Request({LogAt(kReceivedNanos, "6")}, {.resource = Service("b") + Varint(2, 1)}));

  const auto days = rows.columns().SortIntoDays();

  ASSERT_EQ(days.size(), 2u);
  EXPECT_EQ(days[0].date, 19674);
  EXPECT_EQ(days[0].rows, (std::vector<int32_t>{3}));
  EXPECT_EQ(days[1].date, 19675);
  // Without a service first, then a, then b; equal keys in the order they came.
  EXPECT_EQ(days[1].rows, (std::vector<int32_t>{5, 4, 2, 1, 6, 0}));
}

TEST(TableRows, SortMetricsByNameSeriesAndTime) {
  const auto metric = [](std::string_view name, std::string_view series, uint64_t nanos) {
    const auto point =
        Attributes(7, {{"k", Text(series)}}) + Fixed64(3, kReceivedNanos + nanos) + Double(4, 1);
    return Bytes(1, name) + Bytes(5, Bytes(1, point));
  };
  TestRows rows(Signal::kMetrics);
  rows.Append(Request({metric("b", "x", 0), metric("a", "x", 2000), metric("a", "y", 3000),
                       metric("a", "x", 1000), metric("a", "y", 0)}));
  const auto days = rows.columns().SortIntoDays();
  const auto series = rows.Column("series_id");

  ASSERT_EQ(days.size(), 1u);
  const bool x_first = std::stoll(series[1]) < std::stoll(series[2]);
  EXPECT_EQ(days[0].rows, x_first ? (std::vector<int32_t>{3, 1, 4, 2, 0})
                                  : (std::vector<int32_t>{4, 2, 3, 1, 0}));
}

TEST(TableRows, GatherOnlyTheRowsAskedForInThatOrder) {
  TestRows rows(Signal::kLogs);
  rows.Append(Request({LogAt(1, "a"), LogAt(2, "b"), LogAt(3, "c")}));

  const auto batch = rows.columns().Gather(std::vector<int32_t>{2, 0});

  EXPECT_TRUE(batch->ValidateFull().ok());
  EXPECT_EQ(Cells(*batch->GetColumnByName("body")), (Texts{"c", "a"}));
}

int32_t DateOf(int64_t unix_nano) {
  TestRows rows(Signal::kLogs);
  rows.Append(Request({LogAt(unix_nano, "x")}));
  const auto days = rows.columns().SortIntoDays();
  EXPECT_EQ(rows.Cell("date"), std::to_string(days.at(0).date));
  EXPECT_EQ(rows.Cell("time"), std::to_string(unix_nano / 1000));
  return days.at(0).date;
}

// The time stays what it was; only the partition is held within bounds.
TEST(TableRows, FileStrangeTimesUnderTheFirstOrLastDayAllowed) {
  constexpr int64_t kToday = 19675;
  const auto noon = [](int64_t day) { return day * kDayNanos + kDayNanos / 2; };

  EXPECT_EQ(DateOf(noon(kToday)), kToday);
  EXPECT_EQ(DateOf(kToday * kDayNanos), kToday);
  EXPECT_EQ(DateOf(kToday * kDayNanos - 1), kToday - 1);
  EXPECT_EQ(DateOf(noon(kToday + kPartitionDaysAhead)), kToday + kPartitionDaysAhead);
  EXPECT_EQ(DateOf(noon(kToday + kPartitionDaysAhead + 1)), kToday + kPartitionDaysAhead);
  EXPECT_EQ(DateOf(INT64_MAX), kToday + kPartitionDaysAhead);
  EXPECT_EQ(DateOf(noon(kToday - kPartitionDaysBack)), kToday - kPartitionDaysBack);
  EXPECT_EQ(DateOf(noon(kToday - kPartitionDaysBack - 1)), 0);
  EXPECT_EQ(DateOf(1), 0);
}

TEST(TableRows, GrowWithWhatTheyHold) {
  for (const Signal signal : signal::kSignals) {
    TestRows rows(signal);
    const int64_t before = rows.columns().byte_size();
    const std::string text(100'000, 'x');
    const std::string record = signal == Signal::kTraces ? Span(Bytes(5, text))
                               : signal == Signal::kLogs
                                   ? LogAt(1, text)
                                   : Bytes(3, text.substr(0, 60'000)) + Bytes(5, Bytes(1, ""));
    rows.Append(Request({record}));

    EXPECT_GT(rows.columns().byte_size() - before, 60'000) << Name(signal);
  }
}

// Each repetition was once copied with all before it: a request of this kind took hours.
TEST(TableRows, MergeAMillionPartsOfAResourceInLinearTime) {
  std::string parts;
  for (int i = 0; i < 300'000; ++i) parts += Bytes(1, Varint(90, 1));
  TestRows rows(Signal::kLogs);

  const auto outcome = rows.Append(Bytes(1, parts + Bytes(2, parts + Records({""}))));

  EXPECT_EQ(outcome.rejected, 1);
  EXPECT_EQ(outcome.reason, "log record 0: resource or scope: larger than the limit");
}

}  // namespace
}  // namespace weir::columnar
