# SPDX-License-Identifier: GPL-2.0-only
"""A buffer as memory: what is seen through it, with which rights, for how long."""

import errno
import mmap
import os
import signal
from unittest import mock

import cohbuf
from having import PAGE, calls, is_mapped, raises, same

try:
    import numpy as np
except ImportError:
    np = None

LIBRARY = cohbuf._library.lib


def test_array_is_the_memory(memory, numpy):
    with cohbuf.open(memory) as b:
        a = np.frombuffer(b, dtype=np.uint16)
        same((a.size, a.flags.writeable), (b.info.size // 2, True))
        a[:3] = 0x1111, 0x2222, 0x3333
        same(b.read(2, 4), b"\x22\x22\x33\x33")
        b.write(0, b"\x44\x44")
        same((int(a[0]), b[0:2]), (0x4444, b"\x44\x44"))
        whole = np.asarray(b)
        same((whole.dtype, whole.shape, np.shares_memory(whole, a)),
             (np.uint8, (b.info.size,), True))


def test_memoryview_is_the_memory(memory):
    with cohbuf.open(memory) as b, memoryview(b) as view:
        view[0:3] = b"abc"
        same((view.nbytes, view.readonly, b.read(0, 3)), (b.info.size, False, b"abc"))
        same((len(b), b.size(), b[1:3]), (b.info.size, b.info.size, b"bc"))
        raises(TypeError, b.resize, PAGE)


def test_read_only_stays_read_only(memory, numpy):
    with cohbuf.open(memory, "r") as b:
        same(memoryview(b).readonly, True)
        a = np.frombuffer(b, dtype=np.uint8)
        same(a.flags.writeable, False)
        raises(ValueError, a.setflags, write=True)
        raises(TypeError, b.__setitem__, 0, 1)
        same(b.map(0, 1).readonly, True)
        same(raises(cohbuf.Error, b.write, 0, b"x").errno, 9)


def test_write_only_is_not_mapped(memory):
    with cohbuf.open(memory, "w") as b:
        same(type(b), cohbuf.Buffer)
        b.write(7, b"w")
        same(raises(cohbuf.Error, b.read, 7, 1).errno, 9)
        raises(TypeError, memoryview, b)
        error = raises(cohbuf.AccessError, b.map, 0, 4)
        same(str(error), f'cannot map 4 bytes from offset 0x0 of "{memory}": Permission denied: '
                         "the buffer is not open for that: open it with O_RDWR")
    with cohbuf.open(memory, "r") as b:
        same(b[7], ord("w"))


def test_array_outlives_the_buffer(fake, memory, numpy):
    same(is_mapped(memory), False)
    with cohbuf.open(memory) as b:
        a = np.frombuffer(b, dtype=np.uint8)
        # numpy tells nobody that it has this one.
        quiet = np.ndarray((4,), np.uint8, buffer=b)
    raises(ValueError, b.read)
    del b
    a[:2] = 5, 6
    del a
    same((quiet[0], quiet[1], is_mapped(memory)), (5, 6, True))
    del quiet
    same(is_mapped(memory), False)


def test_view_outlives_the_buffer(fake, memory):
    b = cohbuf.open(memory)
    view = b.map(PAGE + 3, 5)
    view[:] = b"views"
    same(b.read(PAGE + 3, 5), b"views")
    b.close()
    del b
    same((bytes(view), is_mapped(memory)), (b"views", True))
    del view
    same(is_mapped(memory), False)


def test_map_refuses_what_is_outside(memory):
    with cohbuf.open(memory) as b:
        for offset, length in ((0, b.info.size + 1), (b.info.size, 1), (0, 0), (-1, 1), (0, -1)):
            raises(ValueError, b.map, offset, length)
        same(b.map(b.info.size - 1).nbytes, 1)


def test_no_room_is_a_buffer_by_calls(fake, memory):
    fake.fail("mmap", 12)
    with cohbuf.open(memory) as b:
        same(type(b), cohbuf.Buffer)
        raises(TypeError, memoryview, b)
        b.write(0, b"part")
        same((b.read(0, 4), bytes(b.map(0, 4))), (b"part", b"part"))
        fake.fail("mmap", 12)
        error = raises(cohbuf.Error, b.map)
        same((error.errno, "part" in error.remedy), (12, True))


def test_unbind_between_open_and_map(fake, memory):
    fake.fail("mmap", 19)
    error = raises(cohbuf.UnboundError, cohbuf.open, memory)
    same(str(error).startswith("cannot map "), True)
    same(str(error).endswith(f' of "{memory}": No such device: {error.remedy}'), True)
    same("part" in error.remedy, False)


def test_too_many_files_to_map(fake, memory, pool):
    """Python's mmap has another one."""
    with cohbuf.open(pool) as p:
        for function, argument in ((cohbuf.open, memory), (p.alloc, 1)):
            fake.fail("mmap", errno.EMFILE)
            error = raises(cohbuf.Error, function, argument)
            same((error.errno, "files open" in error.remedy), (errno.EMFILE, True))


def test_no_room_in_32_bits(fake, memory):
    """mmap() of Python says so by another class."""
    with cohbuf.open(memory) as b:
        large = b.info._replace(size=1 << 63)
        error = raises(cohbuf.Error, cohbuf.MappedBuffer, b._handle, large, True)
        same((error.errno, "64-bit" in error.remedy), (errno.EOVERFLOW, True))


def test_file_is_closed_after_it_is_mapped(memory):
    """Another thread closes it, and its number would be another file's."""
    def late(pointer):
        b.close()
        return fd_of(pointer)

    fd_of = LIBRARY.cohbuf_fd
    b = cohbuf.open(memory)
    b.write(0, b"mine")
    fd = b.fileno()
    with mock.patch.object(LIBRARY, "cohbuf_fd", late):
        same(bytes(b.map(0, 4)), b"mine")
    same(raises(OSError, os.fstat, fd).errno, errno.EBADF)


def test_readinto_and_write_take_arrays(memory, numpy):
    with cohbuf.open(memory) as b:
        b.write(8, np.arange(4, dtype=np.int32))
        into = np.zeros(4, np.int32)
        b.readinto(8, into)
        same(into.tolist(), [0, 1, 2, 3])
        b.write(8, np.arange(8, dtype=np.uint8)[::2])
        b.write(12, memoryview(b"readonly"))
        b.write(20, bytearray(b"!"))
        same(b.read(8, 13), b"\0\2\4\6readonly!")
        raises(TypeError, b.readinto, 0, b"constant")


def test_read_goes_to_the_end(memory):
    with cohbuf.open(memory) as b:
        same(len(b.read(b.info.size - 5)), 5)
        same(raises(cohbuf.Error, b.read, b.info.size, 1).errno, 6)
        same(raises(cohbuf.Error, b.write, b.info.size - 1, b"ab").errno, 6)
        raises(ValueError, b.read, -1, 1)
        raises(ValueError, b.write, -1, b"a")


def test_flush_of_the_memory_hands_over(fake, memory):
    with cohbuf.open(memory) as b:
        calls("sync")
        b.flush()
        same(calls("sync"), [f"sync {memory} 0 {b.info.size} 1 2 = 0"])


def test_unbound_calls_raise(fake, memory):
    with cohbuf.open(memory) as b, b.events() as events:
        b.check()
        fake.unbind(memory)
        try:
            for call in (b.check, b.read, b.sync_for_device, b.sync_for_cpu, b.export, b.events,
                         b.map, b.flush, events.wait, events.post):
                raises(cohbuf.UnboundError, call)
            same("is not there" in str(raises(cohbuf.UnboundError, b.map)), True)
            raises(cohbuf.UnboundError, b.write, 0, b"x")
            raises(cohbuf.UnboundError, b.readinto, 0, bytearray(1))
            raises(cohbuf.UnboundError, b.copy, 0, PAGE, PAGE)
            same(raises(cohbuf.Error, cohbuf.open, memory).errno, 6)
        finally:
            fake.bind(memory)
        raises(cohbuf.UnboundError, b.check)
    cohbuf.open(memory).check()


def test_unbound_touch_is_sigbus(fake, memory):
    with cohbuf.open(memory) as b:
        view = memoryview(b)
        fake.unbind(memory)
        child = os.fork()
        if not child:
            os._exit(view[0])
        status = os.waitpid(child, 0)[1]
        fake.bind(memory)
        same((os.WIFSIGNALED(status), os.WTERMSIG(status)), (True, signal.SIGBUS))


def test_export_is_the_range(memory):
    with cohbuf.open(memory) as b:
        fd = b.export(PAGE, PAGE)
        b.write(PAGE, b"dma-buf")
        with mmap.mmap(fd, PAGE) as mapped:
            same(mapped[:7], b"dma-buf")
        os.close(fd)
        fd = b.export(PAGE, PAGE, writable=False)
        raises(PermissionError, mmap.mmap, fd, PAGE)
        os.close(fd)
        same(raises(cohbuf.Error, b.export, 1, PAGE).errno, 22)
    with cohbuf.open(memory, "r") as b:
        os.close(b.export())
        same(raises(cohbuf.Error, b.export, writable=True).errno, 9)
