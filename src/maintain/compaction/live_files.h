// SPDX-License-Identifier: Apache-2.0
#pragma once
// What plans and runs need of a table's live files, read from its manifests.

#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "datafile/data_file.h"
#include "maintain/compaction/compaction_plan.h"
#include "store/store.h"
#include "table/iceberg/file_layout.h"
#include "table/iceberg/table_state.h"

namespace weir::maintain {

/// The live files of one table from commit to commit: a manifest is read once. One thread.
class LiveFiles {
 public:
  /// All of them, in manifest order. Errors: kBadRequest where a manifest is none, the store's.
  Result<std::vector<LiveFile>> List(const store::Store& store,
                                     const table::iceberg::TableState& state,
                                     const table::iceberg::FileLayout& layout);

  /// All that the last listed snapshot says of `files`, in their order. Errors: as List.
  Result<std::vector<datafile::DataFile>> FactsOf(const store::Store& store,
                                                  const table::iceberg::TableState& state,
                                                  const std::vector<LiveFile>& files) const;

 private:
  std::map<std::string, std::vector<LiveFile>> manifests_;  // Of the last snapshot, by URI.
  int32_t sort_order_id_ = 0, schema_id_ = 0;               // Which files were held against.
};

}  // namespace weir::maintain
