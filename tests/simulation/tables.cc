// SPDX-License-Identifier: Apache-2.0
#include "simulation/tables.h"

#include <fmt/format.h>

#include "buffer/row_columns_fake.h"
#include "simulation/lines.h"
#include "simulation/small_formats.h"
#include "table/delta/log_entry.h"
#include "table/iceberg/read_table.h"

namespace weir::simulation {
namespace {

constexpr std::string_view kPath = "\"path\":\"";
constexpr std::string_view kSpans = "otel_spans/", kIndex = "trace_index/";

Status Wrong(std::string what) { return Error(ErrorKind::kInternal, std::move(what)); }

}  // namespace

Result<RowCounts> Tables::Rows() {
  const auto schemas = TRY(catalog_.ListSchemas());
  for (const std::string& schema : schemas) {
    const auto entries = TRY(catalog_.ListTables(schema));
    for (const catalog::TableEntry& entry : entries) TRY(Check(entry));
  }
  TRY(CheckIndexes());
  return rows_;
}

Status Tables::Check(const catalog::TableEntry& entry) {
  const std::string root = entry.location.substr(store_.Uri("").size());
  Table& table = tables_[root];
  TRY(ReadDeltaLog(entry, root, table));
  if (table.metadata_location == entry.metadata_location) return Status::OK();
  const Paths iceberg = TRY(IcebergFiles(entry));
  if (iceberg != table.files) {
    return Wrong(fmt::format("{}: {} files by Iceberg, {} by Delta, and not the same",
                             entry.name.ToString(), iceberg.size(), table.files.size()));
  }
  table.metadata_location = entry.metadata_location;
  return Status::OK();
}

Result<Tables::Paths> Tables::IcebergFiles(const catalog::TableEntry& entry) const {
  const std::string path = entry.metadata_location.substr(store_.Uri("").size());
  if (are_small_) return SmallFiles(store_, path, entry.snapshot_id);
  const auto state = TRY(table::iceberg::ReadTable(store_, path));
  if (state.snapshot_id() != entry.snapshot_id) {
    return Wrong(fmt::format("{}: the catalog's snapshot is not that of its metadata",
                             entry.name.ToString()));
  }
  const auto files = TRY(table::iceberg::ListFiles(store_, state));
  Paths paths;
  for (const auto& file : files) {
    if (!paths.insert(file.path).second) return Wrong("Iceberg lists a file twice: " + file.path);
  }
  return paths;
}

Status Tables::ReadDeltaLog(const catalog::TableEntry& entry, const std::string& root,
                            Table& table) {
  for (; table.next_version <= entry.delta_version; ++table.next_version) {
    table.metadata_location.clear();
    const std::string bytes = TRY(store_.Read(table::delta::EntryPath(root, table.next_version)));
    for (std::string_view lines = bytes; !lines.empty();) {
      std::string_view line = TakeUntil(lines, '\n');
      if (!line.starts_with("{\"add\"")) continue;
      line.remove_prefix(line.find(kPath) + kPath.size());
      const auto path = "data/" + std::string(TakeUntil(line, '"'));
      if (!table.files.insert(path).second) return Wrong("Delta adds twice: " + path);
      TRY(CountRows(root + "/" + path));
    }
  }
  const auto ahead = TRY(store_.Head(table::delta::EntryPath(root, table.next_version)));
  if (ahead.has_value()) return Wrong("the Delta log is ahead of its table: " + root);
  return Status::OK();
}

Status Tables::CountRows(const std::string& path) {
  const std::string bytes = TRY(store_.Read(path));
  const size_t spans = path.find(kSpans), index = path.find(kIndex);
  for (std::string_view words = bytes; !words.empty();) {
    const int64_t number = NumberIn(TakeUntil(words, ' '));
    if (index != std::string::npos) {
      indexed_[path.substr(0, index)][number / buffer::kFakeCountMax] +=
          number % buffer::kFakeCountMax;
      continue;
    }
    if (spans != std::string::npos)
      ++spans_[path.substr(0, spans)][number / buffer::kFakeTraceRows];
    const auto row = static_cast<size_t>(number);
    if (row >= rows_.size()) rows_.resize(row + 1);
    ++rows_[row];
  }
  return Status::OK();
}

Status Tables::CheckIndexes() const {
  if (indexed_ == spans_) return Status::OK();
  return Wrong("a trace index counts other spans than there are");
}

}  // namespace weir::simulation
