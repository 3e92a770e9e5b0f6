// SPDX-License-Identifier: Apache-2.0
#include "table/delta/statistics_json.h"

#include <arrow/type.h>
#include <fmt/format.h>

#include <cmath>
#include <string_view>

#include "base/dates.h"
#include "table/arrow_field.h"
#include "table/json_text.h"

namespace weir::table::delta {
namespace {

using datafile::Bound;
using datafile::ColumnStatistics;
using datafile::DataFile;

enum class Side { kLower, kUpper, kNullCount };

constexpr int64_t kMillisPerDay = 86'400'000;

std::string Quoted(std::string_view text) {
  std::string out;
  AppendJsonText(out, text);
  return out;
}

std::optional<std::string> QuotedIf(const std::optional<std::string>& text) {
  if (!text) return std::nullopt;
  return Quoted(*text);
}

template <typename T>
std::optional<std::string> IntegerJson(const Bound& bound) {
  const T* value = std::get_if<T>(&bound);
  if (value == nullptr) return std::nullopt;
  return fmt::to_string(*value);
}

std::optional<std::string> BooleanJson(const Bound& bound) {
  const bool* value = std::get_if<bool>(&bound);
  if (value == nullptr) return std::nullopt;
  return *value ? "true" : "false";
}

std::optional<std::string> TextJson(const Bound& bound) {
  const auto* text = std::get_if<std::string>(&bound);
  return text != nullptr && IsUtf8(*text) ? std::optional(Quoted(*text)) : std::nullopt;
}

std::optional<std::string> DoubleJson(const Bound& bound) {
  const auto* value = std::get_if<double>(&bound);
  if (value == nullptr || !std::isfinite(*value)) return std::nullopt;
  return fmt::format("{}", *value);
}

std::optional<std::string> DateJson(const Bound& bound) {
  const auto* days = std::get_if<int32_t>(&bound);
  return days == nullptr ? std::nullopt : QuotedIf(DateText(*days));
}

std::optional<std::string> TimestampJson(const Bound& bound, Side side) {
  const auto* micros = std::get_if<int64_t>(&bound);
  if (micros == nullptr) return std::nullopt;
  return QuotedIf(
      TimestampText(*micros, side == Side::kLower ? Rounding::kFloor : Rounding::kCeil));
}

/// The bound as JSON for a column of `type`. Nothing for what JSON cannot hold: no bound is legal,
/// a wrong one is not. Booleans have bounds although they prune little: delta-rs 1.6 takes a
/// missing bound for one that no row meets.
std::optional<std::string> BoundJson(const Bound& bound, const arrow::DataType& type, Side side) {
  switch (type.id()) {
    case arrow::Type::STRING:
    case arrow::Type::LARGE_STRING:
    case arrow::Type::STRING_VIEW: return TextJson(bound);
    case arrow::Type::BOOL: return BooleanJson(bound);
    case arrow::Type::INT32: return IntegerJson<int32_t>(bound);
    case arrow::Type::INT64: return IntegerJson<int64_t>(bound);
    case arrow::Type::FLOAT:
    case arrow::Type::DOUBLE: return DoubleJson(bound);
    case arrow::Type::DATE32: return DateJson(bound);
    case arrow::Type::TIMESTAMP: return TimestampJson(bound, side);
    default: return std::nullopt;
  }
}

/// Writes one side of a file's statistics as an object of columns. Borrows; one thread.
class SideWriter {
 public:
  SideWriter(std::string& out, const DataFile& file, Side side)
      : out_(out), file_(file), side_(side) {}

  /// All of `fields` but the one named `skipped`; false when the object stayed empty.
  bool Write(const arrow::FieldVector& fields, std::string_view skipped = "") {
    bool has_any = false;
    out_ += '{';
    for (const auto& field : fields) {
      if (field->name() != skipped && WriteField(*field)) has_any = true;
    }
    out_ += '}';
    return has_any;
  }

 private:
  bool WriteField(const arrow::Field& field) {
    const arrow::DataType& type = ValueType(*field.type());
    if (type.id() == arrow::Type::STRUCT) {
      const size_t before = out_.size();
      AppendJsonName(out_, field.name());
      if (Write(type.fields())) return true;
      out_.resize(before);
      return false;
    }
    const std::optional<std::string> value = Value(field, type);
    if (!value) return false;
    AppendJsonName(out_, field.name());
    out_ += *value;
    return true;
  }

  std::optional<std::string> Value(const arrow::Field& field, const arrow::DataType& type) const {
    const auto id = FieldIdOf(field);
    const auto found = id.ok() ? file_.statistics.find(*id) : file_.statistics.end();
    if (found == file_.statistics.end()) return std::nullopt;
    const ColumnStatistics& column = found->second;
    if (side_ == Side::kNullCount) return fmt::to_string(column.null_count);
    const std::optional<Bound>& bound = side_ == Side::kLower ? column.lower : column.upper;
    return bound ? BoundJson(*bound, type, side_) : std::nullopt;
  }

  std::string& out_;
  const DataFile& file_;
  const Side side_;
};

}  // namespace

std::optional<std::string> DateText(int32_t days) {
  // 0001-01-01 and 9999-12-31.
  if (days < -719'162 || days > 2'932'896) return std::nullopt;
  return weir::DateText(days);
}

std::optional<std::string> TimestampText(int64_t micros, Rounding rounding) {
  int64_t millis = micros / 1000;
  const int64_t rest = micros % 1000;
  if (rest < 0 && rounding == Rounding::kFloor) --millis;
  if (rest > 0 && rounding == Rounding::kCeil) ++millis;
  int64_t days = millis / kMillisPerDay;
  if (millis % kMillisPerDay < 0) --days;
  const auto date = DateText(static_cast<int32_t>(days));
  if (!date) return std::nullopt;
  const int64_t in_day = millis - days * kMillisPerDay;
  return fmt::format("{}T{:02}:{:02}:{:02}.{:03}Z", *date, in_day / 3'600'000, in_day / 60'000 % 60,
                     in_day / 1000 % 60, in_day % 1000);
}

std::string StatisticsJson(const TableDefinition& definition, const DataFile& file) {
  const arrow::FieldVector& fields = definition.schema->fields();
  const std::string_view skipped = definition.partition_column;
  std::string out = fmt::format("{{\"numRecords\":{},\"minValues\":", file.record_count);
  SideWriter(out, file, Side::kLower).Write(fields, skipped);
  out += ",\"maxValues\":";
  SideWriter(out, file, Side::kUpper).Write(fields, skipped);
  out += ",\"nullCount\":";
  SideWriter(out, file, Side::kNullCount).Write(fields, skipped);
  out += '}';
  return out;
}

}  // namespace weir::table::delta
