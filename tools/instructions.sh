#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# ./dev instructions [--record]: counts the instructions of the write path, compares them with what was recorded.
source "$(dirname "${BASH_SOURCE[0]}")/suites.sh"

[ $# -eq 0 ] || [ "$1" = --record ] || die "'./dev instructions' knows only --record"
configure_and_build release write_path
if [ $# -gt 0 ]; then
  exec "$root/tests/instructions/run" "$root/build/bench/write_path" "$@"
fi

started=$SECONDS exit_code=0
"$root/tests/instructions/run" "$root/build/bench/write_path" >&2 || exit_code=$?
case $exit_code in
  0) report "instruction counts" 1 0 0 $((SECONDS - started)) ;;
  3) report "instruction counts: not here" 0 0 1 $((SECONDS - started)) ;;
  *) report "instruction counts" 0 1 0 $((SECONDS - started)) ;;
esac
# Only what cannot be counted here is no failure, and alone no success either.
[ "$exit_code" -ne 3 ] || [ -z "$owns_table" ] || exit 3
finish_suites
