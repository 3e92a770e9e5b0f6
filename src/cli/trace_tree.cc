// SPDX-License-Identifier: Apache-2.0
#include "cli/trace_tree.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "cli/text_table.h"

namespace weir::cli {
namespace {

// Deeper spans are not drawn further to the right.
constexpr int kIndentMax = 20;
constexpr int kServiceWidthMax = 20, kPartWidthMin = 10, kDurationWidth = 9, kGaps = 3;

constexpr std::string_view kRed = "\x1b[31m", kDim = "\x1b[2m", kPlain = "\x1b[0m";

size_t WidthOf(std::string_view text) {
  return static_cast<size_t>(
      std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
}

/// Names come from anywhere: what would move the cursor or change colours is not printed.
std::string Printable(std::string_view text) {
  std::string printable;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<uint8_t>(text[i]);
    const bool is_c1 = byte == 0xC2 && i + 1 < text.size() &&
                       static_cast<uint8_t>(text[i + 1]) >= 0x80 &&
                       static_cast<uint8_t>(text[i + 1]) < 0xA0;
    if (is_c1) ++i;
    printable += is_c1 || byte < 0x20 || byte == 0x7F ? '?' : text[i];
  }
  return printable;
}

/// Cut to `width` characters, or filled up to it.
std::string Fit(std::string_view text, size_t width) {
  const size_t has = WidthOf(text);
  if (has <= width) return std::string(text) + std::string(width - has, ' ');
  std::string cut;
  size_t characters = 0;
  for (const char c : text) {
    if ((c & 0xC0) != 0x80 && ++characters == width) break;
    cut += c;
  }
  return cut + "…";
}

/// Lays out a tree without recursion: a trace may be one long chain.
class Layout {
 public:
  explicit Layout(const std::vector<TraceSpan>& spans)
      : spans_(spans), children_(spans.size()), is_placed_(spans.size()) {
    std::unordered_map<std::string_view, size_t> by_id;
    for (size_t i = 0; i < spans.size(); ++i) by_id.try_emplace(spans[i].span_id, i);
    for (size_t i = 0; i < spans.size(); ++i) {
      const auto parent = by_id.find(spans[i].parent_span_id);
      if (spans[i].parent_span_id.empty()) {
        tops_.push_back({i, 0, false});
      } else if (parent == by_id.end() || parent->second == i) {
        tops_.push_back({i, 0, true});
      } else {
        children_[parent->second].push_back(i);
      }
    }
  }

  std::vector<TreeLine> Run() {
    for (const TreeLine& top : tops_) Place(top);
    // What is left hangs below itself.
    for (size_t i = 0; i < spans_.size(); ++i) {
      if (!is_placed_[i]) Place({i, 0, true});
    }
    return std::move(lines_);
  }

 private:
  void Place(const TreeLine& top) {
    std::vector<TreeLine> waiting = {top};
    while (!waiting.empty()) {
      const TreeLine line = waiting.back();
      waiting.pop_back();
      if (std::exchange(is_placed_[line.span], 1) != 0) continue;
      lines_.push_back(line);
      const auto& children = children_[line.span];
      for (size_t i = children.size(); i > 0; --i) {
        waiting.push_back({children[i - 1], line.depth + 1, false});
      }
    }
  }

  const std::vector<TraceSpan>& spans_;
  std::vector<std::vector<size_t>> children_;
  std::vector<uint8_t> is_placed_;
  std::vector<TreeLine> tops_, lines_;
};

struct Extent {
  int64_t start = std::numeric_limits<int64_t>::max(), end = 0;
};

Extent ExtentOf(const std::vector<TraceSpan>& spans) {
  Extent extent;
  for (const TraceSpan& span : spans) {
    extent.start = std::min(extent.start, span.start_unix_nano);
    extent.end = std::max(extent.end, span.start_unix_nano + span.duration_ns);
  }
  return extent;
}

std::string Bar(const TraceSpan& span, const Extent& extent, int width) {
  const double all = std::max(1.0, static_cast<double>(extent.end - extent.start));
  const double before = static_cast<double>(span.start_unix_nano - extent.start) / all;
  const double share = static_cast<double>(span.duration_ns) / all;
  const int begin = std::clamp(static_cast<int>(before * width), 0, width - 1);
  const int length = std::clamp(static_cast<int>(share * width + 0.5), 1, width - begin);
  std::string bar(static_cast<size_t>(begin), ' ');
  for (int i = 0; i < length; ++i) bar += "█";
  return bar + std::string(static_cast<size_t>(width - begin - length), ' ');
}

std::string Title(const TreeLine& line, const TraceSpan& span) {
  return fmt::format("{}{}{}", line.is_orphan ? "? " : "", span.has_error ? "! " : "",
                     span.name.empty() ? "(no name)" : Printable(span.name));
}

struct Colours {
  std::string_view name, service, end;
};

Colours ColoursOf(const TraceSpan& span, bool use_colour) {
  if (!use_colour) return {};
  return {.name = span.has_error ? kRed : "", .service = kDim, .end = kPlain};
}

}  // namespace

std::vector<TreeLine> LayOutTree(const std::vector<TraceSpan>& spans) {
  return Layout(spans).Run();
}

std::string SpanDurationText(int64_t nanoseconds) {
  const auto amount = static_cast<double>(nanoseconds);
  const auto text = [](double value, const char* unit) {
    const int digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
    return fmt::format("{:.{}f} {}", value, digits, unit);
  };
  if (nanoseconds < 1'000) return fmt::format("{} ns", nanoseconds);
  if (nanoseconds < 1'000'000) return text(amount / 1e3, "µs");
  if (nanoseconds < 1'000'000'000) return text(amount / 1e6, "ms");
  if (nanoseconds < 60'000'000'000) return text(amount / 1e9, "s");
  return DurationText(nanoseconds / 1'000'000'000);
}

std::string DrawWaterfall(const std::vector<TraceSpan>& spans, const std::vector<TreeLine>& lines,
                          const WaterfallStyle& style) {
  const Extent extent = ExtentOf(spans);
  size_t service_width = 0;
  for (const TraceSpan& span : spans) {
    service_width = std::max(service_width, WidthOf(span.service));
  }
  service_width = std::min<size_t>(service_width, kServiceWidthMax);
  // Names get half of what is left beside service, duration and spaces, bars the rest.
  const int left = style.width - static_cast<int>(service_width) - kDurationWidth - kGaps;
  const int name_width = std::max(kPartWidthMin, left / 2);
  const int bar_width = std::max(kPartWidthMin, left - name_width);
  std::string out;
  for (const TreeLine& line : lines) {
    const TraceSpan& span = spans[line.span];
    const std::string indent(static_cast<size_t>(2 * std::min(line.depth, kIndentMax)), ' ');
    const Colours colours = ColoursOf(span, style.use_colour);
    const std::string duration = SpanDurationText(span.duration_ns);
    const size_t padding = kDurationWidth - std::min<size_t>(kDurationWidth, WidthOf(duration));
    out += fmt::format("{}{}{} {}{}{} {} {:{}}{}\n", colours.name,
                       Fit(indent + Title(line, span), static_cast<size_t>(name_width)),
                       colours.end, colours.service, Fit(Printable(span.service), service_width),
                       colours.end, Bar(span, extent, bar_width), "", padding, duration);
    if (span.has_error && !span.status_message.empty()) {
      out += fmt::format("{}    {}{}{}\n", indent, colours.name, Printable(span.status_message),
                         colours.end);
    }
  }
  return out;
}

}  // namespace weir::cli
