// SPDX-License-Identifier: Apache-2.0
#pragma once
// Pieces of SQL that hold what somebody else wrote. Nothing of a query reaches SQL but through
// these.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "signal/published_table.h"

namespace weir::query::search {

/// `'it''s'`. `text` is UTF-8 without a zero byte.
std::string TextLiteral(std::string_view text);
/// `2026-11-20T14:16:13.000001Z` for microseconds since the epoch.
std::string TimeText(int64_t unix_us);
/// TIMESTAMPTZ and that.
std::string TimeLiteral(int64_t unix_us);
/// A pattern of LIKE, as a literal, with ESCAPE where it needs one: pieces with anything between
/// them.
std::string LikeLiteral(const std::vector<std::string>& pieces);
/// `otel_spans`, or `"schema"."prefix_otel_spans"` where it is not the default one.
std::string TableText(const signal::TableSet& tables, signal::Table table);

}  // namespace weir::query::search
