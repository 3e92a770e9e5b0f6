// SPDX-License-Identifier: Apache-2.0
#include "datafile/lookup/leaf_rows.h"

#include <fmt/format.h>
#include <parquet/column_reader.h>
#include <parquet/metadata.h>
#include <parquet/schema.h>

#include <algorithm>
#include <limits>
#include <memory>

#include "datafile/lookup/chosen_pages.h"

namespace weir::datafile {
namespace {

constexpr int64_t kBatchEntries = 1024;

Status Contradiction(const LeafPlace& place, std::string_view what) {
  const auto* column = place.head.metadata().schema()->Column(place.column);
  return Error(ErrorKind::kBadRequest, fmt::format("read {}: column {}: {}", place.head.path(),
                                                   column->path()->ToDotString(), what));
}

std::string_view View(const parquet::ByteArray& text) {
  return {reinterpret_cast<const char*>(text.ptr), text.len};
}

template <typename Number>
void Append(Number value, LeafRows& leaf) {
  leaf.longs.push_back(static_cast<int64_t>(value));
}
void Append(double value, LeafRows& leaf) { leaf.doubles.push_back(value); }
void Append(const parquet::ByteArray& text, LeafRows& leaf) {
  leaf.bytes += View(text);
  leaf.ends.push_back(leaf.bytes.size());
}

std::vector<RowRange> RangesOf(std::span<const int64_t> rows) {
  std::vector<RowRange> ranges;
  for (const int64_t row : rows) {
    if (!ranges.empty() && ranges.back().end == row) {
      ++ranges.back().end;
    } else {
      ranges.push_back({row, row + 1});
    }
  }
  return ranges;
}

/// The ranges as counted in what the pages give, one page after the other.
std::vector<RowRange> InPages(std::span<const RowRange> ranges,
                              std::span<const ReadStretch> stretches) {
  std::vector<RowRange> counted;
  int64_t before = 0;
  size_t at = 0;
  for (const ReadStretch& stretch : stretches) {
    const int64_t stretch_end = stretch.first_row + stretch.rows;
    for (; at < ranges.size() && ranges[at].begin < stretch_end; ++at) {
      const int64_t begin = std::max(ranges[at].begin, stretch.first_row);
      const int64_t end = std::min(ranges[at].end, stretch_end);
      const RowRange part{before + begin - stretch.first_row, before + end - stretch.first_row};
      if (!counted.empty() && counted.back().end == part.begin) {
        counted.back().end = part.end;
      } else if (part.begin < part.end) {
        counted.push_back(part);
      }
      if (ranges[at].end > stretch_end) break;  // Goes on in the next page.
    }
    before += stretch.rows;
  }
  return counted;
}

/// Decodes batch by batch. `Reader`: of Parquet.
template <typename Reader>
class Batches {
 public:
  using Value = typename Reader::T;

  Batches(parquet::ColumnReader& reader, const LeafPlace& place)
      : reader_(static_cast<Reader&>(reader)),
        place_(place),
        definition_max_(reader.descr()->max_definition_level()),
        definition_(kBatchEntries),
        repetition_(kBatchEntries),
        values_(std::make_unique<Value[]>(kBatchEntries)) {}

  /// Decodes up to `entries` entries; returns how many there were, 0 at the end.
  int64_t Next(int64_t entries) {
    return reader_.ReadBatch(std::min(entries, kBatchEntries), definition_.data(),
                             repetition_.data(), values_.get(), &values_read_);
  }
  /// How many of the entries decoded last begin a row.
  int64_t RowsBegun(int64_t entries) const {
    return std::count(repetition_.begin(), repetition_.begin() + entries, int16_t{0});
  }
  /// Tells the entries decoded last: `on_entry(definition, repetition, value)`, null where there is
  /// no value; false ends it.
  template <typename OnEntry>
  Status Tell(int64_t entries, const OnEntry& on_entry) const {
    int64_t value = 0;
    for (int64_t i = 0; i < entries; ++i) {
      const bool is_set = definition_max_ == 0 || definition_[i] == definition_max_;
      if (is_set && value == values_read_) return Contradiction(place_, "a value is missing");
      if (!on_entry(definition_[i], repetition_[i], is_set ? &values_[value++] : nullptr)) break;
    }
    return Status::OK();
  }
  /// Tells `entries` entries, which there must be.
  template <typename OnEntry>
  Status Read(int64_t entries, const OnEntry& on_entry) {
    while (entries > 0) {
      const int64_t read = Next(entries);
      if (read == 0) return Contradiction(place_, "a row is missing");
      TRY(Tell(read, on_entry));
      entries -= read;
    }
    return Status::OK();
  }
  Status Skip(int64_t rows) {
    if (reader_.Skip(rows) == rows) return Status::OK();
    return Contradiction(place_, "a row is missing");
  }

