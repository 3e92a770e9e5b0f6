// SPDX-License-Identifier: Apache-2.0
// What statistics say of a filter: the other half of filter.h.
#include <algorithm>

#include "table/scan/filter.h"

namespace weir::table::scan {
namespace {

using datafile::Bound;
using datafile::ColumnStatistics;

/// One column of one file. Bounds may be cut, so that they are further apart, never closer.
class Column {
 public:
  Column(const Condition& condition, const ColumnStatistics& statistics)
      : condition_(condition), statistics_(statistics) {}

  bool MayMatch() const {
    const bool is_all_null = statistics_.null_count >= statistics_.value_count;
    switch (condition_.comparison) {
      case Comparison::kIsNull: return statistics_.null_count > 0;
      case Comparison::kNotNull: return !is_all_null;
      case Comparison::kIsNan: return statistics_.nan_count != 0;
      // Engines differ in whether nulls meet a negation, so they do here.
      case Comparison::kNotNan: return true;
      case Comparison::kNotEqual: return statistics_.null_count > 0 || MayDiffer();
      case Comparison::kNotStartsWith: return statistics_.null_count > 0 || MayStartOtherwise();
      default: break;
    }
    if (is_all_null) return false;
    return std::ranges::any_of(condition_.values,
                               [this](const Bound& value) { return MayMeet(value); });
  }

 private:
  bool MayMeet(const Bound& value) const {
    switch (condition_.comparison) {
      case Comparison::kLess: return !HasLower(value) || *statistics_.lower < value;
      case Comparison::kAtMost: return !HasLower(value) || *statistics_.lower <= value;
      // Bounds stand beside NaNs, which are the largest numbers to some engines.
      case Comparison::kMore: return MayBeNan() || !HasUpper(value) || value < *statistics_.upper;
      case Comparison::kAtLeast:
        return MayBeNan() || !HasUpper(value) || value <= *statistics_.upper;
      case Comparison::kStartsWith: return MayStartWith(value);
      default:
        return !(HasLower(value) && value < *statistics_.lower) &&
               !(HasUpper(value) && *statistics_.upper < value);
    }
  }

  bool MayStartWith(const Bound& value) const {
    const auto* prefix = std::get_if<std::string>(&value);
    if (prefix == nullptr) return true;
    const auto head = [&](const Bound& bound) {
      return std::get<std::string>(bound).substr(0, prefix->size());
    };
    return !(HasLower(value) && head(*statistics_.lower) > *prefix) &&
           !(HasUpper(value) && head(*statistics_.upper) < *prefix);
  }

  /// False only where every row has one and the same value, which is excluded.
  bool MayDiffer() const {
    if (MayBeNan() || !statistics_.lower || !statistics_.upper) return true;
    // A text that was cut is no value.
    if (condition_.type == LeafType::kText || *statistics_.lower != *statistics_.upper) return true;
    return std::ranges::find(condition_.values, *statistics_.lower) == condition_.values.end();
  }

  bool MayStartOtherwise() const {
    return !std::ranges::any_of(condition_.values, [this](const Bound& value) {
      const auto* prefix = std::get_if<std::string>(&value);
      if (prefix == nullptr || !HasLower(value) || !HasUpper(value)) return false;
      return std::get<std::string>(*statistics_.lower).starts_with(*prefix) &&
             std::get<std::string>(*statistics_.upper).starts_with(*prefix);
    });
  }

  bool MayBeNan() const {
    return condition_.type == LeafType::kDouble && statistics_.nan_count != 0;
  }
  /// Of the value's own type.
  bool HasLower(const Bound& value) const {
    return statistics_.lower && statistics_.lower->index() == value.index();
  }
  bool HasUpper(const Bound& value) const {
    return statistics_.upper && statistics_.upper->index() == value.index();
  }

  const Condition& condition_;
  const ColumnStatistics& statistics_;
};

}  // namespace

bool MayMatch(const Filter& filter, const datafile::DataFile& file) {
  const auto may_match = [&](const Filter& part) { return MayMatch(part, file); };
  switch (filter.kind) {
    case Filter::Kind::kAlways: return true;
    case Filter::Kind::kNever: return false;
    case Filter::Kind::kAnd: return std::ranges::all_of(filter.parts, may_match);
    case Filter::Kind::kOr: return std::ranges::any_of(filter.parts, may_match);
    case Filter::Kind::kCondition: break;
  }
  const auto column = file.statistics.find(filter.condition.field_id);
  if (column == file.statistics.end()) return true;
  return Column(filter.condition, column->second).MayMatch();
}

}  // namespace weir::table::scan
