// SPDX-License-Identifier: Apache-2.0
#include "query/sql/engine.h"

#include <arrow/array.h>
#include <arrow/pretty_print.h>
#include <arrow/record_batch.h>
#include <arrow/scalar.h>
#include <arrow/type.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "query/trace/lake_fake.h"

namespace weir::query::sql {
namespace {

using signal::Table;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// Rows as text, columns with a bar between.
class TextRows final : public RowSink {
 public:
  Status Begin(const ResultColumns&) override { return Status::OK(); }
  Result<bool> Add(const std::shared_ptr<arrow::RecordBatch>& batch) override {
    for (int64_t row = 0; row < batch->num_rows(); ++row) {
      std::string text;
      for (const auto& column : batch->columns()) {
        const auto value = column->GetScalar(row).ValueOrDie();
        text += (text.empty() ? "" : "|") + (value->is_valid ? value->ToString() : "null");
      }
      rows.push_back(text);
    }
    return true;
  }
  std::vector<std::string> rows;
};

std::string SpanJson(const std::string& trace, const std::string& name, int64_t second,
                     int32_t day = kDay) {
  const int64_t us = int64_t{day} * 86'400'000'000 + second * 1'000'000;
  return fmt::format(
      R"({{"record_id": "{}", "time": {}, "date": {}, "trace_id": "{}", "span_id": "{}",)"
      R"("name": "{}", "start_time_unix_nano": {}, "attributes": [["a", "\u00e9"], ["b", null]]}})",
      name, us, day, trace, name, name, us * 1000);
}

class SqlEngineTest : public testing::Test {
 protected:
  void SetUp() override {
    lake_.Create(Table::kSpans);
    lake_.Commit(Table::kSpans, kDay,
                 fmt::format("[{},{}]", SpanJson("0a", "a", 10), SpanJson("0b", "b", 20)));
    lake_.Commit(Table::kSpans, kDay + 1, fmt::format("[{}]", SpanJson("0c", "c", 5, kDay + 1)));
  }
  std::vector<std::string> Rows(const std::string& text) {
    TextRows sink;
    last_ = engine_->Run({.text = text}, sink);
    if (!last_.ok()) return {last_.status().message()};
    return sink.rows;
  }

  LakeFake lake_;
  std::unique_ptr<Engine> engine_ =
      Engine::Open({.store = lake_.store, .catalog = lake_.catalog()}).ValueOrDie();
  Result<Outcome> last_ = Outcome();
};

TEST_F(SqlEngineTest, ReadsATableUnderEachOfItsNames) {
  for (const char* name : {"otel_spans", "telemetry.otel_spans", "weir.telemetry.otel_spans",
                           "OTEL_SPANS", "\"otel_spans\""}) {
    EXPECT_THAT(Rows(fmt::format("SELECT name, trace_id FROM {} ORDER BY time", name)),
                ElementsAre("a|0a", "b|0b", "c|0c"))
        << name;
  }
}

TEST_F(SqlEngineTest, ReadsMapsAndTimes) {
  EXPECT_THAT(Rows("SELECT attributes['a'], time::VARCHAR, date::VARCHAR FROM otel_spans "
                   "WHERE name = 'a'"),
              ElementsAre("é|2026-11-20 00:00:10+00|2026-11-20"));
}

TEST_F(SqlEngineTest, LeavesFilesOutByDateTimeAndText) {
  for (const char* filter :
       {"date = DATE '2026-11-21'", "time >= TIMESTAMPTZ '2026-11-21 00:00:00Z'", "name = 'c'",
        "name IN ('c', 'd')", "start_time_unix_nano > 1795132820000000000"}) {
    EXPECT_THAT(Rows(fmt::format("SELECT name FROM otel_spans WHERE {}", filter)), ElementsAre("c"))
        << filter;
    ASSERT_TRUE(last_.ok());
    const ScannedTable& scanned = last_->scanned.tables.at(0);
    EXPECT_EQ(scanned.files, 1) << filter;
    EXPECT_EQ(scanned.files_all, 2);
    EXPECT_GT(last_->scanned.read_bytes, 0);
  }
}

TEST_F(SqlEngineTest, ReadsOlderVersions) {
  EXPECT_THAT(Rows("SELECT name FROM otel_spans AT (VERSION => 1) ORDER BY 1"),
              ElementsAre("a", "b"));
  EXPECT_THAT(Rows("SELECT count(*) FROM telemetry.otel_spans AS old AT (VERSION => 1), "
                   "otel_spans AS new WHERE new.name = 'c' AND old.name <> new.name"),
              ElementsAre("2"));
  EXPECT_THAT(Rows("SELECT count(*) FROM otel_spans AT (TIMESTAMP => now() - INTERVAL 1 DAY)"),
              ElementsAre("3"));
  EXPECT_THAT(Rows("SELECT * FROM otel_spans AT (VERSION => 99)"),
              ElementsAre(HasSubstr("no snapshot 99")));
  EXPECT_EQ(KindOf(last_.status()), ErrorKind::kNotFound);
  EXPECT_THAT(Rows("SELECT * FROM otel_spans AT (VERSION => 'x')"),
              ElementsAre(HasSubstr("a snapshot's id")));
}

TEST_F(SqlEngineTest, SaysWhichTablesThereAre) {
  EXPECT_THAT(Rows("SELECT * FROM nothing"), ElementsAre(HasSubstr("telemetry.otel_spans")));
  EXPECT_EQ(KindOf(last_.status()), ErrorKind::kNotFound);
  EXPECT_THAT(Rows("SELECT nothing FROM otel_spans"), ElementsAre(HasSubstr("nothing")));
  EXPECT_EQ(KindOf(last_.status()), ErrorKind::kBadRequest);
}

/// Commits a row when the first rows come.
class CommittingRows final : public RowSink {
 public:
  explicit CommittingRows(LakeFake& lake) : lake_(lake) {}
  Status Begin(const ResultColumns&) override {
    lake_.Commit(Table::kSpans, kDay, fmt::format("[{}]", SpanJson("0d", "d", 30)));
    return Status::OK();
  }
  Result<bool> Add(const std::shared_ptr<arrow::RecordBatch>&) override { return true; }

