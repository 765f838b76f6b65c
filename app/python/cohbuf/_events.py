# SPDX-License-Identifier: LGPL-2.1-or-later
"""Files that count events."""

from __future__ import annotations

import ctypes
import math
import os
import select
import time
from typing import Optional

from ._errors import TimedOutError, call
from ._fits import number
from ._library import lib

# More milliseconds are no int of C.
LONGEST = 2 ** 31 - 1


class Events:
    """Events of a buffer, counted from when this was made: Buffer.events() makes it, and
    Buffer.interrupts(). select, selectors and asyncio's add_reader() take it as a file; then
    wait(0) has the count.

    >>> import cohbuf
    >>> with cohbuf.open("frames") as b, b.events() as events:
    ...     events.post(3)
    ...     events.wait(timeout=1.0)
    3
    """

    def __init__(self, fd: int) -> None:
        # Who takes it out closes it: a signal's handler may come in the middle of close().
        self._fds = [fd]

    def fileno(self) -> int:
        """The file, which is this object's to close."""
        try:
            return self._fds[0]
        except IndexError:
            raise ValueError("the events are closed") from None

    def wait(self, timeout: Optional[float] = None) -> int:
        """Wait for events: seconds, None for as long as it takes, 0 to look only.

        Returns how many came since the last time, or 0 where the time is over. After an unbind
        it is UnboundError, once what came before was told.
        """
        end = None if timeout is None else time.monotonic() + timeout
        while True:
            left = None if end is None else max(end - time.monotonic(), 0)
            count = self._wait_once(left)
            if count or left == 0:
                return count

    def _wait_once(self, seconds: Optional[float]) -> int:
        """0 where the time is over, or another thread was faster. Python's own poll() is what
        waits: it knows what to do about signals."""
        ready = select.poll()
        ready.register(self.fileno(), select.POLLIN)
        ready.poll(None if seconds is None else min(math.ceil(seconds * 1000), LONGEST))
        count = ctypes.c_uint64()
        try:
            call(lib.cohbuf_wait, self.fileno(), 0, count)
        except TimedOutError:
            return 0
        return count.value

    def post(self, count: int = 1) -> None:
        """Tell everybody who waits, this object too, of so many events; or, of interrupts, let
        the next one through: each masks its line, and so it is at first.
        """
        call(lib.cohbuf_post, self.fileno(), number(count, ctypes.c_uint64))

    def close(self) -> None:
        """Close the file. Nobody may wait for it any more."""
        try:
            fd = self._fds.pop()
        except IndexError:
            return
        os.close(fd)

    def __enter__(self) -> Events:
        self.fileno()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        self.close()
