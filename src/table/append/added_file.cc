// SPDX-License-Identifier: Apache-2.0
// An added file held against the table: the other half of proposed_append.h.
#include <arrow/type.h>
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

#include "base/dates.h"
#include "table/append/proposed_append.h"
#include "table/iceberg/schema_fields.h"

namespace weir::table::iceberg {
namespace {

using datafile::ColumnStatistics;
using datafile::DataFile;

/// Holds one file against the table. Borrows; lives for one call.
class FileCheck {
 public:
  FileCheck(const TableState& state, const DataFile& recorded, const datafile::WrittenFile& written)
      : state_(state), recorded_(recorded), written_(written) {}

  Status Run() {
    TRY(CheckNames());
    if (written_.file.record_count != recorded_.record_count) {
      return Refused("has {} rows, its manifest says {}", written_.file.record_count,
                     recorded_.record_count);
    }
    if (recorded_.record_count == 0) return Refused("has no rows");
    TRY(CheckFields());
    return CheckDate();
  }

 private:
  template <typename... Args>
  Status Refused(fmt::format_string<Args...> reason, Args&&... args) const {
    return Error(ErrorKind::kBadRequest,
                 fmt::format("file {} {}", recorded_.path,
                             fmt::format(reason, std::forward<Args>(args)...)));
  }

  /// Readers that go by name take the first of two.
  Status CheckNames() const {
    const arrow::Schema& schema = *written_.schema;
    for (const auto& field : schema.fields()) {
      if (schema.GetAllFieldIndices(field->name()).size() > 1) {
        return Refused("has two columns {}", field->name());
      }
    }
    return Status::OK();
  }

  Status CheckFields() const {
    auto as_iceberg = SchemaFromArrow(*written_.schema, 0);
    if (!as_iceberg.ok()) {
      return Refused("does not fit the table's schema: {}", as_iceberg.status().message());
    }
    const SchemaFields found = TRY(SchemaFieldsOf(*as_iceberg));
    const SchemaFields expected = TRY(SchemaFieldsOf(*state_.metadata.CurrentSchema()));
    for (const auto& [id, field] : found) TRY(CheckField(id, field, expected));
    for (const auto& [id, field] : expected) {
      if (!field.is_required || field.path.find('.') != std::string::npos) continue;
      const auto column = found.find(id);
      if (column == found.end()) return Refused("has no column {}, which is required", field.path);
      TRY(CheckRequired(id, field, column->second));
    }
    return Status::OK();
  }

  Status CheckField(int32_t id, const SchemaField& field, const SchemaFields& expected) const {
    const auto known = expected.find(id);
    if (known == expected.end()) {
      return Refused("has a column {} of field id {}, which the table has not", field.path, id);
    }
    if (known->second.path != field.path) {
      return Refused("has field id {} for {}, which is {} in the table", id, field.path,
                     known->second.path);
    }
    if (known->second.type == field.type) return Status::OK();
    return Refused("has column {} as {}, the table has it as {}", field.path, field.type,
                   known->second.type);
  }

  /// `found`: the file's column, which may be declared without values and have them all.
  Status CheckRequired(int32_t id, const SchemaField& field, const SchemaField& found) const {
    if (found.is_required) return Status::OK();
    const ColumnStatistics* column = StatisticsOf(id);
    if (column == nullptr) return Refused("does not say that {} is never null", field.path);
    if (column->null_count == 0) return Status::OK();
    return Refused("has {} rows without {}, which is required", column->null_count, field.path);
  }

  Status CheckDate() const {
    const PartitionSpec* spec = state_.metadata.DefaultSpec();
    if (spec == nullptr || spec->fields.empty() || spec->fields[0].transform != "identity") {
      return Error(ErrorKind::kInternal, "the table is not partitioned by a column first");
    }
    const PartitionField& partition = spec->fields[0];
    const ColumnStatistics* column = StatisticsOf(partition.source_id);
    const bool has_bounds =
        column != nullptr && column->null_count == 0 && column->lower && column->upper;
    if (!has_bounds) return Refused("does not say of which {} its rows are", partition.name);
    const auto* lower = std::get_if<int32_t>(&*column->lower);
    const auto* upper = std::get_if<int32_t>(&*column->upper);
    const bool is_one_day = lower != nullptr && upper != nullptr && *lower == *upper;
    if (is_one_day && *lower == recorded_.date) return Status::OK();
    return Refused("is listed in partition {}={}, and has rows of {} to {}", partition.name,
                   DateText(recorded_.date), lower == nullptr ? "?" : DateText(*lower),
                   upper == nullptr ? "?" : DateText(*upper));
  }

  const ColumnStatistics* StatisticsOf(int32_t id) const {
    const auto found = written_.file.statistics.find(id);
    return found == written_.file.statistics.end() ? nullptr : &found->second;
  }

  const TableState& state_;
  const DataFile& recorded_;
  const datafile::WrittenFile& written_;
};

}  // namespace

Result<DataFile> CheckAddedFile(const TableState& state, const DataFile& recorded,
                                const datafile::WrittenFile& written) {
  TRY(FileCheck(state, recorded, written).Run());
  DataFile file = written.file;
  file.path = recorded.path;
  file.date = recorded.date;  // What else it is divided by is not proven: it is in spec 0.
  file.sort_order_id = 0;     // Whatever the engine says: nobody looked at the order of all rows.
  return file;
}

}  // namespace weir::table::iceberg
