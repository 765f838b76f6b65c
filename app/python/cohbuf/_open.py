# SPDX-License-Identifier: LGPL-2.1-or-later
"""Buffers and pools that are opened."""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
from typing import Any

from ._base import Opened
from ._buffer import Buffer, MappedBuffer, why_not_mapped
from ._errors import call
from ._find import find_node
from ._fits import number, text
from ._handle import Handle
from ._info import Flag, Info, Memory, info_of
from ._library import lib
from ._pool import Pool
from ._registers import Registers

MODES = {"r": os.O_RDONLY, "r+": os.O_RDWR, "w": os.O_WRONLY}


def open(name: str, mode: str = "r+") -> Any:
    """Open a buffer, or a pool, by its name below /dev, or by a path, which has a slash.

    mode is "r+", for reading and writing, "r", for reading only, or "w". Returns a MappedBuffer,
    a Registers or a Pool, after what it is; or a Buffer, where it cannot be mapped.

    >>> import cohbuf
    >>> [type(cohbuf.open(name)).__name__ for name in cohbuf.names()]
    ['MappedBuffer', 'Pool', 'Registers']
    """
    if mode not in MODES:
        raise ValueError(f"mode {mode!r}: it is one of {', '.join(MODES)}")
    pointer = call(lib.cohbuf_open, text(name), MODES[mode])
    return opened(pointer, MODES[mode])


def open_node(node: str, mode: str = "r+") -> Any:
    """Open the buffer of a node of the devicetree, by its path.

    >>> import cohbuf
    >>> cohbuf.open_node("/soc/frames")
    <MappedBuffer 'frames', 1048576 bytes>
    """
    return open(find_node(node), mode)


def from_fd(fd: int) -> Any:
    """Take over a file of a buffer that was opened otherwise, as one that another program sent
    (socket.recv_fds()); it has the rights that it was opened with. A file that is no buffer's
    stays the caller's.

    >>> import cohbuf, os
    >>> with cohbuf.from_fd(os.open("/dev/frames", os.O_RDONLY)) as b:
    ...     b.name
    'frames'
    """
    pointer = call(lib.cohbuf_open_fd, number(fd, ctypes.c_int))
    return opened(pointer, fcntl.fcntl(fd, fcntl.F_GETFL) & os.O_ACCMODE)


def opened(pointer: int, mode: int) -> Any:
    """After what it is."""
    handle = Handle(pointer)
    info = info_of(lib.cohbuf_info(pointer).contents)
    if info.flags & Flag.POOL:
        return Pool(handle, info)
    writable = mode != os.O_RDONLY
    if info.memory == Memory.REGISTERS:
        return Registers(handle, info, writable)
    if mode == os.O_WRONLY:
        return Buffer(handle, info, writable)
    return mapped(handle, info, writable)


def mapped(handle: Handle, info: Info, writable: bool) -> Buffer:
    """As memory, where the program has room for it."""
    try:
        return MappedBuffer(handle, info, writable)
    except (OSError, OverflowError) as error:
        if isinstance(error, OverflowError) or error.errno == errno.ENOMEM:
            return Buffer(handle, info, writable)
        why_not_mapped(Opened(handle, info), error)
