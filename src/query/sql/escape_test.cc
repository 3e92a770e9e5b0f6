// SPDX-License-Identifier: Apache-2.0
// What a query must not reach: each line is an attempt, and each has to end with a refusal.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "query/sql/engine.h"
#include "query/trace/lake_fake.h"

namespace weir::query::sql {
namespace {

class NoRows final : public RowSink {
 public:
  Status Begin(const ResultColumns&) override { return Status::OK(); }
  Result<bool> Add(const std::shared_ptr<arrow::RecordBatch>&) override { return true; }
};

// `FILE` stands for a file that is there and can be read, `DATA` for a data file of a table.
constexpr const char* kAttempts[] = {
    // Files, by functions, by names, by what lists them.
    "SELECT * FROM read_csv('FILE')",
    "SELECT * FROM read_csv_auto('FILE')",
    "SELECT * FROM read_text('FILE')",
    "SELECT * FROM read_blob('FILE')",
    "SELECT * FROM read_json('FILE')",
    "SELECT * FROM read_json_auto('FILE')",
    "SELECT * FROM read_ndjson_objects('FILE')",
    "SELECT * FROM read_parquet('FILE')",
    "SELECT * FROM parquet_scan('FILE')",
    "SELECT * FROM read_parquet('DATA')",
    "SELECT * FROM read_parquet(['DATA'])",
    "SELECT * FROM parquet_metadata('DATA')",
    "SELECT * FROM parquet_schema('DATA')",
    "SELECT * FROM parquet_kv_metadata('DATA')",
    "SELECT * FROM parquet_bloom_probe('DATA', 'trace_id', 'x')",
    "SELECT * FROM read_duckdb('FILE')",
    "SELECT * FROM sniff_csv('FILE')",
    "SELECT * FROM glob('/*')",
    "SELECT * FROM glob('weir://*')",
    "SELECT * FROM 'FILE'",
    "SELECT * FROM 'FILE.csv'",
    "SELECT * FROM 'DATA'",
    "SELECT * FROM \"DATA\"",
    "SELECT * FROM weir_scan('telemetry.otel_spans')",
    "SELECT * FROM weir_scan('../telemetry.otel_spans')",
    "SELECT (SELECT content FROM read_text('FILE'))",
    "SELECT 1 WHERE EXISTS (SELECT * FROM read_text('FILE'))",
    "WITH x AS (SELECT * FROM read_text('FILE')) SELECT * FROM x",
    "WITH RECURSIVE x AS (SELECT 1 i UNION ALL SELECT i FROM x, read_text('FILE')) FROM x",
    "SELECT * FROM otel_spans JOIN read_text('FILE') ON true",
    "SELECT * FROM otel_spans, LATERAL (SELECT * FROM read_text('FILE'))",
    "SELECT 1 UNION ALL SELECT content FROM read_text('FILE')",
    "SELECT 1 ORDER BY (SELECT content FROM read_text('FILE'))",
    "SELECT 1 LIMIT (SELECT count(*) FROM read_text('FILE'))",
    "FROM (PIVOT read_text('FILE') ON filename USING count(*))",
    "SELECT list_transform([1], x -> (SELECT content FROM read_text('FILE')))",
    "EXPLAIN SELECT * FROM read_text('FILE')",
    "EXPLAIN ANALYZE SELECT * FROM read_text('FILE')",
    "DESCRIBE SELECT * FROM read_text('FILE')",
    "SUMMARIZE SELECT * FROM read_csv('FILE')",
    "SELECT * FROM otel_spans AT (VERSION => (SELECT size FROM read_text('FILE')))",
    // SQL within SQL.
    "SELECT * FROM query('SELECT * FROM read_text(''FILE'')')",
    "SELECT * FROM query_table('duckdb_settings')",
    "SELECT * FROM json_execute_serialized_sql(json_serialize_sql('SELECT 1'))",
    "SELECT json_serialize_plan('SELECT * FROM read_text(''FILE'')')",
    "PRAGMA json_execute_serialized_sql('{}')",
    // Networks.
    "SELECT * FROM read_csv('http://127.0.0.1:1/x.csv')",
    "SELECT * FROM read_parquet('s3://bucket/x.parquet')",
    "SELECT * FROM 'https://127.0.0.1:1/x.parquet'",
    "SELECT * FROM read_text('az://container/x')",
    "SELECT * FROM read_text('hf://datasets/x')",
    // Writing.
    "COPY (SELECT 1) TO 'FILE.out'",
    "COPY otel_spans TO 'FILE.out' (FORMAT parquet)",
    "COPY otel_spans FROM 'FILE'",
    "EXPORT DATABASE 'FILE.out'",
    "IMPORT DATABASE 'FILE.out'",
    "CREATE TABLE t AS SELECT 1",
    "CREATE TEMP TABLE t (i INTEGER)",
    "CREATE VIEW v AS SELECT * FROM read_text('FILE')",
    "CREATE MACRO m() AS TABLE SELECT * FROM read_text('FILE')",
    "CREATE FUNCTION f(x) AS x",
    "CREATE SCHEMA s",
    "CREATE SEQUENCE s",
    "CREATE TYPE t AS ENUM ('a')",
    "INSERT INTO otel_spans SELECT * FROM otel_spans",
    "UPDATE otel_spans SET name = ''",
    "DELETE FROM otel_spans",
    "MERGE INTO otel_spans USING otel_spans s ON true WHEN MATCHED THEN DELETE",
    "DROP TABLE otel_spans",
    "ALTER TABLE otel_spans ADD COLUMN x INTEGER",
    "TRUNCATE otel_spans",
    "WITH x AS (DELETE FROM otel_spans RETURNING *) SELECT * FROM x",
    // Databases, extensions, secrets.
    "ATTACH 'FILE'",
    "ATTACH ':memory:' AS other",
    "ATTACH 'FILE' (TYPE sqlite)",
    "DETACH memory",
    "USE memory",
    "INSTALL httpfs",
    "LOAD httpfs",
    "LOAD 'FILE'",
    "FORCE INSTALL 'FILE'",
    "UPDATE EXTENSIONS",
    "CREATE SECRET (TYPE s3, KEY_ID 'x', SECRET 'y')",
    "SELECT * FROM duckdb_secrets()",
    "SELECT * FROM which_secret('s3://x', 's3')",
    // Settings, environment, what the engine knows of itself.
    "SET enable_external_access = true",
    "SET GLOBAL lock_configuration = false",
    "SET memory_limit = '100GB'",
    "SET threads = 100",
    "SET temp_directory = '/tmp'",
    "SET allowed_directories = ['/']",
    "SET VARIABLE x = 1",
    "RESET memory_limit",
    "PRAGMA threads = 100",
    "PRAGMA database_list",
    "PRAGMA enable_profiling",
    "CALL enable_logging()",
    "CALL force_checkpoint()",
    "SELECT current_setting('temp_directory')",
    "SELECT * FROM duckdb_settings()",
    "SELECT getenv('HOME')",
    "SELECT getvariable('x')",
    "SELECT * FROM duckdb_variables()",
    "SELECT * FROM duckdb_logs()",
    "SELECT * FROM duckdb_memory()",
    "SELECT * FROM duckdb_temporary_files()",
    "SELECT * FROM duckdb_external_file_cache()",
    "SELECT * FROM duckdb_functions()",
    "SELECT * FROM duckdb_extensions()",
    "SELECT * FROM duckdb_databases()",
    "SELECT * FROM pragma_database_size()",
    "SELECT * FROM pg_catalog.pg_settings",
    "SELECT * FROM information_schema.tables",
    "SELECT write_log('x')",
    "SELECT nextval('x')",
    "SELECT sleep_ms(100000)",
    "SELECT pg_sleep(100)",
    // More than one, or no query.
    "SELECT 1; SELECT * FROM read_text('FILE')",
    "PREPARE p AS SELECT 1",
    "EXECUTE p",
    "BEGIN",
    "COMMIT",
    "VACUUM",
    "ANALYZE",
    "CHECKPOINT",
    "",
    ";",
    "SELECT",
};

/// One engine for all attempts, so that what one leaves helps the next.
class SqlEscape : public testing::TestWithParam<const char*> {
 protected:
  struct Target {
    Target() {
      lake.Create(signal::Table::kSpans);
      data = lake.Commit(
          signal::Table::kSpans, kDay,
          fmt::format(R"([{{"record_id": "a", "time": {}, "date": {}, "trace_id": "0a",)"
                      R"("span_id": "b", "name": "n", "start_time_unix_nano": 1,)"
                      R"("attributes": []}}])",
                      kDayUs, kDay));
      folder = testing::TempDir() + "escape_XXXXXX";
      EXPECT_NE(mkdtemp(folder.data()), nullptr);
      std::ofstream(folder + "/secret") << "secret\n";
      engine = Engine::Open({.store = lake.store, .catalog = lake.catalog()}).ValueOrDie();
    }
    ~Target() { std::filesystem::remove_all(folder); }

