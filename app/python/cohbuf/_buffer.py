# SPDX-License-Identifier: LGPL-2.1-or-later
"""Buffers: what the calls do, and the memory itself."""

from __future__ import annotations

import ctypes
import mmap
import os
from ctypes import c_int, c_size_t, c_uint32, c_uint64
from typing import Any, NamedTuple, NoReturn, Optional, Tuple

from ._base import Opened
from ._errors import call
from ._events import Events
from ._fits import number
from ._handle import Handle
from ._info import Direction, Info
from ._library import CCopy, lib
from ._map import map_of

# enum cohbuf_events_source
POSTED, INTERRUPT = 0, 1


class Copied(NamedTuple):
    """A copy that a DMA engine has made."""

    duration_ns: int
    """From the first transfer's start to the last one's end, as the kernel saw it."""
    transfers: int
    engine: str
    """The controller's device, a slash, and its channel."""


def refuse_outside(buffer: Opened, function: Any, offset: int, length: int) -> None:
    """What reaches outside is the library's to refuse, before there is memory for so much."""
    if number(offset, c_uint64) + number(length, c_size_t) > buffer.info.size:
        with buffer._handle as pointer:
            call(function, pointer, None, offset, length)


def read_into(buffer: Opened, offset: int, into: Any) -> None:
    """All of a bytes-like object that can be written to."""
    view = memoryview(into)
    target = (ctypes.c_char * view.nbytes).from_buffer(view)
    with buffer._handle as pointer:
        call(lib.cohbuf_read, pointer, target, number(offset, c_uint64), view.nbytes)


def write_from(buffer: Opened, offset: int, data: Any) -> None:
    """All of a bytes-like object. Of one that is not to be written to, ctypes has no pointer."""
    view = memoryview(data)
    refuse_outside(buffer, lib.cohbuf_write, offset, view.nbytes)
    source: Any = data
    if not isinstance(data, bytes):
        source = bytes(view) if view.readonly or not view.c_contiguous else \
            (ctypes.c_char * view.nbytes).from_buffer(view)
    with buffer._handle as pointer:
        call(lib.cohbuf_write, pointer, source, number(offset, c_uint64), view.nbytes)


