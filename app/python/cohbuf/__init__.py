# SPDX-License-Identifier: LGPL-2.1-or-later
"""DMA buffers that a devicetree node describes, for Python: libcohbuf by ctypes.

A buffer of memory is a bytes-like object, and what numpy makes of it is the memory itself:

    >>> import cohbuf, numpy as np
    >>> with cohbuf.open("frames") as b:
    ...     a = np.frombuffer(b, dtype=np.uint16)
    ...     a[:4] = 1, 2, 3, 4
    ...     b.sync_for_device()

A pool gives arrays as PYNQ's allocate() does:

    >>> with cohbuf.open("pool") as pool:
    ...     out = pool.allocate(shape=(4, 8), dtype=np.int32)
    >>> out[:] = 7
    >>> out.sync_to_device()

What can fail raises Error, an OSError, whose text says what to do:

    >>> cohbuf.open("frame")
    Traceback (most recent call last):
    cohbuf.NotFoundError: cannot open "frame": No such file or directory: "cohbuf list" shows ...

Unbinding the device from its driver takes the memory away. Every call is UnboundError from then
on, and a touch of an array ends the program by SIGBUS: call check() before work that is long,
and do not touch an array while somebody may unbind. read() and write() raise, and never SIGBUS.

Threads may use a buffer at the same time; close() waits for none of them, and is safe. A call
that waits lets other threads run. A signal is handled in between, as PEP 475 has it.
"""

from ._buffer import Buffer, Copied, MappedBuffer
from ._errors import (AccessError, Error, NotFoundError, TimedOutError, UnboundError,
                      UnsupportedError)
from ._events import Events
from ._find import attribute, find, find_node, names
from ._info import Direction, Flag, Info, Memory
from ._library import version
from ._open import from_fd, open, open_node
from ._pool import Pool
from ._registers import Registers

__version__ = version()
__all__ = [
    "AccessError", "Buffer", "Copied", "Direction", "Error", "Events", "Flag", "Info",
    "MappedBuffer", "Memory", "NotFoundError", "Pool", "Registers", "TimedOutError",
    "UnboundError", "UnsupportedError", "attribute", "find", "find_node", "from_fd", "names",
    "open", "open_node", "version",
]

# By which name users see them, also in errors.
for _name in __all__:
    if isinstance(globals()[_name], type):
        globals()[_name].__module__ = __name__
del _name
