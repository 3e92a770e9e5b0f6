#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# ./dev bench: builds and hands over to bench/run.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
[ -x "$root/bench/run" ] || skip "there is no bench/run yet"
configure_and_build release
exec "$root/bench/run" "$@"
