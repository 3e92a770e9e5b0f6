# SPDX-License-Identifier: Apache-2.0
"""Makes the system tests' harness, senders and readers importable; import it before them."""

import pathlib
import sys

OVERLOAD_TESTS = pathlib.Path(__file__).resolve().parent
SYSTEM_TESTS = OVERLOAD_TESTS.parent / "system"
sys.path.insert(0, str(SYSTEM_TESTS))
