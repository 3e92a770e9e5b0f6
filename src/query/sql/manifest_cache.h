// SPDX-License-Identifier: Apache-2.0
#pragma once
// The data files of manifests, those used last kept in memory.

#include <cstddef>
#include <list>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/guarded.h"
#include "base/result.h"
#include "datafile/data_file.h"
#include "store/store.h"
#include "table/iceberg/table_state.h"

namespace weir::query::sql {

/// Only what a scan prunes by is kept of them: path, date, sizes and statistics.
using LiveFiles = std::shared_ptr<const std::vector<datafile::DataFile>>;

/// Manifests never change under their path. Any thread; one that is missing may be read by two
/// threads at once.
class ManifestCache {
 public:
  /// A file with the statistics of sixty columns takes about 10 KB.
  static constexpr size_t kFilesMax = 4'000;

  /// The live files of a manifest of `state`. Errors: kNotFound; kBadRequest where it is none.
  Result<LiveFiles> Of(const store::Store& store, const table::iceberg::TableState& state,
                       const table::iceberg::ManifestFile& manifest);
  size_t file_count() { return kept_.Lock()->file_count; }

 private:
  using Entry = std::pair<std::string, LiveFiles>;
  struct Kept {
    std::list<Entry> entries;  // The one used last is first.
    std::unordered_map<std::string, std::list<Entry>::iterator> by_path;
    size_t file_count = 0;
  };

  Guarded<Kept> kept_;
};

}  // namespace weir::query::sql
