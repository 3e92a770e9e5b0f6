// SPDX-License-Identifier: Apache-2.0
#pragma once
// What is known of several files' rows together.

#include <span>

#include "datafile/data_file.h"

namespace weir::datafile {

/// Rows, column sizes and statistics of all `files`, at least one; the rest is left as it is. A
/// statistic that one of them lacks is left out: what is said must be true of all rows.
DataFile JoinFacts(std::span<const DataFile* const> files);

}  // namespace weir::datafile
