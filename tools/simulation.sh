#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# ./dev simulation [SEEDS [FIRST]]: seeded lives of journal, ingest and commit under faults (10,000 seeds, or
# SIMULATION_SEEDS); --seed N runs one alone and prints all that happened.
source "$(dirname "${BASH_SOURCE[0]}")/suites.sh"

configure_and_build release simulation_run
if [ "${1:-}" = --seed ]; then
  exec "$root/build/tests/simulation_run" "$@"
fi
[ $# -gt 0 ] || set -- "${SIMULATION_SEEDS:-10000}"
one_check "simulation ($1 seeds)" "$root/build/tests/simulation_run" "$@"
finish_suites
