// SPDX-License-Identifier: Apache-2.0
#pragma once
// Values of some keys of attribute maps, gathered while the maps' leaves go by.

#include <arrow/type_fwd.h>

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "datafile/added/added_column.h"
#include "datafile/added/column_values.h"
#include "signal/leaf_column.h"

namespace weir::datafile {

/// Where the leaves of a map of texts are, and at which levels they have something.
struct MapLeaves {
  std::string path;
  int key = 0, value = 0;  // Numbers of leaves, in the schema's order.
  // Of the column of type letters beside it, a letter an entry; -1 where there is none.
  int types = -1;
  uint8_t key_level = 0, value_level = 0, types_level = 0;
};

/// The number of the leaf that the top-level column `name` is; -1 where it is none, or nested.
int LeafOf(const arrow::Schema& schema, const std::string& name);

/// The map of texts at `path`, as AttributeSource names it. Errors: kNotFound.
Result<MapLeaves> FindMap(const arrow::Schema& schema, const std::string& path);

/// For one row group of `rows` rows. Reads the leaves that it is shown, and keeps the values of the
/// columns that have a source. One thread.
class AttributeValues {
 public:
  /// `schema`: that of the leaves to come. Errors: kNotFound where it lacks a source's map.
  static Result<AttributeValues> For(const arrow::Schema& schema, const AddedColumns& columns,
                                     int64_t rows);

  /// Whether something is to be had of that leaf.
  bool Wants(int leaf) const;
  /// Reads it. Leaves come in the schema's order.
  void Read(int number, const signal::Leaf& leaf);

  /// Of the columns given to For, in their order; those without a source have nulls only.
  const std::vector<ColumnValues>& values() const { return values_; }

 private:
  /// One key, and the columns that it feeds.
  struct Key {
    std::string text;
    std::vector<size_t> columns;
    std::vector<int32_t> entry;  // By row: which of the row's entries it is, -1 for none.
  };
  struct Map {
    MapLeaves leaves;
    std::vector<Key> keys;
  };

  void ReadKeys(const signal::Leaf& leaf, Map& map) const;
  void ReadValues(const signal::Leaf& leaf, const Map& map);
  void ReadTypes(const signal::Leaf& leaf, const Map& map);

  int64_t rows_ = 0;
  std::vector<Map> maps_;
  std::vector<ColumnValues> values_;
};

/// Passes the leaves of a row group on to a file that has more columns, and adds those. One thread.
class AddingSink final : public signal::LeafSink {
 public:
  /// Both are borrowed.
  AddingSink(AttributeValues& values, signal::LeafSink& file) : values_(values), file_(file) {}

  Status Add(const signal::Leaf& leaf) override;
  /// After the last leaf of the rows.
  Status AddColumns();

 private:
  AttributeValues& values_;
  signal::LeafSink& file_;
  int leaves_ = 0;
};

}  // namespace weir::datafile
