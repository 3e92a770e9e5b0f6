# SPDX-License-Identifier: Apache-2.0
"""Makes the system tests' model, senders and harness importable; import it before them."""

import pathlib
import sys

CRASH_TESTS = pathlib.Path(__file__).resolve().parent
SYSTEM_TESTS = CRASH_TESTS.parent / "system"
sys.path.insert(0, str(SYSTEM_TESTS))
