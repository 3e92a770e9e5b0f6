// SPDX-License-Identifier: Apache-2.0
#include "columnar/dead_letters/record_tally.h"

#include <gtest/gtest.h>

#include <string>

#include "columnar/test_rows.h"

namespace weir::columnar {
namespace {

using namespace wire;
using signal::Encoding;
using signal::Signal;

constexpr int kGauge = 5, kSum = 7;

std::string Service(std::string_view name) { return Attributes(1, {{"service.name", Text(name)}}); }

/// Span without an id, as many times as it takes to be of `bytes` bytes.
std::string BadSpan(size_t bytes = 0) {
  return Bytes(1, kTraceId) + Bytes(5, std::string(bytes, 'n'));
}

TEST(RecordTally, KeepsARefusedSpanAsARequestOfItsOwn) {
  TestRows rows(Signal::kTraces);
  const std::string resource = Service("shop"), scope = Bytes(1, "lib");
  rows.Append(Request({Span(), BadSpan(), Span()}, {.resource = resource, .scope = scope}));

  ASSERT_EQ(rows.letters().letters.size(), 1u);
  const KeptLetter& letter = rows.letters().letters.front();
  EXPECT_EQ(letter.reason, "invalid_record");
  EXPECT_EQ(letter.detail, "span_id is missing or all zero");
  EXPECT_EQ(letter.service_name, "shop");
  EXPECT_FALSE(letter.is_cut);

  // Sent again, it is refused for the same reason; its resource is there, so mended it is whole.
  TestRows again(Signal::kTraces);
  EXPECT_EQ(again.Append(letter.original).reason, "span 0: span_id is missing or all zero");
  ASSERT_EQ(again.letters().letters.size(), 1u);
  EXPECT_EQ(again.letters().letters.front().service_name, "shop");
  EXPECT_EQ(again.letters().letters.front().original, letter.original);
}

TEST(RecordTally, KeepsOnlyTheDataPointThatIsRefused) {
  TestRows rows(Signal::kMetrics);
  const auto point = [](int64_t start) {
    return Fixed64(2, static_cast<uint64_t>(start)) + Fixed64(3, 9) + Fixed64(6, 5);
  };
  const std::string sum =
      Bytes(1, "sold") + Bytes(3, "1") +
      Bytes(kSum, Bytes(1, point(1)) + Bytes(1, point(-1)) + Varint(2, 2) + Varint(3, 1));
  EXPECT_EQ(rows.Append(Request({sum}, {.resource = Service("shop")})).rejected, 1);

  ASSERT_EQ(rows.letters().letters.size(), 1u);
  const KeptLetter& letter = rows.letters().letters.front();
  const std::string alone = Bytes(1, "sold") + Bytes(3, "1") +
                            Bytes(kSum, Bytes(1, point(-1)) + Varint(2, 2) + Varint(3, 1));
  TestRows again(Signal::kMetrics);
  const auto outcome = again.Append(letter.original);
  EXPECT_EQ(outcome.accepted, 0);
  EXPECT_EQ(outcome.rejected, 1);
  EXPECT_NE(letter.original.find(alone), std::string::npos);
}

TEST(RecordTally, KeepsAMetricThatHasNoPointsItCanRead) {
  TestRows rows(Signal::kMetrics);
  rows.Append(Request({Bytes(1, "\xff") + Bytes(kGauge, Bytes(1, Fixed64(3, 9)))}));
  ASSERT_EQ(rows.letters().letters.size(), 1u);
  EXPECT_EQ(rows.letters().letters.front().detail,
            "metric name, description or unit: text is not UTF-8");
}

TEST(RecordTally, KeepsTheJsonOfARecordThatCantBeRead) {
  TestRows rows(Signal::kTraces);
  const auto outcome = rows.TryAppend({.encoding = Encoding::kJson, .body = R"({"resourceSpans":[
      {"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},
       "scopeSpans":[{"spans":[ {"traceId": "nonsense", "name":"x"} , {"name":"y"}]}]}]})"});
  ASSERT_TRUE(outcome.ok());
  ASSERT_EQ(rows.letters().letters.size(), 2u);

  const KeptLetter& unreadable = rows.letters().letters[0];
  EXPECT_EQ(unreadable.encoding, Encoding::kJson);
  EXPECT_EQ(unreadable.original, R"({"traceId": "nonsense", "name":"x"})");
  EXPECT_EQ(unreadable.service_name, "shop");
  // What could be read is refused in its wire form.
  EXPECT_EQ(rows.letters().letters[1].encoding, Encoding::kProtobuf);
}

TEST(RecordTally, TakesNoMarkInProtobufForJson) {
  TestRows rows(Signal::kTraces);
  rows.Append(Request({Bytes(1'000'000, "why") + Bytes(1'000'001, "{}")}));
  ASSERT_EQ(rows.letters().letters.size(), 1u);
  EXPECT_EQ(rows.letters().letters.front().encoding, Encoding::kProtobuf);
}

TEST(RecordTally, LeavesTheResourceOutWhereTheLetterWouldBeTooLong) {
  TestRows rows(Signal::kTraces);
  const std::string large = Attributes(1, {{"a", Text(std::string(65'000, 'x'))}});
  rows.Append(Request({BadSpan(1000)}, {.resource = large}));
  ASSERT_EQ(rows.letters().letters.size(), 1u);
  EXPECT_LT(rows.letters().letters.front().original.size(), 1200u);
  EXPECT_FALSE(rows.letters().letters.front().is_cut);
}

TEST(RecordTally, CutsARecordThatIsLongerThanALetter) {
  TestRows rows(Signal::kTraces);
  rows.Append(Request({BadSpan(100'000)}));
  ASSERT_EQ(rows.letters().letters.size(), 1u);
  EXPECT_TRUE(rows.letters().letters.front().is_cut);
  EXPECT_LT(rows.letters().letters.front().original.size(), 66'000u);
}

TEST(RecordTally, CountsWhatThereIsNoRoomFor) {
  TestRows rows(Signal::kTraces);
  rows.letters().room = 1;
  EXPECT_EQ(rows.Append(Request({BadSpan(), BadSpan(), Span()})).rejected, 2);
  EXPECT_EQ(rows.letters().letters.size(), 1u);
}

TEST(RecordTally, NamesNoServiceWhereTheResourceIsWhatIsWrong) {
  TestRows rows(Signal::kTraces);
  rows.Append(Request({Span()}, {.resource = Service("shop") + Bytes(1, "\xff\xff")}));
  ASSERT_EQ(rows.letters().letters.size(), 1u);
  EXPECT_EQ(rows.letters().letters.front().service_name, "");
}

}  // namespace
}  // namespace weir::columnar
