// SPDX-License-Identifier: Apache-2.0
#pragma once
// For tests: tables of spans and of the trace index in memory, as commits leave them.

#include <arrow/array.h>
#include <arrow/buffer.h>
#include <arrow/json/from_string.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/dates.h"
#include "base/ids.h"
#include "catalog/catalog.h"
#include "datafile/parquet_file.h"
#include "signal/published_table.h"
#include "store/memory_store.h"
#include "table/iceberg/plan_commit.h"

namespace weir::query {

inline constexpr int32_t kDay = 20'777;  // 2026-11-20
inline constexpr int64_t kDayUs = kDay * 86'400'000'000;

/// One thread.
class LakeFake {
 public:
  LakeFake() {
    std::string pattern = testing::TempDir() + "lookup_XXXXXX";
    folder_ = mkdtemp(pattern.data());
    catalog_ = catalog::Catalog::Open(folder_ + "/catalog.db").ValueOrDie();
  }
  ~LakeFake() {
    catalog_.reset();
    std::filesystem::remove_all(folder_);
  }
  LakeFake(const LakeFake&) = delete;

  /// Creates the table; the trace index perhaps with the day after which it is complete.
  void Create(signal::Table table, const std::string& complete_after = "") {
    const std::string root = "tables/telemetry/" + signal::Published(table).name;
    const signal::PublishedTable& published = signal::Published(table);
    auto state = table::iceberg::NewTable(
                     {published.schema, published.partition_column, published.sort_columns},
                     {.location = {store.Uri(root), root}, .uuid = NewUuid(), .timestamp_ms = 1})
                     .ValueOrDie();
    if (!complete_after.empty()) {
      state.metadata.properties[signal::kCompleteAfterProperty] = complete_after;
    }
    const auto planned = table::iceberg::PlanCreate(state, NewUuid());
    Move(table, planned.objects, planned.metadata_path, {});
    states_[table] = planned.next;
  }

  /// Commits a file of rows, JSON objects with some of the table's columns. Returns its path.
  std::string Commit(signal::Table table, int32_t date, const std::string& rows) {
    const auto& schema = signal::Published(table).schema;
    const auto array =
        arrow::json::ArrayFromJSONString(arrow::struct_(schema->fields()), rows).ValueOrDie();
    const auto writer = datafile::ParquetWriter::Open(schema).ValueOrDie();
    const auto& columns = static_cast<const arrow::StructArray&>(*array).fields();
    EXPECT_TRUE(writer->Append(arrow::RecordBatch::Make(schema, array->length(), columns)).ok());
    datafile::ParquetFile file = writer->Finish().ValueOrDie();
    file.file.date = date;
    file.file.path = fmt::format("data/date={}/{}.parquet", DateText(date), NewUuid());
    const table::iceberg::TableState& state = states_.at(table);
    std::string path = state.location.root + "/" + file.file.path;
    EXPECT_TRUE(store.Put(path, file.bytes->ToString()).ok());
    table::TableChange change;
    change.added.push_back(std::move(file.file));
    const table::CommitIdentity identity{
        .snapshot_id = ++snapshots_, .timestamp_ms = snapshots_ + 1, .unique = NewUuid()};
    auto planned = table::iceberg::PlanCommit(store, state, change, identity).ValueOrDie();
    Move(table, planned.objects, planned.metadata_path, state.metadata_path);
    states_[table] = planned.next;
    return path;
  }

  const catalog::Catalog& catalog() const { return *catalog_; }
  store::MemoryStore store;

 private:
  void Move(signal::Table table, const std::vector<table::NewObject>& objects,
            const std::string& metadata_path, const std::string& before) {
    for (const auto& object : objects)
      EXPECT_TRUE(store.PutIfAbsent(object.path, object.bytes).ok());
    const std::string name = signal::Published(table).name;
    if (before.empty()) uuids_[table] = NewUuid();
    catalog::TableMove move;
    move.next = {.name = {"telemetry", name},
                 .uuid = uuids_[table],
                 .location = store.Uri("tables/telemetry/" + name),
                 .metadata_location = store.Uri(metadata_path),
                 .snapshot_id = snapshots_,
                 .delta_version = ++versions_[table]};
    if (!before.empty()) move.expected_metadata_location = store.Uri(before);
    const Status moved = catalog_->Commit({move}, {});
    EXPECT_TRUE(moved.ok()) << moved.ToString();
  }

  std::string folder_;
  std::unique_ptr<catalog::Catalog> catalog_;
  std::map<signal::Table, table::iceberg::TableState> states_;
  std::map<signal::Table, std::string> uuids_;
  std::map<signal::Table, int64_t> versions_;
  int64_t snapshots_ = 0;
};

}  // namespace weir::query
