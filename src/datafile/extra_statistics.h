// SPDX-License-Identifier: Apache-2.0
#pragma once
// What table formats want to know of a file's columns and Parquet's own statistics leave out.

#include <arrow/type_fwd.h>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "datafile/data_file.h"

namespace weir::datafile {

// Parquet's writer gives no bounds to a column chunk whose smallest or largest text is longer.
inline constexpr int64_t kListedTextBytesMax = 4096;

/// Bounds of the texts in those batches that have one longer than kListedTextBytesMax.
struct LongTexts {
  int64_t batches = 0;
  std::string lower, upper;  // As LowerBound and UpperBound cut them.
  bool has_upper = true;     // False where no text can bound them from above.
};

/// Gathers, batch by batch, NaN counts and the bounds of long texts, of columns outside maps and
/// lists. One thread.
class ExtraStatistics {
 public:
  /// Errors: kInternal, from the library.
  Status Add(const arrow::RecordBatch& batch);
  /// The same for one column, from who has no arrays: how many NaNs a double column has, zero too;
  void AddNans(int32_t field_id, int64_t nans) { nan_counts_[field_id] += nans; }
  /// the least and the largest text of a row group. Short ones leave no trace: Parquet has them.
  void AddTexts(int32_t field_id, std::string_view lowest, std::string_view highest);

  /// Null where no batch had a long text in that column.
  const LongTexts* FindLongTexts(int32_t field_id) const;
  /// Fills in the NaN counts.
  void AddNanCountsTo(DataFile& file) const;

 private:
  Status AddField(const arrow::Field& field, const std::shared_ptr<arrow::Array>& column);
  void AddColumn(int32_t field_id, const arrow::Array& column);
  void AddLongTexts(int32_t field_id, std::string_view lowest, std::string_view highest);

  std::map<int32_t, int64_t> nan_counts_;
  std::map<int32_t, LongTexts> long_texts_;
};

}  // namespace weir::datafile
