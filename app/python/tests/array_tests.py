# SPDX-License-Identifier: GPL-2.0-only
"""Pools, and arrays in buffers of them."""

import errno
import gc

import cohbuf
from having import PAGE, calls, is_mapped, raises, same

try:
    import numpy as np
except ImportError:
    np = None


def test_alloc_gives_a_buffer(pool):
    with cohbuf.open(pool) as p, p.alloc(PAGE + 1) as b:
        same((len(b), b.name, b[:], b.info.flags & cohbuf.Flag.POOLED),
             (2 * PAGE, pool, bytes(2 * PAGE), cohbuf.Flag.POOLED))
        raises(TypeError, memoryview, p)
        same(raises(cohbuf.Error, p.alloc, 0).errno, errno.EINVAL)
        same(raises(cohbuf.Error, p.alloc, 1 << 50).errno, errno.EDQUOT)
        raises(ValueError, p.alloc, -1)


def test_pooled_memory_is_free_with_its_last_user(pool):
    with cohbuf.open(pool) as p:
        b = p.alloc(p.info.size)
        view = memoryview(b)
        b.close()
        del b
        same(raises(cohbuf.Error, p.alloc, PAGE).errno, errno.EDQUOT)
        view.release()
        del view
        gc.collect()
        p.alloc(p.info.size).close()


def test_error_keeps_nothing_alive(pool):
    """Nor does it wait for a garbage collector."""
    def fail():
        b = p.alloc(PAGE)
        raises(cohbuf.Error, p.alloc, 0)
        raises(cohbuf.Error, b.read, b.info.size, 1)

    with cohbuf.open(pool) as p:
        gc.collect()
        gc.disable()
        try:
            fail()
            p.alloc(p.info.size).close()
        finally:
            gc.enable()


def test_no_room_is_no_leak(fake, pool):
    with cohbuf.open(pool) as p:
        fake.fail("mmap", errno.ENOMEM)
        same(raises(cohbuf.Error, p.alloc, p.info.size).errno, errno.ENOMEM)
        gc.collect()
        p.alloc(p.info.size).close()


def test_allocate_gives_an_array(pool, numpy):
    with cohbuf.open(pool) as p:
        a = p.allocate((4, 3), np.int16)
        same((a.shape, a.dtype, int(a.sum()), a.buffer.name), ((4, 3), np.int16, 0, pool))
        a[1] = 5
        same(np.frombuffer(a.buffer, np.int16)[:6].tolist(), [0, 0, 0, 5, 5, 5])
        same((p.allocate(7).dtype, p.allocate(7).shape, p.allocate(()).shape),
             (np.uint32, (7,), ()))
        same(p.allocate((0, 3)).shape, (0, 3))
        same(p.allocate(2, [("x", "f4"), ("y", "u1")])["y"].tolist(), [0, 0])
        raises(ValueError, p.allocate, -1)
        raises(TypeError, p.allocate, 1, object)
        same(raises(cohbuf.Error, p.allocate, (1 << 40, 1 << 8)).errno, errno.EDQUOT)


def test_array_outlives_pool_and_calls(fake, pool, numpy):
    with cohbuf.open(pool) as p, p.allocate(4, "u1") as a:
        part = a[1:3]
    raises(ValueError, a.flush)
    del a
    gc.collect()
    part[:] = 9
    same((part.tolist(), is_mapped(pool)), ([9, 9], True))
    del part
    gc.collect()
    same(is_mapped(pool), False)


def test_array_hands_over_its_bytes(fake, pool, numpy):
    a = cohbuf.open(pool).allocate((8, 16), "u4")
    calls("sync")
    for part in (a, a[2], a[2:4, 1], a[::-1], a[1:1], a[3, 5]):
        if isinstance(part, cohbuf._array.Array):
            part.sync_to_device()
    a[1].sync_from_device()
    a.flush()
    a.T.invalidate()
    same(calls("sync"), [f"sync {pool} {call} = 0" for call in (
        "0 512 1 2", "128 64 1 2", "132 68 1 2", "0 512 1 2", "64 64 2 1", "0 512 1 2",
        "0 512 2 1")])


def test_array_has_the_address_of_the_device(fake, pool, numpy):
    a = cohbuf.open(pool).allocate((8, 16), "u4")
    start = a.buffer.info.dma_addr
    same((a.device_address, a[2].device_address, a[2, 3:].physical_address),
         (start, start + 128, start + 140))


def test_computed_array_is_in_no_buffer(pool, numpy):
    a = cohbuf.open(pool).allocate(4, "u4")
    for other in (a + 1, a.copy(), np.zeros(4).view(type(a))):
        same(other.buffer, None)
        raises(ValueError, other.flush)
        raises(ValueError, lambda array=other: array.device_address)
    a += 1
    same((a.tolist(), a.buffer.name), ([1, 1, 1, 1], pool))


def test_freebuffer_ends_the_calls(pool, numpy):
    a = cohbuf.open(pool).allocate(4, "u4")
    a.freebuffer()
    raises(ValueError, a.invalidate)
    a[0] = 1
    same(int(a[0]), 1)
