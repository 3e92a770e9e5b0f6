// SPDX-License-Identifier: Apache-2.0
#include "table/changes/field_type.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "table/changes/json_object.h"

namespace weir::table::changes {
namespace {

constexpr std::array<std::string_view, 12> kSimple = {
    "boolean", "int",  "long",      "float",       "double", "date",
    "time",    "uuid", "timestamp", "timestamptz", "string", "binary"};
constexpr std::array<std::string_view, 6> kOfVersion3 = {
    "timestamp_ns", "timestamptz_ns", "variant", "unknown", "geometry", "geography"};
constexpr std::array<std::string_view, 6> kTransforms = {"identity", "void", "year",
                                                         "month",    "day",  "hour"};
constexpr int64_t kDecimalPrecisionMax = 38;

std::string_view Trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

/// What stands between `name` + `open` and `close` at the end; nothing where it is not so.
std::optional<std::string_view> Argument(std::string_view text, std::string_view name, char open,
                                         char close) {
  if (!text.starts_with(name) || !text.ends_with(close)) return std::nullopt;
  text.remove_prefix(name.size());
  if (text.size() < 2 || text.front() != open) return std::nullopt;
  return Trimmed(text.substr(1, text.size() - 2));
}

std::optional<int64_t> WholeNumber(std::string_view text) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 0) return std::nullopt;
  return number;
}

bool IsDecimal(std::string_view type) {
  const auto argument = Argument(type, "decimal", '(', ')');
  if (!argument) return false;
  const size_t comma = argument->find(',');
  if (comma == std::string_view::npos) return false;
  const auto precision = WholeNumber(Trimmed(argument->substr(0, comma)));
  const auto scale = WholeNumber(Trimmed(argument->substr(comma + 1)));
  return precision && scale && *precision >= 1 && *precision <= kDecimalPrecisionMax &&
         *scale <= *precision;
}

bool IsFixed(std::string_view type) {
  const auto argument = Argument(type, "fixed", '[', ']');
  return argument && WholeNumber(*argument).value_or(0) > 0;
}

}  // namespace

Status CheckPrimitive(std::string_view type, int64_t format_version) {
  if (std::ranges::find(kSimple, type) != kSimple.end()) return Status::OK();
  if (IsDecimal(type) || IsFixed(type)) return Status::OK();
  const bool is_of_version_3 = std::ranges::find(kOfVersion3, type) != kOfVersion3.end() ||
                               Argument(type, "geometry", '(', ')').has_value() ||
                               Argument(type, "geography", '(', ')').has_value();
  if (!is_of_version_3) return Refused("there is no type `{}`", type.substr(0, 60));
  if (format_version >= 3) return Status::OK();
  return Refused("type `{}` needs format version 3, the table has {}", type, format_version);
}

bool CanIdentify(std::string_view type) {
  return type != "float" && type != "double" && type != "variant" && type != "unknown" &&
         !type.starts_with("geo");
}

Status CheckTransform(std::string_view transform) {
  if (std::ranges::find(kTransforms, transform) != kTransforms.end()) return Status::OK();
  for (const std::string_view name : {"bucket", "truncate"}) {
    const auto argument = Argument(transform, name, '[', ']');
    if (argument && WholeNumber(*argument).value_or(0) > 0) return Status::OK();
  }
  return Refused("there is no transform `{}`", transform.substr(0, 60));
}

}  // namespace weir::table::changes
