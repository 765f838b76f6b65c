# SPDX-License-Identifier: LGPL-2.1-or-later
"""Registers of a device."""

from __future__ import annotations

import sys

from ._buffer import Buffer, read_into, write_from


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
        value = bytearray(width)
        read_into(self, offset, value)
        return int.from_bytes(value, sys.byteorder)

    def write(self, offset: int, value: int, width: int = 4) -> None:
        """Write a number, that may be negative, to the register at an offset."""
        write_from(self, offset, (value).to_bytes(width, sys.byteorder, signed=value < 0))
