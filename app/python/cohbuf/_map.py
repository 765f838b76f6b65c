# SPDX-License-Identifier: LGPL-2.1-or-later
"""Mappings of buffers, as objects of Python's mmap."""

from __future__ import annotations

import errno
import mmap
import os
from typing import NoReturn, Type, TypeVar, Union

from ._errors import call, error_of
from ._handle import Handle
from ._info import Info
from ._library import lib

Mapping = TypeVar("Mapping", bound=mmap.mmap)

PROT_OF = {mmap.ACCESS_READ: mmap.PROT_READ, mmap.ACCESS_WRITE: mmap.PROT_READ | mmap.PROT_WRITE}
NO_ROOM = errno.ENOMEM, errno.EOVERFLOW
REMEDIES = {
    **dict.fromkeys(NO_ROOM, "map() a part of it, or use a 64-bit program"),
    # Python's mmap has a second file of what it maps, which the library's has not.
    errno.EMFILE: "this process has as many files open as it may, two for each mapped buffer: "
                  "close some, or raise its limit (ulimit -n)",
}


def map_of(kind: Type[Mapping], handle: Handle, info: Info, writable: bool, offset: int,
           length: int) -> Mapping:
    """Of whole pages, shared, and not to be written to where the file is not."""
    access = mmap.ACCESS_WRITE if writable else mmap.ACCESS_READ
    # All the while it is this file.
    with handle as pointer:
        try:
            return mmap.mmap.__new__(  # type: ignore[call-arg]
                kind, lib.cohbuf_fd(pointer), length, access=access, offset=offset)
        except (OSError, OverflowError) as error:
            not_mapped(error, pointer, info, offset, length, access)


def not_mapped(error: Union[OSError, OverflowError], pointer: int, info: Info, offset: int,
               length: int, access: int) -> NoReturn:
    """With the words of the library where it cannot either: the device may just have gone."""
    number = errno.EOVERFLOW if isinstance(error, OverflowError) else error.errno
    if number is None:
        raise error
    call(lib.cohbuf_check, pointer)
    if number not in REMEDIES:
        at = call(lib.cohbuf_map_range, pointer, offset, length, PROT_OF[access])
        lib.cohbuf_unmap(at, length)
    remedy = REMEDIES.get(number, "that was so for a moment: try it again")
    raise error_of(number, f'cannot map {length} bytes from offset {offset:#x} of "{info.name}": '
                   f"{os.strerror(number)}: {remedy}", remedy) from None
