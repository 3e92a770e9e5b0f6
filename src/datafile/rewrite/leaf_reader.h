// SPDX-License-Identifier: Apache-2.0
#pragma once
// A leaf column of Parquet files, decoded chunk by chunk into one StoredLeaf.

#include <parquet/file_reader.h>
#include <parquet/schema.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "datafile/added/column_values.h"
#include "datafile/rewrite/stored_leaf.h"
#include "datafile/rewrite/text_numbers.h"

namespace weir::datafile {

/// Reads leaf after leaf, keeping its buffers. One thread. What it reads may come from any writer.
class LeafReader {
 public:
  /// Begins a leaf. `column`: of all row groups to come, which have that many entries together.
  /// Errors: kBadRequest where it is of a type that no published table has.
  Status Start(const parquet::ColumnDescriptor& column, int64_t entries);

  /// True where the footer says that no row has a value, and every row the same level for that: 0.
  static bool AreNull(const parquet::RowGroupMetaData& group, int column);

  /// Appends the rows of a row group. Errors: kBadRequest where levels contradict each other,
  /// kInternal where there is too much for one leaf. Throws what Parquet throws.
  Status Append(parquet::RowGroupReader& group, int column);
  /// Appends rows of a file that lacks the column, which is of one plain value a row: null, or
  /// these values, of the same kind.
  void AppendNulls(int64_t rows);
  Status Append(const ColumnValues& values);
  const StoredLeaf& leaf() const { return leaf_; }
  /// For leaves that outlive the next Start.
  StoredLeaf Take() { return std::exchange(leaf_, {}); }

 private:
  /// What a batch brought: how many entries, and how many of them have a value.
  struct Batch {
    int64_t entries = 0, values = 0;
  };
  /// `read` reads a batch, levels into definition_ and repetition_; `keep` takes its
  /// values in.
  template <typename Read, typename Keep>
  Status AppendBatches(parquet::ColumnReader& reader, Read read, Keep keep);
  template <typename Reader, typename Value>
  Status AppendNumbers(parquet::ColumnReader& reader, std::vector<Value>& values);
  Status AppendTexts(parquet::ColumnReader& reader);
  Status AppendIndices(parquet::ColumnReader& reader);
  Status AppendLevels(Batch batch);
  Status CheckTexts() const;
  Status MarkRows(size_t first_entry, size_t first_value, int64_t rows);
  void MarkEntries(size_t first_entry, size_t first_value, size_t rows);
  int32_t NumberOfPlain(std::string_view text);
  int32_t FindText(std::string_view text);
  int32_t NewText(std::string_view text);

  StoredLeaf leaf_;
  TextNumbers numbers_;  // Of texts that may come again.
  int64_t plain_texts_ = 0, repeated_texts_ = 0;
  // Of the batch at hand.
  std::vector<int16_t> definition_, repetition_;
};

}  // namespace weir::datafile
