# SPDX-License-Identifier: GPL-2.0-only
"""What the tests are run with: the fake driver, where COHBUF_FAKE names its folder, or the
buffers that this machine has.
"""

import ctypes
import gc
import os
import sys
from pathlib import Path

import cohbuf
import tap

HERE = Path(__file__).resolve().parent
PAGE = os.sysconf("SC_PAGESIZE")
fake = None
if "COHBUF_FAKE" in os.environ:
    sys.path.insert(0, str(HERE.parents[1] / "tests/library"))
    from fake import Fake
    fake = Fake(os.environ["COHBUF_FAKE"])


def first(is_one):
    """The name of the first buffer that is one, or None."""
    for name in cohbuf.names():
        with cohbuf.open(name, "r") as b:
            if is_one(b):
                return name
    return None


MEMORY = first(lambda b: isinstance(b, cohbuf.MappedBuffer) and b.info.size >= 2 * PAGE
               and b.info.dma_bits and not b.info.flags & cohbuf.Flag.REGION)
ENGINE = first(lambda b: b.info.flags & cohbuf.Flag.ENGINE and not isinstance(b, cohbuf.Pool))
POOL = first(lambda b: isinstance(b, cohbuf.Pool))
# Which registers may be written to, only who made them knows.
REGISTERS = "timer" if fake else None


def calls(word):
    """Those of this name that the fake was asked for since the last time."""
    return [line for line in fake.calls() if line.startswith(f"{word} ")]


def interrupt(name):
    ctypes.CDLL(None).cohbuf_fake_interrupt(name.encode())


def is_mapped(name):
    """Has this process a mapping of the buffer?"""
    folder = str(fake.folder) if fake else ""
    lines = Path("/proc/self/maps").read_text().splitlines()
    return any(f"{folder}/dev/{name}" in line or f"{folder}/pooled/{name}." in line
               for line in lines)


def raises(wanted, function, *arguments, **options):
    """The error, of exactly this class."""
    try:
        function(*arguments, **options)
    except Exception as error:
        tap.expect(type(error) is wanted, f"{type(error).__name__}, not {wanted.__name__}: {error}")
        return error
    return tap.failed(f"no {wanted.__name__}")


def same(was, wanted):
    tap.expect(was == wanted, f"{was!r}, not {wanted!r}")


def run(module, needs):
    """Each function of a module that is a test; where what it needs is not there it is
    skipped: the name of a parameter is that of a fact of here, in small letters.
    """
    for name, function in list(vars(module).items()):
        if not name.startswith("test_"):
            continue
        code = function.__code__
        words = code.co_varnames[:code.co_argcount]
        missing = [word for word in words if needs[word] is None]
        title = f"python.{name[5:]}"
        if missing:
            tap.skip(title, f"there is no {missing[0]}")
        else:
            # An error that a test before this one caught can hold a frame, and so a buffer.
            gc.collect()
            tap.check(title, function, *(needs[word] for word in words))
