// SPDX-License-Identifier: Apache-2.0
#include "query/search/sql_text.h"

#include <fmt/format.h>

#include "base/dates.h"

namespace weir::query::search {
namespace {

std::string NameText(std::string_view name) {
  std::string quoted = "\"";
  for (const char c : name) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

}  // namespace

std::string TextLiteral(std::string_view text) {
  std::string literal = "'";
  for (const char c : text) {
    if (c == '\'') literal += '\'';
    literal += c;
  }
  return literal + '\'';
}

std::string TimeText(int64_t unix_us) {
  constexpr int64_t kSecond = 1'000'000, kDay = 86'400 * kSecond;
  int64_t days = unix_us / kDay, rest = unix_us % kDay;
  if (rest < 0) --days, rest += kDay;
  const int64_t seconds = rest / kSecond;
  return fmt::format("{}T{:02}:{:02}:{:02}.{:06}Z", DateText(static_cast<int32_t>(days)),
                     seconds / 3600, seconds / 60 % 60, seconds % 60, rest % kSecond);
}

std::string TimeLiteral(int64_t unix_us) {
  return fmt::format("TIMESTAMPTZ '{}'", TimeText(unix_us));
}

std::string LikeLiteral(const std::vector<std::string>& pieces) {
  std::string pattern;
  bool needs_escape = false;
  for (size_t i = 0; i < pieces.size(); ++i) {
    if (i > 0) pattern += '%';
    for (const char c : pieces[i]) {
      if (c == '%' || c == '_' || c == '\\') {
        pattern += '\\';
        needs_escape = true;
      }
      pattern += c;
    }
  }
  return TextLiteral(pattern) + (needs_escape ? " ESCAPE '\\'" : "");
}

std::string TableText(const signal::TableSet& tables, signal::Table table) {
  const std::string name = signal::TableName(tables, table);
  if (tables == signal::TableSet()) return name;
  return NameText(tables.schema) + '.' + NameText(name);
}

}  // namespace weir::query::search
