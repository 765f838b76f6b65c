# SPDX-License-Identifier: LGPL-2.1-or-later
"""What ctypes would cut without a word: numbers to their last bits, texts at a NUL."""

from __future__ import annotations

import operator
import os
from ctypes import sizeof
from typing import Any, SupportsIndex


def number(value: SupportsIndex, kind: Any) -> int:
    """An integer, of numpy too, that the type of ctypes has room for; else it is ValueError."""
    value = operator.index(value)
    bits = 8 * sizeof(kind)
    least = -1 << bits - 1 if kind(-1).value < 0 else 0
    most = (1 << bits) - 1 + least
    if not least <= value <= most:
        raise ValueError(f"{value} is not from {least} to {most}")
    return value


def text(name: str) -> bytes:
    """A name, or a path, as Python's own open() takes it."""
    encoded = os.fsencode(name)
    if b"\0" in encoded:
        raise ValueError("embedded null character")
    return encoded
