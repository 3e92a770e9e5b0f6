// SPDX-License-Identifier: Apache-2.0
// Journal append without the disk: what a request costs the CPU, alone and sixteen in a batch. The
// folder lies in memory, where a sync costs next to nothing.

#include <benchmark/benchmark.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "bench/sample/requests.h"
#include "buffer/journal_writer.h"

namespace weir::buffer {
namespace {

void Append(benchmark::State& state) {
  const auto items = static_cast<int>(state.range(0));
  const auto batch = static_cast<int>(state.range(1));
  const auto requests = sample::Requests({.requests = batch, .items = items});
  std::string folder = "/dev/shm/weir_bench_XXXXXX";
  if (mkdtemp(folder.data()) == nullptr) return state.SkipWithError("no temporary folder");
  {
    const auto journal = JournalWriter::Open({.directory = folder + "/7", .writer = 7});
    if (!journal.ok()) return state.SkipWithError("no journal");
    uint64_t sequence = 0;
    for (auto _ : state) {
      std::vector<JournalEntry> entries;
      for (const auto& request : requests) {
        entries.push_back(
            {.sequence = ++sequence, .request = &request, .taken = {.key = KeyOf(request)}});
      }
      if (!(*journal)->Append(entries).ok()) state.SkipWithError("not written");
      (*journal)->Release(sequence);
    }
  }
  std::filesystem::remove_all(folder);
  state.SetItemsProcessed(state.iterations() * batch);  // Requests.
}
BENCHMARK(Append)->ArgNames({"spans", "batch"})->ArgsProduct({{10, 1'000}, {1, 16}});

}  // namespace
}  // namespace weir::buffer
