# SPDX-License-Identifier: LGPL-2.1-or-later
"""Errors: those of the library, with its words, and those that Python's own code catches."""

from __future__ import annotations

import ctypes
import errno as numbers
import os
import threading
from typing import Any, Callable, Optional, Tuple

from ._library import lib


class Error(OSError):
    """What went wrong. errno and strerror are as of any OSError, str() is one line that ends
    with what to do, and remedy is that part.

    >>> import cohbuf
    >>> try:
    ...     cohbuf.open("frames", "r").write(0, b"x")
    ... except cohbuf.Error as error:
    ...     print(error.remedy)
    the buffer is not open for that: open it with O_RDWR
    """

    def __init__(self, errno: int, strerror: str = "", text: str = "", remedy: str = "") -> None:
        super().__init__(errno, strerror or os.strerror(errno))
        self.text = text
        self.remedy = remedy

    def __str__(self) -> str:
        return self.text or super().__str__()


class NotFoundError(Error, FileNotFoundError):
    """There is no buffer, node or attribute of that name (ENOENT)."""


class AccessError(Error, PermissionError):
    """The user may not open it so (EACCES, EPERM)."""


class TimedOutError(Error, TimeoutError):
    """The time limit of a copy was over (ETIMEDOUT)."""


class UnboundError(Error):
    """The device was unbound from its driver, and took the memory with it (ENODEV)."""


class UnsupportedError(Error):
    """The node has no engine or no interrupt, or the kind of memory cannot do this
    (EOPNOTSUPP, ENOTTY)."""


CLASSES = {
    numbers.ENOENT: NotFoundError, numbers.EACCES: AccessError, numbers.EPERM: AccessError,
    numbers.ETIMEDOUT: TimedOutError, numbers.ENODEV: UnboundError,
    numbers.EOPNOTSUPP: UnsupportedError, numbers.ENOTTY: UnsupportedError,
}


def error_of(errno: int, text: str, remedy: str) -> Error:
    return CLASSES.get(errno, Error)(errno, os.strerror(errno), text, remedy)


class Told(threading.local):
    """The words of the call that failed last in this thread, where a signal's handler has called
    in since: the library has those of the handler's call by now."""

    words: Optional[Tuple[str, str]] = None


told = Told()


def words() -> Tuple[str, str]:
    """What went wrong, and what to do."""
    now = os.fsdecode(lib.cohbuf_error()), os.fsdecode(lib.cohbuf_remedy())
    return told.words or now


def last_error() -> Error:
    """Of the call that has just failed in this thread."""
    return error_of(ctypes.get_errno(), *words())


def call(function: Callable[..., Any], *arguments: Any) -> Any:
    """A function of the library that returns a pointer, or a number that is not negative. What
    a signal ended is done again, once Python has run the signal's handler, unless that raises.
    """
    # A signal's handler that calls in here must not leave its errno to whom it came between,
    # nor its words: there are such where a call has failed, and nobody has taken its errno yet.
    before = ctypes.get_errno()
    words_before = words() if before else None
    try:
        while True:
            # In this order: a handler between the two has no words to keep.
            ctypes.set_errno(0)
            told.words = None
            result = function(*arguments)
            if result is not None and result >= 0:
                return result
            if ctypes.get_errno() != numbers.EINTR:
                raise last_error()
    finally:
        ctypes.set_errno(before)
        told.words = words_before
