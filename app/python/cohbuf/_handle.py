# SPDX-License-Identifier: LGPL-2.1-or-later
"""A buffer of the library, which nobody may use once it is closed, not even another thread."""

from __future__ import annotations

import threading

from ._library import lib


class Handle:
    """A "with" of it is the use of its pointer: close() takes effect after the last one."""

    def __init__(self, pointer: int) -> None:
        self._pointer = pointer
        self._users = 1
        # A signal's handler may come in the middle, and call in here.
        self._lock = threading.RLock()
        self.closed = False

    def __enter__(self) -> int:
        with self._lock:
            if self.closed:
                raise ValueError("the buffer is closed")
            self._users += 1
        return self._pointer

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._users -= 1
            last = not self._users
        if last:
            lib.cohbuf_close(self._pointer)

    def close(self) -> None:
        with self._lock:
            if self.closed:
                return
            self.closed = True
        self.__exit__()
