// SPDX-License-Identifier: Apache-2.0
#pragma once
// Filters as engines send them, and what statistics say of them: whether a file may have a row that
// meets one. A file is left out only where that is certain.

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "base/result.h"
#include "datafile/data_file.h"
#include "table/iceberg/schema_json.h"

namespace weir::table::scan {

using iceberg::LeafType;

enum class Comparison : uint8_t {
  kLess,
  kAtMost,
  kMore,
  kAtLeast,
  kEqual,  // One of `values`: `in` too.
  kNotEqual,
  kStartsWith,
  kNotStartsWith,
  kIsNull,
  kNotNull,
  kIsNan,
  kNotNan,
};

/// What is asked of one column, which lies outside maps and lists.
struct Condition {
  std::string column;
  int32_t field_id = 0;
  LeafType type = LeafType::kOther;
  Comparison comparison = Comparison::kEqual;
  std::vector<datafile::Bound> values;  // Of the column's type.
};

/// A tree without negations: they are in its conditions.
struct Filter {
  enum class Kind : uint8_t {
    kAlways,  // Also where nothing is known, such as of transforms.
    kNever,
    kAnd,
    kOr,
    kCondition,
  };
  Kind kind = Kind::kAlways;
  std::vector<Filter> parts;
  Condition condition;
};

/// Reads `json` as the REST catalog's specification has predicates, both their older and newer
/// form. Errors: kBadRequest for what is no predicate, nests more than 100 deep, or names a column
/// that `schema` has not. Source: apache/iceberg open-api/rest-catalog-open-api.yaml, Predicate.
Result<Filter> ReadFilter(const nlohmann::ordered_json& json, const iceberg::Schema& schema,
                          bool is_case_sensitive);

/// False where no row of such a file meets the filter.
bool MayMatch(const Filter& filter, const datafile::DataFile& file);

}  // namespace weir::table::scan
