// SPDX-License-Identifier: Apache-2.0
#pragma once
// The pages of a column chunk that chosen rows are on, read from the store.

#include <parquet/column_reader.h>
#include <parquet/schema.h>

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "datafile/lookup/leaf_rows.h"
#include "datafile/lookup/zstd_pages.h"

namespace weir::datafile {

/// A stretch of rows that follow each other in what `reader` gives.
struct ReadStretch {
  int64_t first_row = 0, rows = 0;
};

/// Pages one after the other, as if nothing were between them.
struct ChosenPages {
  std::vector<ReadStretch> stretches;                  // Of a page each.
  std::unique_ptr<parquet::ColumnDescriptor> numbers;  // Outlives the reader.
  std::shared_ptr<parquet::ColumnReader> reader;
  // Set where `reader` gives numbers of texts, as INT32; filled once it was asked for something.
  std::unique_ptr<StoredTexts> texts;
  bool are_all_null = false;  // There is no reader then: a look was not needed.
};

/// The pages on which there are rows of `ranges`, which are ascending and apart. Throws what
/// Parquet throws. Errors: as ReadLeaf's.
Result<ChosenPages> ChoosePages(const PartReader& parts, const LeafPlace& place,
                                std::span<const RowRange> ranges);

}  // namespace weir::datafile
