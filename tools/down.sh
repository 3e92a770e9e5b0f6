#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# ./dev down: see tools/up.py.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
exec python3 "$root/tools/up.py" down
