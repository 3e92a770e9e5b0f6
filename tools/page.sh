#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The web page's own checks, a part of ./dev check: types, then the tests of its pure parts.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
digest_page
take_lock page
fetch_page_tools
cd "$page_source"
node "$page_home/node_modules/typescript/bin/tsc" --noEmit || die "the page's types do not fit: mend what tsc says above"
node "$page_home/node_modules/vitest/vitest.mjs" run --reporter=dot ||
  die "a test of the page failed: mend what vitest says above"
