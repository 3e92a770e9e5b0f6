#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# ./dev clean: removes the build folders; what was downloaded stays in the cache.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
rm -rf "$root/build" "$root"/build-*/
