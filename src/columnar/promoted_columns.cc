// SPDX-License-Identifier: Apache-2.0
#include "columnar/promoted_columns.h"

#include <arrow/array.h>
#include <arrow/type.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

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

PromotedColumns::PromotedColumns(std::span<const PromotedColumn> columns, TextUse use)
    : columns_(columns), candidates_(columns.size()) {
  for (const PromotedColumn& column : columns) {
    switch (column.type) {
      case PromotedType::kText: storage_.emplace_back(TextColumn(use)); break;
      case PromotedType::kInt: storage_.emplace_back(NumberColumn<int32_t>()); break;
      case PromotedType::kLong: storage_.emplace_back(NumberColumn<int64_t>()); break;
      case PromotedType::kDouble: storage_.emplace_back(NumberColumn<double>()); break;
    }
  }
}

const std::vector<PromotedColumns::Target>& PromotedColumns::TargetsOf(int32_t key_id,
                                                                       std::string_view key) {
  // Past that many keys each gets a new number every time: remembering them would grow without
  // bound.
  if (key_id >= TextDictionary::kDistinctMax) {
    FindTargets(key, targets_of_other_key_);
    return targets_of_other_key_;
  }
  for (; known_keys_ <= key_id; ++known_keys_) targets_by_key_.emplace_back();
  std::vector<Target>& targets = targets_by_key_[key_id];
  if (targets.empty()) FindTargets(key, targets);
  return targets;
}

void PromotedColumns::FindTargets(std::string_view key, std::vector<Target>& targets) const {
  targets.clear();
  for (size_t column = 0; column < columns_.size(); ++column) {
    const auto& sources = columns_[column].sources;
    for (size_t rank = 0; rank < sources.size(); ++rank) {
      if (sources[rank].key == key) targets.push_back({column, rank});
      const bool excludes_cache = sources[rank].rule == PromotedRule::kExcludesCache;
      if (excludes_cache && std::ranges::count(signal::kCacheTokenKeys, key) > 0) {
        targets.push_back({column, kAddend});
      }
    }
  }
  // A marker keeps keys that feed nothing from being looked up again.
  if (targets.empty()) targets.push_back({columns_.size(), 0});
}

void PromotedColumns::OnAttribute(int32_t key_id, std::string_view key,
                                  const AttributeValue& value) {
  for (const Target& target : TargetsOf(key_id, key)) {
    if (target.column == columns_.size()) return;
    if (target.rank == kAddend) {
      cache_tokens_ += std::max<int64_t>(0, ToLong(value).value_or(0) % kCacheTokensMax);
      continue;
    }
    Candidate& candidate = candidates_[target.column];
    const bool has_value = candidate.value.index() != 0;
    if (has_value && candidate.rank < target.rank) continue;
    const PromotedColumn& column = columns_[target.column];
    Value converted = Convert(column, column.sources[target.rank], value);
    if (converted.index() == 0) continue;
    if (!has_value) touched_.push_back(target.column);
    candidate = {target.rank, std::move(converted)};
  }
}

PromotedColumns::Value PromotedColumns::Convert(const PromotedColumn& column,
                                                const PromotedSource& source,
                                                const AttributeValue& value) {
  if (value.is_empty) return {};
  if (column.type == PromotedType::kText) {
    if (source.rule == PromotedRule::kJsonText) return Unquoted(value.text);
    if (source.rule != PromotedRule::kSpanType) return std::string(value.text);
    const std::string_view span_type = signal::SpanTypeOf(Unquoted(value.text));
    return span_type.empty() ? Value() : Value(std::string(span_type));
  }
  AttributeValue number = value;
  if (source.rule == PromotedRule::kJsonMember) {
    const std::optional<AttributeValue> member = JsonMember(value.text, source.member);
    if (!member) return {};
    number = *member;
  }
  if (column.type == PromotedType::kDouble) {
    const std::optional<double> converted = ToDouble(number);
    return converted ? Value(*converted) : Value();
  }
  const std::optional<int64_t> converted = ToLong(number);
  const bool fits = converted && (column.type == PromotedType::kLong ||
                                  *converted == static_cast<int32_t>(*converted));
  return fits ? Value(*converted) : Value();
}

void PromotedColumns::AddCacheTokens() {
  for (size_t column : touched_) {
    Candidate& candidate = candidates_[column];
    if (columns_[column].sources[candidate.rank].rule != PromotedRule::kExcludesCache) continue;
    int64_t& tokens = std::get<int64_t>(candidate.value);
    if (__builtin_add_overflow(tokens, cache_tokens_, &tokens)) tokens = INT64_MAX;
  }
}

void PromotedColumns::CloseRow(int64_t row) {
  AddCacheTokens();
  cache_tokens_ = 0;
  for (size_t column : touched_) {
    Store(storage_[column], row, candidates_[column].value);
    candidates_[column].value = {};
  }
  touched_.clear();
}

void PromotedColumns::Drop() {
  cache_tokens_ = 0;
  for (size_t column : touched_) candidates_[column].value = {};
  touched_.clear();
}

void PromotedColumns::Store(Storage& storage, int64_t row, const Value& value) {
  if (auto* text = std::get_if<TextColumn>(&storage)) {
    // Unquoted MLflow texts were checked as part of the attribute; JSON escapes can't make them
    // invalid.
    if (!text->Set(row, std::get<std::string>(value))) return;
  } else if (auto* ints = std::get_if<NumberColumn<int32_t>>(&storage)) {
    ints->Set(row, static_cast<int32_t>(std::get<int64_t>(value)));
  } else if (auto* longs = std::get_if<NumberColumn<int64_t>>(&storage)) {
    longs->Set(row, std::get<int64_t>(value));
  } else {
    std::get<NumberColumn<double>>(storage).Set(row, std::get<double>(value));
  }
}

void PromotedColumns::Truncate(int64_t rows) {
  Drop();
  for (Storage& storage : storage_)
    std::visit([&](auto& column) { column.Truncate(rows); }, storage);
}

int64_t PromotedColumns::byte_size() const {
  int64_t bytes = 0;
  for (const Storage& storage : storage_) {
    bytes += std::visit([](const auto& column) { return column.byte_size(); }, storage);
  }
  return bytes;
}

void PromotedColumns::GatherTo(Positions order, std::vector<std::shared_ptr<arrow::Array>>& out) {
  for (Storage& storage : storage_) {
    if (auto* text = std::get_if<TextColumn>(&storage)) {
      out.push_back(text->Gather(order));
    } else if (auto* ints = std::get_if<NumberColumn<int32_t>>(&storage)) {
      out.push_back(ints->Gather(order, arrow::int32()));
    } else if (auto* longs = std::get_if<NumberColumn<int64_t>>(&storage)) {
      out.push_back(longs->Gather(order, arrow::int64()));
    } else {
      out.push_back(std::get<NumberColumn<double>>(storage).Gather(order, arrow::float64()));
    }
  }
}

}  // namespace weir::columnar
