// SPDX-License-Identifier: Apache-2.0
#pragma once
// The data files of a table's current snapshot, read from its manifests.

#include <cstddef>
#include <vector>

#include "datafile/data_file.h"
#include "serve/table_source.h"

namespace weir::serve {

struct DataFiles {
  std::vector<datafile::DataFile> files;  // In the order of the manifest list.
  bool is_complete = true;                // False when the limit cut the list.
};

/// Reads one manifest after the other until `count_max` files are found.
Result<DataFiles> ListDataFiles(const TableSource& tables, const TableDocument& document,
                                size_t count_max);

}  // namespace weir::serve
