# SPDX-License-Identifier: LGPL-2.1-or-later
"""Pools, which make buffers."""

from __future__ import annotations

from ctypes import c_uint64
from typing import TYPE_CHECKING, Any, Tuple, Union

from ._base import Opened
from ._buffer import MappedBuffer
from ._errors import call
from ._fits import number
from ._handle import Handle
from ._info import info_of
from ._library import lib

if TYPE_CHECKING:
    from ._array import Array


class Pool(Opened):
    """Buffers on demand, within a quota: info.size.

    A buffer's memory is free again once nobody has the buffer, or an array of it, or its file.
    The pool may be closed before.
    """

    def alloc(self, size: int) -> MappedBuffer:
        """A buffer of at least so many bytes, full of zeroes.

        >>> import cohbuf
        >>> with cohbuf.open("pool") as pool, pool.alloc(5000) as b:
        ...     len(b), b[:4]
        (8192, b'\\x00\\x00\\x00\\x00')
        """
        with self._handle as pointer:
            made = call(lib.cohbuf_alloc, pointer, number(size, c_uint64))
        handle = Handle(made)
        try:
            return MappedBuffer(handle, info_of(lib.cohbuf_info(made).contents), True)
        except BaseException:
            handle.close()
            raise

    def allocate(self, shape: Union[int, Tuple[int, ...]], dtype: Any = "u4") -> Array:
        """A numpy array in a buffer of its own, full of zeroes, as PYNQ's allocate() gives it.

        >>> import cohbuf, numpy as np
        >>> pool = cohbuf.open("pool")
        >>> a = pool.allocate((2, 3), np.float32)
        >>> a[1] = 1.5
        >>> a.flush()
        >>> float(a.sum())
        4.5
        """
        from ._array import allocate
        return allocate(self, shape, dtype)
