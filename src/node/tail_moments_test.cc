// SPDX-License-Identifier: Apache-2.0
// Each acknowledged row once in SQL, whatever happens between any two steps of a query.

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <set>

#include "buffer/ingest.h"
#include "buffer/tail/journal_tail.h"
#include "commit/committer.h"
#include "commit/lake_fake.h"
#include "commit/table_commit.h"
#include "query/sql/engine.h"

namespace weir::node {
namespace {

using testing::SizeIs;

/// Tells of the beginning and end of every call that queries and commits make.
class WatchedCatalog final : public catalog::Catalog {
 public:
  explicit WatchedCatalog(catalog::Catalog& real) : real_(real) {}

  Result<std::vector<std::string>> ListSchemas() const override {
    return Watch([&] { return real_.ListSchemas(); });
  }
  Result<std::vector<catalog::TableEntry>> ListTables(const std::string& schema) const override {
    return Watch([&] { return real_.ListTables(schema); });
  }
  Result<catalog::TableEntry> Load(const catalog::TableName& name) const override {
    return Watch([&] { return real_.Load(name); });
  }
  Status Commit(const std::vector<catalog::TableMove>& moves,
                const std::vector<catalog::WriterProgress>& progress) override {
    return Watch([&] { return real_.Commit(moves, progress); });
  }
  Result<uint32_t> WriterId(const std::string& name) override { return real_.WriterId(name); }
  Result<uint64_t> CommittedSequence(uint32_t writer) const override {
    return Watch([&] { return real_.CommittedSequence(writer); });
  }
  Result<std::vector<catalog::PendingDelta>> ListPendingDelta() const override {
    return real_.ListPendingDelta();
  }
  Status MarkDeltaPublished(const catalog::TableName& name, int64_t version) override {
    return real_.MarkDeltaPublished(name, version);
  }
  Result<std::vector<catalog::RetiredFile>> ListRetired(const catalog::TableName& name,
                                                        int64_t before_ms) const override {
    return real_.ListRetired(name, before_ms);
  }
  Status ForgetRetired(const catalog::TableName& name,
                       const std::vector<std::string>& paths) override {
    return real_.ForgetRetired(name, paths);
  }

  std::function<void()> on_step = [] {};

 private:
  template <typename Call>
  auto Watch(Call call) const -> decltype(call()) {
    on_step();
    auto answer = call();
    on_step();
    return answer;
  }

  catalog::Catalog& real_;
};

/// The same of the tail.
class WatchedTail final : public signal::Tail {
 public:
  explicit WatchedTail(signal::Tail& real) : real_(real) {}
  Result<std::unique_ptr<signal::TailView>> Take() override {
    on_step();
    auto view = real_.Take();
    on_step();
    return view;
  }

  std::function<void()> on_step = [] {};

 private:
  signal::Tail& real_;
};

using Rows = std::multiset<std::string>;

class TextRows final : public query::sql::RowSink {
 public:
  Status Begin(const query::sql::ResultColumns&) override { return Status::OK(); }
  Result<bool> Add(const std::shared_ptr<arrow::RecordBatch>& batch) override {
    const auto& texts = dynamic_cast<const arrow::StringArray&>(*batch->column(0));
    for (int64_t i = 0; i < texts.length(); ++i) rows.emplace(texts.GetView(i));
    return true;
  }
  Rows rows;
};

/// One thread: ingest, commits and queries are steps of the test.
class TailMomentsTest : public testing::Test {
 protected:
  TailMomentsTest() {
    writer_ = lake_.catalog().WriterId("journal").ValueOrDie();
    committer_ = std::make_unique<commit::Committer>(
        commit::Committer::Options{.store = lake_.store,
                                   .catalog = written_,
                                   .clock = lake_.clock,
                                   .new_columns = buffer::kFakeColumnsOfAllTables,
                                   .encodes_in_parallel = false});
    EXPECT_TRUE(committer_->Prepare().ok());
    ingest_ = buffer::Ingest::OpenWithoutThread(
                  {.journal = {.directory = buffer::JournalDirectory(lake_.journal_root(), writer_),
                               .writer = writer_,
                               .segment_bytes = 512},
                   .new_columns = buffer::kFakeColumnsOfAllTables,
                   .on_released = [this] { tail_->DropReleased(); }})
                  .ValueOrDie();
    tail_ = std::make_unique<buffer::JournalTail>(buffer::JournalTail::Options{
        .ingests = {ingest_.get()}, .new_columns = buffer::kFakeColumnsOfAllTables});
    watched_tail_ = std::make_unique<WatchedTail>(*tail_);
    committer_->StartWithoutThread({ingest_.get()});
    engine_ = query::sql::Engine::Open({.store = lake_.store,
                                        .catalog = asked_,
                                        .limits = {.threads = 1},
                                        .tail = watched_tail_.get()})
                  .ValueOrDie();
  }

