// SPDX-License-Identifier: Apache-2.0
#include "columnar/promoted_columns.h"

#include <arrow/array.h>
#include <arrow/type.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "columnar/column/leaves.h"

namespace weir::columnar {
namespace {

using signal::PromotedColumn;
using signal::PromotedRule;
using signal::PromotedSource;
using signal::PromotedType;

// More than any model's context; keeps hostile sums from overflowing.
constexpr int64_t kCacheTokensMax = int64_t{1} << 40;
// MLflow's token counts and costs take some hundred bytes; a tree of JSON takes a hundred times its
// text.
constexpr size_t kJsonBytesMax = 64 << 10;
constexpr double kInt64Limit = 9223372036854775808.0;  // 2^63

std::optional<double> ToDouble(const AttributeValue& value) {
  if (value.type == 'd') return value.double_value;
  if (value.type == 'i') return static_cast<double>(value.int_value);
  double number = 0;
  const char* end = value.text.data() + value.text.size();
  const auto parsed = std::from_chars(value.text.data(), end, number);
  const bool is_number = value.type == 's' && parsed.ec == std::errc() && parsed.ptr == end;
  return is_number ? std::optional(number) : std::nullopt;
}

std::optional<int64_t> ToLong(const AttributeValue& value) {
  if (value.type == 'i') return value.int_value;
  if (value.type == 's') {
    int64_t number = 0;
    const char* end = value.text.data() + value.text.size();
    const auto parsed = std::from_chars(value.text.data(), end, number);
    if (parsed.ec == std::errc() && parsed.ptr == end) return number;
  }
  const std::optional<double> number = ToDouble(value);
  const bool is_whole = number && std::trunc(*number) == *number && std::abs(*number) < kInt64Limit;
  return is_whole ? std::optional(static_cast<int64_t>(*number)) : std::nullopt;
}

/// `"LLM"` in quotes, as MLflow writes texts, without them; anything else as it is.
std::string Unquoted(std::string_view text) {
  if (!text.starts_with('"')) return std::string(text);
  const auto parsed = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  return parsed.is_string() ? parsed.get<std::string>() : std::string(text);
}

/// The number under `member` of the JSON object `text`, as an attribute value of its own.
std::optional<AttributeValue> JsonMember(std::string_view text, std::string_view member) {
  if (text.size() > kJsonBytesMax) return std::nullopt;
  const auto parsed = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!parsed.is_object()) return std::nullopt;
  const auto found = parsed.find(member);
  if (found == parsed.end() || !found->is_number()) return std::nullopt;
  const bool is_above_long = found->is_number_unsigned() && found->get<uint64_t>() > INT64_MAX;
  if (found->is_number_integer() && !is_above_long) {
    return AttributeValue{.type = 'i', .int_value = found->get<int64_t>()};
  }
  return AttributeValue{.type = 'd', .double_value = found->get<double>()};
}

}  // namespace

PromotedColumns::PromotedColumns(std::span<const PromotedColumn> columns, TextDictionary& texts)
    : columns_(columns), texts_(texts), candidates_(columns.size()) {
  for (const PromotedColumn& column : columns) storage_.push_back({.type = column.type});
}

const std::vector<PromotedColumns::Target>& PromotedColumns::FindTargets(int32_t key_id,
                                                                         std::string_view key) {
  // Past that many keys each gets a new number every time: remembering them would grow without
  // bound.
  if (key_id >= TextDictionary::kDistinctMax) {
    targets_of_other_key_ = FindTargets(key);
    return targets_of_other_key_;
  }
  if (key_id >= static_cast<int32_t>(targets_by_key_.size())) targets_by_key_.resize(key_id + 1);
  targets_by_key_[key_id] = {true, FindTargets(key)};
  return targets_by_key_[key_id].list;
}

std::vector<PromotedColumns::Target> PromotedColumns::FindTargets(std::string_view key) const {
  std::vector<Target> targets;
  for (size_t column = 0; column < columns_.size(); ++column) {
    const auto& sources = columns_[column].sources;
    for (size_t rank = 0; rank < sources.size(); ++rank) {
      const bool is_plain_text = columns_[column].type == PromotedType::kText &&
                                 sources[rank].rule == PromotedRule::kPlain;
      if (sources[rank].key == key) targets.push_back({column, rank, is_plain_text});
      const bool excludes_cache = sources[rank].rule == PromotedRule::kExcludesCache;
      if (excludes_cache && std::ranges::count(signal::kCacheTokenKeys, key) > 0) {
        targets.push_back({column, kAddend});
      }
    }
  }
  return targets;
}

void PromotedColumns::OnAttribute(const AttributeColumns::Entry& entry) {
  for (const Target& target : TargetsOf(entry.key_id, entry.key)) {
    if (target.rank == kAddend) {
      cache_tokens_ += std::max<int64_t>(0, ToLong(entry.value).value_or(0) % kCacheTokensMax);
      continue;
    }
    Candidate& candidate = candidates_[target.column];
    if (candidate.value.is_set && candidate.rank < target.rank) continue;
    const PromotedColumn& column = columns_[target.column];
    const Value converted = target.is_plain_text
                                ? Value{.is_set = !entry.value.is_empty, .number = entry.value_id}
                                : Convert(column, column.sources[target.rank], entry);
    if (!converted.is_set) continue;
    if (!candidate.value.is_set) touched_.push_back(target.column);
    candidate = {target.rank, converted};
  }
}

