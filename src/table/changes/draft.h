// SPDX-License-Identifier: Apache-2.0
#pragma once
// A metadata document while updates are applied to it.

#include <cstdint>
#include <optional>
#include <set>

#include "base/result.h"
#include "table/changes/json_object.h"

namespace weir::table::changes {

/// Starts as a document or, for a table that does not exist yet, as an empty object. One thread.
struct Draft {
  Json document;
  int64_t now_ms = 0;
  // What -1 in an update stands for.
  std::optional<int32_t> last_added_schema_id, last_added_spec_id, last_added_order_id;
  std::set<int64_t> added_snapshots;
  std::optional<int64_t> main_snapshot;  // Where the branch main was set to, last.

  /// Errors: kInternal, as a document that was checked has it.
  Result<int64_t> FormatVersion() const;
  /// The current schema. Errors: kBadRequest where there is none.
  Result<const Json*> CurrentSchema() const;
  /// What new specs and sort orders refer to: the schema that came with them, which some clients
  /// make the current one only afterwards, or else the current one. Errors: as CurrentSchema.
  Result<const Json*> NewestSchema() const;
};

/// An update of one kind. Errors: kBadRequest for what can't be done to this table; kConflict where
/// it was made for an older state of it.
using Update = Status (*)(Draft& draft, const Json& update);

/// The id that `asked` means: itself, or for -1 the one added last. Errors: kBadRequest where
/// nothing was added, or the list of `draft` has no such id.
Result<int32_t> Chosen(const Draft& draft, int32_t asked, std::optional<int32_t> last_added,
                       std::string_view list_name, std::string_view id_name);

}  // namespace weir::table::changes
