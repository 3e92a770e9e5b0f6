// SPDX-License-Identifier: Apache-2.0
#include "query/sql/value_text.h"

#include <arrow/array.h>
#include <arrow/extension_type.h>
#include <arrow/scalar.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include <cmath>

#include "base/dates.h"
#include "table/json_text.h"

namespace weir::query::sql {
namespace {

using arrow::Type;
using table::AppendJsonComma;
using table::AppendJsonText;

// Numbers that every reader of JSON keeps.
constexpr int64_t kExactMax = int64_t{1} << 53;

template <typename Array>
auto At(const arrow::Array& values, int64_t row) {
  return static_cast<const Array&>(values).GetView(row);
}

void AppendWhole(std::string& out, int64_t value) {
  const bool is_exact = value >= -kExactMax && value <= kExactMax;
  out += is_exact ? fmt::format("{}", value) : fmt::format("\"{}\"", value);
}

void AppendUnsigned(std::string& out, uint64_t value) {
  const bool is_exact = value <= static_cast<uint64_t>(kExactMax);
  out += is_exact ? fmt::format("{}", value) : fmt::format("\"{}\"", value);
}

void AppendDouble(std::string& out, double value) {
  if (std::isfinite(value)) {
    out += fmt::format("{}", value);
  } else {
    out += std::isnan(value) ? "\"NaN\"" : value > 0 ? "\"Infinity\"" : "\"-Infinity\"";
  }
}

struct Ticks {
  int64_t per_second;
  int digits;
};
Ticks TicksOf(arrow::TimeUnit::type unit) {
  switch (unit) {
    case arrow::TimeUnit::SECOND: return {1, 0};
    case arrow::TimeUnit::MILLI: return {1'000, 3};
    case arrow::TimeUnit::MICRO: return {1'000'000, 6};
    case arrow::TimeUnit::NANO: return {1'000'000'000, 9};
  }
  return {1, 0};
}

std::string ClockText(int64_t ticks, const Ticks& unit) {
  const int64_t seconds = ticks / unit.per_second;
  std::string text =
      fmt::format("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
  if (unit.digits > 0) text += fmt::format(".{:0{}}", ticks % unit.per_second, unit.digits);
  return text;
}

std::string TimestampText(int64_t ticks, const arrow::TimestampType& type) {
  if (ticks == INT64_MAX) return "infinity";  // As DuckDB has them.
  if (ticks == -INT64_MAX) return "-infinity";
  const Ticks unit = TicksOf(type.unit());
  const int64_t day = unit.per_second * 86'400;
  int64_t days = ticks / day, rest = ticks % day;
  if (rest < 0) --days, rest += day;
  return fmt::format("{}T{}{}", DateText(static_cast<int32_t>(days)), ClockText(rest, unit),
                     type.timezone().empty() ? "" : "Z");
}

std::string IntervalText(const arrow::MonthDayNanoIntervalType::MonthDayNanos& interval) {
  return fmt::format("P{}M{}DT{}S", interval.months, interval.days,
                     static_cast<double>(interval.nanoseconds) / 1e9);
}

std::string HexText(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes) text += fmt::format("{:02x}", static_cast<uint8_t>(byte));
  return text;
}

void AppendElements(std::string& out, const arrow::Array& values, int64_t from, int64_t count) {
  out += '[';
  for (int64_t i = from; i < from + count; ++i) {
    AppendJsonComma(out);
    AppendJsonValue(out, values, i);
  }
  out += ']';
}

std::string KeyText(const arrow::Array& keys, int64_t row) {
  if (keys.type_id() == Type::STRING) return std::string(At<arrow::StringArray>(keys, row));
  std::string text;
  AppendJsonValue(text, keys, row);
  return text;
}

void AppendMap(std::string& out, const arrow::MapArray& map, int64_t row) {
  out += '{';
  const int64_t end = map.value_offset(row) + map.value_length(row);
  for (int64_t i = map.value_offset(row); i < end; ++i) {
    table::AppendJsonName(out, KeyText(*map.keys(), i));
    AppendJsonValue(out, *map.items(), i);
  }
  out += '}';
}

void AppendStruct(std::string& out, const arrow::StructArray& values, int64_t row) {
  out += '{';
  for (int i = 0; i < values.num_fields(); ++i) {
    table::AppendJsonName(out, values.struct_type()->field(i)->name());
    AppendJsonValue(out, *values.field(i), row);
  }
  out += '}';
}

void AppendNested(std::string& out, const arrow::Array& values, int64_t row) {
  switch (values.type_id()) {
    case Type::MAP: return AppendMap(out, static_cast<const arrow::MapArray&>(values), row);
    case Type::STRUCT:
      return AppendStruct(out, static_cast<const arrow::StructArray&>(values), row);
    case Type::LIST: {
      const auto& list = static_cast<const arrow::ListArray&>(values);
      return AppendElements(out, *list.values(), list.value_offset(row), list.value_length(row));
    }
    case Type::LARGE_LIST: {
      const auto& list = static_cast<const arrow::LargeListArray&>(values);
      return AppendElements(out, *list.values(), list.value_offset(row), list.value_length(row));
    }
    case Type::FIXED_SIZE_LIST: {
      const auto& list = static_cast<const arrow::FixedSizeListArray&>(values);
      return AppendElements(out, *list.values(), list.value_offset(row), list.value_length());
    }
    case Type::DICTIONARY: {
      const auto& coded = static_cast<const arrow::DictionaryArray&>(values);
      return AppendJsonValue(out, *coded.dictionary(), coded.GetValueIndex(row));
    }
    case Type::EXTENSION:
      return AppendJsonValue(out, *static_cast<const arrow::ExtensionArray&>(values).storage(),
                             row);
    default: break;
  }
  const auto scalar = values.GetScalar(row);
  AppendJsonText(out, scalar.ok() ? (*scalar)->ToString() : "?");
}

void AppendDecimal(std::string& out, const arrow::Decimal128Array& values, int64_t row) {
  const std::string text = values.FormatValue(row);
  const auto& type = static_cast<const arrow::Decimal128Type&>(*values.type());
  // Sums of whole numbers come as these.
  if (type.scale() == 0 && text.size() <= 15) {
    out += text;
  } else {
    AppendJsonText(out, text);
  }
}

/// False where the type is no number.
bool AppendNumber(std::string& out, const arrow::Array& values, int64_t row) {
  switch (values.type_id()) {
    case Type::INT8: AppendWhole(out, At<arrow::Int8Array>(values, row)); return true;
    case Type::INT16: AppendWhole(out, At<arrow::Int16Array>(values, row)); return true;
    case Type::INT32: AppendWhole(out, At<arrow::Int32Array>(values, row)); return true;
    case Type::INT64: AppendWhole(out, At<arrow::Int64Array>(values, row)); return true;
    case Type::UINT8: AppendUnsigned(out, At<arrow::UInt8Array>(values, row)); return true;
    case Type::UINT16: AppendUnsigned(out, At<arrow::UInt16Array>(values, row)); return true;
    case Type::UINT32: AppendUnsigned(out, At<arrow::UInt32Array>(values, row)); return true;
    case Type::UINT64: AppendUnsigned(out, At<arrow::UInt64Array>(values, row)); return true;
    case Type::FLOAT: AppendDouble(out, At<arrow::FloatArray>(values, row)); return true;
    case Type::DOUBLE: AppendDouble(out, At<arrow::DoubleArray>(values, row)); return true;
    case Type::DECIMAL128:
      AppendDecimal(out, static_cast<const arrow::Decimal128Array&>(values), row);
      return true;
    default: return false;
  }
}

}  // namespace

void AppendJsonValue(std::string& out, const arrow::Array& values, int64_t row) {
  if (values.type_id() == Type::NA || values.IsNull(row)) {
    out += "null";
    return;
  }
  if (AppendNumber(out, values, row)) return;
  switch (values.type_id()) {
    case Type::BOOL: out += At<arrow::BooleanArray>(values, row) ? "true" : "false"; return;
    case Type::STRING: return AppendJsonText(out, At<arrow::StringArray>(values, row));
    case Type::LARGE_STRING: return AppendJsonText(out, At<arrow::LargeStringArray>(values, row));
    case Type::BINARY: return AppendJsonText(out, HexText(At<arrow::BinaryArray>(values, row)));
    case Type::DATE32: return AppendJsonText(out, DateText(At<arrow::Date32Array>(values, row)));
    case Type::TIME64: {
      const auto& type = static_cast<const arrow::Time64Type&>(*values.type());
      return AppendJsonText(out,
                            ClockText(At<arrow::Time64Array>(values, row), TicksOf(type.unit())));
    }
    case Type::TIMESTAMP:
      return AppendJsonText(
          out, TimestampText(At<arrow::TimestampArray>(values, row),
                             static_cast<const arrow::TimestampType&>(*values.type())));
    case Type::INTERVAL_MONTH_DAY_NANO:
      return AppendJsonText(
          out,
          IntervalText(static_cast<const arrow::MonthDayNanoIntervalArray&>(values).GetValue(row)));
    default: return AppendNested(out, values, row);
  }
}

void AppendCsvText(std::string& out, std::string_view text) {
  if (!text.empty() && text.find_first_of("\",\r\n") == std::string_view::npos) {
    out += text;
    return;
  }
  out += '"';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

void AppendCsvValue(std::string& out, const arrow::Array& values, int64_t row) {
  if (values.type_id() == Type::NA || values.IsNull(row)) return;
  if (values.type_id() == Type::STRING) {
    return AppendCsvText(out, At<arrow::StringArray>(values, row));
  }
  std::string json;
  AppendJsonValue(json, values, row);
  // What JSON has in quotes, and is no text there, needs none here.
  const bool is_quoted = json.size() >= 2 && json.front() == '"';
  AppendCsvText(out, is_quoted ? std::string_view(json).substr(1, json.size() - 2) : json);
}

}  // namespace weir::query::sql
