// SPDX-License-Identifier: Apache-2.0
#include "columnar/trace_index_rows.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "columnar/test_rows.h"
#include "signal/published_table.h"

namespace weir::columnar {
namespace {

using namespace wire;
using signal::Signal;

constexpr uint64_t kSecond = 1'000'000'000;
constexpr uint64_t kNoon = 1'700'050'000 * kSecond;  // 2023-11-15, the day 19676.
constexpr uint64_t kDay = 86'400 * kSecond;

struct SpanFields {
  char trace = 'a';
  uint64_t start = kNoon, end = kNoon + kSecond;
  std::string_view name = "work";
  bool is_root = false, has_error = false;
};

std::string SpanOf(const SpanFields& fields) {
  return Bytes(1, std::string(16, fields.trace)) + Bytes(2, kSpanId) +
         (fields.is_root ? "" : Bytes(4, "PARENTID")) + Bytes(5, fields.name) +
         Fixed64(7, fields.start) + Fixed64(8, fields.end) +
         (fields.has_error ? Bytes(15, Varint(3, 2)) : "");
}

std::string Of(const std::string& service, std::initializer_list<SpanFields> spans) {
  std::string records;
  for (const SpanFields& span : spans) records += Bytes(2, SpanOf(span));
  const std::string resource = Attributes(1, {{"service.name", Text(service)}});
  return Bytes(1, Bytes(1, resource) + Bytes(2, records));
}

/// The index's rows, a text each: `aa…: min max day count root@service error`.
std::vector<std::string> IndexOf(TestRows& rows) {
  const auto index = dynamic_cast<signal::SignalRows&>(rows.columns()).TraceIndex();
  std::vector<std::string> texts;
  for (const signal::DayRows& day : index->SortIntoDays()) {
    const auto batch = index->Gather(day.rows);
    EXPECT_TRUE(batch->ValidateFull().ok());
    for (int64_t row = 0; row < batch->num_rows(); ++row) {
      std::string text;
      for (int i = 0; i < batch->num_columns(); ++i) {
        text += (i > 0 ? " " : "") + CellText(*batch->column(i), row);
      }
      texts.push_back(text);
    }
  }
  return texts;
}

std::string Hex(char trace) { return HexEncode(std::string(16, trace)); }

TEST(TraceIndex, SumsUpTheSpansOfEachTrace) {
  TestRows rows(Signal::kTraces);
  rows.Append(Of("cart", {{.trace = 'b', .start = kNoon + 5'000, .end = kNoon + 9'000},
                          {.trace = 'a', .name = "GET /", .is_root = true}}));
  rows.Append(Of("shop", {{.trace = 'b', .start = kNoon, .end = kNoon + 1'000, .has_error = true},
                          {.trace = 'b', .name = "pay", .is_root = true}}));

  EXPECT_EQ(IndexOf(rows),
            (std::vector<std::string>{
                Hex('a') + " 1700050000000000 1700050001000000 19676 1 GET / cart false",
                Hex('b') + " 1700050000000000 1700050001000000 19676 3 pay shop true"}));
}

TEST(TraceIndex, HasARowForEachDayOfATrace) {
  TestRows rows(Signal::kTraces);
  rows.Append(Of("cart", {{.start = kNoon + kDay, .end = kNoon + kDay},
                          {.start = kNoon - kDay, .end = kNoon - kDay, .is_root = true},
                          {.start = kNoon, .end = kNoon + kDay},
                          {.start = kNoon + kDay, .end = kNoon + kDay + 1'000}}));

  EXPECT_EQ(IndexOf(rows),
            (std::vector<std::string>{
                Hex('a') + " 1699963600000000 1699963600000000 19675 1 work cart false",
                Hex('a') + " 1700050000000000 1700136400000000 19676 1 null null false",
                Hex('a') + " 1700136400000000 1700136400000001 19677 2 null null false"}));
}

TEST(TraceIndex, HasTheEarliestRootAndNoEndBeforeAStart) {
  TestRows rows(Signal::kTraces);
  rows.Append(Of("", {{.start = kNoon + kSecond, .end = 0, .name = "second", .is_root = true},
                      {.start = kNoon, .end = kNoon, .name = "first", .is_root = true}}));

  EXPECT_EQ(IndexOf(rows),
            (std::vector<std::string>{
                Hex('a') + " 1700050000000000 1700050001000000 19676 2 first null false"}));
}

TEST(TraceIndex, KnowsNothingOfSpansThatWereForgotten) {
  TestRows rows(Signal::kTraces);
  rows.Append(Of("cart", {{.trace = 'a'}}));
  rows.Append(Of("cart", {{.trace = 'a', .has_error = true}, {.trace = 'b'}}));

  rows.columns().Truncate(1);

  EXPECT_EQ(IndexOf(rows),
            (std::vector<std::string>{
                Hex('a') + " 1700050000000000 1700050001000000 19676 1 null null false"}));
}

TEST(TraceIndex, CountsEverySpanOfManyTracesOnce) {
  std::mt19937 random(1);
  TestRows rows(Signal::kTraces);
  std::map<std::string, int64_t> expected;
  for (int i = 0; i < 2'000; ++i) {
    const SpanFields span{.trace = static_cast<char>(random() % 200 + 1),
                          .start = kNoon - kDay * (random() % 3)};
    rows.Append(Of("cart", {span}));
    ++expected[Hex(span.trace) + std::to_string(19676 - (kNoon - span.start) / kDay)];
  }

  std::map<std::string, int64_t> found;
  const auto index = dynamic_cast<signal::SignalRows&>(rows.columns()).TraceIndex();
  for (const signal::DayRows& day : index->SortIntoDays()) {
    const auto batch = index->Gather(day.rows);
    const auto ids = Cells(*batch->GetColumnByName("trace_id"));
    const auto counts = Cells(*batch->GetColumnByName("span_count"));
    EXPECT_TRUE(std::ranges::is_sorted(ids));
    for (size_t i = 0; i < ids.size(); ++i) {
      found[ids[i] + std::to_string(day.date)] += std::stoll(counts[i]);
    }
  }

  EXPECT_EQ(found, expected);
}

TEST(TraceIndex, FollowsFromSpansAlone) {
  TestRows logs(Signal::kLogs);
  EXPECT_EQ(dynamic_cast<signal::SignalRows&>(logs.columns()).TraceIndex(), nullptr);
}

}  // namespace
}  // namespace weir::columnar
