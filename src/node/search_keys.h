// SPDX-License-Identifier: Apache-2.0
#pragma once
// The catalogue of keys and values, kept in the data folder over restarts.

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>

#include "base/clock.h"
#include "base/result.h"
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
  /// Empties it, in memory and on disk: it may have values of rows that are to be forgotten.
  /// Errors: kInternal where that can't be written.
  Status Forget();

  const query::search::KeyCatalogue& catalogue() const { return catalogue_; }

 private:
  Status Write();

  const std::string path_;
  const Clock& clock_;
  std::mutex write_mutex_;  // So that nothing older is written after something newer.
  query::search::KeyCatalogue catalogue_;
  std::atomic<int64_t> saved_unix_s_;
};

}  // namespace weir::node
