// SPDX-License-Identifier: Apache-2.0
#include "query/sql/file_filter.h"

#include <duckdb/storage/statistics/base_statistics.hpp>
#include <duckdb/storage/statistics/numeric_stats.hpp>
#include <duckdb/storage/statistics/string_stats.hpp>
#include <optional>

namespace weir::query::sql {
namespace {

using datafile::Bound;
using duckdb::BaseStatistics;
using duckdb::LogicalTypeId;
using duckdb::Value;

/// Nothing where the manifest's type is not the column's: then it bounds nothing.
std::optional<Value> ValueOf(const Bound& bound, const duckdb::LogicalType& type) {
  const auto* int32 = std::get_if<int32_t>(&bound);
  const auto* int64 = std::get_if<int64_t>(&bound);
  switch (type.id()) {
    case LogicalTypeId::BOOLEAN:
      if (const auto* value = std::get_if<bool>(&bound)) return Value::BOOLEAN(*value);
      break;
    case LogicalTypeId::INTEGER:
      if (int32 != nullptr) return Value::INTEGER(*int32);
      break;
    case LogicalTypeId::DATE:
      if (int32 != nullptr) return Value::DATE(duckdb::date_t(*int32));
      break;
    case LogicalTypeId::BIGINT:  // Also of a column that was an int when the file was written.
      if (int64 != nullptr) return Value::BIGINT(*int64);
      if (int32 != nullptr) return Value::BIGINT(*int32);
      break;
    case LogicalTypeId::TIMESTAMP_TZ:
      if (int64 != nullptr) return Value::TIMESTAMPTZ(duckdb::timestamp_tz_t(*int64));
      break;
    case LogicalTypeId::DOUBLE:
      if (const auto* value = std::get_if<double>(&bound)) return Value::DOUBLE(*value);
      break;
    default: break;
  }
  return std::nullopt;
}

bool IsNumber(const duckdb::LogicalType& type) {
  return BaseStatistics::GetStatsType(type) == duckdb::StatisticsType::NUMERIC_STATS;
}

void SetNumberBounds(const datafile::ColumnStatistics& known, BaseStatistics& statistics) {
  const duckdb::LogicalType& type = statistics.GetType();
  if (known.lower) {
    if (auto value = ValueOf(*known.lower, type)) {
      duckdb::NumericStats::SetMin(statistics, *value);
    }
  }
  // DuckDB sorts NaN last, and the manifest's bound leaves NaNs out.
  const bool may_have_nan = type.id() == LogicalTypeId::DOUBLE && known.nan_count.value_or(1) != 0;
  if (known.upper && !may_have_nan) {
    if (auto value = ValueOf(*known.upper, type)) {
      duckdb::NumericStats::SetMax(statistics, *value);
    }
  }
}

void SetTextBounds(const datafile::ColumnStatistics& known, BaseStatistics& statistics) {
  if (known.lower && std::holds_alternative<std::string>(*known.lower)) {
    duckdb::StringStats::SetMin(statistics, duckdb::string_t(std::get<std::string>(*known.lower)));
  }
  if (known.upper && std::holds_alternative<std::string>(*known.upper)) {
    duckdb::StringStats::SetMax(statistics, duckdb::string_t(std::get<std::string>(*known.upper)));
  }
}

std::optional<BaseStatistics> StatisticsOf(const datafile::DataFile& file,
                                           const duckdb::MultiFileColumnDefinition& column) {
  const bool is_text = column.type.id() == LogicalTypeId::VARCHAR;
  if (!is_text && !IsNumber(column.type)) return std::nullopt;
  const auto known = file.statistics.find(column.GetIdentifierFieldId());
  if (known == file.statistics.end()) return std::nullopt;
  BaseStatistics statistics = BaseStatistics::CreateUnknown(column.type);
  if (is_text) {
    SetTextBounds(known->second, statistics);
  } else {
    SetNumberBounds(known->second, statistics);
  }
  if (known->second.value_count == file.record_count) {
    if (known->second.null_count == 0) {
      statistics.Set(duckdb::StatsInfo::CANNOT_HAVE_NULL_VALUES);
    } else if (known->second.null_count == file.record_count) {
      statistics.Set(duckdb::StatsInfo::CANNOT_HAVE_VALID_VALUES);
    }
  }
  return statistics;
}

}  // namespace

bool MayMatch(const datafile::DataFile& file, const Columns& columns,
              const FiltersByColumn& filters) {
  for (const auto& [column, filter] : filters) {
    auto statistics = StatisticsOf(file, columns[column]);
    if (!statistics) continue;
    if (filter->CheckStatistics(*statistics) ==
        duckdb::FilterPropagateResult::FILTER_ALWAYS_FALSE) {
      return false;
    }
  }
  return true;
}

}  // namespace weir::query::sql
