// SPDX-License-Identifier: Apache-2.0
#include "commit/delta_publisher.h"

#include <fmt/format.h>

#include "base/fault_point.h"
#include "table/delta/log_entry.h"

namespace weir::commit {
namespace {

Status Publish(store::Store& store, const catalog::PendingDelta& pending, const std::string& path) {
  const Status put = store.PutIfAbsent(path, pending.entry);
  if (put.ok() || KindOf(put) != ErrorKind::kConflict) return put;
  const std::string found = TRY(store.Read(path));
  if (found == pending.entry) return Status::OK();
  return Error(ErrorKind::kInternal,
               fmt::format("delta log of {}: entry {} was written by someone else",
                           pending.name.ToString(), pending.version));
}

}  // namespace

Status PublishPendingDelta(store::Store& store, catalog::Catalog& catalog) {
  const std::string store_root = store.Uri("");
  const std::vector<catalog::PendingDelta> all = TRY(catalog.ListPendingDelta());
  for (const catalog::PendingDelta& pending : all) {
    const catalog::TableEntry entry = TRY(catalog.Load(pending.name));
    const std::string root = entry.location.substr(store_root.size());
    TRY(fault::MayFail("delta.put.before"));
    TRY(Publish(store, pending, table::delta::EntryPath(root, pending.version)));
    TRY(fault::MayFail("delta.put.after"));
    TRY(fault::MayFail("delta.record.before"));
    TRY(catalog.MarkDeltaPublished(pending.name, pending.version));
    TRY(fault::MayFail("delta.record.after"));
  }
  return Status::OK();
}

}  // namespace weir::commit
