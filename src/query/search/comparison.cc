// SPDX-License-Identifier: Apache-2.0
#include "query/search/comparison.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "query/search/number_text.h"
#include "query/search/problem.h"
#include "query/search/sql_text.h"

namespace weir::query::search {
namespace {

std::string_view SignOf(Comparison comparison) {
  switch (comparison) {
    case Comparison::kEqual: return "=";
    case Comparison::kLess: return "<";
    case Comparison::kLessEqual: return "<=";
    case Comparison::kGreater: return ">";
    case Comparison::kGreaterEqual: return ">=";
  }
  return "=";
}

// As many as a DOUBLE always keeps.
constexpr size_t kExactDigits = 15;

/// Levels of logs: numbers of their beginning, and the words of senders that give no number.
struct Level {
  int number;
  std::vector<std::string_view> words;
};
const std::vector<Level>& Levels() {
  static const std::vector<Level> levels = {{1, {"TRACE"}},
                                            {5, {"DEBUG"}},
                                            {9, {"INFO", "INFORMATION"}},
                                            {13, {"WARN", "WARNING"}},
                                            {17, {"ERROR"}},
                                            {21, {"FATAL", "CRITICAL"}}};
  return levels;
}

/// One term. One thread.
class Comparer {
 public:
  Comparer(Subject subject, std::string_view query, const Expression& term)
      : subject_(subject), query_(query), term_(term), value_(term.value) {}

  Result<std::string> Sql() const;

 private:
  Result<std::string> Text(const std::string& sql) const;
  Result<std::string> Number(const std::string& sql) const;
  Result<std::string> Bool(const std::string& sql) const;
  Result<std::string> Duration(const std::string& sql) const;
  Result<std::string> Milliseconds(const std::string& sql) const;
  Result<std::string> Word(const std::string& sql, std::string_view prefix,
                           std::span<const std::string_view> words) const;
  Result<std::string> Id(const Field& field) const;
  Result<std::string> Level() const;
  Result<std::string> Failure() const;
  Result<std::string> Attribute(const Field& field) const;
  std::string AttributeAt(const std::string& sql) const;
  std::string Compared(std::string_view sql, std::string_view literal) const {
    return fmt::format("{} {} {}", sql, SignOf(term_.comparison), literal);
  }
  bool is_equality() const { return term_.comparison == Comparison::kEqual; }
  Status Bad(std::string_view expected) const {
    return Problem(query_, value_.position,
                   fmt::format("expected {} after \"{}\"", expected, term_.key.name));
  }

