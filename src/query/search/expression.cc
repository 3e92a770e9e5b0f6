// SPDX-License-Identifier: Apache-2.0
#include "query/search/expression.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace weir::query::search {

bool Value::is_any() const {
  return !is_exact() &&
         std::ranges::all_of(pieces, [](const auto& piece) { return piece.empty(); });
}

std::string Value::ToText() const { return fmt::format("{}", fmt::join(pieces, "*")); }

}  // namespace weir::query::search
