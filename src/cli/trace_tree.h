// SPDX-License-Identifier: Apache-2.0
#pragma once
// Spans of one trace as a tree, and the tree as lines with bars.

#include <cstdint>
#include <string>
#include <vector>

namespace weir::cli {

/// A span as far as it is drawn.
struct TraceSpan {
  std::string span_id, parent_span_id;
  std::string service, name, status_message;
  int64_t start_unix_nano = 0, duration_ns = 0;
  bool has_error = false;
};

/// One line of the tree.
struct TreeLine {
  size_t span = 0;  // Its number.
  int depth = 0;
  bool is_orphan = false;  // Names a parent that is not there, or is its own ancestor.

  bool operator==(const TreeLine&) const = default;
};

/// Every span once, parents before their children, children in the order of `spans`. Those whose
/// parent is missing stand on the top; of a circle of parents one span does.
std::vector<TreeLine> LayOutTree(const std::vector<TraceSpan>& spans);

/// 637 ns, 12.3 µs, 1.24 ms, 5.00 s, 2m 3s.
std::string SpanDurationText(int64_t nanoseconds);

struct WaterfallStyle {
  int width = 80;  // Of the terminal, in characters.
  bool use_colour = false;
};

/// A line a span: its name in the tree, its service, a bar for when it was, how long it took, and
/// whether it failed. Control characters of names are shown as `?`.
std::string DrawWaterfall(const std::vector<TraceSpan>& spans, const std::vector<TreeLine>& lines,
                          const WaterfallStyle& style);

}  // namespace weir::cli
