#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# ./dev fuzz [NAME...]: each libFuzzer target for FUZZ_SECONDS (60), or FUZZ_RUNS executions where that is given, two at
# a time; then a table of what each did. A finding stays in build-fuzz/crashes.
source "$(dirname "${BASH_SOURCE[0]}")/suites.sh"

seconds=${FUZZ_SECONDS:-60}
out=$root/build-fuzz
# Short stacks of allocations and a small quarantine, which stays in the cache: a third more executions a second. What is
# found is run again without.
sanitizers=detect_container_overflow=0
quick=$sanitizers:malloc_context_size=2:quarantine_size_mb=16
export UBSAN_OPTIONS=print_stacktrace=1
has llvm-symbolizer-19 && export ASAN_SYMBOLIZER_PATH=$(command -v llvm-symbolizer-19)
if [ -n "${FUZZ_RUNS:-}" ]; then
  limit=-runs=$FUZZ_RUNS
  amount="$FUZZ_RUNS executions"
else
  limit=-max_total_time=$seconds
  amount="$seconds s"
fi

fuzz_one() {
  local name=$1 corpus=$out/corpus/$1 crashes=$out/crashes/$1 started=$SECONDS
  local seeds=$root/tests/fuzz/corpus/$name dictionary=$root/tests/fuzz/dictionaries/$name.dict
  mkdir -p "$corpus" "$crashes"
  local arguments=("$corpus")
  [ ! -d "$seeds" ] || arguments+=("$seeds")
  [ ! -f "$dictionary" ] || arguments+=("-dict=$dictionary")
  if ASAN_OPTIONS=$quick "$out/fuzz/$name" "$limit" -timeout=20 -rss_limit_mb=3000 -verbosity=1 -print_final_stats=1 \
    -artifact_prefix="$crashes/" "${arguments[@]}" >"$out/$name.log" 2>&1; then
    report "fuzz $name" 1 0 0 $((SECONDS - started))
  else
    report "fuzz $name" 0 1 0 $((SECONDS - started))
    say "--- fuzz $name failed; again with: ASAN_OPTIONS=$sanitizers $out/fuzz/$name $crashes/<file>"
    tail -n 40 "$out/$name.log" >&2
  fi
  printf '%s\t%s\t%s\n' "$name" $((SECONDS - started)) "$(find "$crashes" -type f | wc -l)" >>"$runs"
}

# What each target did, by the last lines of its log.
print_runs() {
  say "$(printf '%-22s %12s %9s %10s %8s %6s' target executions seconds a_second coverage found)"
  local name took found executions coverage
  while IFS=$'\t' read -r name took found; do
    executions=$(awk '/stat::number_of_executed_units/ {print $2}' "$out/$name.log")
    coverage=$(awk '{for (i = 1; i < NF; ++i) if ($i == "cov:") last = $(i + 1)} END {print last}' "$out/$name.log")
    say "$(printf '%-22s %12d %9d %10d %8d %6d' "$name" "${executions:-0}" "$took" \
      $((${executions:-0} / (took > 0 ? took : 1))) "${coverage:-0}" "$found")"
  done < <(sort "$runs")
}

mapfile -t targets < <(find "$root/src" -name '*_fuzz.cc' -printf '%f\n' | sed 's/\.cc$//' | sort)
[ $# -eq 0 ] || targets=("$@")
if [ ${#targets[@]} -eq 0 ]; then
  report "fuzz: no targets yet" 0 0 1 0
elif ! (configure_and_build fuzz "${targets[@]}"); then
  report "build fuzz" 0 1 0 0
else
  runs=$(mktemp)
  say "fuzzing ${#targets[@]} targets, $amount each, two at a time ..."
  for ((i = 0; i < ${#targets[@]}; i += 2)); do
    running=()
    for name in "${targets[@]:i:2}"; do
      fuzz_one "$name" &
      running+=($!)
    done
    wait "${running[@]}"
  done
  print_runs
  rm -f "$runs"
fi
finish_suites