 private:
  Reader& reader_;
  const LeafPlace& place_;
  const int16_t definition_max_;
  std::vector<int16_t> definition_, repetition_;
  int64_t values_read_ = 0;
  std::unique_ptr<Value[]> values_;  // No vector: that of bool has no data().
};

/// A column outside lists and maps: an entry a row.
template <typename Reader, typename OnEntry>
Status ForEachRow(parquet::ColumnReader& reader, const LeafPlace& place,
                  std::span<const RowRange> counted, const OnEntry& on_entry) {
  Batches<Reader> batches(reader, place);
  int64_t at = 0;
  for (const RowRange& range : counted) {
    TRY(batches.Skip(range.begin - at));
    TRY(batches.Read(range.end - range.begin, on_entry));
    at = range.end;
  }
  return Status::OK();
}

/// A column in lists or maps: rows begin where the repetition level is 0.
template <typename Reader, typename OnEntry>
Status ForEachEntry(parquet::ColumnReader& reader, const LeafPlace& place,
                    std::span<const RowRange> counted, const OnEntry& on_entry) {
  Batches<Reader> batches(reader, place);
  int64_t row = -1;
  size_t at = 0;
  while (at < counted.size()) {
    const int64_t entries = batches.Next(kBatchEntries);
    if (entries == 0) break;
    // Most batches have no row that is wanted.
    if (const int64_t begun = batches.RowsBegun(entries); row + begun < counted[at].begin) {
      row += begun;
      continue;
    }
    TRY(batches.Tell(entries, [&](int16_t definition, int16_t repetition, const auto* value) {
      row += repetition == 0;
      while (at < counted.size() && counted[at].end <= row) ++at;
      if (at == counted.size()) return false;
      if (row >= counted[at].begin) on_entry(definition, repetition, value);
      return true;
    }));
  }
  const bool is_whole = counted.empty() || at == counted.size() ||
                        (at + 1 == counted.size() && row + 1 == counted[at].end);
  return is_whole ? Status::OK() : Contradiction(place, "a row is missing");
}

template <typename Reader>
Status ReadInto(parquet::ColumnReader& reader, const LeafPlace& place,
                std::span<const RowRange> counted, LeafRows& leaf) {
  const auto keep = [&](int16_t definition, int16_t repetition, const auto* value) {
    if (leaf.definition_max > 0) leaf.definition.push_back(definition);
    if (leaf.repetition_max > 0) leaf.repetition.push_back(repetition);
    if (value != nullptr) Append(*value, leaf);
    return true;
  };
  return leaf.repetition_max > 0 ? ForEachEntry<Reader>(reader, place, counted, keep)
                                 : ForEachRow<Reader>(reader, place, counted, keep);
}

/// Texts in the place of their numbers.
Status PutTexts(const StoredTexts& texts, LeafRows& leaf) {
  std::vector<int64_t> numbers = leaf.longs;
  std::ranges::sort(numbers);
  const auto [repeats, end] = std::ranges::unique(numbers);
  numbers.erase(repeats, end);
  const std::vector<std::string_view> used = TRY(texts.At(numbers));
  for (const int64_t number : leaf.longs) {
    leaf.bytes += used[std::ranges::lower_bound(numbers, number) - numbers.begin()];
    leaf.ends.push_back(leaf.bytes.size());
  }
  leaf.longs.clear();
  return Status::OK();
}

/// The rows, as the pages count them, that `is_wanted(value)`.
template <typename Reader, typename IsWanted>
Result<std::vector<int64_t>> RowsWith(parquet::ColumnReader& reader, const LeafPlace& place,
                                      std::span<const RowRange> counted,
                                      const IsWanted& is_wanted) {
  std::vector<int64_t> found;
  Batches<Reader> batches(reader, place);
  int64_t at = 0;
  for (const RowRange& range : counted) {
    TRY(batches.Skip(range.begin - at));
    at = range.begin;
    TRY(batches.Read(range.end - range.begin, [&](int16_t, int16_t, const auto* value) {
      if (value != nullptr && is_wanted(*value)) found.push_back(at);
      ++at;
      return true;
    }));
  }
  return found;
}

/// The same by the dictionary: where it lacks the text, no page is decoded.
Result<std::vector<int64_t>> RowsWithNumber(const ChosenPages& pages, const LeafPlace& place,
                                            std::span<const RowRange> counted,
                                            std::string_view text) {
  if (!pages.reader->HasNext()) return Contradiction(place, "a row is missing");
  const int64_t wanted = TRY(pages.texts->Find(text));
  if (wanted < 0) return std::vector<int64_t>();
  return RowsWith<parquet::Int32Reader>(*pages.reader, place, counted,
                                        [&](int32_t number) { return number == wanted; });
}

}  // namespace

Result<LeafRows> ReadLeaf(const PartReader& parts, const LeafPlace& place,
                          std::span<const int64_t> rows) {
  const parquet::ColumnDescriptor& column = *place.head.metadata().schema()->Column(place.column);
  LeafRows leaf{.definition_max = column.max_definition_level(),
                .repetition_max = column.max_repetition_level()};
  const std::vector<RowRange> ranges = RangesOf(rows);
  const ChosenPages pages = TRY(ChoosePages(parts, place, ranges));
  if (pages.are_all_null) {
    leaf.definition.assign(rows.size(), 0);
    return leaf;
  }
  const std::vector<RowRange> counted = InPages(ranges, pages.stretches);
  parquet::ColumnReader& reader = *pages.reader;
  if (pages.texts != nullptr) {
    TRY(ReadInto<parquet::Int32Reader>(reader, place, counted, leaf));
    TRY(PutTexts(*pages.texts, leaf));
    return leaf;
  }
  Status read;
  switch (column.physical_type()) {
    case parquet::Type::BOOLEAN:
      read = ReadInto<parquet::BoolReader>(reader, place, counted, leaf);
      break;
    case parquet::Type::INT32:
      read = ReadInto<parquet::Int32Reader>(reader, place, counted, leaf);
      break;
    case parquet::Type::INT64:
      read = ReadInto<parquet::Int64Reader>(reader, place, counted, leaf);
      break;
    case parquet::Type::DOUBLE:
      read = ReadInto<parquet::DoubleReader>(reader, place, counted, leaf);
      break;
    case parquet::Type::BYTE_ARRAY:
      read = ReadInto<parquet::ByteArrayReader>(reader, place, counted, leaf);
      break;
    default: return Contradiction(place, "its type is in no published table");
  }
  TRY(read);
  return leaf;
}

Result<std::vector<int64_t>> FindText(const PartReader& parts, const LeafPlace& place,
                                      std::span<const RowRange> ranges, std::string_view text) {
  const parquet::ColumnDescriptor& column = *place.head.metadata().schema()->Column(place.column);
  if (column.physical_type() != parquet::Type::BYTE_ARRAY || column.max_repetition_level() > 0) {
    return Contradiction(place, "not a column of texts");
  }
  const ChosenPages pages = TRY(ChoosePages(parts, place, ranges));
  if (pages.are_all_null) return std::vector<int64_t>();
  const std::vector<RowRange> counted = InPages(ranges, pages.stretches);
  std::vector<int64_t> found =
      TRY(pages.texts != nullptr
              ? RowsWithNumber(pages, place, counted, text)
              : RowsWith<parquet::ByteArrayReader>(
                    *pages.reader, place, counted,
                    [&](const parquet::ByteArray& value) { return View(value) == text; }));
  // From rows of the pages to rows of the row group.
  int64_t before = 0;
  size_t stretch = 0;
  for (int64_t& row : found) {
    while (row >= before + pages.stretches[stretch].rows) before += pages.stretches[stretch++].rows;
    row += pages.stretches[stretch].first_row - before;
  }
  return found;
}

}  // namespace weir::datafile
