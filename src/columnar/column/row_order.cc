// SPDX-License-Identifier: Apache-2.0
#include "columnar/column/row_order.h"

#include <algorithm>
#include <array>
#include <map>
#include <numeric>

namespace weir::columnar {
namespace {

/// A row and its time since the earliest of its group.
struct TimedRow {
  uint64_t time = 0;
  int32_t row = 0;
};

// Fewer rows are sorted faster by comparing.
constexpr size_t kRadixRowsMin = 256;
constexpr int kRadixBits = 11;
constexpr size_t kRadixSize = size_t{1} << kRadixBits;

/// Sorts by time, equal times as they are, digit by digit from the lowest; `spare` is as long as
/// `rows`.
void RadixSort(std::span<TimedRow> rows, std::span<TimedRow> spare, uint64_t time_max) {
  std::span<TimedRow> from = rows, to = spare;
  for (int shift = 0; shift < 64 && time_max >> shift != 0; shift += kRadixBits) {
    std::array<uint32_t, kRadixSize> begins{};
    const auto digit = [&](const TimedRow& row) { return row.time >> shift & (kRadixSize - 1); };
    for (const TimedRow& row : from) ++begins[digit(row)];
    uint32_t begin = 0;
    for (uint32_t& count : begins) begin += std::exchange(count, begin);
    for (const TimedRow& row : from) to[begins[digit(row)]++] = row;
    std::swap(from, to);
  }
  if (from.data() != rows.data()) std::ranges::copy(from, rows.begin());
}

void SortByTime(std::span<TimedRow> rows, std::span<TimedRow> spare) {
  if (rows.size() < 2) return;
  const auto [earliest, latest] = std::ranges::minmax(rows, {}, &TimedRow::time);
  if (rows.size() < kRadixRowsMin) {
    std::ranges::sort(rows, [](const TimedRow& a, const TimedRow& b) {
      return a.time != b.time ? a.time < b.time : a.row < b.row;
    });
    return;
  }
  const uint64_t first = earliest.time, range = latest.time - first;
  for (TimedRow& row : rows) row.time -= first;
  RadixSort(rows, spare, range);
}

/// Sorts the rows of one day, which come in ascending order.
std::vector<int32_t> SortDay(const std::vector<int32_t>& rows, const RowOrder& order) {
  const int32_t ranks = rows.empty() ? 0 : std::ranges::max(order.ranks) + 1;
  std::vector<uint32_t> ends(static_cast<size_t>(ranks) + 1);
  for (const int32_t row : rows) ++ends[order.ranks[row] + 1];
  std::partial_sum(ends.begin(), ends.end(), ends.begin());
  std::vector<TimedRow> timed(rows.size()), spare(rows.size());
  std::vector<uint32_t> next(ends.begin(), ends.end() - 1);
  for (const int32_t row : rows) {
    // Times before 1970 come first too.
    const uint64_t time = static_cast<uint64_t>(order.times[row]) ^ uint64_t { 1 } << 63;
    timed[next[order.ranks[row]]++] = {time, row};
  }
  for (int32_t rank = 0; rank < ranks; ++rank) {
    const size_t begin = ends[rank], count = ends[rank + 1] - begin;
    SortByTime(std::span(timed).subspan(begin, count), std::span(spare).subspan(begin, count));
  }
  std::vector<int32_t> sorted(rows.size());
  std::ranges::transform(timed, sorted.begin(), &TimedRow::row);
  return sorted;
}

}  // namespace

std::vector<signal::DayRows> SortIntoDays(const RowOrder& order) {
  std::map<int32_t, std::vector<int32_t>> rows_by_day;
  std::vector<int32_t>* today = nullptr;
  for (int32_t row = 0; row < static_cast<int32_t>(order.dates.size()); ++row) {
    if (row == 0 || order.dates[row] != order.dates[row - 1])
      today = &rows_by_day[order.dates[row]];
    today->push_back(row);
  }
  std::vector<signal::DayRows> days;
  for (const auto& [date, rows] : rows_by_day) days.push_back({date, SortDay(rows, order)});
  return days;
}

std::vector<int32_t> RankTexts(int32_t count,
                               const std::function<std::string_view(int32_t)>& text_at) {
  std::vector<int32_t> by_text(count);
  std::iota(by_text.begin(), by_text.end(), 0);
  std::ranges::sort(by_text, [&](int32_t a, int32_t b) { return text_at(a) < text_at(b); });
  std::vector<int32_t> ranks(count);
  int32_t rank = 0;
  for (int32_t i = 0; i < count; ++i) {
    if (i > 0 && text_at(by_text[i]) != text_at(by_text[i - 1])) ++rank;
    ranks[by_text[i]] = rank;
  }
  return ranks;
}

}  // namespace weir::columnar
