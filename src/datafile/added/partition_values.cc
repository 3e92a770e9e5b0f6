// SPDX-License-Identifier: Apache-2.0
#include "datafile/added/partition_values.h"

#include <arrow/type.h>
#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <chrono>
#include <cstring>
#include <map>
#include <string>
#include <utility>

#include "base/ids.h"
#include "datafile/added/attribute_values.h"

namespace weir::datafile {
namespace {

using signal::Leaf;
using signal::LeafKind;

constexpr int64_t kMicrosOfHour = 3'600'000'000, kMicrosOfDay = 24 * kMicrosOfHour;

int64_t FloorDivide(int64_t value, int64_t by) {
  return value / by - (value % by != 0 && value < 0 ? 1 : 0);
}

/// Days since the epoch of a timestamp in µs or a date.
int64_t DaysOf(const Bound& value) {
  const auto* micros = std::get_if<int64_t>(&value);
  return micros != nullptr ? FloorDivide(*micros, kMicrosOfDay) : std::get<int32_t>(value);
}

int32_t MonthsOf(const Bound& value) {
  using namespace std::chrono;
  const year_month_day day{sys_days(days(DaysOf(value)))};
  return (static_cast<int>(day.year()) - 1970) * 12 + static_cast<int>(unsigned{day.month()}) - 1;
}

/// Whole numbers of all widths hash alike.
std::string BytesOf(const Bound& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  const auto* narrow = std::get_if<int32_t>(&value);
  const int64_t number = narrow != nullptr ? *narrow : std::get<int64_t>(value);
  std::string bytes(sizeof number, '\0');
  std::memcpy(bytes.data(), &number, sizeof number);
  return bytes;
}

template <typename Number>
Number Truncated(Number value, Number width) {
  return value - ((value % width + width) % width);
}

Bound TruncatedBound(const Bound& value, int32_t width) {
  if (const auto* narrow = std::get_if<int32_t>(&value)) return Truncated(*narrow, width);
  if (const auto* wide = std::get_if<int64_t>(&value)) return Truncated(*wide, int64_t{width});
  const std::string& text = std::get<std::string>(value);
  size_t end = 0;
  for (int32_t points = 0; end < text.size(); ++end) {
    const bool begins_point = (static_cast<uint8_t>(text[end]) & 0xC0) != 0x80;
    if (begins_point && points++ == width) break;
  }
  return text.substr(0, end);
}

/// The value of each row of a leaf outside lists and maps.
std::vector<PartitionValue> ValuesOf(const Leaf& leaf, int64_t rows) {
  std::vector<PartitionValue> values(static_cast<size_t>(rows));
  if (!leaf.fill) return values;
  signal::LeafPage page;
  leaf.fill(0, rows, page);
  const uint8_t present = page.definition.empty() ? 0 : *std::ranges::max_element(page.definition);
  size_t at = 0;
  for (size_t row = 0; row < values.size(); ++row) {
    if (!page.definition.empty() && (page.definition[row] == 0 || present == 0)) continue;
    switch (leaf.kind) {
      case LeafKind::kBool: values[row] = page.bools[at] != 0; break;
      case LeafKind::kInt: values[row] = page.ints[at]; break;
      case LeafKind::kLong: values[row] = page.longs[at]; break;
      case LeafKind::kText: values[row] = std::string(leaf.texts.at(page.ints[at])); break;
      case LeafKind::kDictionary:
        values[row] = std::string(leaf.texts.at(leaf.dictionary[page.ints[at]]));
        break;
      case LeafKind::kHexId:
      case LeafKind::kHexDictionary: {
        const auto width = static_cast<size_t>(leaf.id_bytes);
        const bool is_listed = leaf.kind == LeafKind::kHexDictionary;
        const std::string_view ids = is_listed ? leaf.id_dictionary : std::string_view(page.bytes);
        const size_t id = is_listed ? static_cast<size_t>(page.ints[at]) : at;
        values[row] = HexEncode(ids.substr(id * width, width));
        break;
      }
      default: continue;
    }
    ++at;
  }
  return values;
}

std::vector<PartitionValue> ValuesOf(const ColumnValues& column) {
  std::vector<PartitionValue> values(static_cast<size_t>(column.num_rows()));
  for (int64_t row = 0; row < column.num_rows(); ++row) {
    if (!column.has_value(row)) continue;
    PartitionValue& value = values[static_cast<size_t>(row)];
    switch (column.kind()) {
      case LeafKind::kBool: value = column.bool_at(row); break;
      case LeafKind::kInt: value = column.int_at(row); break;
      case LeafKind::kLong: value = column.long_at(row); break;
      case LeafKind::kDictionary: value = std::string(column.text_at(row)); break;
      default: break;
    }
  }
  return values;
}

/// Keeps what the parts need of the leaves that go by, which go nowhere.
class PartSink final : public signal::LeafSink {
 public:
  /// `leaves`: by part, the number of its column's leaf, -1 for an added column.
  PartSink(const FileShape& shape, std::vector<int> leaves, AttributeValues& attributes,
           int64_t rows)
      : shape_(shape),
        part_leaves_(std::move(leaves)),
        attributes_(attributes),
        rows_(rows),
        values_(part_leaves_.size()) {}

