// SPDX-License-Identifier: Apache-2.0
#pragma once
// Deletes the files of engines' tables that were dropped with purge.

#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>

#include "catalog/external_catalog.h"
#include "store/store.h"

namespace weir::serve::iceberg {

/// One thread of its own, which begins with what an earlier run left. What the catalog notes as
/// nobody's is a whole folder, and no table can get it while the note is there. The references
/// outlive it. Any thread.
class Purger {
 public:
  Purger(catalog::ExternalCatalog& external, store::Store& store);
  ~Purger();
  Purger(const Purger&) = delete;

  /// There may be something to delete.
  void Wake();

 private:
  void Work(const std::stop_token& stop);
  void PurgeAll(const std::stop_token& stop);
  Status Purge(const std::string& location, const std::stop_token& stop);

  catalog::ExternalCatalog& external_;
  store::Store& store_;
  std::mutex mutex_;  // Guards is_woken_; a plain mutex because the condition waits on it.
  bool is_woken_ = true;
  std::condition_variable_any woken_;
  std::jthread thread_;  // Last: joined before what it uses goes.
};

}  // namespace weir::serve::iceberg
