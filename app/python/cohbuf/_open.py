# SPDX-License-Identifier: LGPL-2.1-or-later
"""Buffers and pools that are opened."""

from __future__ import annotations

import errno
import fcntl
import os
from ctypes import c_int
from typing import Any

from ._base import Opened
from ._buffer import Buffer, MappedBuffer
from ._errors import Error, call, error_of
from ._fits import number, text
from ._handle import Handle
from ._info import Flag, Info, Memory, info_of
from ._library import lib
from ._map import NO_ROOM, REMEDIES
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
    flags = flags_of(mode)
    return opened(call(lib.cohbuf_open, text(name), flags), flags)


def open_node(node: str, mode: str = "r+") -> Any:
    """Open the buffer of a node of the devicetree, by its path.

    >>> import cohbuf
    >>> cohbuf.open_node("/soc/frames")
    <MappedBuffer 'frames', 1048576 bytes>
    """
    flags = flags_of(mode)
    return opened(call(lib.cohbuf_open_node, text(node), flags), flags)


def flags_of(mode: str) -> int:
    if mode not in MODES:
        raise ValueError(f"mode {mode!r}: it is one of {', '.join(MODES)}")
    return MODES[mode]


def from_fd(fd: int) -> Any:
    """Take over a file of a buffer that was opened otherwise, as one that another program sent
    (socket.recv_fds()); it has the rights that it was opened with. Where it fails, the file stays
    the caller's. Where not, fd is closed: the buffer has the file by another number, fileno().

    >>> import cohbuf, os
    >>> with cohbuf.from_fd(os.open("/dev/frames", os.O_RDONLY)) as b:
    ...     b.name
    'frames'
    """
    fd = number(fd, c_int)
    try:
        mode = fcntl.fcntl(fd, fcntl.F_GETFL) & os.O_ACCMODE
        own = fcntl.fcntl(fd, fcntl.F_DUPFD if os.get_inheritable(fd) else fcntl.F_DUPFD_CLOEXEC, 0)
    except OSError as error:
        if error.errno == errno.EMFILE:
            raise not_taken(fd, error, REMEDIES[errno.EMFILE]) from None
        raise not_taken(fd, error, "give a file that is open") from None
    try:
        pointer = call(lib.cohbuf_open_fd, own)
    except Error as error:
        os.close(own)
        raise not_taken(fd, error, error.remedy) from None
    buffer = opened(pointer, mode)
    os.close(fd)
    return buffer


def not_taken(fd: int, error: OSError, remedy: str) -> Error:
    """By the caller's number of the file."""
    why = error.errno or errno.EBADF
    return error_of(why, f"cannot take over the file {fd}: {os.strerror(why)}: {remedy}", remedy)


def opened(pointer: int, mode: int) -> Any:
    """After what it is; where that fails it is closed."""
    handle = Handle(pointer)
    try:
        return of_its_kind(handle, info_of(lib.cohbuf_info(pointer).contents), mode)
    except BaseException:
        handle.close()
        raise


def of_its_kind(handle: Handle, info: Info, mode: int) -> Opened:
    if info.flags & Flag.POOL:
        return Pool(handle, info)
    writable = mode != os.O_RDONLY
    if info.memory == Memory.REGISTERS:
        return Registers(handle, info, writable)
    if mode == os.O_WRONLY:
        return Buffer(handle, info, writable)
    try:
        return MappedBuffer(handle, info, writable)
    except Error as error:
        if error.errno not in NO_ROOM:
            raise
        return Buffer(handle, info, writable)
