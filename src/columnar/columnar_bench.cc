// SPDX-License-Identifier: Apache-2.0
// Decoding requests into rows: wire bytes, and JSON that is rewritten as such first.

#include <benchmark/benchmark.h>

#include <vector>

#include "bench/sample/requests.h"
#include "columnar/otlp_json.h"
#include "columnar/table_rows.h"

namespace weir::columnar {
namespace {

constexpr int kRequests = 8;
constexpr int kItems = 1000;

std::vector<signal::ExportRequest> Sample(const benchmark::State& state,
                                          signal::Encoding encoding) {
  return sample::Requests({.signal = static_cast<signal::Signal>(state.range(0)),
                           .encoding = encoding,
                           .requests = kRequests,
                           .items = kItems});
}

void Decode(benchmark::State& state) {
  const auto requests = Sample(state, signal::Encoding::kProtobuf);
  const TableRowsOptions options;
  signal::NoDeadLetters none;
  for (auto _ : state) {
    const auto rows = NewTableRows(requests.front().signal, options);
    uint64_t sequence = 0;
    for (const signal::ExportRequest& request : requests) {
      const auto outcome = rows->Append(request, {.writer = 7, .sequence = ++sequence}, none);
      if (!outcome.ok() || outcome->accepted != kItems) state.SkipWithError("not all was accepted");
    }
    benchmark::DoNotOptimize(rows->num_rows());
  }
  state.SetItemsProcessed(state.iterations() * kRequests * kItems);
}
BENCHMARK(Decode)->ArgName("signal")->DenseRange(0, 2);

void RewriteJson(benchmark::State& state) {
  const auto requests = Sample(state, signal::Encoding::kJson);
  for (auto _ : state) {
    for (const signal::ExportRequest& request : requests) {
      const auto wire = JsonToWire(request.signal, request.body);
      if (!wire.ok()) state.SkipWithError("not OTLP/JSON");
      benchmark::DoNotOptimize(wire);
    }
  }
  state.SetItemsProcessed(state.iterations() * kRequests * kItems);
}
BENCHMARK(RewriteJson)->ArgName("signal")->DenseRange(0, 2);

}  // namespace
}  // namespace weir::columnar
