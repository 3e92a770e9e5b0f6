// SPDX-License-Identifier: Apache-2.0
// Rows to a Parquet file in memory: as many as a busy second brings, and few.

#include <benchmark/benchmark.h>

#include "bench/sample/requests.h"
#include "columnar/table_rows.h"
#include "commit/file_encoder.h"

namespace weir::commit {
namespace {

constexpr int kItems = 1000;

void Encode(benchmark::State& state) {
  const auto signal = static_cast<signal::Signal>(state.range(0));
  const auto items = static_cast<int>(state.range(1));
  const auto requests =
      sample::Requests({.signal = signal, .requests = items / kItems, .items = kItems});
  const columnar::TableRowsOptions options;
  signal::NoDeadLetters none;
  int64_t bytes = 0;
  for (auto _ : state) {
    state.PauseTiming();  // Rows can be encoded once.
    const auto rows = columnar::NewTableRows(signal, options);
    uint64_t sequence = 0;
    for (const signal::ExportRequest& request : requests) {
      if (!rows->Append(request, {.writer = 7, .sequence = ++sequence}, none).ok())
        state.SkipWithError("not decoded");
    }
    state.ResumeTiming();
    const Status status = EncodeFiles(*rows, {}, [&](const datafile::ParquetFile& file) {
      bytes = file.file.file_bytes;
      return Status::OK();
    });
    if (!status.ok()) state.SkipWithError("not encoded");
  }
  state.SetItemsProcessed(state.iterations() * items);
  state.counters["bytes_an_item"] = static_cast<double>(bytes) / items;
}
BENCHMARK(Encode)
    ->ArgNames({"signal", "rows"})
    ->ArgsProduct({{0, 1, 2}, {1'000, 64'000}})
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace weir::commit
