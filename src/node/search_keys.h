// SPDX-License-Identifier: Apache-2.0
#pragma once
// The catalogue of keys and values, kept in the data folder over restarts.

#include <atomic>
#include <cstdint>
#include <string>

#include "base/clock.h"
#include "query/search/key_catalogue.h"

namespace weir::node {

/// Any thread. What a crash loses is at most what came since the last save: suggestions, no data.
class SearchKeys {
 public:
  /// `path`: its file, which is read where it is there. One that can't be read is logged and
  /// written anew.
  SearchKeys(std::string path, const Clock& clock);

  /// Looks at rows that are being committed; saves now and then.
  void Observe(signal::RowColumns& rows);
  void Save();

  const query::search::KeyCatalogue& catalogue() const { return catalogue_; }

 private:
  const std::string path_;
  const Clock& clock_;
  query::search::KeyCatalogue catalogue_;
  std::atomic<int64_t> saved_unix_s_;
};

}  // namespace weir::node
