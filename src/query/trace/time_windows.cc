// SPDX-License-Identifier: Apache-2.0
#include "query/trace/time_windows.h"

#include <algorithm>

#include "datafile/lookup/find_rows.h"
#include "datafile/lookup/read_rows.h"

namespace weir::query {
namespace {

Window Around(const Window& one, const Window& other) {
  return {std::min(one.min_us, other.min_us), std::max(one.max_us, other.max_us)};
}

/// A row of the index: its day and its two times.
class IndexRow final : public datafile::RowSink {
 public:
  int32_t date() const { return date_; }
  Window window() const { return window_; }

  void BeginStruct() override {}
  void EndStruct() override {}
  void BeginList() override {}
  void EndList() override {}
  void Name(std::string_view name) override { is_max_ = name == "max_time"; }
  void Null() override {}
  void Bool(bool) override {}
  void Number(int64_t) override {}
  void Double(double) override {}
  void Text(std::string_view) override {}
  void Date(int32_t days) override { date_ = days; }
  void Time(int64_t microseconds) override {
    (is_max_ ? window_.max_us : window_.min_us) = microseconds;
  }

 private:
  bool is_max_ = false;
  int32_t date_ = 0;
  Window window_;
};

}  // namespace

void TimeWindows::Add(int32_t date, Window window) {
  std::vector<Window>& day = days_[date];
  if (day.size() == kWindowsADayMax) {
    for (const Window& other : day) window = Around(window, other);
    day.clear();
  }
  day.push_back(window);
}

std::optional<Window> TimeWindows::In(const LiveFile& file) const {
  std::optional<Window> all;
  const auto day = days_.find(file.date);
  if (day == days_.end()) return all;
  for (const Window& window : day->second) {
    if (file.MayHave(window.min_us, window.max_us)) all = all ? Around(*all, window) : window;
  }
  return all;
}

Status AddWindows(const datafile::PartReader& parts, const datafile::FileHead& head,
                  const std::string& trace_id, TimeWindows& windows) {
  const auto found = TRY(datafile::FindRows(parts, head, {.column = "trace_id", .text = trace_id}));
  for (const datafile::FoundRows& rows : found) {
    IndexRow row;
    TRY(datafile::ReadRows(
        parts, head,
        {.group = rows.group, .rows = rows.rows, .columns = {"min_time", "max_time", "date"}}, row,
        [&](size_t) {
          windows.Add(row.date(), row.window());
          return Status::OK();
        }));
  }
  return Status::OK();
}

}  // namespace weir::query
