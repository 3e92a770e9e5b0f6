// SPDX-License-Identifier: Apache-2.0
#pragma once
// What is known of one closed data file: enough for any table format to list it. No Parquet here.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace weir::datafile {

/// A column's smallest or largest value: bool, int32 (also dates), int64 (also timestamps, µs),
/// double or UTF-8 text. Text may be cut: a lower bound to a prefix; an upper bound to a prefix
/// raised so that it still bounds.
using Bound = std::variant<bool, int32_t, int64_t, double, std::string>;

/// Statistics of one leaf column outside maps and lists.
struct ColumnStatistics {
  int64_t value_count = 0;  // Rows, nulls included.
  int64_t null_count = 0;
  std::optional<Bound> lower;  // Absent when all is null or no bound could be given; never NaN.
  // Of the numbers beside NaNs, as Iceberg wants it. Leaving it out for the engines that sort NaN
  // last would lose whole files to those that take a missing bound for one that no row meets.
  std::optional<Bound> upper;
  std::optional<int64_t> nan_count;  // Of double columns only.
};

/// A closed Parquet file. Immutable.
struct DataFile {
  std::string path;  // Relative to the table's location: `data/date=2026-11-20/<uuid>.parquet`.
  int32_t date = 0;  // Partition value, days since the epoch.
  // Which of the table's partition specs the file is divided by, and its values of that spec's
  // fields behind the date. Spec 0 is that of the date alone, which is true of every file.
  int32_t spec_id = 0;
  std::vector<std::optional<Bound>> partition = {};
  int64_t record_count = 0;
  int64_t file_bytes = 0;
  std::map<int32_t, int64_t>
      column_bytes;  // Compressed size by field id, leaves of maps and lists included.
  std::map<int32_t, ColumnStatistics> statistics;  // By field id.
  std::vector<int64_t> split_offsets;              // Where each row group starts.
  // Which of the orders that its table lists the rows are in, 0 for none; absent: that of fresh
  // files.
  std::optional<int32_t> sort_order_id;
  std::string content_hash;  // ContentHash of its bytes; empty where it is not known.
};

}  // namespace weir::datafile
