#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# ./dev simulation [SEEDS [FIRST]]: seeded lives of journal, ingest and commit under faults (10,000 seeds, or
# SIMULATION_SEEDS); --seed N runs one alone and prints all that happened.
source "$(dirname "${BASH_SOURCE[0]}")/suites.sh"

configure_and_build release simulation_run
if [ "${1:-}" = --seed ]; then
  exec "$root/build/tests/simulation_run" "$@"
fi
seeds=${1:-${SIMULATION_SEEDS:-10000}} first=${2:-}
[[ $seeds =~ ^[0-9]+$ && $first =~ ^[0-9]*$ ]] || die "seeds are numbers: ./dev simulation [SEEDS [FIRST]]"

# As many processes as cores, each with its share of the seeds, each with its line at the end.
all_seeds() {
  local running=() share=$(((seeds + jobs - 1) / jobs)) begin=${first:-1} end code=0 one
  end=$((begin + seeds))
  for (( ; begin < end; begin += share)); do
    "$root/build/tests/simulation_run" $((begin + share < end ? share : end - begin)) "$begin" &
    running+=($!)
  done
  for one in "${running[@]}"; do wait "$one" || code=1; done
  return "$code"
}
one_check "simulation ($seeds seeds)" all_seeds
finish_suites
