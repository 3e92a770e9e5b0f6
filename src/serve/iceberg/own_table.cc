// SPDX-License-Identifier: Apache-2.0
#include "serve/iceberg/own_table.h"

#include <utility>

#include "serve/answer.h"
#include "serve/iceberg/alter_own.h"
#include "serve/iceberg/append_table.h"

namespace weir::serve::iceberg {

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
  if (lake.alter == nullptr || !IsAlteration(change.updates)) return AppendToTable(lake, change);
  auto answer = AlterOwn(lake, change);
  return answer.ok() && change.is_transaction ? EmptyAnswer(204) : std::move(answer);
}

}  // namespace weir::serve::iceberg
