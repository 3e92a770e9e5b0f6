// SPDX-License-Identifier: Apache-2.0
#include "query/search/tail_cursor.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <vector>

#include "base/check.h"
#include "query/search/sql_text.h"

namespace weir::query::search {
namespace {

// docs/decisions/0004: a record_id is 6 digits of writer, 12 of sequence, 6 of ordinal.
constexpr size_t kIdDigits = 24, kWriterDigits = 6;
constexpr size_t kWritersMax = 256;
// Before the ids; another form of cursor would have another.
constexpr std::string_view kForm = "1";

bool IsRecordId(std::string_view text) {
  return text.size() == kIdDigits &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace

Result<TailCursor> TailCursor::Parse(std::string_view text) {
  TailCursor cursor;
  const Status bad = Error(ErrorKind::kBadRequest,
                           "cursor is none that an earlier answer gave; leave it out to begin now");
  if (!text.starts_with(kForm)) return bad;
  text.remove_prefix(kForm.size());
  while (!text.empty()) {
    const std::string_view id = text.substr(1, kIdDigits);
    const bool has_room = cursor.last_by_writer.size() < kWritersMax;
    if (text[0] != '.' || !IsRecordId(id) || !has_room) return bad;
    cursor.Advance(id);
    text.remove_prefix(1 + kIdDigits);
  }
  return cursor;
}

std::string TailCursor::ToText() const {
  std::string text(kForm);
  for (const auto& [writer, id] : last_by_writer) text += '.' + id;
  return text;
}

void TailCursor::Advance(std::string_view record_id) {
  std::string& last = last_by_writer[std::string(record_id.substr(0, kWriterDigits))];
  if (last < record_id) last = record_id;
}

std::string HeadsSql(const Scope& scope) {
  return fmt::format("SELECT max(record_id)\n{}\nGROUP BY substr(record_id, 1, {})",
                     scope.FromWhereWithoutQuery(), kWriterDigits);
}

std::string NewRowsSql(const Scope& scope, const TailCursor& from, const TailCursor& to,
                       int64_t limit) {
  CHECK(!to.last_by_writer.empty());
  std::vector<std::string> ranges;
  for (const auto& [writer, last] : to.last_by_writer) {
    const auto seen = from.last_by_writer.find(writer);
    const std::string& after = seen == from.last_by_writer.end() ? writer : seen->second;
    ranges.push_back(
        fmt::format("record_id > {} AND record_id <= {}", TextLiteral(after), TextLiteral(last)));
  }
  return fmt::format(
      "SELECT * FROM (\n"
      "  SELECT {}\n  {}\n    AND ({})\n"
      "  ORDER BY substr(record_id, {}), record_id\n"
      "  LIMIT {})\n"
      "ORDER BY time, record_id",
      ListColumns(scope.subject), scope.FromWhere("  "), fmt::join(ranges, " OR "),
      kWriterDigits + 1, limit);
}

}  // namespace weir::query::search