  Status Add(const Leaf& leaf) override {
    const int number = leaves_++;
    if (attributes_.Wants(number)) attributes_.Read(number, leaf);
    for (size_t part = 0; part < part_leaves_.size(); ++part) {
      if (part_leaves_[part] == number) Take(part, ValuesOf(leaf, rows_));
    }
    return Status::OK();
  }

  /// By part and row, after the last leaf.
  std::vector<std::vector<PartitionValue>> Finish() {
    for (size_t part = 0; part < part_leaves_.size(); ++part) {
      if (part_leaves_[part] >= 0) continue;
      const auto column =
          std::ranges::find(shape_.columns, shape_.partition[part].column,
                            [](const AddedColumn& added) { return added.field->name(); });
      Take(part, ValuesOf(attributes_.values()[column - shape_.columns.begin()]));
    }
    return std::move(values_);
  }

 private:
  void Take(size_t part, std::vector<PartitionValue> values) {
    for (PartitionValue& value : values) value = Transformed(shape_.partition[part], value);
    values_[part] = std::move(values);
  }

  const FileShape& shape_;
  const std::vector<int> part_leaves_;
  AttributeValues& attributes_;
  const int64_t rows_;
  int leaves_ = 0;
  std::vector<std::vector<PartitionValue>> values_;
};

/// By part: the number of its column's leaf, -1 for an added column.
Result<std::vector<int>> PartLeaves(const arrow::Schema& schema, const FileShape& shape) {
  std::vector<int> leaves;
  for (const PartitionPart& part : shape.partition) {
    const bool is_added = std::ranges::any_of(shape.columns, [&](const AddedColumn& added) {
      return added.field->name() == part.column;
    });
    const int leaf = is_added ? -1 : LeafOf(schema, part.column);
    if (!is_added && leaf < 0) {
      return Error(ErrorKind::kNotFound,
                   fmt::format("partition rows: there is no column {}", part.column));
    }
    leaves.push_back(leaf);
  }
  return leaves;
}

}  // namespace

int32_t BucketHash(std::string_view bytes) {
  constexpr uint32_t kFirst = 0xcc9e2d51, kSecond = 0x1b873593;
  const auto mixed = [](uint32_t word) { return std::rotl(word * kFirst, 15) * kSecond; };
  uint32_t hash = 0;
  size_t at = 0;
  for (; at + 4 <= bytes.size(); at += 4) {
    uint32_t word = 0;
    std::memcpy(&word, bytes.data() + at, 4);
    hash = std::rotl(hash ^ mixed(word), 13) * 5 + 0xe6546b64;
  }
  uint32_t tail = 0;
  for (size_t i = bytes.size(); i > at; --i) tail = tail << 8 | static_cast<uint8_t>(bytes[i - 1]);
  hash ^= mixed(tail);
  hash ^= static_cast<uint32_t>(bytes.size());
  hash = (hash ^ hash >> 16) * 0x85ebca6b;
  hash = (hash ^ hash >> 13) * 0xc2b2ae35;
  return static_cast<int32_t>(hash ^ hash >> 16);
}

PartitionValue Transformed(const PartitionPart& part, const PartitionValue& value) {
  if (!value) return value;
  switch (part.transform) {
    case Transform::kIdentity: return value;
    case Transform::kBucket: return (BucketHash(BytesOf(*value)) & 0x7fffffff) % part.argument;
    case Transform::kTruncate: return TruncatedBound(*value, part.argument);
    case Transform::kYear: return static_cast<int32_t>(FloorDivide(MonthsOf(*value), 12));
    case Transform::kMonth: return MonthsOf(*value);
    case Transform::kDay: return static_cast<int32_t>(DaysOf(*value));
    case Transform::kHour:
      return static_cast<int32_t>(FloorDivide(std::get<int64_t>(*value), kMicrosOfHour));
  }
  return std::nullopt;
}

Result<std::vector<PartitionRows>> Divide(signal::RowColumns& columns, const FileShape& shape,
                                          std::span<const int32_t> rows) {
  std::vector<PartitionRows> divided;
  if (shape.partition.empty()) {
    divided.push_back({shape.spec_id, {}, {rows.begin(), rows.end()}});
    return divided;
  }
  const auto schema = columns.schema();
  auto leaves = TRY(PartLeaves(*schema, shape));
  auto attributes = TRY(AttributeValues::For(*schema, shape.columns, std::ssize(rows)));
  PartSink sink(shape, std::move(leaves), attributes, std::ssize(rows));
  TRY(columns.WriteTo(rows, sink));
  const std::vector<std::vector<PartitionValue>> values = sink.Finish();
  std::map<std::vector<PartitionValue>, size_t> known;
  std::vector<int32_t> rest;
  for (size_t row = 0; row < rows.size(); ++row) {
    std::vector<PartitionValue> key;
    for (const auto& part : values) key.push_back(part[row]);
    auto found = known.find(key);
    if (found == known.end() && divided.size() < kPartitionsPerDayMax) {
      divided.push_back({shape.spec_id, key, {}});
      found = known.emplace(std::move(key), divided.size() - 1).first;
    }
    (found == known.end() ? rest : divided[found->second].rows).push_back(rows[row]);
  }
  if (!rest.empty()) divided.push_back({0, {}, std::move(rest)});
  return divided;
}

}  // namespace weir::datafile
