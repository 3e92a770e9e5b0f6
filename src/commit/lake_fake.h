// SPDX-License-Identifier: Apache-2.0
#pragma once
// For tests: a store in memory, a catalog and a folder for journals, and what other engines would
// find there.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "base/clock.h"
#include "buffer/row_columns_fake.h"
#include "commit/catalog_fake.h"
#include "commit/table_heads.h"
#include "datafile/read_parquet_fake.h"
#include "store/memory_store.h"
#include "table/delta/log_entry.h"
#include "table/iceberg/read_table.h"

namespace weir::commit {

inline const catalog::TableName kSpans{"telemetry", "otel_spans"};
inline const catalog::TableName kLogs{"telemetry", "otel_logs"};
inline const catalog::TableName kIndex{"telemetry", "trace_index"};

/// One thread but for the rooms in it.
class LakeFake {
 public:
  LakeFake() {
    // Memory-backed where there is such a folder: SQLite syncs at every commit.
    std::string pattern = std::filesystem::exists("/dev/shm") ? "/dev/shm/" : testing::TempDir();
    pattern += "lake_XXXXXX";
    folder_ = mkdtemp(pattern.data());
    Restart();
  }
  ~LakeFake() {
    catalog_.reset();
    std::filesystem::remove_all(folder_);
  }
  LakeFake(const LakeFake&) = delete;

  /// As after a crash: all in memory is gone, faults too; the store's objects and the files stay.
  void Restart() {
    store.ClearFaults();
    catalog_.reset();
    catalog_ =
        std::make_unique<CatalogFake>(catalog::Catalog::Open(folder_ + "/catalog.db").ValueOrDie());
  }

  CatalogFake& catalog() { return *catalog_; }
  std::string journal_root() const { return folder_ + "/journal"; }
  std::string quarantine() const { return folder_ + "/quarantine"; }

  store::MemoryStore store;
  FakeClock clock{1'795'132'800'000'000'000};  // 2026-11-20T00:00:00Z

 private:
  std::string folder_;
  std::unique_ptr<CatalogFake> catalog_;
};

inline std::string RootOf(const catalog::TableName& name) {
  return "tables/" + name.schema + "/" + name.name;
}

/// Paths of a table's live files as Iceberg lists them, relative to its root, sorted.
inline Result<std::set<std::string>> IcebergFiles(LakeFake& lake, const catalog::TableName& name) {
  const catalog::TableEntry entry = TRY(lake.catalog().Load(name));
  const std::string path = entry.metadata_location.substr(lake.store.Uri("").size());
  const auto state = TRY(table::iceberg::ReadTable(lake.store, path));
  EXPECT_EQ(state.snapshot_id(), entry.snapshot_id);
  const auto files = TRY(table::iceberg::ListFiles(lake.store, state));
  std::set<std::string> paths;
  for (const auto& file : files) EXPECT_TRUE(paths.insert(file.path).second) << file.path;
  return paths;
}

/// The same by the table's Delta log, all entries up to the version that belongs to the snapshot.
inline Result<std::set<std::string>> DeltaFiles(LakeFake& lake, const catalog::TableName& name) {
  const catalog::TableEntry entry = TRY(lake.catalog().Load(name));
  std::set<std::string> paths;
  for (int64_t version = 0; version <= entry.delta_version; ++version) {
    const std::string entry_path = table::delta::EntryPath(RootOf(name), version);
    const std::string bytes = TRY(lake.store.Read(entry_path));
    std::istringstream lines(bytes);
    for (std::string line; std::getline(lines, line);) {
      const auto action = nlohmann::json::parse(line);
      if (action.contains("add")) paths.insert("data/" + action["add"]["path"].get<std::string>());
      if (action.contains("remove"))
        paths.erase("data/" + action["remove"]["path"].get<std::string>());
    }
  }
  return paths;
}

/// All rows of a table, sorted, those that are there twice twice. Both formats must list the same
/// files.
inline std::vector<int64_t> RowsOf(LakeFake& lake, const catalog::TableName& name) {
  const auto iceberg = IcebergFiles(lake, name), delta = DeltaFiles(lake, name);
  EXPECT_TRUE(iceberg.ok()) << iceberg.status().ToString();
  EXPECT_TRUE(delta.ok()) << delta.status().ToString();
  std::vector<int64_t> rows;
  if (!iceberg.ok() || !delta.ok()) return rows;
  EXPECT_EQ(*iceberg, *delta);
  for (const std::string& path : *iceberg) {
    const std::string bytes = lake.store.Read(RootOf(name) + "/" + path).ValueOrDie();
    const char* const column = name.name.ends_with("trace_index") ? "trace_id" : "record_id";
    for (const std::string& text : datafile::ReadTexts(bytes, column).ValueOrDie()) {
      rows.push_back(std::stoll(text));
    }
  }
  std::ranges::sort(rows);
  return rows;
}

}  // namespace weir::commit
