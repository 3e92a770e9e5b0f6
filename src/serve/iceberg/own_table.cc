// SPDX-License-Identifier: Apache-2.0
#include "serve/iceberg/own_table.h"

#include <utility>

#include "serve/answer.h"
#include "serve/iceberg/alter_own.h"
#include "serve/iceberg/append_table.h"
#include "serve/iceberg/load_table.h"

namespace weir::serve::iceberg {

namespace {

/// So that a request with the same key is known for another one, or as done. The change is
/// committed already: where this fails, or the process ends before it, an append is known by its
/// snapshot's id, and an alteration made again is refused as one of an older table.
void KeepAnswer(const Lake& lake, int status, const std::string& metadata_location) {
  if (lake.request == nullptr) return;
  const catalog::KeptAnswer kept{.key = lake.request->key,
                                 .request = lake.request->asked,
                                 .status = status,
                                 .metadata_location = metadata_location};
  Ignore(lake.external.Apply({}, kept, lake.clock.UnixMillis()), "the change is made all the same");
}

}  // namespace

catalog::TableName OwnName(const catalog::ObjectName& name) {
  return {.schema = name.levels.front(), .name = name.name};
}

Result<bool> IsOwnTable(const Lake& lake, const catalog::ObjectName& name) {
  if (name.levels.size() != 1) return false;
  const auto found = lake.own.Find(OwnName(name));
  if (KindOf(found.status()) == ErrorKind::kNotFound) return false;
  TRY(found.status());
  return true;
}

Result<net::Response> ChangeOwnTable(const Lake& lake, const OwnChange& change) {
  const bool alters = lake.alter != nullptr && IsAlteration(change.updates);
  TRY(alters ? AlterOwn(lake, change) : AppendToTable(lake, change));
  if (change.is_transaction) {
    KeepAnswer(lake, 204, "");
    return EmptyAnswer(204);
  }
  const TableDocument now = TRY(lake.own.Load(OwnName(change.name)));
  KeepAnswer(lake, 200, now.entry.metadata_location);
  return TableAnswer(now.entry.metadata_location, now.metadata);
}

}  // namespace weir::serve::iceberg
