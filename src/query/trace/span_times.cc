// SPDX-License-Identifier: Apache-2.0
#include "query/trace/span_times.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace weir::query {
namespace {

/// Places of spans among all.
using Places = std::vector<size_t>;

/// The spans as a tree. Of equal ids, the first span is the parent.
struct Tree {
  std::vector<Places> children;  // Of each span.
  Places roots;
};

Tree TreeOf(const std::vector<SpanInterval>& spans) {
  std::unordered_map<std::string_view, size_t> by_id;
  for (size_t i = 0; i < spans.size(); ++i) by_id.try_emplace(spans[i].span_id, i);
  Tree tree{.children = std::vector<Places>(spans.size()), .roots = {}};
  for (size_t i = 0; i < spans.size(); ++i) {
    const auto parent =
        spans[i].parent_span_id.empty() ? by_id.end() : by_id.find(spans[i].parent_span_id);
    (parent == by_id.end() ? tree.roots : tree.children[parent->second]).push_back(i);
  }
  return tree;
}

/// How long at least one of the children ran within `span`.
int64_t CoveredBy(const std::vector<SpanInterval>& spans, const Places& children,
                  const SpanInterval& span) {
  std::vector<std::pair<int64_t, int64_t>> parts;
  for (const size_t child : children) {
    const int64_t start = std::max(spans[child].start, span.start);
    const int64_t end = std::min(spans[child].end, span.end);
    if (start < end) parts.emplace_back(start, end);
  }
  std::ranges::sort(parts);
  int64_t covered = 0, until = span.start;
  for (const auto& [start, end] : parts) {
    covered += std::max<int64_t>(0, end - std::max(start, until));
    until = std::max(until, end);
  }
  return covered;
}

/// A span's part of the critical path, with what it waited for meanwhile.
struct Stretch {
  size_t place = 0;
  int64_t from = 0, until = 0;
};

/// From the end of a root backwards.
void AddCriticalPath(const std::vector<SpanInterval>& spans, Tree& tree, size_t root,
                     std::vector<SpanTimes>& times) {
  std::vector<Stretch> open = {{root, spans[root].start, spans[root].end}};
  while (!open.empty()) {
    const Stretch stretch = open.back();
    open.pop_back();
    Places& children = tree.children[stretch.place];
    std::ranges::sort(children, std::ranges::greater(),
                      [&](size_t child) { return spans[child].end; });
    int64_t at = stretch.until;
    for (const size_t child : children) {
      const int64_t until = std::min(spans[child].end, at);
      const int64_t from = std::max(spans[child].start, stretch.from);
      if (from >= until) continue;
      times[stretch.place].critical_ns += at - until;
      open.push_back({child, from, until});
      at = from;
    }
    times[stretch.place].critical_ns += at - stretch.from;
  }
}

}  // namespace

std::vector<SpanTimes> TimesOf(const std::vector<SpanInterval>& spans) {
  std::vector<SpanTimes> times(spans.size());
  Tree tree = TreeOf(spans);
  for (size_t i = 0; i < spans.size(); ++i) {
    times[i].children_ns = CoveredBy(spans, tree.children[i], spans[i]);
  }
  for (const size_t root : tree.roots) AddCriticalPath(spans, tree, root, times);
  return times;
}

}  // namespace weir::query
