// SPDX-License-Identifier: Apache-2.0
#pragma once
// What files of a table have beyond the columns that its rows come with, and how they are divided.

#include <cstdint>
#include <string>
#include <vector>

#include "datafile/added/added_column.h"

namespace weir::datafile {

/// Iceberg's partition transforms.
enum class Transform : uint8_t { kIdentity, kBucket, kTruncate, kYear, kMonth, kDay, kHour };

/// One field of a partition spec: a top-level column, and what is made of its value.
struct PartitionPart {
  std::string column;
  Transform transform = Transform::kIdentity;
  int32_t argument = 0;   // Buckets, or the width that texts and numbers are cut to.
  std::string name = {};  // Of the partition field; made of column and transform where it is empty.

  bool operator==(const PartitionPart&) const = default;
};

/// As a table's metadata says it. Empty for a table as published.
struct FileShape {
  AddedColumns columns;
  int32_t spec_id = 0;                   // Of the partition spec of new files.
  std::vector<PartitionPart> partition;  // Its fields behind the date.

  bool is_published() const { return columns.empty() && partition.empty(); }
};

}  // namespace weir::datafile
