// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a key of a query means: a column with its type, or an attribute.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "query/search/expression.h"
#include "signal/published_table.h"

namespace weir::query::search {

/// What is searched. Traces are looked for by their spans.
enum class Subject : uint8_t { kTraces, kSpans, kLogs, kMetrics };

/// `traces`, `spans`, `logs`, `metrics`. Errors: kBadRequest for another word.
Result<Subject> SubjectOf(std::string_view name);
std::string_view NameOf(Subject subject);
signal::Table TableOf(Subject subject);

enum class FieldType : uint8_t {
  kText,
  kNumber,
  kBool,
  kDuration,      // Whole nanoseconds, written with a unit.
  kMilliseconds,  // The same column, written as a number.
  kStatus,        // STATUS_CODE_…, written `error`, `ok`, `unset`.
  kKind,          // SPAN_KIND_…, written `server`.
  kId,            // Lower-case hex of `digits` digits.
  kLevel,         // Of a log record: its number, or its text where it has none.
  kError,         // Whether something failed.
  kAttribute,     // Texts, which may be numbers; in one of several places.
};

/// A key of one subject. `sql`: expressions that give its value, one for each place.
struct Field {
  FieldType type = FieldType::kText;
  std::vector<std::string> sql;
  size_t digits = 0;  // kId
};

/// Short names first, then columns, then names of attributes that have a column, then attributes:
/// `@key` is one of the record itself, `resource.key` and `scope.key` of those. Errors: kBadRequest
/// for a column that can't be searched, without a place.
Result<Field> FieldOf(Subject subject, const Key& key);

/// Whether `key` is one by which an attribute of that name is found; others have a meaning of their
/// own, and `@key` finds the attribute.
bool IsAttributeName(Subject subject, std::string_view key);

/// Whether a record failed, as a condition; empty for metrics, which can't.
std::string FailureCondition(Subject subject);

/// A level of logs by its name in lower case: the first of its four numbers, 0 where there is none.
int LevelNumber(std::string_view name);

}  // namespace weir::query::search