  /// A request of three spans, which are one trace.
  void Acknowledge() {
    std::string body;
    for (int i = 0; i < 3; ++i, ++next_) body += std::to_string(next_) + " ";
    bool is_ok = false;
    ingest_->Accept({.body = body},
                    [&](const Result<signal::ExportOutcome>& outcome) { is_ok = outcome.ok(); });
    ingest_->Step();
    ASSERT_TRUE(is_ok);
    for (int64_t row = next_ - 3; row < next_; ++row) acked_.insert(std::to_string(row));
  }
  void Commit() { committer_->CommitOnce(); }
  /// Puts other files in the place of all that the table has.
  void Compact() {
    commit::TableHeads heads(lake_.store, lake_.catalog(), lake_.clock);
    const buffer::TableKey key{{}, signal::Table::kSpans};
    const commit::TableHead* head = heads.Open(key).ValueOrDie();
    table::TableChange change{.is_rearrangement = true};
    change.removed = table::iceberg::ListFiles(lake_.store, head->state).ValueOrDie();
    if (change.removed.empty()) return;
    const std::string root = commit::RootOf(commit::kSpans) + "/";
    for (datafile::DataFile file : change.removed) {
      const std::string bytes = lake_.store.Read(root + file.path).ValueOrDie();
      file.path = fmt::format("data/compacted-{}.parquet", ++compacted_);
      ASSERT_TRUE(lake_.store.Put(root + file.path, bytes).ok());
      change.added.push_back(std::move(file));
    }
    commit::TableCommit commit({lake_.store, lake_.catalog(), lake_.clock, heads},
                               [](auto, const auto&) { return false; });
    commit.Rearrange(key, std::move(change));
    ASSERT_TRUE(commit.Finish().ok());
  }

  Rows Ask(const std::string& text) {
    TextRows sink;
    const auto outcome = engine_->Run({.text = text}, sink);
    EXPECT_TRUE(outcome.ok()) << outcome.status().ToString();
    return sink.rows;
  }
  Rows Spans() { return Ask("SELECT record_id FROM otel_spans"); }
  /// How many spans there are, and how many the trace index says.
  Rows Counts() {
    return Ask(
        "SELECT concat((SELECT count(*) FROM otel_spans), ' ', "
        "(SELECT sum(trace_id::BIGINT % 1000)::BIGINT FROM trace_index))");
  }
  /// Runs `query`, and `action` at its `step`th step. False where it has fewer.
  bool RunWith(const std::function<void()>& query, int step, const std::function<void()>& action) {
    int at = 0;
    bool is_busy = false;
    const auto on_step = [&] {
      if (is_busy || at++ != step) return;
      is_busy = true;
      action();
      is_busy = false;
    };
    asked_.on_step = watched_tail_->on_step = on_step;
    query();
    asked_.on_step = watched_tail_->on_step = [] {};
    return at > step;
  }

