// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "bench/sample/shop.h"

namespace weir::sample {
namespace {

constexpr std::array<uint64_t, 10> kCounts = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
constexpr std::array<double, 9> kBounds = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5};
constexpr std::array<std::string_view, 2> kMethods = {"GET", "POST"};
constexpr int kDelta = 1, kCumulative = 2;

struct Kind {
  Field field;
  std::string_view name, unit;
  int temporality;  // 0: this kind has none.
  uint32_t attributes;
};
constexpr std::array<Kind, 5> kKinds = {{
    {{7, "sum"}, "http.server.requests", "{request}", kCumulative, 7},
    {{5, "gauge"}, "process.memory.usage", "By", 0, 7},
    {{9, "histogram"}, "http.server.request.duration", "s", kDelta, 9},
    {{10, "exponentialHistogram"}, "db.client.operation.duration", "s", kDelta, 1},
    {{11, "summary"}, "gc.pause", "s", 0, 7},
}};

void Histogram(OtlpWriter& out, Dice& dice) {
  out.Fixed64({4, "count"}, 45);
  out.Double({5, "sum"}, static_cast<double>(dice.Below(100'000)) / 1000);
  out.Fixed64s({6, "bucketCounts"}, kCounts);
  out.Doubles({7, "explicitBounds"}, kBounds);
  out.List({8, "exemplars"}, 1, [&](OtlpWriter& exemplar, int) {
    exemplar.Fixed64({2, "timeUnixNano"}, kStart);
    exemplar.Double({3, "asDouble"}, 0.3);
    exemplar.Id({4, "spanId"}, dice.Id(8));
    exemplar.Id({5, "traceId"}, dice.Id(16));
  });
  out.Double({11, "min"}, 0.001);
  out.Double({12, "max"}, 9.5);
}

void Exponential(OtlpWriter& out, Dice& dice) {
  out.Fixed64({4, "count"}, 12);
  out.Double({5, "sum"}, static_cast<double>(dice.Below(50'000)) / 1000);
  out.ZigZag({6, "scale"}, 3);
  out.Fixed64({7, "zeroCount"}, 1);
  out.Message({8, "positive"}, [](OtlpWriter& buckets) {
    buckets.ZigZag({1, "offset"}, -4);
    buckets.Longs({2, "bucketCounts"}, std::span(kCounts).first(5));
  });
}

void Summary(OtlpWriter& out) {
  out.Fixed64({4, "count"}, 9);
  out.Double({5, "sum"}, 3.5);
  out.List({6, "quantileValues"}, 2, [](OtlpWriter& quantile, int i) {
    quantile.Double({1, "quantile"}, i == 0 ? 0.5 : 0.99);
    quantile.Double({2, "value"}, i == 0 ? 0.2 : 0.9);
  });
}

void Point(OtlpWriter& out, Dice& dice, size_t kind, int number) {
  out.Fixed64({2, "startTimeUnixNano"}, kStart - 60'000'000'000);
  out.Fixed64({3, "timeUnixNano"}, kStart + static_cast<uint64_t>(number) * 1'000'000);
  switch (kind) {
    case 0: out.Fixed64({6, "asInt"}, dice.Next() % 1'000'000); break;
    case 1: out.Double({4, "asDouble"}, static_cast<double>(dice.Below(1'000'000'000)) / 8); break;
    case 2: Histogram(out, dice); break;
    case 3: Exponential(out, dice); break;
    default: Summary(out); break;
  }
  Attributes(out, {kKinds[kind].attributes, "attributes"},
             {{"http.route", fmt::format("/api/r{}", number)},
              {"http.request.method", std::string(dice.Pick(kMethods))},
              {"http.response.status_code", int64_t{200}}});
}

}  // namespace

void Metric(OtlpWriter& out, Dice& dice, int number, int points) {
  const size_t index = static_cast<size_t>(number) % kKinds.size();
  const Kind& kind = kKinds[index];
  out.Text({1, "name"}, kind.name);
  out.Text({3, "unit"}, kind.unit);
  out.Message(kind.field, [&](OtlpWriter& data) {
    data.List({1, "dataPoints"}, points,
              [&](OtlpWriter& point, int i) { Point(point, dice, index, i); });
    if (kind.temporality != 0) data.Number({2, "aggregationTemporality"}, kind.temporality);
    if (index == 0) data.Bool({3, "isMonotonic"}, true);
  });
}

}  // namespace weir::sample
