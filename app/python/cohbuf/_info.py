# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a buffer is, as names."""

from __future__ import annotations

import enum
import os
from typing import NamedTuple, Optional, Union

from ._library import CInfo


class Memory(enum.IntEnum):
    """The kinds of memory; docs/concepts.md says what they are good for."""

    COHERENT = 0
    CACHED = 1
    KMALLOC = 2
    VMALLOC = 3
    REGISTERS = 4


class Flag(enum.IntFlag):
    """What else is true of a buffer."""

    DMA_COHERENT = 1 << 0
    REGION = 1 << 1
    DMA_ADDR = 1 << 2
    ENGINE = 1 << 3
    INTERRUPT = 1 << 4
    POOL = 1 << 5
    POOLED = 1 << 6


class Direction(enum.IntEnum):
    """Which way the data of a range goes."""

    BIDIRECTIONAL = 0
    TO_DEVICE = 1
    FROM_DEVICE = 2


class Info(NamedTuple):
    """What the driver says of a buffer; it does not change while the buffer is open.

    >>> import cohbuf
    >>> info = cohbuf.open("frames").info
    >>> info.size, info.memory.name, info.cache_line
    (1048576, 'CACHED', 64)
    """

    name: str
    """The name below /dev; that of the pool, where one made the buffer."""
    size: int
    """Bytes; of a pool the quota."""
    memory: Union[Memory, int]
    """The kind; a number where the driver has one that this module does not know."""
    flags: Flag
    dma_addr: Optional[int]
    """Where the device finds the first byte; None without the right to know (CAP_SYS_RAWIO)
    and where no device sees the memory."""
    dma_bits: int
    """Of the addresses that the device emits; 0 where no device sees the memory."""
    cache_line: int
    """Let ranges of sync_for_device() and sync_for_cpu() begin and end with a multiple of it;
    0 where these are barriers only."""


def info_of(said: CInfo) -> Info:
    try:
        memory: Union[Memory, int] = Memory(said.memory)
    except ValueError:
        memory = said.memory
    flags = Flag(said.flags)
    return Info(os.fsdecode(said.name), said.size, memory, flags,
                said.dma_addr if flags & Flag.DMA_ADDR else None, said.dma_bits,
                said.cache_line)