  commit::LakeFake lake_;
  WatchedCatalog written_{lake_.catalog()}, asked_{lake_.catalog()};
  uint32_t writer_ = 0;
  int64_t next_ = 30;
  int compacted_ = 0;
  Rows acked_;
  std::unique_ptr<commit::Committer> committer_;
  std::unique_ptr<buffer::Ingest> ingest_;
  std::unique_ptr<buffer::JournalTail> tail_;
  std::unique_ptr<WatchedTail> watched_tail_;
  std::unique_ptr<query::sql::Engine> engine_;
};

TEST_F(TailMomentsTest, WhateverHappensBetweenTwoStepsOfAQueryEachRowIsThereOnce) {
  const std::vector<std::pair<std::string, std::function<void()>>> actions = {
      {"ack", [&] { Acknowledge(); }},
      {"commit", [&] { Commit(); }},
      {"ack, commit", [&] { Acknowledge(), Commit(); }},
      {"commit, ack, commit", [&] { Commit(), Acknowledge(), Commit(); }},
      {"compact", [&] { Compact(); }},
      {"commit, compact, ack", [&] { Commit(), Compact(), Acknowledge(); }},
      {"another query, commit", [&] { Spans(), Commit(), Acknowledge(), Spans(); }},
  };
  int steps = 0;
  for (const auto& [name, action] : actions) {
    for (int step = 0;; ++step) {
      Acknowledge();
      Commit();
      Acknowledge();
      if (step % 2 == 0) Spans();  // Something of the tail is kept from before.
      Acknowledge();
      const Rows before = acked_;
      Rows seen;
      const bool has_step = RunWith([&] { seen = Spans(); }, step, action);
      EXPECT_TRUE(std::ranges::includes(seen, before)) << name << " at step " << step;
      EXPECT_TRUE(std::ranges::includes(acked_, seen)) << name << " at step " << step;
      if (!has_step) break;
      ++steps;
    }
  }
  EXPECT_GE(steps, 7 * 7);
}

TEST_F(TailMomentsTest, TablesOfOneQueryAreOfOneMoment) {
  for (int step = 0;; ++step) {
    Acknowledge();
    Rows seen;
    const auto action = [&] { Acknowledge(), Commit(), Acknowledge(); };
    const bool has_step = RunWith([&] { seen = Counts(); }, step, action);
    ASSERT_THAT(seen, SizeIs(1));
    const std::string counts = *seen.begin();
    EXPECT_EQ(counts.substr(0, counts.find(' ')), counts.substr(counts.find(' ') + 1))
        << "step " << step;
    if (!has_step) break;
  }
}

TEST_F(TailMomentsTest, QueriesAtAnyStepOfACommitSeeEachRowOnce) {
  int queries = 0;
  written_.on_step = [&] {
    EXPECT_EQ(Spans(), acked_);
    ++queries;
  };

  for (int round = 0; round < 3; ++round) {
    Acknowledge();
    Commit();
    Acknowledge();
    Acknowledge();
    Commit();
  }

  EXPECT_GE(queries, 12);
  written_.on_step = [] {};
  EXPECT_EQ(Spans(), acked_);
}

TEST_F(TailMomentsTest, ATableThatNoCommitMadeYetHasItsRows) {
  bool is_ok = false;
  ingest_->Accept({.tables = {.schema = "other", .prefix = "shop_"}, .body = "1 2"},
                  [&](const auto& outcome) { is_ok = outcome.ok(); });
  ingest_->Step();
  ASSERT_TRUE(is_ok);

  EXPECT_EQ(Ask("SELECT record_id FROM other.shop_otel_spans"), (Rows{"1", "2"}));
  EXPECT_EQ(Ask("SELECT s.record_id FROM other.shop_otel_spans s JOIN otel_spans t USING (date)"),
            Rows());
  Commit();
  EXPECT_EQ(Ask("SELECT record_id FROM other.shop_otel_spans"), (Rows{"1", "2"}));
}

TEST_F(TailMomentsTest, AnOlderVersionHasNoTail) {
  Acknowledge();
  Commit();
  const int64_t snapshot = lake_.catalog().Load(commit::kSpans)->snapshot_id;
  const Rows committed = acked_;
  Acknowledge();

  EXPECT_EQ(Ask(fmt::format("SELECT record_id FROM otel_spans AT (VERSION => {})", snapshot)),
            committed);
  EXPECT_EQ(Spans(), acked_);
}

}  // namespace
}  // namespace weir::node
