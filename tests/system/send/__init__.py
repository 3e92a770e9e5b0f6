# SPDX-License-Identifier: Apache-2.0
"""What the tests send, and through what."""
