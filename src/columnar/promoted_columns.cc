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
    : columns_(columns), texts_(texts) {
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
    Storage& storage = storage_[target.column];
    if (storage.last_row == row_ && storage.last_rank < target.rank) continue;
    if (!Set(storage, target, entry)) continue;
    storage.last_row = row_;
    storage.last_rank = target.rank;
  }
}

bool PromotedColumns::Set(Storage& storage, const Target& target,
                          const AttributeColumns::Entry& entry) {
  if (entry.value.is_empty) return false;
  if (!target.is_plain_text) return SetConverted(storage, target, entry);
  storage.texts.Set(row_, entry.value_id);
  return true;
}

bool PromotedColumns::SetConverted(Storage& storage, const Target& target,
                                   const AttributeColumns::Entry& entry) {
  const PromotedSource& source = columns_[target.column].sources[target.rank];
  if (storage.type == PromotedType::kText) {
    const int32_t text = TextOf(source, entry);
    if (text >= 0) storage.texts.Set(row_, text);
    return text >= 0;
  }
  AttributeValue number = entry.value;
  if (source.rule == PromotedRule::kJsonMember) {
    const std::optional<AttributeValue> member = JsonMember(entry.value.text, source.member);
    if (!member) return false;
    number = *member;
  }
  if (storage.type == PromotedType::kDouble) {
    const std::optional<double> real = ToDouble(number);
    if (real) storage.doubles.Set(row_, *real);
    return real.has_value();
  }
  const std::optional<int64_t> whole = ToLong(number);
  if (!whole) return false;
  if (storage.type == PromotedType::kLong) {
    storage.longs.Set(row_, *whole);
    return true;
  }
  const bool fits = *whole == static_cast<int32_t>(*whole);
  if (fits) storage.ints.Set(row_, static_cast<int32_t>(*whole));
  return fits;
}

int32_t PromotedColumns::TextOf(const PromotedSource& source,
                                const AttributeColumns::Entry& entry) {
  if (source.rule != PromotedRule::kJsonText && source.rule != PromotedRule::kSpanType) {
    return entry.value_id;
  }
  const std::string unquoted = Unquoted(entry.value.text);
  const std::string_view text = source.rule == PromotedRule::kSpanType
                                    ? signal::SpanTypeOf(unquoted)
                                    : std::string_view(unquoted);
  if (source.rule == PromotedRule::kSpanType && text.empty()) return -1;
  // The attribute was checked to be UTF-8; JSON escapes can't make it invalid.
  static_assert(TextDictionary::kNotText == -1);
  return texts_.Intern(text);
}

void PromotedColumns::AddCacheTokens() {
  for (size_t column = 0; column < columns_.size(); ++column) {
    Storage& storage = storage_[column];
    if (storage.last_row != row_) continue;
    if (columns_[column].sources[storage.last_rank].rule != PromotedRule::kExcludesCache) continue;
    int64_t tokens = storage.longs.at(row_);
    if (__builtin_add_overflow(tokens, cache_tokens_, &tokens)) tokens = INT64_MAX;
    storage.longs.Set(row_, tokens);
  }
  cache_tokens_ = 0;
}

void PromotedColumns::Truncate(int64_t rows) {
  cache_tokens_ = 0;
  for (Storage& storage : storage_) {
    if (storage.last_row < rows) continue;
    storage.last_row = rows - 1;
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
