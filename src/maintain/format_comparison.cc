// SPDX-License-Identifier: Apache-2.0
#include "maintain/format_comparison.h"

#include <fmt/format.h>

#include "base/dates.h"
#include "maintain/bound_text.h"

namespace weir::maintain {
namespace {

namespace delta = table::delta;
namespace iceberg = table::iceberg;

/// Delta's name of an Iceberg type.
std::string DeltaType(const std::string& type) {
  static const std::map<std::string, std::string> names = {{"int", "integer"},
                                                           {"timestamptz", "timestamp"},
                                                           {"timestamp", "timestamp_ntz"},
                                                           {"list", "array"}};
  const auto found = names.find(type);
  return found == names.end() ? type : found->second;
}

/// Delta's path of a file that Iceberg has at `path` below the table's root, where Delta's is
/// `data/`.
std::string DeltaPath(const std::string& path) {
  constexpr std::string_view kFolder = "data/";
  return path.starts_with(kFolder) ? path.substr(kFolder.size()) : path;
}

}  // namespace

void CompareSchemas(const iceberg::SchemaFields& fields, const delta::SchemaTypes& types,
                    Findings& findings) {
  delta::SchemaTypes rest = types;
  const auto add = [&](std::string found, std::string expected) {
    findings.Add(
        {Check::kSchemasDiffer, Format::kDelta, "", std::move(found), std::move(expected)});
  };
  for (const auto& [id, field] : fields) {
    const auto type = rest.extract(field.path);
    const std::string expected = fmt::format("{} {}", field.path, DeltaType(field.type));
    if (type.empty()) {
      add("no column " + field.path, expected);
    } else if (type.mapped() != DeltaType(field.type)) {
      add(fmt::format("{} {}", field.path, type.mapped()), expected);
    }
  }
  for (const auto& [path, type] : rest) {
    add(fmt::format("{} {}", path, type), fmt::format("no column {}, as in Iceberg", path));
  }
}

void FormatComparison::Expect(bool is_so, Check check, const std::string& file, std::string found,
                              std::string expected) {
  if (is_so) return;
  findings_.Add(
      {check, Format::kDelta, file, std::move(found), std::move(expected) + ", as Iceberg says"});
}

void FormatComparison::Add(const datafile::DataFile& file) {
  const std::string path = DeltaPath(file.path);
  const auto listed = delta_.files.extract(path);
  if (!listed.empty()) {
    matched_.insert(path);
    CompareFacts(file, listed.mapped());
  } else if (!matched_.contains(path)) {
    findings_.Add({Check::kOnlyInIceberg, Format::kDelta, file.path, "not listed", "listed"});
  }
}

void FormatComparison::CompareFacts(const datafile::DataFile& file, const delta::AddAction& add) {
  Expect(add.file_bytes == file.file_bytes, Check::kSizesDiffer, file.path,
         fmt::format("{} bytes", add.file_bytes), fmt::format("{} bytes", file.file_bytes));
  const auto& columns = delta_.metadata->partition_columns;
  const auto value =
      columns.size() == 1 ? add.partition_values.find(columns[0]) : add.partition_values.end();
  const std::string date = value == add.partition_values.end() ? "no date" : value->second;
  Expect(date == DateText(file.date), Check::kPartitionsDiffer, file.path, date,
         DateText(file.date));
  const auto statistics = delta::ReadStatistics(add.statistics, types_);
  if (!statistics.ok()) {
    Expect(false, Check::kStatisticsDiffer, file.path, statistics.status().message(),
           "statistics by the schema's types");
    return;
  }
  const auto rows = statistics->record_count;
  Expect(rows == file.record_count, Check::kRowsDiffer, file.path,
         rows ? fmt::format("{} rows", *rows) : "no number of rows",
         fmt::format("{} rows", file.record_count));
  CompareStatistics(file, *statistics);
}

// Both come from one set of facts, so Delta's bounds are Iceberg's, at most rounded outwards. A
// file's footer can then be held against Iceberg's alone.
void FormatComparison::CompareStatistics(const datafile::DataFile& file,
                                         const delta::ListedStatistics& listed) {
  for (const auto& [id, column] : file.statistics) {
    const auto field = fields_.find(id);
    const auto found =
        field == fields_.end() ? listed.columns.end() : listed.columns.find(field->second.path);
    if (found == listed.columns.end()) continue;
    const std::string& name = field->second.path;
    const delta::ListedColumn& other = found->second;
    // Words only where they are wanted: this runs for each column of each file.
    if (other.null_count && *other.null_count != column.null_count) {
      Expect(false, Check::kStatisticsDiffer, file.path,
             fmt::format("{}: {} nulls", name, *other.null_count),
             fmt::format("{} nulls", column.null_count));
    }
    if (other.lower && !(column.lower && IsAtMost(*other.lower, *column.lower))) {
      Expect(false, Check::kStatisticsDiffer, file.path,
             fmt::format("{}: nothing below {}", name, BoundText(other.lower)),
             fmt::format("nothing below {}", BoundText(column.lower)));
    }
    if (other.upper && !(column.upper && IsAtMost(*column.upper, *other.upper))) {
      Expect(false, Check::kStatisticsDiffer, file.path,
             fmt::format("{}: nothing above {}", name, BoundText(other.upper)),
             fmt::format("nothing above {}", BoundText(column.upper)));
    }
  }
}

void FormatComparison::Finish() {
  for (const auto& [path, add] : delta_.files) {
    findings_.Add({Check::kOnlyInDelta, Format::kDelta, "data/" + path, "listed",
                   "not listed, as in Iceberg"});
  }
}

}  // namespace weir::maintain
