#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# ./dev check [--all]: format, layers, lint, build, unit tests; --all adds the unit tests under sanitizers.
source "$(dirname "${BASH_SOURCE[0]}")/suites.sh"

[ $# -eq 0 ] || [ "$1" = --all ] || die "'./dev check' knows only --all"
apt_group build
one_check "format (clang-format 19)" "$root/tools/fmt.sh" --check
one_check "layers" python3 "$root/tools/check_layers.py"
one_check "lint" python3 "$root/tools/lint.py"
one_check "the checks' own tests" env -C "$root/tools" python3 -m unittest -q lint_test
one_check "the instruction counts' arithmetic" env -C "$root/tests/instructions" python3 -B -m unittest -q counts_test
one_check "the benchmark's arithmetic" env -C "$root/bench" python3 -B -m unittest -q harness.figures_test harness.goals_test

one_check "the page's types and unit tests" "$root/tools/page.sh"

# In a shell of its own, since a broken build ends the script that asked for it.
unit_tests() {
  local preset=$1 folder=$2 prefix=$3
  if ! (configure_and_build "$preset"); then
    report "build $preset" 0 1 0 0
    return
  fi
  python3 "$root/tools/unit_tests.py" "$folder" "$suites" "$prefix" || true
}

unit_tests release "$root/build" unit
if [ "${1:-}" = --all ]; then
  # Arrow's library is not built with the sanitizers, so containers that cross the border look overflowed.
  export ASAN_OPTIONS=detect_container_overflow=0 UBSAN_OPTIONS=print_stacktrace=1
  unit_tests asan "$root/build-asan" "unit+asan"
fi
finish_suites
