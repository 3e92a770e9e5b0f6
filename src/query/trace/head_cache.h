// SPDX-License-Identifier: Apache-2.0
#pragma once
// Heads of data files, those used last kept in memory.

#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/guarded.h"
#include "base/result.h"
#include "datafile/lookup/file_head.h"

namespace weir::query {

/// Data files never change under their path, so a head is right for ever. Any thread; a head that
/// is missing may be read by two threads at once.
class HeadCache {
 public:
  explicit HeadCache(int64_t bytes_max) : bytes_max_(bytes_max) {}

  /// Errors: as FileHead::Read.
  Result<std::shared_ptr<const datafile::FileHead>> Of(const datafile::PartReader& parts,
                                                       const std::string& path, int64_t file_bytes);
  int64_t byte_size() { return kept_.Lock()->bytes; }

 private:
  using Head = std::shared_ptr<const datafile::FileHead>;
  struct Kept {
    std::list<Head> heads;  // The one used last is first.
    std::unordered_map<std::string_view, std::list<Head>::iterator> by_path;  // Views of the heads.
    int64_t bytes = 0;
  };

  const int64_t bytes_max_;
  Guarded<Kept> kept_;
};

}  // namespace weir::query
