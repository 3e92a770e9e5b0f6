# SPDX-License-Identifier: Apache-2.0
"""Zstandard frames without a compressor: raw blocks to carry bytes, run-length blocks to blow them up.

Source: RFC 8878.
"""

import struct

MAGIC = struct.pack("<I", 0xFD2FB528)
BLOCK_MAX = 128 << 10


def _block(kind, size, content, last):
    return struct.pack("<I", size << 3 | kind << 1 | last)[:3] + content


def frame(payload, window_log=17):
    """`payload` as it is, in raw blocks."""
    parts = [payload[i:i + BLOCK_MAX] for i in range(0, len(payload), BLOCK_MAX)] or [b""]
    blocks = [_block(0, len(part), part, i == len(parts) - 1) for i, part in enumerate(parts)]
    return head(window_log) + b"".join(blocks)


def head(window_log=17):
    """A frame header that gives no content size and asks for a window of 2^window_log bytes."""
    return MAGIC + bytes([0, (window_log - 10) << 3])


def bomb(size, window_log=17):
    """`size` zero bytes at four bytes per 128 KiB."""
    count = -(-size // BLOCK_MAX)
    return head(window_log) + b"".join(_block(1, BLOCK_MAX, b"\0", i == count - 1) for i in range(count))


def lying_content_size(claimed, payload):
    """A frame that claims `claimed` bytes of content and has `payload`."""
    return MAGIC + bytes([0xC0, 0x38]) + struct.pack("<Q", claimed) + _block(0, len(payload), payload, True)
