// SPDX-License-Identifier: Apache-2.0
#include "maintain/footer_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "maintain/bound_text.h"

namespace weir::maintain {
namespace {

using datafile::DataFile;
using datafile::Footer;
using table::iceberg::SchemaFields;

/// Parquet's physical type of an Iceberg primitive; empty for those that this project does not
/// write, which then are not held against it.
std::string_view PhysicalType(const std::string& type) {
  if (type == "boolean") return "BOOLEAN";
  if (type == "int" || type == "date") return "INT32";
  if (type == "long" || type == "timestamptz" || type == "timestamp") return "INT64";
  if (type == "float") return "FLOAT";
  if (type == "double") return "DOUBLE";
  return type == "string" || type == "binary" ? "BYTE_ARRAY" : "";
}

/// Holds one file against what is recorded of it. Borrows; one thread.
class FooterCheck {
 public:
  FooterCheck(const DataFile& recorded, const Footer& footer, Findings& findings)
      : recorded_(recorded), footer_(footer), findings_(findings) {}

  bool CheckSchema(const SchemaFields& fields) {
    const int64_t before = findings_.errors();
    std::set<int32_t> found;
    for (const datafile::FooterField& field : footer_.fields) {
      found.insert(field.field_id);
      CheckField(field, fields);
    }
    for (const auto& [id, field] : fields) {
      const bool is_column = field.path.find('.') == std::string::npos;
      if (is_column && field.is_required && !found.contains(id)) {
        Add(Check::kFileSchema, fmt::format("no field {}", id),
            fmt::format("field {} is {}", id, field.path));
      }
    }
    return findings_.errors() == before;
  }

  bool CheckRows() {
    if (footer_.file.record_count == recorded_.record_count) return true;
    Add(Check::kFileRows, fmt::format("{} rows", footer_.file.record_count),
        fmt::format("{} rows", recorded_.record_count));
    return false;
  }

  /// Sizes and places of pages are as good as a checksum that is already there.
  void CheckContent() {
    for (const auto& [id, bytes] : recorded_.column_bytes) {
      const auto found = footer_.file.column_bytes.find(id);
      if (found != footer_.file.column_bytes.end() && found->second == bytes) continue;
      const int64_t found_bytes = found == footer_.file.column_bytes.end() ? 0 : found->second;
      Add(Check::kFileContent, fmt::format("column {} has {} bytes", id, found_bytes),
          fmt::format("{} bytes", bytes));
      return;  // One says that it is another file.
    }
    if (!recorded_.split_offsets.empty() && recorded_.split_offsets != footer_.file.split_offsets) {
      Add(Check::kFileContent,
          fmt::format("row groups at {}", fmt::join(footer_.file.split_offsets, ", ")),
          fmt::format("row groups at {}", fmt::join(recorded_.split_offsets, ", ")));
    }
  }

  void CheckColumns(const SchemaFields& fields) {
    for (const auto& [id, column] : recorded_.statistics) {
      const auto field = fields.find(id);
      const std::string name = field == fields.end() ? std::to_string(id) : field->second.path;
      CheckCounts(name, id, column);
      const auto bounds = footer_.bounds.find(id);
      if (bounds != footer_.bounds.end()) CheckBounds(name, column, bounds->second);
    }
  }

 private:
  void Add(Check check, std::string found, std::string expected) {
    findings_.Add({check, Format::kData, recorded_.path, std::move(found), std::move(expected)});
  }

  void CheckField(const datafile::FooterField& field, const SchemaFields& fields) {
    const auto known = fields.find(field.field_id);
    const std::string found = fmt::format("field {} is {} {}", field.field_id, field.path,
                                          field.type.empty() ? "group" : field.type);
    if (known == fields.end()) return Add(Check::kFileSchema, found, "no such field");
    const std::string_view type = PhysicalType(known->second.type);
    const bool has_type = type.empty() || type == field.type;
    if (field.path == known->second.path && has_type) return;
    Add(Check::kFileSchema, found,
        fmt::format("field {} is {} {}", field.field_id, known->second.path,
                    type.empty() ? known->second.type : type));
  }

  void CheckCounts(const std::string& name, int32_t id, const datafile::ColumnStatistics& column) {
    if (column.value_count != recorded_.record_count) {
      Add(Check::kNullCount, fmt::format("{}: {} values", name, column.value_count),
          fmt::format("{} values, as rows", recorded_.record_count));
    }
    const auto found = footer_.file.statistics.find(id);
    if (found == footer_.file.statistics.end()) return;
    if (found->second.null_count == column.null_count) return;
    Add(Check::kNullCount, fmt::format("{}: {} nulls in the file", name, found->second.null_count),
        fmt::format("{} nulls, as is recorded", column.null_count));
  }

  void CheckBounds(const std::string& name, const datafile::ColumnStatistics& column,
                   const datafile::FooterBounds& bounds) {
    if (bounds.lower && column.lower && !IsAtMost(*column.lower, *bounds.lower)) {
      Add(Check::kBounds, fmt::format("{}: {} in the file", name, BoundText(bounds.lower)),
          fmt::format("nothing below {}, as is recorded", BoundText(column.lower)));
    }
    if (bounds.upper && column.upper && !IsAtMost(*bounds.upper, *column.upper)) {
      Add(Check::kBounds, fmt::format("{}: {} in the file", name, BoundText(bounds.upper)),
          fmt::format("nothing above {}, as is recorded", BoundText(column.upper)));
    }
  }

  const DataFile& recorded_;
  const Footer& footer_;
  Findings& findings_;
};

}  // namespace

void CheckFooter(const DataFile& recorded, const Footer& footer, const SchemaFields& fields,
                 Findings& findings) {
  FooterCheck check(recorded, footer, findings);
  const bool is_same_schema = check.CheckSchema(fields);
  const bool has_same_rows = check.CheckRows();
  if (!is_same_schema || !has_same_rows) return;
  check.CheckContent();
  check.CheckColumns(fields);
}

}  // namespace weir::maintain
