# SPDX-License-Identifier: LGPL-2.1-or-later
"""Buffers that are found without opening them."""

from __future__ import annotations

import ctypes
import os
from typing import List

from ._errors import call
from ._fits import text
from ._library import NAME_SIZE, CName, lib

ATTRIBUTE_SIZE = 4096


def names() -> List[str]:
    """The names of all buffers and pools, in order.

    >>> import cohbuf
    >>> cohbuf.names()
    ['frames', 'pool', 'timer']
    """
    found = ctypes.POINTER(CName)()
    count = call(lib.cohbuf_names, ctypes.byref(found))
    try:
        return [os.fsdecode(name.value) for name in found[:count]]
    finally:
        lib.free(found)


def find(path: str) -> str:
    """The name of the buffer that a file is.

    >>> import cohbuf
    >>> cohbuf.find("/dev/frames")
    'frames'
    """
    name = ctypes.create_string_buffer(NAME_SIZE)
    call(lib.cohbuf_find, text(path), name)
    return os.fsdecode(name.value)


def find_node(node: str) -> str:
    """The name of the buffer that a node of the devicetree has.

    >>> import cohbuf
    >>> cohbuf.find_node("/soc/frames")
    'frames'
    """
    name = ctypes.create_string_buffer(NAME_SIZE)
    call(lib.cohbuf_find_node, text(node), name)
    return os.fsdecode(name.value)


def attribute(name: str, attribute: str) -> str:
    """What sysfs says of a buffer, as text; cohbuf(4) lists what there is.

    >>> import cohbuf
    >>> cohbuf.attribute("frames", "memory")
    'cached'
    """
    value = ctypes.create_string_buffer(ATTRIBUTE_SIZE)
    call(lib.cohbuf_attribute, text(name), text(attribute), value, len(value))
    return os.fsdecode(value.value)
