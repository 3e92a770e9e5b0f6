// SPDX-License-Identifier: Apache-2.0
// Any bytes as a query: read or refused with a place, and never more in SQL than literals.

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/check.h"
#include "query/search/parser.h"
#include "query/search/problem.h"
#include "query/search/statement.h"

namespace weir::query::search {
namespace {

/// What is left of a condition beside its literals has to be ours.
void CheckCondition(std::string_view sql) {
  bool is_inside = false;
  for (size_t i = 0; i < sql.size(); ++i) {
    const char c = sql[i];
    if (c == '\'') {
      is_inside = !is_inside;  // A doubled one ends a literal and begins the next.
    } else if (!is_inside) {
      CHECK(c > 0 && c != ';' && c != '"' && c != '\n' && c != '\\');
      CHECK(!sql.substr(i).starts_with("--") && !sql.substr(i).starts_with("/*"));
    }
  }
  CHECK(!is_inside);
}

void CheckQuery(std::string_view query) {
  constexpr TimeWindow kWindow{.from_us = 0, .to_us = 1};
  const auto tree = Parse(query);
  for (const Subject subject :
       {Subject::kTraces, Subject::kSpans, Subject::kLogs, Subject::kMetrics}) {
    const auto scope = ScopeOf(subject, {}, query, kWindow);
    if (scope.ok()) {
      CHECK(tree.ok());
      CheckCondition(scope->condition);
      continue;
    }
    const auto position = PositionOf(scope.status());
    CHECK(KindOf(scope.status()) == ErrorKind::kBadRequest && position.has_value());
    CHECK(*position >= 1 && *position <= query.size() + 1);
  }
}

}  // namespace
}  // namespace weir::query::search

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  weir::query::search::CheckQuery({reinterpret_cast<const char*>(data), size});
  return 0;
}
