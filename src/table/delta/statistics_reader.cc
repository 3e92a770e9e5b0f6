// SPDX-License-Identifier: Apache-2.0
#include "table/delta/statistics_reader.h"

#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <limits>
#include <nlohmann/json.hpp>

#include "table/field_path.h"

namespace weir::table::delta {
namespace {

using datafile::Bound;
using nlohmann::json;

constexpr int kDepthMax = 32;

Status Malformed(std::string_view what) {
  return Error(ErrorKind::kBadRequest, fmt::format("read delta statistics: {}", what));
}

Status CollectTypes(const json& type, const std::string& path, int depth, SchemaTypes& types);

Status CollectMember(const json& type, const char* name, const std::string& path, int depth,
                     SchemaTypes& types) {
  const auto found = type.find(name);
  if (found == type.end()) return Malformed(fmt::format("a type without {}", name));
  return CollectTypes(*found, path, depth + 1, types);
}

Status CollectFields(const json& type, const std::string& path, int depth, SchemaTypes& types) {
  const auto fields = type.find("fields");
  if (fields == type.end() || !fields->is_array()) return Malformed("a struct without fields");
  for (const json& field : *fields) {
    const auto name = field.is_object() ? field.find("name") : field.end();
    if (name == field.end() || !name->is_string()) return Malformed("a field without name");
    TRY(CollectMember(field, "type", MemberPath(path, name->get_ref<const std::string&>()), depth,
                      types));
  }
  return Status::OK();
}

Status CollectTypes(const json& type, const std::string& path, int depth, SchemaTypes& types) {
  if (depth > kDepthMax) return Malformed("a schema nested too deeply");
  if (type.is_string()) {
    types[path] = type.get<std::string>();
    return Status::OK();
  }
  const auto kind = type.is_object() ? type.find("type") : type.end();
  if (kind == type.end() || !kind->is_string()) return Malformed("a type that is none");
  if (!path.empty()) types[path] = kind->get<std::string>();
  if (*kind == "struct") return CollectFields(type, path, depth, types);
  if (*kind == "array") {
    return CollectMember(type, "elementType", MemberPath(path, "element"), depth, types);
  }
  if (*kind != "map") return Malformed("a type that is none");
  TRY(CollectMember(type, "keyType", MemberPath(path, "key"), depth, types));
  return CollectMember(type, "valueType", MemberPath(path, "value"), depth, types);
}

/// The number in `text` that is `digits` long and starts at `at`.
std::optional<int> Digits(std::string_view text, size_t at, size_t digits) {
  int number = 0;
  if (text.size() < at + digits) return std::nullopt;
  const char* const end = text.data() + at + digits;
  const auto read = std::from_chars(text.data() + at, end, number);
  if (read.ec != std::errc() || read.ptr != end || number < 0) return std::nullopt;
  return number;
}

/// Days since the epoch of the `YYYY-MM-DD` that `text` starts with.
std::optional<int32_t> Days(std::string_view text) {
  const auto year = Digits(text, 0, 4), month = Digits(text, 5, 2), day = Digits(text, 8, 2);
  if (!year || !month || !day || text[4] != '-' || text[7] != '-') return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  return static_cast<int32_t>(std::chrono::sys_days(date).time_since_epoch().count());
}

/// Microseconds since the epoch of `YYYY-MM-DDThh:mm:ss.mmmZ`.
std::optional<int64_t> Micros(std::string_view text) {
  const auto days = Days(text);
  const auto hour = Digits(text, 11, 2), minute = Digits(text, 14, 2), second = Digits(text, 17, 2);
  const auto millis = Digits(text, 20, 3);
  const bool is_whole = text.size() == 24 && text[10] == 'T' && text[23] == 'Z';
  if (!is_whole || !days || !hour || !minute || !second || !millis) return std::nullopt;
  const int64_t seconds = int64_t{*days} * 86'400 + *hour * 3'600 + *minute * 60 + *second;
  return (seconds * 1'000 + *millis) * 1'000;
}

template <typename T>
std::optional<Bound> IntegerBound(const json& value) {
  if (!value.is_number_integer()) return std::nullopt;
  const auto number = value.get<int64_t>();
  if (number < std::numeric_limits<T>::min() || number > std::numeric_limits<T>::max()) {
    return std::nullopt;
  }
  return static_cast<T>(number);
}

template <typename T>
std::optional<Bound> TimeBound(const json& value, std::optional<T> (*read)(std::string_view)) {
  const auto time = value.is_string() ? read(value.get_ref<const std::string&>()) : std::nullopt;
  return time ? std::optional<Bound>(*time) : std::nullopt;
}

/// Nothing where `value` is not of `type`.
std::optional<Bound> BoundOf(const json& value, const std::string& type) {
  if (type == "integer") return IntegerBound<int32_t>(value);
  if (type == "long") return IntegerBound<int64_t>(value);
  if (type == "date") return TimeBound(value, Days);
  if (type == "timestamp") return TimeBound(value, Micros);
  if (type == "boolean" && value.is_boolean()) return value.get<bool>();
  if (type == "string" && value.is_string()) return value.get<std::string>();
  if ((type == "double" || type == "float") && value.is_number()) return value.get<double>();
  return std::nullopt;
}

/// Calls `take` with path, type and value of each leaf below `object` that the schema has.
template <typename Take>
Status ForEachLeaf(const json& object, const std::string& path, const SchemaTypes& types,
                   Take take) {
  for (const auto& [name, value] : object.items()) {
    const std::string leaf = MemberPath(path, name);
    const auto type = types.find(leaf);
    if (leaf.empty() || type == types.end() || value.is_null()) continue;
    if (value.is_object()) {
      // As deep as the schema, which has a limit.
      TRY(ForEachLeaf(value, leaf, types, take));
    } else {
      TRY(take(leaf, type->second, value));
    }
  }
  return Status::OK();
}

Status ReadBounds(const json& statistics, const char* side_name, const SchemaTypes& types,
                  std::optional<Bound> ListedColumn::* side, ListedStatistics& out) {
  const auto found = statistics.find(side_name);
  if (found == statistics.end()) return Status::OK();
  return ForEachLeaf(
      *found, "", types,
      [&](const std::string& path, const std::string& type, const json& value) -> Status {
        const auto bound = BoundOf(value, type);
        if (!bound) return Malformed(fmt::format("{} of {} is no {}", side_name, path, type));
        out.columns[path].*side = *bound;
        return Status::OK();
      });
}

Status ReadNullCounts(const json& statistics, const SchemaTypes& types, ListedStatistics& out) {
  const auto found = statistics.find("nullCount");
  if (found == statistics.end()) return Status::OK();
  return ForEachLeaf(*found, "", types,
                     [&](const std::string& path, const std::string&, const json& value) -> Status {
                       if (!value.is_number_integer()) {
                         return Malformed(fmt::format("nullCount of {} is no number", path));
                       }
                       out.columns[path].null_count = value.get<int64_t>();
                       return Status::OK();
                     });
}

}  // namespace

Result<SchemaTypes> SchemaTypesOf(std::string_view schema_json) {
  const json schema = json::parse(schema_json, nullptr, /*allow_exceptions=*/false);
  if (!schema.is_object() || schema.value("type", json()) != "struct") {
    return Malformed("a schema that is no struct");
  }
  SchemaTypes types;
  TRY(CollectTypes(schema, "", 0, types));
  return types;
}

Result<ListedStatistics> ReadStatistics(std::string_view text, const SchemaTypes& types) {
  ListedStatistics out;
  if (text.empty()) return out;
  const json statistics = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!statistics.is_object()) return Malformed("not a JSON object");
  const auto records = statistics.find("numRecords");
  if (records != statistics.end() && records->is_number_integer()) {
    out.record_count = records->get<int64_t>();
  }
  TRY(ReadBounds(statistics, "minValues", types, &ListedColumn::lower, out));
  TRY(ReadBounds(statistics, "maxValues", types, &ListedColumn::upper, out));
  TRY(ReadNullCounts(statistics, types, out));
  return out;
}

}  // namespace weir::table::delta
