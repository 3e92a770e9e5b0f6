#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# ./dev up: see tools/up.py.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
configure_and_build release
[ -x "$root/build/weir" ] || die "the build made no build/weir: src/main.cc is missing"
exec python3 "$root/tools/up.py" up