class Buffer(Opened):
    """An open buffer, by calls. open() gives a MappedBuffer, which is the memory as well, unless
    it was opened for writing only, when there is no mapping of it, or the program has no room
    for all of it, when map() has parts.
    """

    def __init__(self, handle: Handle, info: Info, writable: bool = True) -> None:
        super().__init__(handle, info)
        self._writable = writable

    def _range(self, offset: int, length: Optional[int]) -> Tuple[int, int]:
        """To the end, unless it is said how many."""
        offset = number(offset, c_uint64)
        if length is None:
            return offset, max(self.info.size - offset, 0)
        return offset, number(length, c_uint64)

    def read(self, offset: int = 0, length: Optional[int] = None) -> bytes:
        """Bytes from an offset, to the end unless length says how many. After an unbind it
        raises, and never SIGBUS.

        >>> import cohbuf
        >>> b = cohbuf.open("frames")
        >>> b.write(100, b"abc")
        >>> b.read(100, 3)
        b'abc'
        """
        offset, length = self._range(offset, length)
        refuse_outside(self, lib.cohbuf_read, offset, length)
        into = bytearray(length)
        read_into(self, offset, into)
        return bytes(into)

    def readinto(self, offset: int, into: Any) -> None:
        """Fill a bytes-like object, such as an array, from an offset.

        >>> import cohbuf
        >>> part = bytearray(3)
        >>> cohbuf.open("frames").readinto(100, part)
        >>> part
        bytearray(b'abc')
        """
        read_into(self, offset, into)

    def write(self, offset: int, data: Any) -> None:
        """Write a bytes-like object, such as an array, to an offset."""
        write_from(self, offset, data)

    def map(self, offset: int = 0, length: Optional[int] = None) -> memoryview:
        """The memory of a range, which numpy can have as well. It stays mapped until the last
        view of it is gone, also where the buffer was closed.

        >>> import cohbuf
        >>> view = cohbuf.open("frames").map(100, 3)
        >>> bytes(view)
        b'abc'
        """
        offset, length = self._range(offset, length)
        lead = offset % mmap.ALLOCATIONGRANULARITY
        if not length or offset + length > self.info.size:
            raise ValueError(f"{length} bytes from offset {offset}: {self.name!r} has "
                             f"{self.info.size}, and a view at least 1")
        mapped = map_of(mmap.mmap, self._handle, self.info, self._writable, offset - lead,
                        lead + length)
        return memoryview(mapped)[lead:]

    def sync_for_device(self, offset: int = 0, length: Optional[int] = None,
                        direction: Direction = Direction.BIDIRECTIONAL) -> None:
        """Hand a range over to the device: the CPU has done its part.

        After the CPU wrote what a device is to read (TO_DEVICE), and before a device writes
        what the CPU will read (FROM_DEVICE). A program that always calls it works with every
        kind of memory. Let ranges begin and end with a multiple of info.cache_line. Of a
        buffer that was opened with "r", all but TO_DEVICE is EBADF.

        >>> import cohbuf
        >>> b = cohbuf.open("frames")
        >>> b.sync_for_device(0, 4096, cohbuf.Direction.TO_DEVICE)
        """
        with self._handle as pointer:
            call(lib.cohbuf_sync_for_device, pointer, *self._range(offset, length),
                 number(direction, c_int))

    def sync_for_cpu(self, offset: int = 0, length: Optional[int] = None,
                     direction: Direction = Direction.BIDIRECTIONAL) -> None:
        """Hand a range over to the CPU: the device has done its part. What programs wrote to
        it, and did not hand over, may be lost; of a buffer that was opened with "r" it is EBADF.

        >>> import cohbuf
        >>> b = cohbuf.open("frames")
        >>> b.sync_for_cpu(0, 4096, cohbuf.Direction.FROM_DEVICE)
        """
        with self._handle as pointer:
            call(lib.cohbuf_sync_for_cpu, pointer, *self._range(offset, length),
                 number(direction, c_int))

    def copy(self, dst: int, src: int, length: int, timeout_ms: int = 0) -> Copied:
        """Let the DMA engine of the node copy one range to another, and wait for it; it hands
        both over by itself. The time limit is 1 second unless given.

        >>> import cohbuf
        >>> cohbuf.open("frames").copy(dst=4096, src=0, length=4096).engine
        'dma/chan0'
        """
        copy = CCopy(src=number(src, c_uint64), dst=number(dst, c_uint64),
                     length=number(length, c_uint64), timeout_ms=number(timeout_ms, c_uint32))
        with self._handle as pointer:
            call(lib.cohbuf_dma_copy, pointer, copy)
        return Copied(copy.duration_ns, copy.transfers, os.fsdecode(copy.engine))

    def export(self, offset: int = 0, length: Optional[int] = None,
               writable: Optional[bool] = None) -> int:
        """A dma-buf of a range of whole pages, for other drivers: its file, for os.close().
        Without writable it has the rights of the buffer.

        >>> import cohbuf, os
        >>> fd = cohbuf.open("frames").export(0, 4096)
        >>> os.close(fd)
        """
        flags = os.O_RDWR if self._writable and writable is not False or writable else os.O_RDONLY
        with self._handle as pointer:
            return int(call(lib.cohbuf_export, pointer, *self._range(offset, length), flags))

    def events(self) -> Events:
        """What programs post, counted from now on."""
        with self._handle as pointer:
            return Events(call(lib.cohbuf_events, pointer, POSTED))

    def interrupts(self) -> Events:
        """The interrupts of the device, counted from now on; post() lets each one through.

        >>> import cohbuf
        >>> with cohbuf.open("timer") as timer, timer.interrupts() as interrupts:
        ...     interrupts.post()
        ...     interrupts.wait(timeout=0)
        0
        """
        with self._handle as pointer:
            return Events(call(lib.cohbuf_events, pointer, INTERRUPT))


class MappedBuffer(Buffer, mmap.mmap):  # type: ignore[misc]
    """An open buffer that is its memory: a bytes-like object, for numpy.frombuffer(),
    memoryview(), b[0:4], which cannot be written to where it was opened with "r".

    The memory stays mapped as long as anything has this object, and so has each array that is
    made of it: close() ends the calls, and no array loses its memory but by an unbind.

    >>> import cohbuf, numpy as np
    >>> with cohbuf.open("frames", "r") as b:
    ...     a = np.frombuffer(b, dtype=np.uint16)
    >>> a.size, a.flags.writeable
    (524288, False)
    """

    def __new__(cls, handle: Handle, info: Info, writable: bool) -> MappedBuffer:
        return map_of(cls, handle, info, writable, 0, info.size)

    def size(self) -> int:
        """Bytes of it, as len() has them: a device's file has none."""
        return self.info.size

    def flush(self, offset: int = 0, size: Optional[int] = None) -> None:
        """sync_for_device() of what the CPU wrote."""
        self.sync_for_device(offset, size, Direction.TO_DEVICE)

    def resize(self, newsize: int) -> NoReturn:
        """A buffer has the size of its node."""
        raise TypeError("a buffer cannot be resized")
