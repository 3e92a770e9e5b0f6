#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# ./dev fmt: formats every C++ file in place. With --check it only names the files that are not formatted.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
apt_group check

cpp_files() { find "$root/src" "$root/tests" "$root/bench" \( -name '*.h' -o -name '*.cc' \) -print0; }

if [ "${1:-}" != --check ]; then
  cpp_files | xargs -0 --no-run-if-empty clang-format-19 -i
  exit
fi
unformatted=$(cpp_files | xargs -0 --no-run-if-empty clang-format-19 --dry-run 2>&1 |
  sed -n "s|^$root/\([^:]*\):.*\[-Wclang-format-violations\]$|\1|p" | sort -u)
[ -z "$unformatted" ] || die "not formatted, run './dev fmt':"$'\n'"$unformatted"
