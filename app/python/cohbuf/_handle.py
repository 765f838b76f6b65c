# SPDX-License-Identifier: LGPL-2.1-or-later
"""A buffer of the library, which nobody may use once it is closed, not even another thread."""

from __future__ import annotations

import os
from threading import get_ident
from weakref import WeakSet

from ._library import lib

# No thread has this number.
OWNER = 0


class Handle:
    """A "with" of it is the use of its pointer: close() takes effect after the last one.

    Other threads, and a signal's handler in this one, may come in between any two steps. So
    there is no lock: each step is one of a list, which nobody comes into the middle of, and what
    is to be done once is done by who takes the one thing out of a list.
    """

    def __init__(self, pointer: int) -> None:
        self._pointer = pointer
        self._users = [OWNER]
        self._open = [True]
        self._owned = [pointer]
        HANDLES.add(self)

    @property
    def closed(self) -> bool:
        return not self._open

    def __enter__(self) -> int:
        # Counted before the look: who closes it after the look finds one more user.
        self._users.append(get_ident())
        if self.closed:
            self._leave(get_ident())
            raise ValueError("the buffer is closed")
        return self._pointer

    def __exit__(self, *_: object) -> None:
        self._leave(get_ident())

    def close(self) -> None:
        try:
            self._open.pop()
        except IndexError:
            return
        self._leave(OWNER)

    def _leave(self, user: int) -> None:
        self._users.remove(user)
        self._close_after_the_last()

    def _close_after_the_last(self) -> None:
        if self._users:
            return
        try:
            pointer = self._owned.pop()
        except IndexError:
            return
        lib.cohbuf_close(pointer)

    def stay_with_this_thread(self) -> None:
        """In a child of fork(): threads that used it are not there."""
        here = OWNER, get_ident()
        self._users[:] = [user for user in self._users if user in here]
        self._close_after_the_last()


HANDLES: WeakSet[Handle] = WeakSet()


def _after_fork() -> None:
    for handle in list(HANDLES):
        handle.stay_with_this_thread()


os.register_at_fork(after_in_child=_after_fork)
