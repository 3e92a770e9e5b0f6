# SPDX-License-Identifier: Apache-2.0
"""Something looked at again and again while a block runs."""

import threading


class Sampling:
    """Calls `sample`, of the class made from this, every so many seconds inside the block, on a thread of its own; an
    error of the thread is raised at the end."""

    def __init__(self, seconds):
        self._seconds, self._ended, self._error = seconds, threading.Event(), None
        self._thread = threading.Thread(target=self._run)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, kind, *_):
        self._ended.set()
        self._thread.join()
        if self._error is not None and kind is None:
            raise self._error

    def _run(self):
        try:
            while not self._ended.wait(self._seconds):
                self.sample()
        except Exception as error:
            self._error = error
