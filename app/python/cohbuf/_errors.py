# SPDX-License-Identifier: LGPL-2.1-or-later
"""Errors: those of the library, with its words, and those that Python's own code catches."""

from __future__ import annotations

import ctypes
import errno as numbers
import os
from typing import Any, Callable

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


def last_error() -> Error:
    """Of the call that has just failed in this thread."""
    return error_of(ctypes.get_errno(), os.fsdecode(lib.cohbuf_error()),
                    os.fsdecode(lib.cohbuf_remedy()))


def call(function: Callable[..., Any], *arguments: Any) -> Any:
    """A function of the library that returns a pointer, or a number that is not negative. What
    a signal ended is done again, once Python has run the signal's handler, unless that raises.
    """
    # A signal's handler that calls in here must not leave its errno to whom it came between.
    before = ctypes.get_errno()
    try:
        while True:
            result = function(*arguments)
            if result is not None and result >= 0:
                return result
            if ctypes.get_errno() != numbers.EINTR:
                raise last_error()
    finally:
        ctypes.set_errno(before)
