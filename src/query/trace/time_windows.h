// SPDX-License-Identifier: Apache-2.0
#pragma once
// When the spans of a trace are: what its rows in the trace index say.

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "base/result.h"
#include "datafile/lookup/file_head.h"
#include "query/trace/table_views.h"

namespace weir::query {

/// Both ends belong to it; µs since the epoch.
struct Window {
  int64_t min_us = 0, max_us = 0;
  bool operator==(const Window&) const = default;
};

/// One thread.
class TimeWindows {
 public:
  /// Of more on one day only what they span is kept.
  static constexpr size_t kWindowsADayMax = 1'024;

  void Add(int32_t date, Window window);
  /// What spans all windows in which the file may have rows; nothing where it has none.
  std::optional<Window> In(const LiveFile& file) const;

 private:
  std::map<int32_t, std::vector<Window>> days_;
};

/// Adds what the rows of `trace_id` in one file of the trace index say.
/// Errors: kBadRequest where the file contradicts itself; the store's.
Status AddWindows(const datafile::PartReader& parts, const datafile::FileHead& head,
                  const std::string& trace_id, TimeWindows& windows);

}  // namespace weir::query
