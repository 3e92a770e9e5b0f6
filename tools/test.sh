#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# ./dev test: everything. Ends with the line `N passed, N failed, N skipped`, and exit code 1 when something failed.
source "$(dirname "${BASH_SOURCE[0]}")/suites.sh"

# The system tests count for themselves and say so on a line of their own, as we do.
system_tests() {
  local log=$cache/log/system-tests.log started=$SECONDS exit_code=0 line
  if [ ! -x "$root/tests/system/run" ]; then
    report "system tests: none yet" 0 0 1 0
    return
  fi
  if [ ! -x "$root/build/weir" ]; then
    report "system tests: no binary" 0 1 0 0
    return
  fi
  say "running the system tests ..."
  # Their suites stay theirs: a nested verb must not write into our table.
  env -u WEIR_SUITES "$root/tests/system/run" 2>&1 | tee "$log" >&2 || exit_code=$?
  line=$(grep -E '^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$' "$log" | tail -n 1) || true
  read -r passed _ failed _ skipped _ <<<"${line:-0 - 0 - 0 -}"
  [ "$exit_code" -eq 0 ] || [ "$failed" -gt 0 ] || failed=1
  [ -n "$line" ] || failed=1
  report "system tests" "$passed" "$failed" "$skipped" $((SECONDS - started))
}

# A verb that ends badly without a failure in the table stopped half-way, which is a failure too.
step() {
  local before
  before=$(failures)
  "$root/tools/$1.sh" || [ "$(failures)" -gt "$before" ] || report "./dev $1 stopped half-way" 0 1 0 0
}

step check
step instructions
step fuzz
system_tests
finish_suites