    LakeFake lake;
    std::string data, folder;
    std::unique_ptr<Engine> engine;
  };
  static void SetUpTestSuite() { target_ = std::make_unique<Target>(); }
  static void TearDownTestSuite() { target_.reset(); }
  static inline std::unique_ptr<Target> target_;
};

std::string Replaced(std::string text, const std::string& what, const std::string& by) {
  for (size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size())) {
    text.replace(at, what.size(), by);
  }
  return text;
}

TEST_P(SqlEscape, IsRefusedAndNothingIsLeftOfIt) {
  NoRows rows;

  const std::string text = Replaced(Replaced(GetParam(), "DATA", "weir://" + target_->data), "FILE",
                                    target_->folder + "/secret");
  const auto outcome = target_->engine->Run({.text = text}, rows);

  EXPECT_FALSE(outcome.ok()) << text;
  const ErrorKind kind = KindOf(outcome.status());
  EXPECT_TRUE(kind == ErrorKind::kBadRequest || kind == ErrorKind::kNotFound)
      << text << ": " << outcome.status().ToString();
  const auto left = std::distance(std::filesystem::directory_iterator(target_->folder), {});
  EXPECT_EQ(left, 1) << text;
  EXPECT_TRUE(target_->engine->Run({.text = "SELECT count(*) FROM otel_spans"}, rows).ok());
}

INSTANTIATE_TEST_SUITE_P(Attempts, SqlEscape, testing::ValuesIn(kAttempts));

}  // namespace
}  // namespace weir::query::sql
