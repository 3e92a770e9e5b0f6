// SPDX-License-Identifier: Apache-2.0
#include "query/tail/find_trace.h"

#include <arrow/type.h>

#include <algorithm>
#include <span>
#include <string_view>

#include "base/ids.h"
#include "datafile/added/attribute_values.h"
#include "query/tail/tail_files.h"

namespace weir::query {
namespace {

using signal::Leaf;
using signal::LeafKind;
using signal::LeafPage;

constexpr int64_t kRowsAtOnce = 4096;
constexpr size_t kIdBytes = 16;

/// Keeps the rows that are of the trace, and their starts. One thread.
class TraceSink final : public signal::LeafSink {
 public:
  /// `row_count`: how many come. Numbers of leaves as the schema has them.
  TraceSink(const TraceInTail& query, int id_leaf, int start_leaf, int64_t row_count)
      : query_(query), id_leaf_(id_leaf), start_leaf_(start_leaf), row_count_(row_count) {
    id_.resize(kIdBytes);
    if (!HexDecode(query.trace_id, id_.data())) id_.clear();
  }

  Status Add(const Leaf& leaf) override {
    const int number = leaves_++;
    if (number == id_leaf_) FindIds(leaf);
    if (number == start_leaf_) FindStarts(leaf);
    return Status::OK();
  }
  /// Numbers among the rows that came, ascending, and their starts.
  std::vector<int64_t> rows, starts;

 private:
  /// Calls `on_value` with each row that has a value, and the value's number on the page.
  template <typename OnValue>
  void ForEachValue(const Leaf& leaf, OnValue on_value) const {
    if (!leaf.fill) return;
    LeafPage page;
    for (int64_t begin = 0; begin < row_count_; begin += kRowsAtOnce) {
      const int64_t end = std::min(begin + kRowsAtOnce, row_count_);
      page.Clear();
      leaf.fill(begin, end, page);
      size_t value = 0;
      for (int64_t row = begin; row < end; ++row) {
        const auto entry = static_cast<size_t>(row - begin);
        if (page.definition.empty() || page.definition[entry] > 0) on_value(row, page, value++);
      }
    }
  }

  bool IsId(const Leaf& leaf, const LeafPage& page, size_t value) const {
    const auto bytes = static_cast<size_t>(leaf.id_bytes);
    switch (leaf.kind) {
      case LeafKind::kHexId:
        return std::string_view(page.bytes).substr(value * bytes, bytes) == id_;
      case LeafKind::kHexDictionary:
        return leaf.id_dictionary.substr(static_cast<size_t>(page.ints[value]) * bytes, bytes) ==
               id_;
      case LeafKind::kText: return leaf.texts.at(page.ints[value]) == query_.trace_id;
      case LeafKind::kDictionary:
        return leaf.texts.at(leaf.dictionary[page.ints[value]]) == query_.trace_id;
      default: return false;
    }
  }
  void FindIds(const Leaf& leaf) {
    ForEachValue(leaf, [&](int64_t row, const LeafPage& page, size_t value) {
      if (IsId(leaf, page, value)) found_.push_back(row);
    });
  }
  void FindStarts(const Leaf& leaf) {
    if (found_.empty()) return;
    auto next = found_.begin();
    ForEachValue(leaf, [&](int64_t row, const LeafPage& page, size_t value) {
      while (next != found_.end() && *next < row) ++next;
      if (next == found_.end() || *next != row) return;
      const int64_t start = page.longs[value];
      if (start < query_.since_unix_nano || start > query_.until_unix_nano) return;
      rows.push_back(row);
      starts.push_back(start);
    });
  }

  const TraceInTail& query_;
  const int id_leaf_, start_leaf_;
  const int64_t row_count_;
  std::string id_;
  int leaves_ = 0;
  std::vector<int64_t> found_;
};

}  // namespace

Result<TailSpans> FindTrace(signal::TailRows& rows, const datafile::FileShape& shape,
                            const TraceInTail& query) {
  TailSpans spans;
  const auto find = [&](signal::RowColumns& columns) -> Status {
    std::vector<int32_t> all;
    for (const signal::DayRows& day : columns.SortIntoDays()) {
      all.insert(all.end(), day.rows.begin(), day.rows.end());
    }
    const arrow::Schema& schema = *columns.schema();
    const int id_leaf = datafile::LeafOf(schema, "trace_id");
    const int start_leaf = datafile::LeafOf(schema, "start_time_unix_nano");
    if (id_leaf < 0 || start_leaf < id_leaf) {
      return Error(ErrorKind::kInternal, "rows without trace_id and, behind it, their start");
    }
    TraceSink sink(query, id_leaf, start_leaf, std::ssize(all));
    TRY(columns.WriteTo(all, sink));
    if (sink.rows.empty()) return Status::OK();
    std::vector<int32_t> chosen;
    for (const int64_t row : sink.rows) chosen.push_back(all[static_cast<size_t>(row)]);
    spans.start_unix_nano = std::move(sink.starts);
    spans.bytes = TRY(EncodeRows(columns, shape, chosen));
    return Status::OK();
  };
  TRY(rows.Read(find));
  return spans;
}

}  // namespace weir::query