PromotedColumns::Value PromotedColumns::ConvertText(const PromotedSource& source,
                                                    const AttributeColumns::Entry& entry) {
  if (source.rule != PromotedRule::kJsonText && source.rule != PromotedRule::kSpanType) {
    return {.is_set = true, .number = entry.value_id};
  }
  const std::string unquoted = Unquoted(entry.value.text);
  const std::string_view text = source.rule == PromotedRule::kSpanType
                                    ? signal::SpanTypeOf(unquoted)
                                    : std::string_view(unquoted);
  if (source.rule == PromotedRule::kSpanType && text.empty()) return {};
  // The attribute was checked to be UTF-8; JSON escapes can't make it invalid.
  const int32_t id = texts_.Intern(text);
  return {.is_set = id != TextDictionary::kNotText, .number = id};
}

PromotedColumns::Value PromotedColumns::Convert(const PromotedColumn& column,
                                                const PromotedSource& source,
                                                const AttributeColumns::Entry& entry) {
  if (entry.value.is_empty) return {};
  if (column.type == PromotedType::kText) return ConvertText(source, entry);
  AttributeValue number = entry.value;
  if (source.rule == PromotedRule::kJsonMember) {
    const std::optional<AttributeValue> member = JsonMember(entry.value.text, source.member);
    if (!member) return {};
    number = *member;
  }
  if (column.type == PromotedType::kDouble) {
    const std::optional<double> converted = ToDouble(number);
    return {.is_set = converted.has_value(), .real = converted.value_or(0)};
  }
  const std::optional<int64_t> converted = ToLong(number);
  const bool fits = converted && (column.type == PromotedType::kLong ||
                                  *converted == static_cast<int32_t>(*converted));
  return {.is_set = fits, .number = converted.value_or(0)};
}

void PromotedColumns::AddCacheTokens() {
  if (cache_tokens_ == 0) return;
  for (size_t column : touched_) {
    Candidate& candidate = candidates_[column];
    if (columns_[column].sources[candidate.rank].rule != PromotedRule::kExcludesCache) continue;
    int64_t& tokens = candidate.value.number;
    if (__builtin_add_overflow(tokens, cache_tokens_, &tokens)) tokens = INT64_MAX;
  }
  cache_tokens_ = 0;
}

void PromotedColumns::CloseRow(int64_t row) {
  AddCacheTokens();
  for (size_t column : touched_) {
    Store(storage_[column], row, candidates_[column].value);
    candidates_[column].value.is_set = false;
  }
  touched_.clear();
}

void PromotedColumns::Drop() {
  cache_tokens_ = 0;
  for (size_t column : touched_) candidates_[column].value.is_set = false;
  touched_.clear();
}

void PromotedColumns::Store(Storage& storage, int64_t row, const Value& value) {
  switch (storage.type) {
    case PromotedType::kText: storage.texts.Set(row, static_cast<int32_t>(value.number)); break;
    case PromotedType::kInt: storage.ints.Set(row, static_cast<int32_t>(value.number)); break;
    case PromotedType::kLong: storage.longs.Set(row, value.number); break;
    case PromotedType::kDouble: storage.doubles.Set(row, value.real); break;
  }
}

void PromotedColumns::Truncate(int64_t rows) {
  Drop();
  for (Storage& storage : storage_) {
    Storage::Visit(storage, [&](auto& column) { column.Truncate(rows); });
  }
}

int64_t PromotedColumns::byte_size() const {
  int64_t bytes = 0;
  for (const Storage& storage : storage_) {
    bytes += Storage::Visit(storage, [](const auto& column) { return column.byte_size(); });
  }
  return bytes;
}

void PromotedColumns::GatherTo(Positions order,
                               std::vector<std::shared_ptr<arrow::Array>>& out) const {
  for (const Storage& storage : storage_) {
    switch (storage.type) {
      case PromotedType::kText:
        out.push_back(GatherText(storage.texts.ids(), order, texts_));
        break;
      case PromotedType::kInt: out.push_back(storage.ints.Gather(order, arrow::int32())); break;
      case PromotedType::kLong: out.push_back(storage.longs.Gather(order, arrow::int64())); break;
      case PromotedType::kDouble:
        out.push_back(storage.doubles.Gather(order, arrow::float64()));
        break;
    }
  }
}

Status PromotedColumns::WriteTo(const LeafTarget& out) const {
  for (const Storage& storage : storage_) {
    switch (storage.type) {
      case PromotedType::kText: TRY(AddTexts(out, storage.texts.ids(), texts_)); break;
      case PromotedType::kInt: TRY(storage.ints.WriteTo(out)); break;
      case PromotedType::kLong: TRY(storage.longs.WriteTo(out)); break;
      case PromotedType::kDouble: TRY(storage.doubles.WriteTo(out)); break;
    }
  }
  return Status::OK();
}

}  // namespace weir::columnar
