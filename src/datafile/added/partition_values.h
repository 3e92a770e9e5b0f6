// SPDX-License-Identifier: Apache-2.0
#pragma once
// Rows divided by partition values: Iceberg's transforms of some of their columns.
// Source: apache/iceberg format/spec.md, partition transforms and 32-bit hash requirements.

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "datafile/added/file_shape.h"
#include "datafile/data_file.h"
#include "signal/row_columns.h"

namespace weir::datafile {

/// More partitions of one day in one flush would be as many tiny files: rows of the rest go into
/// one file of spec 0, which is by the date alone.
inline constexpr size_t kPartitionsPerDayMax = 64;

using PartitionValue = std::optional<Bound>;

/// Iceberg's murmur3 of the bytes, 32 bits, seed 0.
int32_t BucketHash(std::string_view bytes);
/// `value`: of a column, texts as they are, timestamps in µs. Null stays null.
PartitionValue Transformed(const PartitionPart& part, const PartitionValue& value);

/// Neighbouring or not, rows with the same values.
struct PartitionRows {
  int32_t spec_id = 0;
  std::vector<PartitionValue> values;
  std::vector<int32_t> rows;  // In the order they came.
};

/// `rows` of one day, divided as `shape` says. Reads `columns` once more where it says something.
/// Errors: kNotFound where a column is missing; of the rows.
Result<std::vector<PartitionRows>> Divide(signal::RowColumns& columns, const FileShape& shape,
                                          std::span<const int32_t> rows);

}  // namespace weir::datafile
