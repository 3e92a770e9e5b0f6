// SPDX-License-Identifier: Apache-2.0
#pragma once
// A change of what a table is, as a value: columns, order of compacted files, partition spec,
// properties.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "datafile/added/added_column.h"
#include "datafile/added/file_shape.h"

namespace weir::table {

/// A nullable column behind all others.
struct NewColumn {
  std::string name;
  std::string type;  // As Iceberg names it: `string`, `long`, …
  std::string doc;
  std::optional<datafile::AttributeSource> source;  // Its values are those of an attribute.
};

/// A column in a sort order; nulls come first in ascending order, last in descending one.
struct OrderedColumn {
  std::string column;
  bool is_descending = false;

  bool operator==(const OrderedColumn&) const = default;
};

/// The ids of the state that an alteration was made for. It is a conflict on any other.
struct AlterationBasis {
  int32_t schema_id = 0, last_column_id = 0, spec_id = 0, last_partition_id = 0;

  bool operator==(const AlterationBasis&) const = default;
};

struct Alteration {
  std::vector<NewColumn> columns;
  std::optional<std::vector<OrderedColumn>> order;                // Of compacted files.
  std::optional<std::vector<datafile::PartitionPart>> partition;  // Behind the date, all of it.
  std::map<std::string, std::string> set_properties;
  std::vector<std::string> removed_properties;
  std::optional<AlterationBasis> basis;  // None: whatever the table is by then.
};

}  // namespace weir::table
