// SPDX-License-Identifier: Apache-2.0
#include "simulation/tables.h"

#include <fmt/format.h>

#include <sstream>
#include <string_view>

#include "simulation/small_formats.h"
#include "table/delta/log_entry.h"
#include "table/iceberg/read_table.h"

namespace weir::simulation {
namespace {

constexpr std::string_view kPath = "\"path\":\"";

Status Wrong(std::string what) { return Error(ErrorKind::kInternal, std::move(what)); }

}  // namespace

Result<std::map<int64_t, int>> Tables::Rows() {
  std::map<int64_t, int> rows;
  const auto schemas = TRY(catalog_.ListSchemas());
  for (const std::string& schema : schemas) {
    const auto entries = TRY(catalog_.ListTables(schema));
    for (const catalog::TableEntry& entry : entries) {
      const std::string root = entry.location.substr(store_.Uri("").size());
      const Paths iceberg = TRY(IcebergFiles(entry));
      const Paths delta = TRY(DeltaFiles(entry, root));
      if (iceberg != delta) {
        return Wrong(fmt::format("{}: {} files by Iceberg, {} by Delta, and not the same",
                                 entry.name.ToString(), iceberg.size(), delta.size()));
      }
      for (const std::string& path : iceberg) {
        const std::string bytes = TRY(store_.Read(root + "/" + path));
        std::istringstream words(bytes);
        for (int64_t row = 0; words >> row;) ++rows[row];
      }
    }
  }
  return rows;
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

Result<Tables::Paths> Tables::DeltaFiles(const catalog::TableEntry& entry,
                                         const std::string& root) {
  DeltaTable& table = delta_[root];
  for (; table.next_version <= entry.delta_version; ++table.next_version) {
    const std::string bytes = TRY(store_.Read(table::delta::EntryPath(root, table.next_version)));
    std::istringstream lines(bytes);
    for (std::string line; std::getline(lines, line);) {
      if (!line.starts_with("{\"add\"")) continue;
      const size_t begin = line.find(kPath) + kPath.size();
      const std::string path = line.substr(begin, line.find('"', begin) - begin);
      if (!table.files.insert("data/" + path).second) return Wrong("Delta adds twice: " + path);
    }
  }
  const auto ahead = TRY(store_.Head(table::delta::EntryPath(root, table.next_version)));
  if (ahead.has_value()) return Wrong("the Delta log is ahead of its table: " + root);
  return table.files;
}

}  // namespace weir::simulation
