// SPDX-License-Identifier: Apache-2.0
// Tables with real Parquet files, in both formats. With WEIR_PROBE_DIR set they stay there for
// other engines to read.

#include <arrow/api.h>
#include <arrow/json/from_string.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "base/ids.h"
#include "datafile/parquet_file.h"
#include "store/local_store.h"
#include "table/delta/log_entry.h"
#include "table/iceberg/read_table.h"
#include "table/iceberg/small_table.h"

namespace weir::table {
namespace {

using iceberg::kTestDate;
using iceberg::kTestStartMs;

/// Three rows of commit `number`: durations number*10 and two more, one null cost.
std::shared_ptr<arrow::RecordBatch> Rows(const std::shared_ptr<arrow::Schema>& schema, int number,
                                         int32_t date) {
  const int64_t micros =
      (kTestStartMs + (date - kTestDate) * 86'400'000LL) * 1000 + number * 1'000'000LL + 1;
  std::string json = "[";
  for (int row = 0; row < 3; ++row) {
    json +=
        fmt::format(R"({}{{"time":{},"date":{},"service_name":"svc-{}","duration_ns":{},"cost":{},)"
                    R"("attributes":[["k","v{}"]],"resource":{{"schema_url":"http://x/{}"}},)"
                    R"("counts":[1,{}],"ok":{}}})",
                    row == 0 ? "" : ",", micros + row, date, number % 3, number * 10 + row,
                    row == 0 ? "null" : "0.5", row, number, row, row == 1);
  }
  // The JSON reader knows no dictionaries, so texts are read plain and cast.
  const auto plain = arrow::schema([&schema] {
    arrow::FieldVector fields = schema->fields();
    for (auto& field : fields) {
      if (field->type()->id() == arrow::Type::DICTIONARY) field = field->WithType(arrow::utf8());
    }
    return fields;
  }());
  const auto rows =
      arrow::json::ArrayFromJSONString(arrow::struct_(plain->fields()), json + "]").ValueOrDie();
  arrow::ArrayVector columns = static_cast<const arrow::StructArray&>(*rows).fields();
  for (int i = 0; i < schema->num_fields(); ++i) {
    if (schema->field(i)->type()->id() != arrow::Type::DICTIONARY) continue;
    arrow::StringDictionary32Builder builder;
    const auto& texts = static_cast<const arrow::StringArray&>(*columns[i]);
    for (int64_t row = 0; row < 3; ++row) {
      EXPECT_TRUE(builder.Append(texts.GetView(row)).ok());
    }
    columns[i] = builder.Finish().ValueOrDie();
  }
  return arrow::RecordBatch::Make(schema, 3, columns);
}

datafile::DataFile WriteRows(store::Store& store, const TableDefinition& definition, int number,
                             int32_t date) {
  auto writer = datafile::ParquetWriter::Open(definition.schema).ValueOrDie();
  EXPECT_TRUE(writer->Append(Rows(definition.schema, number, date)).ok());
  auto parquet = writer->Finish().ValueOrDie();
  parquet.file.date = date;
  parquet.file.path =
      fmt::format("data/date=2026-11-{}/{:05}-x y.parquet", 20 + date - kTestDate, number);
  EXPECT_TRUE(store.PutIfAbsent("t/spans/" + parquet.file.path, parquet.bytes->ToString()).ok());
  return parquet.file;
}

/// A table in both formats, and the commits it has had.
struct TwoFormats {
  std::unique_ptr<store::LocalStore> store;
  TableDefinition definition = iceberg::SmallDefinition();
  iceberg::TableState state;
  int64_t commits = 0;
};

void Commit(TwoFormats& table, const TableChange& change) {
  const CommitIdentity identity = iceberg::SmallIdentity(++table.commits);
  auto plan = iceberg::PlanCommit(*table.store, table.state, change, identity).ValueOrDie();
  for (const NewObject& object : plan.objects) {
    ASSERT_TRUE(table.store->PutIfAbsent(object.path, object.bytes).ok());
  }
  const int64_t version = plan.next.metadata.last_sequence_number;
  const auto entry = delta::EntryBytes(table.definition, change,
                                       {.table_uuid = plan.next.metadata.table_uuid,
                                        .identity = identity,
                                        .version = version,
                                        .engine_version = "0.1.0"});
  ASSERT_TRUE(entry.ok()) << entry.status().ToString();
  ASSERT_TRUE(table.store->PutIfAbsent(delta::EntryPath("t/spans", version), *entry).ok());
  table.state = std::move(plan.next);
}

TwoFormats MakeTable(const std::string& folder) {
  TwoFormats table;
  table.store = store::LocalStore::Open(folder).ValueOrDie();
  const std::string uuid = "7d3b4c1e-0000-4000-8000-000000000000";
  table.state =
      iceberg::NewTable(table.definition,
                        {.location = {.uri = table.store->Uri("t/spans"), .root = "t/spans"},
                         .uuid = uuid,
                         .timestamp_ms = kTestStartMs})
          .ValueOrDie();
  const auto entry = delta::FirstEntryBytes(
      table.definition,
      {.table_uuid = uuid, .timestamp_ms = kTestStartMs, .engine_version = "0.1.0"});
  EXPECT_TRUE(table.store->PutIfAbsent(delta::EntryPath("t/spans", 0), *entry).ok());
  return table;
}

TEST(OtherEngines, FindTwentyCommitsOnTwoDaysAndOneRearrangement) {
  const char* kept = std::getenv("WEIR_PROBE_DIR");
  const std::string folder = kept != nullptr ? kept : testing::TempDir() + "/table-" + NewUuid();
  TwoFormats table = MakeTable(folder);
  std::vector<datafile::DataFile> files;

  for (int number = 1; number <= 20; ++number) {
    files.push_back(WriteRows(*table.store, table.definition, number, kTestDate + number % 2));
    Commit(table, {.added = {files.back()}});
  }
  // File 21 holds what file 2 held.
  auto rewritten = WriteRows(*table.store, table.definition, 2, kTestDate + 5);
  Commit(table, {.added = {rewritten}, .removed = {files[1]}, .is_rearrangement = true});

  const auto read = iceberg::ReadTable(*table.store, table.state.metadata_path);
  ASSERT_TRUE(read.ok()) << read.status().ToString();
  EXPECT_EQ(read->metadata, table.state.metadata);
  EXPECT_EQ(iceberg::ListFiles(*table.store, *read).ValueOrDie().size(), 20u);
  if (kept == nullptr) std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace weir::table
