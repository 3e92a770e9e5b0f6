// SPDX-License-Identifier: Apache-2.0
#pragma once
// Chosen rows of a row group, put together from the pages of their columns.

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "datafile/lookup/file_head.h"
#include "datafile/lookup/row_sink.h"

namespace weir::datafile {

struct RowChoice {
  int group = 0;
  std::span<const int64_t> rows;     // Ascending, each once.
  std::vector<std::string> columns;  // Top-level ones; empty: all.
};

/// Tells `sink` the rows, each between BeginStruct and EndStruct; after each, `on_row` is called
/// with its place in `choice.rows`. Columns that the file does not have are null.
/// Errors: kBadRequest where the file contradicts itself or has types that no published table has;
/// the store's.
Status ReadRows(const PartReader& parts, const FileHead& head, const RowChoice& choice,
                RowSink& sink, const std::function<Status(size_t)>& on_row);

}  // namespace weir::datafile
