// SPDX-License-Identifier: Apache-2.0
#pragma once
// For tests: a store in memory, a small table, and commits on it.

#include <arrow/type.h>
#include <arrow/util/key_value_metadata.h>
#include <fmt/format.h>

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/check.h"
#include "store/store.h"
#include "table/iceberg/plan_commit.h"

namespace weir::table::iceberg {

/// Objects in a map; counts what is read. One thread.
class MapStore final : public store::Store {
 public:
  Status Put(std::string_view path, std::string_view bytes) override {
    objects[std::string(path)] = bytes;
    return Status::OK();
  }
  Status PutIfAbsent(std::string_view path, std::string_view bytes) override {
    if (objects.contains(path)) return Error(ErrorKind::kConflict, "exists");
    return Put(path, bytes);
  }
  Result<std::string> Read(std::string_view path) const override {
    ++reads;
    const auto found = objects.find(path);
    if (found == objects.end()) return Error(ErrorKind::kNotFound, std::string(path));
    return found->second;
  }
  Result<std::string> ReadRange(std::string_view, int64_t, int64_t) const override {
    return Error(ErrorKind::kInternal, "not used here");
  }
  Result<std::optional<int64_t>> Head(std::string_view) const override {
    return Error(ErrorKind::kInternal, "not used here");
  }
  Result<std::vector<std::string>> List(std::string_view) const override {
    return Error(ErrorKind::kInternal, "not used here");
  }
  Status Delete(std::string_view path) override {
    objects.erase(std::string(path));
    return Status::OK();
  }
  std::string Uri(std::string_view path) const override { return "file:///w/" + std::string(path); }

  std::map<std::string, std::string, std::less<>> objects;
  mutable int reads = 0;
};

inline std::shared_ptr<arrow::Field> TestField(const std::string& name,
                                               std::shared_ptr<arrow::DataType> type, int id,
                                               bool nullable = true) {
  return arrow::field(name, std::move(type), nullable,
                      arrow::key_value_metadata({"PARQUET:field_id"}, {std::to_string(id)}));
}

inline std::shared_ptr<arrow::DataType> TestMap(int key_id, int value_id) {
  return std::make_shared<arrow::MapType>(TestField("key", arrow::utf8(), key_id, false),
                                          TestField("value", arrow::utf8(), value_id));
}

/// time 1, date 2, service_name 3, duration_ns 4, cost 5, attributes 6 (7, 8), resource 9
/// {schema_url 10}, counts 11 (12), ok 13.
inline TableDefinition SmallDefinition() {
  const auto micros = arrow::timestamp(arrow::TimeUnit::MICRO, "UTC");
  return {
      .schema = arrow::schema({
          TestField("time", micros, 1, false),
          TestField("date", arrow::date32(), 2, false),
          TestField("service_name", arrow::dictionary(arrow::int32(), arrow::utf8()), 3),
          TestField("duration_ns", arrow::int64(), 4),
          TestField("cost", arrow::float64(), 5),
          TestField("attributes", TestMap(7, 8), 6),
          TestField("resource", arrow::struct_({TestField("schema_url", arrow::utf8(), 10)}), 9),
          TestField("counts", arrow::list(TestField("element", arrow::int64(), 12)), 11),
          TestField("ok", arrow::boolean(), 13),
      }),
      .partition_column = "date",
      .sort_columns = {"service_name", "time"}};
}

constexpr int64_t kTestStartMs = 1'795'132'800'000;  // 2026-11-20T00:00:00Z
constexpr int32_t kTestDate = 20'777;                // 2026-11-20

/// A file of 10 rows and 1,000 bytes named after `number`.
inline datafile::DataFile SmallFile(int64_t number, int32_t date = kTestDate) {
  datafile::DataFile file;
  file.path = fmt::format("data/date={}/{}.parquet", date, number);
  file.date = date;
  file.record_count = 10;
  file.file_bytes = 1000;
  file.column_bytes = {{1, 80}, {3, 20}, {7, 30}};
  const int64_t micros = kTestStartMs * 1000 + number * 1'000'000;
  file.statistics[1] = {.value_count = 10, .lower = micros + 1, .upper = micros + 999'001};
  file.statistics[2] = {.value_count = 10, .lower = date, .upper = date};
  file.statistics[3] = {.value_count = 10, .null_count = 2, .lower = "cart", .upper = "web"};
  file.statistics[4] = {.value_count = 10, .lower = number, .upper = number + 5};
  file.statistics[5] = {.value_count = 10, .lower = -1.5, .upper = 2.5, .nan_count = 1};
  file.statistics[10] = {.value_count = 10, .null_count = 10};
  file.statistics[13] = {.value_count = 10, .lower = false, .upper = true};
  file.split_offsets = {4};
  return file;
}

inline CommitIdentity SmallIdentity(int64_t number) {
  return {.snapshot_id = 1000 + number,
          .timestamp_ms = kTestStartMs + number * 1000,
          .unique = fmt::format("00000000-0000-4000-8000-{:012}", number)};
}

inline TableState SmallTable() {
  return NewTable(SmallDefinition(), {.location = {.uri = "file:///w/t/spans", .root = "t/spans"},
                                      .uuid = "7d3b4c1e-0000-4000-8000-000000000000",
                                      .timestamp_ms = kTestStartMs})
      .ValueOrDie();
}

/// Does what a committer does with a plan, without a catalog.
inline void Apply(MapStore& store, TableState& state, PlannedCommit plan) {
  for (const NewObject& object : plan.objects) {
    CHECK(store.PutIfAbsent(object.path, object.bytes).ok());
  }
  for (const std::string& path : plan.obsolete) Ignore(store.Delete(path), "a map never fails");
  state = std::move(plan.next);
}

/// Commits `number` (from 1) with `change`; what fails stops the test program.
inline void CommitSmall(MapStore& store, TableState& state, int64_t number,
                        const TableChange& change) {
  Apply(store, state, PlanCommit(store, state, change, SmallIdentity(number)).ValueOrDie());
}

/// Appends one file each, commits `first` to `last`.
inline void AppendSmall(MapStore& store, TableState& state, int64_t first, int64_t last) {
  for (int64_t number = first; number <= last; ++number) {
    CommitSmall(store, state, number, {.added = {SmallFile(number)}});
  }
}

}  // namespace weir::table::iceberg
