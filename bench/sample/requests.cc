// SPDX-License-Identifier: Apache-2.0
#include "bench/sample/requests.h"

#include <algorithm>

#include "bench/sample/dice.h"
#include "bench/sample/otlp_writer.h"
#include "bench/sample/shop.h"

namespace weir::sample {
namespace {

constexpr int kPointsInMetric = 10;

/// The names of one signal's messages; their numbers are the same in all three.
struct Names {
  std::string_view resources, scopes, records;
};
Names NamesOf(signal::Signal signal) {
  switch (signal) {
    case signal::Signal::kTraces: return {"resourceSpans", "scopeSpans", "spans"};
    case signal::Signal::kLogs: return {"resourceLogs", "scopeLogs", "logRecords"};
    case signal::Signal::kMetrics: return {"resourceMetrics", "scopeMetrics", "metrics"};
  }
  return {};
}

/// Writes `items` of one service; `first` is the number of the first among the request's.
void Records(OtlpWriter& out, Dice& dice, const RequestsOptions& options, int first, int items) {
  const Field field{2, NamesOf(options.signal).records};
  if (options.signal == signal::Signal::kMetrics) {
    const int metrics = (items + kPointsInMetric - 1) / kPointsInMetric;
    return out.List(field, metrics, [&](OtlpWriter& metric, int i) {
      Metric(metric, dice, first / kPointsInMetric + i,
             std::min(kPointsInMetric, items - i * kPointsInMetric));
    });
  }
  const auto& write = options.signal == signal::Signal::kTraces ? Span : LogRecord;
  out.List(field, items, [&](OtlpWriter& record, int i) { write(record, dice, first + i); });
}

std::string Body(const RequestsOptions& options, uint64_t seed) {
  const Names names = NamesOf(options.signal);
  const int services = std::min(kServices, options.items);
  Dice dice(seed);
  OtlpWriter out(options.encoding);
  int first = 0;
  out.List({1, names.resources}, services, [&](OtlpWriter& resource, int service) {
    const int items = options.items * (service + 1) / services - first;
    resource.Message({1, "resource"}, [&](OtlpWriter& about) { Resource(about, service); });
    resource.List({2, names.scopes}, 1, [&](OtlpWriter& scope, int) {
      scope.Message({1, "scope"}, [&](OtlpWriter& about) { Scope(about, service); });
      Records(scope, dice, options, first, items);
    });
    first += items;
  });
  return out.Take();
}

}  // namespace

std::vector<signal::ExportRequest> Requests(const RequestsOptions& options) {
  std::vector<signal::ExportRequest> requests;
  for (int i = 0; i < options.requests; ++i) {
    requests.push_back({.signal = options.signal,
                        .encoding = options.encoding,
                        .received_unix_nano = static_cast<int64_t>(kStart) + 60'000'000'000,
                        .body = Body(options, static_cast<uint64_t>(i) + 1)});
  }
  return requests;
}

}  // namespace weir::sample
