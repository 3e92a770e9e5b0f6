#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# ./dev build: brings what is missing and builds build/weir and the unit tests.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
configure_and_build release
[ ! -e "$root/build/weir" ] || say "built ${root/#"$PWD"/.}/build/weir"
