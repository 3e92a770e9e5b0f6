// SPDX-License-Identifier: Apache-2.0
#include "datafile/lookup/find_rows.h"

#include <arrow/io/interfaces.h>
#include <fmt/format.h>
#include <parquet/metadata.h>
#include <parquet/page_index.h>
#include <parquet/statistics.h>

#include <algorithm>
#include <memory>

#include "datafile/lookup/bloom_probe.h"
#include "datafile/lookup/leaf_rows.h"
#include "datafile/lookup/read_guarded.h"
#include "datafile/parquet_statistics.h"

namespace weir::datafile {
namespace {

/// One search. One thread.
class Search {
 public:
  Search(const PartReader& parts, const FileHead& head, const RowQuery& query)
      : parts_(parts), head_(head), query_(query) {}

  Result<std::vector<FoundRows>> Run() {
    column_ = TRY(ColumnOf(query_.column, parquet::Type::BYTE_ARRAY));
    if (has_times()) time_column_ = TRY(ColumnOf(query_.time_column, parquet::Type::INT64));
    std::vector<FoundRows> all;
    for (int group = 0; group < head_.metadata().num_row_groups(); ++group) {
      FoundRows found = TRY(InGroup(group));
      if (!found.rows.empty()) all.push_back(std::move(found));
    }
    return all;
  }

 private:
  bool has_times() const { return !query_.time_column.empty(); }

  Result<int> ColumnOf(const std::string& name, parquet::Type::type type) const {
    const parquet::SchemaDescriptor& schema = *head_.metadata().schema();
    const int column = schema.ColumnIndex(name);
    if (column >= 0 && schema.Column(column)->physical_type() == type &&
        schema.Column(column)->max_repetition_level() == 0) {
      return column;
    }
    return Error(ErrorKind::kBadRequest,
                 fmt::format("read {}: no column {} of type {}", head_.path(), name,
                             parquet::TypeToString(type)));
  }

  Result<FoundRows> InGroup(int group) const {
    FoundRows found{.group = group};
    if (!MayHave(group)) return found;
    // Before the page index, which is to be decoded first.
    const bool may_have = TRY(BloomMayHave(parts_, {head_, group, column_}, query_.text));
    if (!may_have) return found;
    const std::vector<RowRange> ranges = RangesIn(group);
    if (ranges.empty()) return found;
    ++parts_.counters().row_groups;
    std::vector<int64_t> rows = TRY(FindText(parts_, {head_, group, column_}, ranges, query_.text));
    if (rows.empty() || !has_times()) {
      found.rows = std::move(rows);
      return found;
    }
    const LeafRows times = TRY(ReadLeaf(parts_, {head_, group, time_column_}, rows));
    if (times.longs.size() != rows.size()) {
      return Error(ErrorKind::kBadRequest,
                   fmt::format("read {}: a row has no {}", head_.path(), query_.time_column));
    }
    for (size_t i = 0; i < rows.size(); ++i) {
      if (times.longs[i] < query_.time_min || times.longs[i] > query_.time_max) continue;
      found.rows.push_back(rows[i]);
      found.times.push_back(times.longs[i]);
    }
    return found;
  }

  /// By the row group's bounds.
  bool MayHave(int group) const {
    const auto row_group = head_.metadata().RowGroup(group);
    if (row_group->num_rows() == 0) return false;
    const auto bounds_of = [&](int column) -> std::optional<std::pair<Bound, Bound>> {
      const auto statistics = row_group->ColumnChunk(column)->statistics();
      if (statistics == nullptr || !statistics->HasMinMax()) return std::nullopt;
      return ReadBounds(*statistics);
    };
    if (const auto ids = bounds_of(column_)) {
      if (std::get<std::string>(ids->first) > query_.text) return false;
      if (std::get<std::string>(ids->second) < query_.text) return false;
    }
    if (!has_times()) return true;
    if (const auto times = bounds_of(time_column_)) {
      if (std::get<int64_t>(times->first) > query_.time_max) return false;
      if (std::get<int64_t>(times->second) < query_.time_min) return false;
    }
    return true;
  }

  /// By the page index: where rows may be that fit in both columns.
  std::vector<RowRange> RangesIn(int group) const {
    const auto fits_text = [&](const parquet::ColumnIndex& index, size_t page) {
      const auto& typed = static_cast<const parquet::ByteArrayColumnIndex&>(index);
      const auto view = [](const parquet::ByteArray& text) {
        return std::string_view(reinterpret_cast<const char*>(text.ptr), text.len);
      };
      return view(typed.min_values()[page]) <= query_.text &&
             view(typed.max_values()[page]) >= query_.text;
    };
    const auto fits_time = [&](const parquet::ColumnIndex& index, size_t page) {
      const auto& typed = static_cast<const parquet::Int64ColumnIndex&>(index);
      return typed.min_values()[page] <= query_.time_max &&
             typed.max_values()[page] >= query_.time_min;
    };
    std::vector<RowRange> ranges = PagesThat(group, column_, fits_text);
    if (!has_times()) return ranges;
    return Both(ranges, PagesThat(group, time_column_, fits_time));
  }

  template <typename Fits>
  std::vector<RowRange> PagesThat(int group, int column, const Fits& fits) const {
    const int64_t rows = head_.metadata().RowGroup(group)->num_rows();
    const auto offsets = head_.Offsets(group, column);
    const auto bounds = head_.Bounds(group, column);
    if (offsets == nullptr || bounds == nullptr ||
        offsets->page_locations().size() != bounds->null_pages().size()) {
      return {{0, rows}};
    }
    const auto& pages = offsets->page_locations();
    std::vector<RowRange> ranges;
    for (size_t page = 0; page < pages.size(); ++page) {
      if (bounds->null_pages()[page] || !fits(*bounds, page)) continue;
      const int64_t end = page + 1 < pages.size() ? pages[page + 1].first_row_index : rows;
      ranges.push_back({pages[page].first_row_index, end});
    }
    return ranges;
  }

  static std::vector<RowRange> Both(const std::vector<RowRange>& some,
                                    const std::vector<RowRange>& others) {
    std::vector<RowRange> both;
    for (size_t i = 0, j = 0; i < some.size() && j < others.size();) {
      const RowRange range{std::max(some[i].begin, others[j].begin),
                           std::min(some[i].end, others[j].end)};
      if (range.begin < range.end) both.push_back(range);
      (some[i].end < others[j].end ? i : j) += 1;
    }
    return both;
  }

  const PartReader& parts_;
  const FileHead& head_;
  const RowQuery& query_;
  int column_ = 0, time_column_ = 0;
};

}  // namespace

Result<std::vector<FoundRows>> FindRows(const PartReader& parts, const FileHead& head,
                                        const RowQuery& query) {
  ++parts.counters().files;
  return ReadGuarded(head.path(), [&] { return Search(parts, head, query).Run(); });
}

}  // namespace weir::datafile
