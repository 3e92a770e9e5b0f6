// SPDX-License-Identifier: Apache-2.0
#include "datafile/added/column_values.h"

#include <arrow/type.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>

namespace weir::datafile {
namespace {

using signal::LeafKind;

constexpr double kInt64Limit = 9223372036854775808.0;  // 2^63
constexpr size_t kTextBytesMax = std::numeric_limits<int32_t>::max();

template <typename Number>
std::optional<Number> Parsed(std::string_view text) {
  Number number = 0;
  const char* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, number);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return number;
}

/// The rules of the published promoted columns: whole numbers in whatever form.
std::optional<int64_t> ToLong(std::string_view text) {
  if (const auto whole = Parsed<int64_t>(text)) return whole;
  const auto number = Parsed<double>(text);
  const bool is_whole = number && std::trunc(*number) == *number && std::abs(*number) < kInt64Limit;
  return is_whole ? std::optional(static_cast<int64_t>(*number)) : std::nullopt;
}

std::optional<bool> ToBool(std::string_view text) {
  if (text != "true" && text != "false") return std::nullopt;
  return text == "true";
}

}  // namespace

LeafKind LeafKindOf(const arrow::DataType& type) {
  switch (type.id()) {
    case arrow::Type::BOOL: return LeafKind::kBool;
    case arrow::Type::INT32:
    case arrow::Type::DATE32: return LeafKind::kInt;
    case arrow::Type::INT64:
    case arrow::Type::TIMESTAMP: return LeafKind::kLong;
    case arrow::Type::DOUBLE: return LeafKind::kDouble;
    case arrow::Type::STRING:
    case arrow::Type::BINARY: return LeafKind::kDictionary;
    default: return LeafKind::kNone;
  }
}

ColumnValues::ColumnValues(LeafKind kind, int64_t rows)
    : kind_(kind), has_value_(static_cast<size_t>(rows), 0) {
  switch (kind) {
    case LeafKind::kLong: longs_.resize(has_value_.size()); break;
    case LeafKind::kDouble: doubles_.resize(has_value_.size()); break;
    default: ints_.resize(has_value_.size());
  }
}

void ColumnValues::Set(int64_t row, std::string_view text) {
  const auto at = static_cast<size_t>(row);
  const auto keep = [&](const auto& value, auto& values) {
    has_value_[at] = value.has_value();
    if (value) values[at] = *value;
  };
  switch (kind_) {
    case LeafKind::kBool: return keep(ToBool(text), ints_);
    case LeafKind::kInt: return keep(Parsed<int32_t>(text), ints_);
    case LeafKind::kLong: return keep(ToLong(text), longs_);
    case LeafKind::kDouble: return keep(Parsed<double>(text), doubles_);
    default: break;
  }
  // Beyond 2 GiB of different texts in one row group there is no number left.
  has_value_[at] = text_bytes_.size() + text.size() <= kTextBytesMax;
  if (has_value_[at] != 0) ints_[at] = NumberOf(text);
}

int32_t ColumnValues::NumberOf(std::string_view text) {
  return numbers_.Find(text, text_bytes_, text_ends_, [this](std::string_view added) {
    text_bytes_ += added;
    text_ends_.push_back(static_cast<int32_t>(text_bytes_.size()));
    return static_cast<int32_t>(std::ssize(text_ends_) - 2);
  });
}

Status ColumnValues::WriteTo(signal::LeafSink& sink) const {
  const auto values = std::ranges::count(has_value_, 1);
  if (values == 0) return sink.Add({.level = 0});
  signal::Leaf leaf{.kind = kind_, .texts = texts()};
  std::vector<int32_t> dictionary;
  if (kind_ == LeafKind::kDictionary) {
    // Texts that hardly repeat make a dictionary that is read whole for each page.
    const auto distinct = std::ssize(text_ends_) - 1;
    if (2 * distinct > values) {
      leaf.kind = LeafKind::kText;
    } else {
      dictionary.resize(static_cast<size_t>(distinct));
      std::iota(dictionary.begin(), dictionary.end(), 0);
      leaf.dictionary = dictionary;
    }
  }
  leaf.fill = [this](int64_t begin, int64_t end, signal::LeafPage& page) {
    Fill(begin, end, page);
  };
  return sink.Add(leaf);
}

void ColumnValues::Fill(int64_t begin, int64_t end, signal::LeafPage& page) const {
  page.definition.assign(has_value_.begin() + begin, has_value_.begin() + end);
  for (int64_t row = begin; row < end; ++row) {
    if (!has_value(row)) continue;
    switch (kind_) {
      case LeafKind::kBool: page.bools.push_back(bool_at(row) ? 1 : 0); break;
      case LeafKind::kLong: page.longs.push_back(long_at(row)); break;
      case LeafKind::kDouble: page.doubles.push_back(double_at(row)); break;
      default: page.ints.push_back(int_at(row));
    }
  }
}

}  // namespace weir::datafile
