// SPDX-License-Identifier: Apache-2.0
#include "serve/iceberg/purger.h"

#include <fmt/format.h>

#include "base/log.h"
#include "serve/metrics.h"
#include "serve/request_target.h"

namespace weir::serve::iceberg {

Purger::Purger(catalog::ExternalCatalog& external, store::Store& store)
    : external_(external),
      store_(store),
      thread_([this](const std::stop_token& stop) { Work(stop); }) {}

Purger::~Purger() {
  thread_.request_stop();
  thread_.join();
}

void Purger::Wake() {
  {
    std::lock_guard lock(mutex_);
    is_woken_ = true;
  }
  woken_.notify_all();
}

void Purger::Work(const std::stop_token& stop) {
  while (true) {
    {
      std::unique_lock lock(mutex_);
      if (!woken_.wait(lock, stop, [this] { return is_woken_; })) return;
      is_woken_ = false;
    }
    PurgeAll(stop);
  }
}

void Purger::PurgeAll(const std::stop_token& stop) {
  const auto purges = external_.ListPurges();
  if (!purges.ok()) {
    log::Warn("dropped tables can't be listed", {{"error", purges.status().message()}});
    return;
  }
  for (const catalog::Purge& purge : *purges) {
    const Status purged = Purge(purge.location, stop);
    if (stop.stop_requested()) return;
    if (purged.ok()) continue;
    // Tried again with the next drop, and at the next start.
    log::Warn("files of a dropped table stay for now",
              {{"location", purge.location}, {"error", purged.message()}});
  }
}

Status Purger::Purge(const std::string& location, const std::stop_token& stop) {
  const std::string root = store_.Uri("external/");
  if (!location.starts_with(root) || location.size() == root.size()) {
    return Error(ErrorKind::kInternal, fmt::format("{} is not below {}", location, root));
  }
  const std::string folder =
      TRY(PercentDecode(std::string_view(location).substr(store_.Uri("").size())));
  const auto paths = TRY(store_.List(folder + "/"));
  for (const std::string& path : paths) {
    if (stop.stop_requested()) return Status::OK();
    TRY(store_.Delete(path));
    purged_files_total.With().Add();
  }
  return external_.ForgetPurge(location);
}

}  // namespace weir::serve::iceberg
