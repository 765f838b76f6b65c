# SPDX-License-Identifier: LGPL-2.1-or-later
"""Arrays of numpy in buffers of a pool."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Iterable, Optional, Tuple, Union

import numpy as np

from ._buffer import MappedBuffer
from ._info import Direction

if TYPE_CHECKING:
    from ._pool import Pool


class Array(np.ndarray):  # type: ignore[type-arg]
    """An array in a buffer, and each part of it, has the methods of PYNQ's. They are about the
    bytes from the first element of the array, or of the part, to its last.

    What numpy makes anew, as a + 1 or a.copy(), is in no buffer: buffer is None, and the methods
    are ValueError.
    """

    buffer: Optional[MappedBuffer] = None
    _start: int = 0

    def __array_finalize__(self, obj: Any) -> None:
        buffer = getattr(obj, "buffer", None)
        if buffer is None:
            return
        start = obj._start
        if start <= self.__array_interface__["data"][0] < start + buffer.info.size:
            self.buffer, self._start = buffer, start

    def _range(self) -> Tuple[MappedBuffer, int, int]:
        """The buffer, the offset of the first byte in it, and how many."""
        if self.buffer is None:
            raise ValueError("this array is in no buffer: it was computed, or is a copy")
        first = self.__array_interface__["data"][0] - self._start
        end = first + (self.itemsize if self.size else 0)
        for count, stride in zip(self.shape, self.strides):
            if self.size and stride < 0:
                first += (count - 1) * stride
            elif self.size:
                end += (count - 1) * stride
        return self.buffer, first, end - first

    @property
    def device_address(self) -> Optional[int]:
        """Where the device finds the first element; None without the right to know
        (CAP_SYS_RAWIO), and where no device sees the memory."""
        buffer, _, _ = self._range()
        if buffer.info.dma_addr is None:
            return None
        return buffer.info.dma_addr + int(self.__array_interface__["data"][0]) - self._start

    @property
    def physical_address(self) -> Optional[int]:
        """PYNQ's word for device_address; it is none of the CPU's addresses."""
        return self.device_address

    def sync_to_device(self) -> None:
        """The CPU has written: the device sees it next."""
        buffer, offset, length = self._range()
        if length:
            buffer.sync_for_device(offset, length, Direction.TO_DEVICE)

    def sync_from_device(self) -> None:
        """The device has written: the CPU sees it next."""
        buffer, offset, length = self._range()
        if length:
            buffer.sync_for_cpu(offset, length, Direction.FROM_DEVICE)

    flush = sync_to_device
    invalidate = sync_from_device

    def close(self) -> None:
        """End the calls of the buffer. Its memory is free again with the last array of it."""
        self._range()[0].close()

    freebuffer = close

    def __enter__(self) -> Array:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def allocate(pool: Pool, shape: Union[int, Tuple[int, ...]], dtype: Any) -> Array:
    numbers = np.dtype(dtype)
    sizes = tuple(map(int, shape)) if isinstance(shape, Iterable) else (int(shape),)
    if min(sizes, default=1) < 0:
        raise ValueError(f"shape {shape}: it has less than nothing")
    # Not numpy's product: it has no more than 64 bits.
    length = numbers.itemsize
    for size in sizes:
        length *= size
    buffer = pool.alloc(max(length, 1))
    array = np.frombuffer(buffer, dtype=np.uint8)[:length].view(numbers).reshape(sizes).view(Array)
    array.buffer, array._start = buffer, array.__array_interface__["data"][0]
    return array
