#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# ./dev fuzz [NAME...]: each libFuzzer target for FUZZ_SECONDS (60), two at a time. A finding stays in build-fuzz/crashes.
source "$(dirname "${BASH_SOURCE[0]}")/suites.sh"

seconds=${FUZZ_SECONDS:-60}
out=$root/build-fuzz
export ASAN_OPTIONS=detect_container_overflow=0 UBSAN_OPTIONS=print_stacktrace=1
has llvm-symbolizer-19 && export ASAN_SYMBOLIZER_PATH=$(command -v llvm-symbolizer-19)

fuzz_one() {
  local name=$1 corpus=$out/corpus/$1 crashes=$out/crashes/$1 started=$SECONDS
  local seeds=$root/tests/fuzz/corpus/$name
  mkdir -p "$corpus" "$crashes"
  local folders=("$corpus")
  [ ! -d "$seeds" ] || folders+=("$seeds")
  if "$out/fuzz/$name" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=3000 -verbosity=1 \
    -artifact_prefix="$crashes/" "${folders[@]}" >"$out/$name.log" 2>&1; then
    report "fuzz $name" 1 0 0 $((SECONDS - started))
  else
    report "fuzz $name" 0 1 0 $((SECONDS - started))
    say "--- fuzz $name failed; again with: $out/fuzz/$name $crashes/<file>"
    tail -n 40 "$out/$name.log" >&2
  fi
}

mapfile -t targets < <(find "$root/src" -name '*_fuzz.cc' -printf '%f\n' | sed 's/\.cc$//' | sort)
[ $# -eq 0 ] || targets=("$@")
if [ ${#targets[@]} -eq 0 ]; then
  report "fuzz: no targets yet" 0 0 1 0
elif ! (configure_and_build fuzz); then
  report "build fuzz" 0 1 0 0
else
  say "fuzzing ${#targets[@]} targets, $seconds s each, two at a time ..."
  for ((i = 0; i < ${#targets[@]}; i += 2)); do
    running=()
    for name in "${targets[@]:i:2}"; do
      fuzz_one "$name" &
      running+=($!)
    done
    wait "${running[@]}"
  done
fi
finish_suites
