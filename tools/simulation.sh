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

# As many processes as cores, each with its next share of the seeds and a line at its end. They run a copy of the
# program, so that a night of seeds outlives the next build.
all_seeds() {
  local copy share=$(((seeds + jobs - 1) / jobs)) begin=${first:-1} end code=0
  end=$((begin + seeds))
  [ "$share" -le 10000 ] || share=10000
  copy=$(mktemp)
  install -m 755 "$root/build/tests/simulation_run" "$copy"
  for (( ; begin < end; begin += share)); do
    echo $((begin + share < end ? share : end - begin)) "$begin"
  done | xargs -P "$jobs" -L 1 "$copy" || code=1
  rm -f "$copy"
  return "$code"
}
one_check "simulation ($seeds seeds)" all_seeds
finish_suites
