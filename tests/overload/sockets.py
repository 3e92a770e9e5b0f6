# SPDX-License-Identifier: Apache-2.0
"""What senders on sockets that do not block have in common."""


def read_some(socket):
    """Bytes that are there; b"" where the other side ended or broke off; None where there are none yet."""
    try:
        return socket.recv(65536)
    except BlockingIOError:
        return None
    except OSError:
        return b""