 private:
  LakeFake& lake_;
};

TEST_F(SqlEngineTest, ReadsATableAsItWasWhenTheQueryBegan) {
  CommittingRows sink(lake_);

  const auto outcome = engine_->Run({.text = "SELECT name FROM otel_spans"}, sink);

  ASSERT_TRUE(outcome.ok());
  EXPECT_EQ(outcome->rows, 3);
  EXPECT_THAT(Rows("SELECT count(*) FROM otel_spans"), ElementsAre("4"));
}

TEST_F(SqlEngineTest, CutsAnAnswerAtItsLimitAndSaysSo) {
  TextRows all, some;
  EXPECT_FALSE(engine_->Run({.text = "FROM range(5000)", .rows_max = 5000}, all)->is_cut);
  const auto cut = engine_->Run({.text = "FROM range(5000)", .rows_max = 4999}, some);
  EXPECT_TRUE(cut->is_cut);
  EXPECT_EQ(cut->rows, 4999);
  EXPECT_EQ(some.rows.size(), 4999u);
}

constexpr const char* kEndless =
    "SELECT count(*) FROM range(10000000) a, range(10000000) b WHERE a.range * b.range = 7";

TEST_F(SqlEngineTest, EndsAQueryWhoseTimeIsOver) {
  TextRows sink;
  const auto outcome =
      engine_->Run({.text = kEndless, .time_max = std::chrono::milliseconds(50)}, sink);
  EXPECT_EQ(KindOf(outcome.status()), ErrorKind::kBadRequest);
  EXPECT_THAT(outcome.status().message(), HasSubstr("50 ms"));
}

TEST_F(SqlEngineTest, EndsAQueryByItsId) {
  Status ended;
  std::jthread runs([&] {
    TextRows sink;
    ended = engine_->Run({.id = "one", .text = kEndless}, sink).status();
  });
  while (!engine_->Cancel("one").ok()) std::this_thread::yield();
  runs.join();
  EXPECT_EQ(KindOf(ended), ErrorKind::kConflict);
  EXPECT_EQ(KindOf(engine_->Cancel("one")), ErrorKind::kNotFound);
  EXPECT_TRUE(engine_->Running().empty());
  engine_->Close();
  EXPECT_THAT(Rows("SELECT 1"), ElementsAre(HasSubstr("shutting down")));
}

TEST_F(SqlEngineTest, EndsAQueryThatNeedsTooMuchMemoryAlone) {
  engine_ =
      Engine::Open(
          {.store = lake_.store, .catalog = lake_.catalog(), .limits = {.memory_bytes = 32 << 20}})
          .ValueOrDie();
  EXPECT_THAT(Rows("SELECT range % 99999937 AS k, count(*) FROM range(100000000) GROUP BY k"),
              ElementsAre(HasSubstr("sql.memory_mib")));
  EXPECT_EQ(KindOf(last_.status()), ErrorKind::kBadRequest);
  EXPECT_THAT(Rows("SELECT count(*) FROM otel_spans"), ElementsAre("3"));
}

TEST_F(SqlEngineTest, ReadsNothingWhereNoFileCanMatch) {
  EXPECT_THAT(Rows("SELECT count(*) FROM otel_spans WHERE date = DATE '2020-01-01'"),
              ElementsAre("0"));
  EXPECT_EQ(last_->scanned.tables.at(0).files, 0);
  EXPECT_EQ(last_->scanned.read_bytes, 0);
}

}  // namespace
}  // namespace weir::query::sql
