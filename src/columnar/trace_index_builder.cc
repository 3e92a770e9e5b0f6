// SPDX-License-Identifier: Apache-2.0
#include "columnar/trace_index_builder.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/check.h"
#include "columnar/trace_index_rows.h"

namespace weir::columnar {
namespace {

class Builder final : public signal::TraceIndexBuilder {
 public:
  explicit Builder(size_t spans_max) : spans_max_(spans_max) {}

  void Add(const signal::IndexedSpan& span) override {
    CHECK(span.trace_id.size() == kTraceIdBytes);
    if (!grouper_) grouper_.emplace(spans_max_);
    IndexedTrace& trace = grouper_->Of(span.trace_id.data(), span.date);
    trace.Add(span.start_us, span.end_us);
    trace.has_error |= static_cast<uint8_t>(span.has_error);
    if (!span.is_root) return;
    const bool is_first = trace.root_row < 0 || trace.root_time_us > span.start_us;
    if (!is_first) return;
    trace.AddRoot(std::ssize(roots_), span.start_us);
    roots_.emplace_back(span.name, span.service_name);
  }

  std::unique_ptr<signal::RowColumns> Take() override {
    if (!grouper_) return nullptr;
    std::vector<IndexedTrace> traces = grouper_->Take();
    grouper_.reset();
    const auto roots = std::exchange(roots_, {});
    return NewTraceIndexRows(std::move(traces), [&roots](int32_t root) {
      return TraceRoot{.name = roots[root].first, .service_name = roots[root].second};
    });
  }

 private:
  const size_t spans_max_;
  std::optional<TraceGrouper> grouper_;
  std::vector<std::pair<std::string, std::string>> roots_;  // Name and service.
};

}  // namespace

std::unique_ptr<signal::TraceIndexBuilder> NewTraceIndexBuilder(size_t spans_max) {
  return std::make_unique<Builder>(spans_max);
}

}  // namespace weir::columnar
