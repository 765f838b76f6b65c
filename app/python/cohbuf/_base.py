# SPDX-License-Identifier: LGPL-2.1-or-later
"""What buffers and pools have in common."""

from __future__ import annotations

from typing import TypeVar

from ._errors import call
from ._find import attribute
from ._handle import Handle
from ._info import Flag, Info
from ._library import lib

Self = TypeVar("Self", bound="Opened")


class Opened:
    """An open file of the driver."""

    _handle: Handle
    info: Info

    def __init__(self, handle: Handle, info: Info) -> None:
        self._handle = handle
        self.info = info

    @property
    def name(self) -> str:
        """The name below /dev; that of the pool, where one made the buffer."""
        return self.info.name

    def attribute(self, attribute_name: str) -> str:
        """What sysfs says of it, as text, while it is open. A buffer that a pool made has no
        place there: it is ValueError.

        >>> import cohbuf
        >>> cohbuf.open("frames").attribute("cache_line")
        '64'
        """
        with self._handle as pointer:
            if self.info.flags & Flag.POOLED:
                raise ValueError(f"a buffer of a pool has no attributes: {self.name!r} has them")
            try:
                return attribute(self.name, attribute_name)
            finally:
                # Where it is not there any more, another one may have its name.
                call(lib.cohbuf_check, pointer)

    def fileno(self) -> int:
        """Its file, for select, os.sendfile(), socket.send_fds() and the like; it stays this
        object's."""
        with self._handle as pointer:
            return int(lib.cohbuf_fd(pointer))

    def check(self) -> None:
        """UnboundError where the device was unbound from its driver: a touch of an array would
        end the program. The answer can be old by the time that it is read.

        >>> import cohbuf
        >>> cohbuf.open("frames").check()
        """
        with self._handle as pointer:
            call(lib.cohbuf_check, pointer)

    @property
    def closed(self) -> bool:
        """Was it closed?"""
        return self._handle.closed

    def close(self) -> None:
        """End the calls: they are ValueError from then on. What another thread is in ends
        well, and what was made of it stays: arrays, events, dma-bufs."""
        self._handle.close()

    def __enter__(self: Self) -> Self:
        with self._handle:
            return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        # Where it could not be made there is no handle.
        if "_handle" in self.__dict__:
            self._handle.close()

    def __repr__(self) -> str:
        of_pool = " of a pool" if self.info.flags & Flag.POOLED else ""
        closed = ", closed" if self.closed else ""
        return f"<{type(self).__name__} {self.name!r}{of_pool}, {self.info.size} bytes{closed}>"
