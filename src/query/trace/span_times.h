// SPDX-License-Identifier: Apache-2.0
#pragma once
// Where the time of a trace went: what of a span was its own, what its children's, and what of it
// everything else waited for.

#include <cstdint>
#include <string_view>
#include <vector>

namespace weir::query {

/// A span of one trace. Times in ns, of one clock.
struct SpanInterval {
  std::string_view span_id;
  std::string_view parent_span_id;  // Empty on a root.
  int64_t start = 0;
  int64_t end = 0;
};

struct SpanTimes {
  int64_t children_ns = 0;  // Of its duration, while at least one direct child ran.
  int64_t critical_ns = 0;  // Of its own time, on the critical path of its root.
};

/// Of each span, in their order. The critical path is found from the end of a root backwards: what
/// a span waited for last is the child that ended last, then what ran before that child began.
/// The times on it add up to the root's duration. Spans whose parent is not there are roots; spans
/// that are each other's parents have no critical time. Parts of children outside their parent's
/// time do not count. Takes n log n.
std::vector<SpanTimes> TimesOf(const std::vector<SpanInterval>& spans);

}  // namespace weir::query
