# SPDX-License-Identifier: Apache-2.0
"""Every case leaves its logs under build/tests-output/<case>/; that of a failed case keeps the server's data folder.

Examples:
  tests/system/run                          everything
  tests/system/run protocol 'round_trip.*'  two groups
  tests/system/run crash --rounds 10        a short crash run
"""
