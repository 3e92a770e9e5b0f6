#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# ./dev test: everything. Ends with the line `N passed, N failed, N skipped`, and exit code 1 when something failed.
source "$(dirname "${BASH_SOURCE[0]}")/suites.sh"

# counting_suite NAME PROGRAM SUMS: tests that count for themselves; SUMS is the awk that makes passed, failed and skipped
# of their last line.
counting_suite() {
  local name=$1 program=$2 sums=$3 log=$cache/log/${1// /-}.log started=$SECONDS exit_code=0
  local passed=0 failed=0 skipped=0
  if [ ! -x "$root/build/weir" ]; then
    report "$name: no binary" 0 1 0 0
    return
  fi
  say "running the $name ..."
  # Their suites stay theirs: a nested verb must not write into our table.
  env -u WEIR_SUITES "$program" 2>&1 | tee "$log" >&2 || exit_code=$?
  if [ "$exit_code" -eq 3 ]; then
    report "$name: not here" 0 0 1 $((SECONDS - started))
    return
  fi
  read -r passed failed skipped < <(awk "$sums" "$log" | tail -n 1) || failed=1
  [ "$exit_code" -eq 0 ] || [ "$failed" -gt 0 ] || failed=1
  report "$name" "$passed" "$failed" "$skipped" $((SECONDS - started))
}

# A verb that ends badly without a failure in the table stopped half-way, which is a failure too.
step() {
  local before
  before=$(failures)
  "$root/tools/$1.sh" || [ "$(failures)" -gt "$before" ] || report "./dev $1 stopped half-way" 0 1 0 0
}

step check
step instructions
step simulation
FUZZ_SECONDS=${FUZZ_SECONDS:-20} step fuzz
counting_suite "OTLP conformance" "$root/tests/conformance/run" \
  '/^[0-9]+ checks, [0-9]+ runs, [0-9]+ failed$/ {print $3 - $5, $5, 0}'
# Tests of what a kill leaves need the program with fault points, and trace the one without.
apt_group test
(configure_and_build release weir_faults) || report "build weir_faults" 0 1 0 0
counting_suite "system tests" "$root/tests/system/run" \
  '/^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$/ {print $1, $3, $5}'
counting_suite "page tests" "$root/tests/page/run" \
  '/^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$/ {print $1, $3, $5}'
counting_suite "crash tests" "$root/tests/crash/run" \
  '/^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$/ {print $1, $3, $5}'
finish_suites
