# SPDX-License-Identifier: LGPL-2.1-or-later
"""Registers of a device."""

from __future__ import annotations

import operator
import sys
from typing import NoReturn, Optional, SupportsIndex

from ._buffer import Buffer, read_into, refuse_outside, write_from
from ._library import lib


class Registers(Buffer):
    """A block of registers: each call is one access of its width, in order with what was
    written to memory before. They are no bytes: numpy would read them in parts, or twice.

    >>> import cohbuf
    >>> with cohbuf.open("timer") as timer:
    ...     timer.write(0x8, 0x1234)
    ...     hex(timer.read(0x8))
    '0x1234'
    """

    def read(self, offset: int = 0, width: int = 4) -> int:  # type: ignore[override]
        """The register at an offset, 1, 2, 4 or 8 bytes wide."""
        refuse_outside(self, lib.cohbuf_read, offset, at_least_1(width))
        value = bytearray(width)
        read_into(self, offset, value)
        return int.from_bytes(value, sys.byteorder)

    def write(self, offset: int, value: SupportsIndex, width: int = 4) -> None:
        """Write a number, that may be negative, to the register at an offset. It is
        OverflowError where the register has no room for it."""
        refuse_outside(self, lib.cohbuf_write, offset, at_least_1(width))
        value = operator.index(value)
        write_from(self, offset, value.to_bytes(width, sys.byteorder, signed=value < 0))

    def map(self, offset: int = 0, length: Optional[int] = None) -> NoReturn:
        """Who has bytes of memory may read and write them in any parts."""
        raise TypeError("registers are not mapped: read() and write() are one access each")


def at_least_1(width: int) -> int:
    """No bytes are no access; which other widths there are is the library's to say."""
    if width < 1:
        raise ValueError(f"{width} bytes are no access of registers")
    return width
