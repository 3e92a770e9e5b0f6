// SPDX-License-Identifier: Apache-2.0
// Runs seeds of the simulation, counts what they did, and says how to repeat one that failed.
//
// usage: simulation_run [SEEDS [FIRST]]    1,000 from 1 on, where nothing is said
//        simulation_run --seed SEED        that one alone, with all that happened

#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "base/log.h"
#include "simulation/simulation.h"

namespace weir::simulation {
namespace {

constexpr uint64_t kTwiceEvery = 50;  // So many seeds apart, one is run twice.

/// Runs one seed; says what it broke, if anything.
bool RunSeed(uint64_t seed, bool is_printed, Figures& figures) {
  Simulation simulation(seed, is_printed);
  const Status status = simulation.Run();
  figures = simulation.figures();
  if (status.ok()) return true;
  fmt::print("seed {} failed: {}\n  again with: simulation_run --seed {}   (trace {:016x})\n", seed,
             status.message(), seed, figures.trace_hash);
  std::fflush(stdout);
  return false;
}

bool ReplaysIdentically(uint64_t seed, const Figures& first) {
  Figures again;
  const bool is_sound = RunSeed(seed, false, again);
  if (is_sound && again.trace_hash == first.trace_hash) return true;
  fmt::print("seed {} does not replay: {:016x}, then {:016x}\n", seed, first.trace_hash,
             again.trace_hash);
  return false;
}

int RunSeeds(uint64_t seeds, uint64_t first) {
  const auto started = std::chrono::steady_clock::now();
  Figures sum;
  uint64_t failed = 0, done = 0, operations_min = UINT64_MAX, faults_min = UINT64_MAX;
  for (uint64_t seed = first; seed < first + seeds && failed < 10; ++seed, ++done) {
    Figures figures;
    if (!RunSeed(seed, false, figures)) {
      ++failed;
      continue;
    }
    if (seed % kTwiceEvery == 0 && !ReplaysIdentically(seed, figures)) ++failed;
    sum.operations += figures.operations;
    sum.faults += figures.faults;
    sum.crashes += figures.crashes;
    sum.requests += figures.requests;
    sum.retries += figures.retries;
    operations_min = std::min(operations_min, figures.operations);
    faults_min = std::min(faults_min, figures.faults);
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started;
  fmt::print(
      "{} seeds in {:.1f} s: {} operations (at least {} a seed), {} requests, {} sent again, {} "
      "faults (at least {} a seed), {} crashes; {} seeds failed\n",
      done, took.count(), sum.operations, operations_min, sum.requests, sum.retries, sum.faults,
      faults_min, sum.crashes, failed);
  return failed == 0 ? 0 : 1;
}

}  // namespace
}  // namespace weir::simulation

int main(int count, char** arguments) {
  using namespace weir;
  log::SetLevel(log::Level::kOff);
  const auto number = [&](int i, uint64_t usual) {
    return count > i ? std::strtoull(arguments[i], nullptr, 10) : usual;
  };
  if (count > 1 && std::string_view(arguments[1]) == "--seed") {
    simulation::Figures figures;
    const bool is_sound = simulation::RunSeed(number(2, 1), true, figures);
    fmt::print("trace {:016x}\n", figures.trace_hash);
    return is_sound ? 0 : 1;
  }
  return simulation::RunSeeds(number(1, 1000), number(2, 1));
}