  const Subject subject_;
  const std::string_view query_;
  const Expression& term_;
  const Value& value_;
};

Result<std::string> Comparer::Text(const std::string& sql) const {
  if (value_.is_exact()) return Compared(sql, TextLiteral(value_.pieces[0]));
  return fmt::format("{} LIKE {}", sql, LikeLiteral(value_.pieces));
}

Result<std::string> Comparer::Number(const std::string& sql) const {
  if (!value_.is_exact()) {
    return fmt::format("CAST({} AS VARCHAR) LIKE {}", sql, LikeLiteral(value_.pieces));
  }
  const auto literal = NumberLiteral(value_.pieces[0]);
  if (!literal) return Bad("a number");
  return Compared(sql, *literal);
}

Result<std::string> Comparer::Bool(const std::string& sql) const {
  const std::string word = ToLower(value_.ToText());
  if (!is_equality() || (word != "true" && word != "false")) return Bad("true or false");
  return Compared(sql, word);
}

Result<std::string> Comparer::Duration(const std::string& sql) const {
  const auto nanos = ParseDuration(value_.ToText());
  if (!nanos) return Bad("a duration such as 500ms, 1.5s or 2h");
  return Compared(sql, fmt::format("{}", *nanos));
}

Result<std::string> Comparer::Milliseconds(const std::string& sql) const {
  const auto number = NumberLiteral(value_.ToText());
  double milliseconds = 0;
  if (number) milliseconds = std::stod(*number);
  constexpr double kMax = 9.2e12;  // Of which nanoseconds are whole numbers of 64 bits.
  if (!number || std::abs(milliseconds) > kMax) return Bad("a number of milliseconds");
  return Compared(sql, fmt::format("{}", std::llround(milliseconds * 1e6)));
}

/// A word of a few, with or without the prefix that the column has.
Result<std::string> Comparer::Word(const std::string& sql, std::string_view prefix,
                                   std::span<const std::string_view> words) const {
  std::string word = ToLower(value_.ToText());
  const std::string lower_prefix = ToLower(prefix);
  if (word.starts_with(lower_prefix)) word.erase(0, lower_prefix.size());
  if (!is_equality() || std::ranges::find(words, word) == words.end()) {
    return Bad(
        fmt::format("{} or {}", fmt::join(words.first(words.size() - 1), ", "), words.back()));
  }
  std::ranges::transform(word, word.begin(), [](char c) { return static_cast<char>(c - 32); });
  return Compared(sql, TextLiteral(fmt::format("{}{}", prefix, word)));
}

Result<std::string> Comparer::Id(const Field& field) const {
  const std::string expected = fmt::format("{} hex digits, or some of them and a *", field.digits);
  if (!is_equality()) return Bad(expected);
  if (value_.is_exact()) {
    if (!IsHexId(value_.pieces[0], field.digits)) return Bad(expected);
    return Compared(field.sql[0], TextLiteral(ToLower(value_.pieces[0])));
  }
  std::vector<std::string> pieces;
  for (const std::string& piece : value_.pieces) {
    if (!IsHexId(piece, piece.size())) return Bad(expected);
    pieces.push_back(ToLower(piece));
  }
  return fmt::format("{} LIKE {}", field.sql[0], LikeLiteral(pieces));
}

Result<std::string> Comparer::Level() const {
  if (value_.is_any()) return "(severity_number > 0 OR severity_text <> '')";
  if (!value_.is_exact()) {
    return fmt::format("severity_text ILIKE {}", LikeLiteral(value_.pieces));
  }
  const std::string word = ToLower(value_.pieces[0]);
  if (const auto number = NumberLiteral(word)) return Compared("severity_number", *number);
  const int number = LevelNumber(word);
  if (number == 0) {
    if (!is_equality()) return Bad("trace, debug, info, warn, error, fatal or a number");
    return fmt::format("upper(severity_text) = upper({})", TextLiteral(word));
  }
  constexpr int kEach = 4, kMax = 24;
  int from = number, to = number + kEach - 1;
  switch (term_.comparison) {
    case Comparison::kEqual: break;
    case Comparison::kLess: from = 1, to = number - 1; break;
    case Comparison::kLessEqual: from = 1; break;
    case Comparison::kGreater: from = number + kEach, to = kMax; break;
    case Comparison::kGreaterEqual: to = kMax; break;
  }
  std::vector<std::string> words;
  for (const auto& level : Levels()) {
    if (level.number < from || level.number > to) continue;
    for (const std::string_view each : level.words) words.push_back(TextLiteral(each));
  }
  if (words.empty()) return "false";
  return fmt::format(
      "(severity_number BETWEEN {} AND {} OR (coalesce(severity_number, 0) = 0 AND "
      "upper(severity_text) IN ({})))",
      from, to, fmt::join(words, ", "));
}

Result<std::string> Comparer::Failure() const {
  const std::string word = ToLower(value_.ToText());
  if (!is_equality() || (word != "true" && word != "false")) {
    return Bad("true or false (\"@error\" is the attribute)");
  }
  const std::string failed = FailureCondition(subject_);
  return word == "true" ? failed : fmt::format("({}) IS NOT TRUE", failed);
}

std::string Comparer::AttributeAt(const std::string& sql) const {
  if (!value_.is_exact()) {
    return value_.is_any() ? fmt::format("{} IS NOT NULL", sql)
                           : fmt::format("{} LIKE {}", sql, LikeLiteral(value_.pieces));
  }
  const std::string& text = value_.pieces[0];
  const auto number = value_.is_quoted ? std::nullopt : NumberLiteral(text);
  // Numbers that DOUBLE can't tell from their neighbours are equal as texts only.
  if (number && (!is_equality() || text.size() <= kExactDigits)) {
    return Compared(fmt::format("TRY_CAST({} AS DOUBLE)", sql), *number);
  }
  return Compared(sql, TextLiteral(text));
}

Result<std::string> Comparer::Attribute(const Field& field) const {
  std::vector<std::string> places;
  for (const std::string& sql : field.sql) places.push_back(AttributeAt(sql));
  if (places.size() == 1) return places[0];
  return fmt::format("({})", fmt::join(places, " OR "));
}

Result<std::string> Comparer::Sql() const {
  constexpr std::string_view kStatuses[] = {"ok", "error", "unset"};
  constexpr std::string_view kKinds[] = {"internal", "server",   "client",
                                         "producer", "consumer", "unspecified"};
  auto found = FieldOf(subject_, term_.key);
  if (!found.ok()) return Problem(query_, term_.key.position, found.status().message());
  const Field field = *std::move(found);
  const bool is_column = !field.sql.empty() && field.type != FieldType::kAttribute;
  if (value_.is_any() && is_column) return fmt::format("{} IS NOT NULL", field.sql[0]);
  switch (field.type) {
    case FieldType::kText: return Text(field.sql[0]);
    case FieldType::kNumber: return Number(field.sql[0]);
    case FieldType::kBool: return Bool(field.sql[0]);
    case FieldType::kDuration: return Duration(field.sql[0]);
    case FieldType::kMilliseconds: return Milliseconds(field.sql[0]);
    case FieldType::kStatus: return Word(field.sql[0], "STATUS_CODE_", kStatuses);
    case FieldType::kKind: return Word(field.sql[0], "SPAN_KIND_", kKinds);
    case FieldType::kId: return Id(field);
    case FieldType::kLevel: return Level();
    case FieldType::kError: return Failure();
    case FieldType::kAttribute: return Attribute(field);
  }
  return Attribute(field);
}

}  // namespace

Result<std::string> ComparisonSql(Subject subject, std::string_view query, const Expression& term) {
  return Comparer(subject, query, term).Sql();
}

bool IsHexId(std::string_view text, size_t digits) {
  return text.size() == digits &&
         text.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
}

std::string ToLower(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  return lower;
}

}  // namespace weir::query::search
