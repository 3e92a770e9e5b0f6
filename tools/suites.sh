# SPDX-License-Identifier: Apache-2.0
# Sourced by check, fuzz and test: suites report lines of name, passed, failed, skipped, seconds; one table at the end.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# ./dev test hands one table to the verbs it calls; alone, each has its own and prints it.
suites=${WEIR_SUITES:-}
owns_table=
if [ -z "$suites" ]; then
  suites=$(mktemp)
  owns_table=yes
  export WEIR_SUITES=$suites
fi

failures() { awk -F'\t' '{sum += $3} END {print sum + 0}' "$suites"; }
failures_before=$(failures)

report() { printf '%s\t%s\t%s\t%s\t%s\n' "$@" >>"$suites"; }

# one_check NAME COMMAND...: a suite of one check; goes on after a failure.
one_check() {
  local name=$1 started=$SECONDS
  shift
  if "$@" >&2; then
    report "$name" 1 0 0 $((SECONDS - started))
  else
    report "$name" 0 1 0 $((SECONDS - started))
    say "--- $name failed"
  fi
}

# The table, then the sum alone on the last line; the exit code says whether anything failed.
finish_suites() {
  if [ -z "$owns_table" ]; then
    [ "$(failures)" -eq "$failures_before" ]
    return
  fi
  awk -F'\t' '
    BEGIN { printf "\n%-34s %7s %7s %8s %9s\n", "suite", "passed", "failed", "skipped", "seconds" }
    { printf "%-34s %7d %7d %8d %9.1f\n", $1, $2, $3, $4, $5; p += $2; f += $3; s += $4 }
    END { printf "\n%d passed, %d failed, %d skipped\n", p, f, s; exit f > 0 || p == 0 }' "$suites" || {
    rm -f "$suites"
    return 1
  }
  rm -f "$suites"
}
