// SPDX-License-Identifier: Apache-2.0
#include "query/trace/trace_lookup.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "query/trace/lake_fake.h"
#include "query/trace/time_windows.h"

namespace weir::query {
namespace {

using signal::Table;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::StartsWith;

constexpr const char* kTrace = "0000000000000000000000000000000a";
constexpr const char* kOther = "0000000000000000000000000000000b";

std::string SpanJson(const std::string& trace, const std::string& name, int64_t second,
                     int32_t day = kDay) {
  const int64_t us = int64_t{day} * 86'400'000'000 + second * 1'000'000;
  return fmt::format(
      R"({{"record_id": "{}", "time": {}, "date": {}, "trace_id": "{}", "span_id": "{}",)"
      R"("name": "{}", "start_time_unix_nano": {}, "attributes": [["a", "\u00e9"], ["b", null]]}})",
      name, us, day, trace, name, name, us * 1000);
}

std::string IndexJson(const std::string& trace, int64_t from_second, int64_t to_second,
                      int32_t day = kDay) {
  const int64_t us = int64_t{day} * 86'400'000'000;
  return fmt::format(
      R"({{"trace_id": "{}", "min_time": {}, "max_time": {}, "date": {}, "span_count": 1}})", trace,
      us + from_second * 1'000'000, us + to_second * 1'000'000, day);
}

std::string Rows(const std::vector<std::string>& rows) {
  return fmt::format("[{}]", fmt::join(rows, ","));
}

class TraceLookupTest : public testing::Test {
 protected:
  Result<Trace> Find(TraceQuery query = {}) {
    if (query.trace_id.empty()) query.trace_id = kTrace;
    return lookup_.Find(query);
  }
  static std::vector<std::string> Names(const Result<Trace>& trace) {
    std::vector<std::string> names;
    if (!trace.ok()) return {trace.status().ToString()};
    for (const std::string& span : trace->spans) {
      names.push_back(nlohmann::json::parse(span)["name"]);
    }
    return names;
  }

