# SPDX-License-Identifier: Apache-2.0
"""Makes the system tests' harness importable; import it before that."""

import pathlib
import sys

SOAK = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(SOAK.parent / "system"))
