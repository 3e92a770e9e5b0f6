// SPDX-License-Identifier: Apache-2.0
#include "datafile/rewrite/row_condition.h"

#include <arrow/buffer.h>
#include <arrow/io/memory.h>
#include <fmt/format.h>
#include <parquet/file_reader.h>
#include <parquet/metadata.h>

#include <algorithm>
#include <memory>

#include "datafile/no_throw.h"
#include "datafile/rewrite/leaf_reader.h"

namespace weir::datafile {
namespace {

Result<int64_t> Count(const std::string& file, const std::vector<RowCondition>& conditions) {
  const auto reader = parquet::ParquetFileReader::Open(std::make_shared<arrow::io::BufferReader>(
      arrow::Buffer::Wrap(file.data(), file.size())));
  const parquet::SchemaDescriptor& columns = *reader->metadata()->schema();
  std::vector<bool> marks(static_cast<size_t>(reader->metadata()->num_rows()));
  for (const RowCondition& condition : conditions) {
    const int column = columns.ColumnIndex(condition.column);
    if (column < 0) continue;
    LeafReader leaf = TRY(LeafReader::Open(*columns.Column(column)));
    for (int group = 0; group < reader->metadata()->num_row_groups(); ++group) {
      TRY(leaf.Append(*reader->RowGroup(group), column));
    }
    TRY(MarkRows(leaf.Take(), condition, marks));
  }
  return std::ranges::count(marks, true);
}

}  // namespace

Result<int64_t> CountRows(const std::string& file, const std::vector<RowCondition>& conditions) {
  return NoThrow([&]() -> Result<int64_t> { return Count(file, conditions); });
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
