# SPDX-License-Identifier: LGPL-2.1-or-later
"""libcohbuf.so and what app/lib/cohbuf.h says of it. CDLL gives the others the interpreter
while a call is made.
"""

from __future__ import annotations

from ctypes import CDLL, POINTER, Structure, c_char, c_char_p, c_int, c_size_t
from ctypes import c_uint32, c_uint64, c_void_p

NAME_SIZE = 32
ENGINE_NAME_SIZE = 64
# The first number of the library's version is that of its ABI.
SONAME = "libcohbuf.so.0"


CName = c_char * NAME_SIZE


class CInfo(Structure):
    """struct cohbuf_info"""

    _fields_ = [("size", c_uint64), ("dma_addr", c_uint64), ("memory", c_uint32),
                ("flags", c_uint32), ("dma_bits", c_uint32), ("cache_line", c_uint32),
                ("name", CName), ("reserved", c_uint64 * 8)]


class CCopy(Structure):
    """struct cohbuf_copy"""

    _fields_ = [("src", c_uint64), ("dst", c_uint64), ("length", c_uint64),
                ("timeout_ms", c_uint32), ("flags", c_uint32), ("duration_ns", c_uint64),
                ("transfers", c_uint32), ("reserved", c_uint32 * 5),
                ("engine", c_char * ENGINE_NAME_SIZE)]


# NAME: what it returns, and of what.
FUNCTIONS = {
    "cohbuf_open": (c_void_p, c_char_p, c_int),
    "cohbuf_open_node": (c_void_p, c_char_p, c_int),
    "cohbuf_open_fd": (c_void_p, c_int),
    "cohbuf_alloc": (c_void_p, c_void_p, c_uint64),
    "cohbuf_close": (None, c_void_p),
    "cohbuf_fd": (c_int, c_void_p),
    "cohbuf_info": (POINTER(CInfo), c_void_p),
    "cohbuf_check": (c_int, c_void_p),
    "cohbuf_map_range": (c_void_p, c_void_p, c_uint64, c_size_t, c_int),
    "cohbuf_unmap": (c_int, c_void_p, c_size_t),
    "cohbuf_read": (c_int, c_void_p, c_void_p, c_uint64, c_size_t),
    "cohbuf_write": (c_int, c_void_p, c_void_p, c_uint64, c_size_t),
    "cohbuf_sync_for_device": (c_int, c_void_p, c_uint64, c_uint64, c_int),
    "cohbuf_sync_for_cpu": (c_int, c_void_p, c_uint64, c_uint64, c_int),
    "cohbuf_dma_copy": (c_int, c_void_p, POINTER(CCopy)),
    "cohbuf_export": (c_int, c_void_p, c_uint64, c_uint64, c_int),
    "cohbuf_events": (c_int, c_void_p, c_int),
    "cohbuf_wait": (c_int, c_int, c_int, POINTER(c_uint64)),
    "cohbuf_post": (c_int, c_int, c_uint64),
    "cohbuf_names": (c_int, POINTER(POINTER(CName))),
    "cohbuf_find": (c_int, c_char_p, c_char_p),
    "cohbuf_find_node": (c_int, c_char_p, c_char_p),
    "cohbuf_attribute": (c_int, c_char_p, c_char_p, c_char_p, c_size_t),
    "cohbuf_error": (c_char_p,),
    "cohbuf_remedy": (c_char_p,),
    "cohbuf_version": (c_char_p,),
    # Of the C library, which libcohbuf.so stands on.
    "free": (None, c_void_p),
}


def _load() -> CDLL:
    try:
        loaded = CDLL(SONAME, use_errno=True)
    except OSError as error:
        raise ImportError(f"{error}: install libcohbuf, or name its folder in LD_LIBRARY_PATH",
                          name="cohbuf") from None
    for name, (result, *arguments) in FUNCTIONS.items():
        function = getattr(loaded, name)
        function.restype, function.argtypes = result, arguments
    return loaded


lib = _load()


def version() -> str:
    """The version of the library that runs.

    >>> import cohbuf
    >>> cohbuf.version().count(".")
    2
    """
    said: bytes = lib.cohbuf_version()
    return said.decode()
