# SPDX-License-Identifier: GPL-2.0-only
"""What a call is given that C has no room for, or this machine no memory."""

import errno
import os
import resource

import cohbuf
from cohbuf import Direction
from having import PAGE, raises, same

try:
    import numpy as np
except ImportError:
    np = None

# Their last bits are small numbers.
LARGE_32, LARGE_64 = 1 << 32, 1 << 64


def test_ranges_are_not_cut(fake, memory):
    with cohbuf.open(memory) as b:
        b.write(0, bytes(8))
        fake.calls()
        for offset in (LARGE_64 + 4, -LARGE_64 + 4, -1):
            raises(ValueError, b.read, offset, 4)
            raises(ValueError, b.readinto, offset, bytearray(4))
            raises(ValueError, b.write, offset, b"none")
            raises(ValueError, b.map, offset, 4)
            for call in (b.sync_for_device, b.sync_for_cpu, b.flush, b.export):
                raises(ValueError, call, offset, 4096)
                raises(ValueError, call, 0, offset)
                raises(ValueError, call, offset)
        same((fake.calls(), b.read(0, 8)), ([], bytes(8)))
        same(raises(cohbuf.Error, b.read, (1 << 63) + 4, 4).errno, errno.ENXIO)


def test_other_numbers_are_not_cut(fake, memory, pool):
    with cohbuf.open(memory) as b, b.events() as events, cohbuf.open(pool) as p:
        fake.calls()
        for numbers in ((LARGE_64, 0, 64), (0, LARGE_64, 64), (64, 0, LARGE_64 + 64),
                        (64, 0, 64, LARGE_32 + 5), (64, 0, 64, -1)):
            raises(ValueError, b.copy, *numbers)
        raises(ValueError, b.sync_for_cpu, 0, 4096, LARGE_32 + Direction.FROM_DEVICE)
        raises(ValueError, b.sync_for_device, 0, 4096, LARGE_32 + Direction.TO_DEVICE)
        raises(ValueError, events.post, LARGE_64 + 1)
        raises(ValueError, events.post, -1)
        raises(ValueError, p.alloc, LARGE_64 + 1)
        same((fake.calls(), events.wait(0)), ([], 0))


def test_numbers_are_integers(memory):
    with cohbuf.open(memory) as b:
        raises(TypeError, b.read, 0.5, 4)
        raises(TypeError, b.sync_for_device, "0")


def test_numbers_of_numpy_are_numbers(memory, pool, numpy):
    with cohbuf.open(memory) as b, cohbuf.open(pool) as p, p.alloc(np.prod((48, 64))) as made:
        b.write(np.int64(4), b"four")
        same((b.read(np.uint8(4), np.int16(4)), b.map(np.int64(4), np.uint64(4)).tobytes()),
             (b"four", b"four"))
        same((len(b.read(np.uint64(4))), len(made)), (b.info.size - 4, PAGE))
        b.sync_for_device(np.int32(0), np.int64(4096), np.int8(1))


def test_file_is_not_cut(memory):
    fd = os.open(f"/dev/{memory}", os.O_RDWR)
    raises(ValueError, cohbuf.from_fd, LARGE_32 + fd)
    raises(ValueError, cohbuf.from_fd, -1)
    os.close(fd)


def test_names_are_not_cut(fake):
    for call, name in ((cohbuf.open, "frames"), (cohbuf.find, "/dev/frames"),
                       (cohbuf.open_node, "/soc/frames"), (cohbuf.find_node, "/soc/frames")):
        same(str(raises(ValueError, call, f"{name}\0junk")), "embedded null character")
    raises(ValueError, cohbuf.attribute, "frames\0junk", "size")
    raises(ValueError, cohbuf.attribute, "frames", "size\0junk")
    raises(ValueError, cohbuf.open("frames").attribute, "size\0junk")


def test_what_is_outside_takes_no_memory(fake, memory):
    """With no room for it: else the system would give so much, and take it back."""
    unlimited = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (4 << 30, unlimited[1]))
    try:
        with cohbuf.open(memory) as b, cohbuf.open("timer") as registers:
            for length in (8 << 30, 1 << 60):
                error = raises(cohbuf.Error, b.read, 0, length)
                same((error.errno, f"{length} bytes" in str(error)), (errno.ENXIO, True))
            same(raises(cohbuf.Error, registers.read, 0, 8 << 30).errno, errno.ENXIO)
            same(raises(cohbuf.Error, registers.write, 0, 1, 8 << 30).errno, errno.ENXIO)
    finally:
        resource.setrlimit(resource.RLIMIT_AS, unlimited)