  LakeFake lake_;
  TraceLookup lookup_{{.store = lake_.store, .catalog = lake_.catalog()}};
};

TEST_F(TraceLookupTest, LooksOnlyIntoFilesOfTheTimesThatTheIndexNames) {
  lake_.Create(Table::kSpans);
  lake_.Create(Table::kTraceIndex);
  lake_.Commit(Table::kSpans, kDay, Rows({SpanJson(kTrace, "b", 11), SpanJson(kTrace, "a", 10)}));
  lake_.Commit(Table::kSpans, kDay, Rows({SpanJson(kOther, "x", 20), SpanJson(kTrace, "y", 21)}));
  lake_.Commit(Table::kSpans, kDay + 1, Rows({SpanJson(kTrace, "c", 1, kDay + 1)}));
  lake_.Commit(Table::kTraceIndex, kDay, Rows({IndexJson(kTrace, 10, 12)}));
  lake_.Commit(Table::kTraceIndex, kDay + 1, Rows({IndexJson(kTrace, 0, 5, kDay + 1)}));

  const auto trace = Find();

  EXPECT_THAT(Names(trace), ElementsAre("a", "b", "c"));
  EXPECT_EQ(trace->data.files, 2);
  EXPECT_EQ(trace->index.files, 2);
  EXPECT_FALSE(trace->next.has_value());
  EXPECT_EQ(trace->spans[0],
            R"({"record_id":"a","time":"2026-11-20T00:00:10.000000Z","date":"2026-11-20",)"
            R"("trace_id":"0000000000000000000000000000000a","span_id":"a","name":"a",)"
            R"("start_time_unix_nano":"1795132810000000000","attributes":{"a":"é","b":null}})");
}

TEST_F(TraceLookupTest, SeesWhatIsCommittedAfterALookup) {
  lake_.Create(Table::kSpans);
  lake_.Create(Table::kTraceIndex);
  EXPECT_EQ(KindOf(Find().status()), ErrorKind::kNotFound);
  lake_.Commit(Table::kSpans, kDay, Rows({SpanJson(kTrace, "a", 10)}));
  lake_.Commit(Table::kTraceIndex, kDay, Rows({IndexJson(kTrace, 10, 10)}));

  EXPECT_THAT(Names(Find()), ElementsAre("a"));
}

TEST_F(TraceLookupTest, LooksIntoAllFilesWhereThereIsNoIndex) {
  lake_.Create(Table::kSpans);
  lake_.Commit(Table::kSpans, kDay, Rows({SpanJson(kTrace, "a", 10)}));
  lake_.Commit(Table::kSpans, kDay, Rows({SpanJson(kTrace, "b", 9), SpanJson(kOther, "x", 20)}));

  EXPECT_THAT(Names(Find()), ElementsAre("b", "a"));
  EXPECT_EQ(KindOf(Find({.trace_id = std::string(32, 'c')}).status()), ErrorKind::kNotFound);
}

TEST_F(TraceLookupTest, LooksIntoAllFilesOfDaysFromBeforeTheIndex) {
  lake_.Create(Table::kSpans);
  lake_.Commit(Table::kSpans, kDay - 1, Rows({SpanJson(kTrace, "a", 10, kDay - 1)}));
  lake_.Commit(Table::kSpans, kDay, Rows({SpanJson(kTrace, "b", 10)}));
  lake_.Create(Table::kTraceIndex, "2026-11-20");
  lake_.Commit(Table::kSpans, kDay + 1, Rows({SpanJson(kTrace, "c", 10, kDay + 1)}));
  lake_.Commit(Table::kSpans, kDay + 2, Rows({SpanJson(kTrace, "not indexed", 10, kDay + 2)}));
  lake_.Commit(Table::kTraceIndex, kDay + 1, Rows({IndexJson(kTrace, 10, 10, kDay + 1)}));

  EXPECT_THAT(Names(Find()), ElementsAre("a", "b", "c"));
}

TEST_F(TraceLookupTest, GivesSpansThatStartWithinWhatWasAsked) {
  lake_.Create(Table::kSpans);
  lake_.Commit(Table::kSpans, kDay, Rows({SpanJson(kTrace, "a", 10), SpanJson(kTrace, "b", 11)}));
  const int64_t second = (kDayUs + 11'000'000) * 1000;

  EXPECT_THAT(Names(Find({.since_unix_nano = second})), ElementsAre("b"));
  EXPECT_THAT(Names(Find({.until_unix_nano = second - 1})), ElementsAre("a"));
  EXPECT_EQ(KindOf(Find({.since_unix_nano = second + 1}).status()), ErrorKind::kNotFound);
}

TEST_F(TraceLookupTest, GivesPartsOfATraceInTheOrderOfStart) {
  lake_.Create(Table::kSpans);
  lake_.Commit(Table::kSpans, kDay, Rows({SpanJson(kTrace, "c", 12), SpanJson(kTrace, "a", 10)}));
  lake_.Commit(Table::kSpans, kDay, Rows({SpanJson(kTrace, "b", 11), SpanJson(kTrace, "d", 13)}));

  const auto first = Find({.columns = {"name"}, .spans_max = 3});
  EXPECT_THAT(Names(first), ElementsAre("a", "b", "c"));
  EXPECT_EQ(first->spans[0], R"({"name":"a"})");
  EXPECT_EQ(first->span_count, 4);
  ASSERT_EQ(first->next, 3);
  const auto rest = Find({.columns = {"name"}, .first = *first->next, .spans_max = 3});
  EXPECT_THAT(Names(rest), ElementsAre("d"));
  EXPECT_FALSE(rest->next.has_value());
  EXPECT_TRUE(Find({.first = 9})->spans.empty());
}

TEST_F(TraceLookupTest, GivesSpansAsArraysInTheOrderThatWasAsked) {
  lake_.Create(Table::kSpans);
  lake_.Commit(Table::kSpans, kDay, Rows({SpanJson(kTrace, "a", 10)}));

  const auto found = Find({.columns = {"resource", "status_message", "name"}, .as_arrays = true});

  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_THAT(found->spans[0], AllOf(StartsWith("["), EndsWith(R"(,null,"a"])")));
  EXPECT_EQ(KindOf(Find({.as_arrays = true}).status()), ErrorKind::kBadRequest);
}

TEST_F(TraceLookupTest, RefusesWhatIsNoIdAndNoColumn) {
  lake_.Create(Table::kSpans);

  for (const char* id :
       {"x", "0000000000000000000000000000000", "g0000000000000000000000000000000"}) {
    EXPECT_EQ(KindOf(Find({.trace_id = id}).status()), ErrorKind::kBadRequest) << id;
  }
  EXPECT_EQ(KindOf(Find({.columns = {"nothing"}}).status()), ErrorKind::kBadRequest);
  EXPECT_EQ(KindOf(Find({.tables = {.prefix = "../"}}).status()), ErrorKind::kNotFound);
}

TEST_F(TraceLookupTest, SaysThatItIsNotTheAskersFaultWhereAFileIsGoneOrDamaged) {
  lake_.Create(Table::kSpans);
  const auto path = lake_.Commit(Table::kSpans, kDay, Rows({SpanJson(kTrace, "a", 10)}));

  ASSERT_TRUE(lake_.store.Put(path, "PAR1").ok());
  EXPECT_EQ(KindOf(Find().status()), ErrorKind::kInternal);
  ASSERT_TRUE(lake_.store.Delete(path).ok());
  EXPECT_EQ(KindOf(Find().status()), ErrorKind::kInternal);
}

TEST(TimeWindows, SpanTheWindowsThatAFileMayHaveRowsIn) {
  TimeWindows windows;
  windows.Add(5, {10, 20});
  windows.Add(5, {30, 40});
  windows.Add(5, {900, 950});
  LiveFile file{.date = 5, .time_min_us = 15, .time_max_us = 35};

  EXPECT_EQ(windows.In(file), (Window{10, 40}));
  file.time_min_us = 21, file.time_max_us = 29;
  EXPECT_FALSE(windows.In(file).has_value());
  file.date = 6;
  EXPECT_FALSE(windows.In(file).has_value());
}

TEST(TimeWindows, AreBoundedByADay) {
  TimeWindows windows;
  for (int64_t i = 0; i < 5'000; ++i) windows.Add(5, {i * 10, i * 10 + 1});

  EXPECT_EQ(windows.In({.date = 5}), (Window{0, 49'991}));
}

TEST(HeadCache, KeepsNoMoreThanItMay) {
  LakeFake lake;
  lake.Create(Table::kSpans);
  datafile::ReadCounters counters;
  const datafile::PartReader parts(lake.store, counters);
  HeadCache cache(200'000);
  for (int i = 0; i < 20; ++i) {
    const auto path = lake.Commit(Table::kSpans, kDay, Rows({SpanJson(kTrace, "a", i)}));
    const int64_t bytes = **lake.store.Head(path);
    const auto head = cache.Of(parts, path, bytes);
    ASSERT_TRUE(head.ok());
    EXPECT_LE(cache.byte_size(), 200'000);
    const int64_t read = counters.bytes;
    EXPECT_EQ(*cache.Of(parts, path, bytes), *head);
    EXPECT_EQ(counters.bytes, read);
  }
  EXPECT_GT(cache.byte_size(), 0);
}

}  // namespace
}  // namespace weir::query
