// SPDX-License-Identifier: Apache-2.0
#pragma once
// How far somebody has followed a table, and the statements that say what came since.
//
// A writer's rows become visible in the order of their record_id, so the last one that was seen of
// each writer says it all.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "query/search/statement.h"

namespace weir::query::search {

/// The last record_id of each writer, by the digits that name the writer.
struct TailCursor {
  std::map<std::string, std::string> last_by_writer;

  /// Errors: kBadRequest where `text` was not made by ToText.
  static Result<TailCursor> Parse(std::string_view text);
  std::string ToText() const;
  /// Where `record_id` is further than what was seen of its writer.
  void Advance(std::string_view record_id);
};

/// Rows of one column: the last record_id of each writer that has rows in the window.
std::string HeadsSql(const Scope& scope);

/// Rows that match, after `from` and up to `to`, in order of their time; where there are more than
/// `limit`, those that each writer wrote first. The last column is record_id. `to` has a writer.
std::string NewRowsSql(const Scope& scope, const TailCursor& from, const TailCursor& to,
                       int64_t limit);

}  // namespace weir::query::search
