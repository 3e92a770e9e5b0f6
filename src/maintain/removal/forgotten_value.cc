// SPDX-License-Identifier: Apache-2.0
#include "maintain/removal/forgotten_value.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>

#include "base/compression.h"
#include "base/ids.h"

namespace weir::maintain {
namespace {

constexpr std::array<std::string_view, 3> kColumns = {"trace_id", "user_id", "session_id"};
constexpr size_t kTraceIdDigits = 32, kValueBytesMax = 4096;
// Far more than dead letters keep of a request.
constexpr size_t kOriginalBytesMax = 64 << 20;

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
  return lower;
}

std::string Upper(std::string_view text) {
  std::string upper(text);
  std::ranges::transform(upper, upper.begin(), [](unsigned char c) { return std::toupper(c); });
  return upper;
}

/// A protobuf string field's length and text.
std::string ProtobufText(std::string_view text) {
  std::string out;
  size_t length = text.size();
  for (; length >= 0x80; length >>= 7) out += static_cast<char>(0x80 | (length & 0x7F));
  out += static_cast<char>(length);
  return out.append(text);
}

std::vector<std::string> FormsOf(const ForgottenValue& forgotten) {
  const std::string& value = forgotten.value;
  if (forgotten.column != "trace_id") return {ProtobufText(value), "\"" + value + "\""};
  std::string bytes(value.size() / 2, '\0');
  if (!HexDecode(value, bytes.data())) return {value};
  return {bytes, value, Upper(value)};
}

std::optional<Compression> CompressionOf(std::string_view bytes) {
  if (bytes.starts_with("\x1f\x8b")) return Compression::kGzip;
  if (bytes.starts_with("\x28\xb5\x2f\xfd")) return Compression::kZstd;
  return std::nullopt;
}

bool HasOne(std::string_view bytes, const std::vector<std::string>& forms) {
  return std::ranges::any_of(
      forms, [&](const std::string& form) { return bytes.find(form) != std::string_view::npos; });
}

}  // namespace

Result<ForgottenValue> CheckForgottenValue(std::string_view column, std::string_view value) {
  if (std::ranges::find(kColumns, column) == kColumns.end()) {
    return Error(ErrorKind::kBadRequest, fmt::format("forget by {}: allowed is one of {}", column,
                                                     fmt::join(kColumns, ", ")));
  }
  if (value.empty() || value.size() > kValueBytesMax) {
    return Error(ErrorKind::kBadRequest, fmt::format("forget by {}: the value has {} bytes, "
                                                     "allowed is 1 to {}",
                                                     column, value.size(), kValueBytesMax));
  }
  ForgottenValue forgotten{.column = std::string(column), .value = std::string(value)};
  if (column != "trace_id") return forgotten;
  forgotten.value = Lower(value);
  std::array<char, kTraceIdDigits / 2> bytes;
  if (value.size() == kTraceIdDigits && HexDecode(forgotten.value, bytes.data())) return forgotten;
  return Error(ErrorKind::kBadRequest,
               fmt::format("forget by trace_id: `{}` is not 32 hex digits", value));
}

std::vector<datafile::RowCondition> ConditionsFor(const ForgottenValue& forgotten,
                                                  const table::iceberg::SchemaFields& fields) {
  const auto has = [&](std::string_view name) {
    return std::ranges::any_of(fields,
                               [&](const auto& field) { return field.second.path == name; });
  };
  std::vector<datafile::RowCondition> conditions;
  if (has(forgotten.column)) {
    conditions.push_back({forgotten.column, [value = forgotten.value](std::string_view text) {
                            return text == value;
                          }});
  }
  if (has("original")) {
    conditions.push_back({"original", [forgotten](std::string_view bytes) {
                            return OriginalHas(bytes, forgotten);
                          }});
  }
  // Why a record was refused may quote what it had.
  if (has("original") && has("detail") && forgotten.column == "trace_id") {
    conditions.push_back({"detail", [value = forgotten.value](std::string_view text) {
                            return Lower(text).find(value) != std::string::npos;
                          }});
  }
  return conditions;
}

bool OriginalHas(std::string_view bytes, const ForgottenValue& forgotten) {
  const std::vector<std::string> forms = FormsOf(forgotten);
  if (HasOne(bytes, forms)) return true;
  const auto compression = CompressionOf(bytes);
  if (!compression) return false;
  const auto plain = Decompress(*compression, bytes, kOriginalBytesMax);
  return plain.ok() && HasOne(*plain, forms);
}

}  // namespace weir::maintain
