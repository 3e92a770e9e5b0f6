// SPDX-License-Identifier: Apache-2.0
#include "datafile/rewrite/row_condition.h"

#include <arrow/io/interfaces.h>
#include <fmt/format.h>
#include <parquet/file_reader.h>
#include <parquet/metadata.h>

#include <algorithm>
#include <map>
#include <memory>

#include "datafile/no_throw.h"
#include "datafile/rewrite/leaf_reader.h"
#include "datafile/stored_file.h"

namespace weir::datafile {
namespace {

/// A file's columns, each decoded once. One thread.
class Columns {
 public:
  explicit Columns(parquet::ParquetFileReader& file) : file_(file) {}

  /// Null where the file has no such column.
  Result<const StoredLeaf*> Find(const std::string& name) {
    const auto known = leaves_.find(name);
    if (known != leaves_.end()) return &known->second;
    const parquet::SchemaDescriptor& columns = *file_.metadata()->schema();
    const int column = columns.ColumnIndex(name);
    if (column < 0) return nullptr;
    LeafReader reader;
    TRY(reader.Start(*columns.Column(column), file_.metadata()->num_rows()));
    for (int group = 0; group < file_.metadata()->num_row_groups(); ++group) {
      TRY(reader.Append(*file_.RowGroup(group), column));
    }
    return &leaves_.emplace(name, reader.Take()).first->second;
  }

 private:
  parquet::ParquetFileReader& file_;
  std::map<std::string, StoredLeaf> leaves_;
};

Result<CountedRows> Count(const std::shared_ptr<arrow::io::RandomAccessFile>& source,
                          const std::vector<AnyOf>& groups) {
  const auto file = parquet::ParquetFileReader::Open(source);
  CountedRows counted{.all = file->metadata()->num_rows()};
  Columns columns(*file);
  std::vector<bool> any(static_cast<size_t>(counted.all));
  for (const AnyOf& group : groups) {
    std::vector<bool> marks(any.size());
    for (const RowCondition& condition : group) {
      const StoredLeaf* const leaf = TRY(columns.Find(condition.column));
      if (leaf != nullptr) TRY(MarkRows(*leaf, condition, marks));
    }
    counted.by_group.push_back(std::ranges::count(marks, true));
    for (size_t row = 0; row < any.size(); ++row) any[row] = any[row] || marks[row];
  }
  counted.any = std::ranges::count(any, true);
  return counted;
}

}  // namespace

Result<CountedRows> CountRows(const store::Store& store, std::string_view path,
                              const std::vector<AnyOf>& groups) {
  const auto source = TRY(OpenStoredFile(store, path));
  return NoThrow([&]() -> Result<CountedRows> { return Count(source, groups); });
}

Status MarkRows(const StoredLeaf& leaf, const RowCondition& condition, std::vector<bool>& marks) {
  const bool has_row_each = leaf.rows == std::ssize(marks);
  if (leaf.kind != signal::LeafKind::kDictionary || leaf.is_repeated || !has_row_each) {
    return Error(ErrorKind::kBadRequest,
                 fmt::format("rows by column {}: it is no column of texts", condition.column));
  }
  const signal::TextTable texts = leaf.texts();
  std::vector<bool> is_met(static_cast<size_t>(leaf.num_texts()));
  for (size_t text = 0; text < is_met.size(); ++text) {
    is_met[text] = condition.holds(texts.at(static_cast<int32_t>(text)));
  }
  size_t value = 0;
  for (size_t row = 0; row < marks.size(); ++row) {
    const bool has_value = !leaf.is_optional || leaf.definition[row] == leaf.definition_max;
    if (has_value && is_met[static_cast<size_t>(leaf.ints[value++])]) marks[row] = true;
  }
  return Status::OK();
}

}  // namespace weir::datafile
