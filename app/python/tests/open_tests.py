# SPDX-License-Identifier: GPL-2.0-only
"""Buffers that are found, opened and taken over; with which words that fails."""

import errno
import os
import pickle
import socket
from unittest import mock

import cohbuf
from cohbuf import Flag, Memory
from having import raises, same


def test_names_are_in_order(fake):
    same(cohbuf.names(), ["bare", "frames", "pool", "timer", "vmalloc"])


def test_each_way_finds_the_same(fake, memory):
    same(cohbuf.find(memory), memory)
    same(cohbuf.find(f"/dev/{memory}"), memory)
    same(cohbuf.find_node("/soc/frames"), "frames")
    same(cohbuf.open_node("/soc/frames", "r").name, "frames")
    raises(cohbuf.NotFoundError, cohbuf.find, "/dev/none")
    raises(cohbuf.UnsupportedError, cohbuf.find, "/dev/null")
    raises(cohbuf.NotFoundError, cohbuf.open_node, "/soc/none")
    raises(ValueError, cohbuf.open_node, "/soc/frames", "rb")
    same(raises(cohbuf.Error, cohbuf.find_node, "soc").errno, errno.EINVAL)


def test_open_node_is_of_the_node(fake):
    """Its device may be bound anew after somebody has looked for it, by another name."""
    def look(node, name):
        name.value = b"bare"
        return 0

    with mock.patch.object(cohbuf._library.lib, "cohbuf_find_node", look):
        same(cohbuf.open_node("/soc/frames").name, "frames")


def test_attribute_is_that_of_sysfs(memory):
    with cohbuf.open(memory) as b:
        same(b.attribute("size"), str(b.info.size))
        same(cohbuf.attribute(memory, "memory"), b.info.memory.name.lower())
        raises(cohbuf.NotFoundError, b.attribute, "none")
    raises(ValueError, b.attribute, "size")
    raises(cohbuf.NotFoundError, cohbuf.attribute, memory, "none")


def test_attribute_is_not_of_another_one(fake, memory, pool):
    with cohbuf.open(pool) as p, p.alloc(1) as pooled:
        same(p.attribute("size"), str(p.info.size))
        raises(ValueError, pooled.attribute, "size")
    with cohbuf.open(memory) as b:
        fake.unbind(memory)
        fake.bind(memory)
        raises(cohbuf.UnboundError, b.attribute, "size")


def test_info(fake):
    flags = Flag.ENGINE | Flag.DMA_ADDR
    same(cohbuf.open("frames").info,
         cohbuf.Info("frames", 1 << 20, Memory.CACHED, flags, 0x40000000, 32, 64))
    same(cohbuf.open("vmalloc").info,
         cohbuf.Info("vmalloc", 65536, Memory.VMALLOC, Flag(0), None, 0, 0))
    same(cohbuf.open("bare").info.dma_addr, None)
    same(cohbuf.open("timer").info.flags, Flag.INTERRUPT)
    same(cohbuf.open("pool").info.flags, Flag.POOL)


def test_repr_says_what_it_is(fake):
    with cohbuf.open("frames") as b:
        same(repr(b), "<MappedBuffer 'frames', 1048576 bytes>")
    same(repr(b), "<MappedBuffer 'frames', 1048576 bytes, closed>")


def test_mode_is_one_of_three(memory):
    raises(ValueError, cohbuf.open, memory, "rb")


def test_open_says_what_to_do(fake):
    error = raises(cohbuf.NotFoundError, cohbuf.open, "none")
    same((error.errno, error.strerror), (errno.ENOENT, os.strerror(errno.ENOENT)))
    same(str(error), f'cannot open "none": {error.strerror}: {error.remedy}')
    same("cohbuf list" in error.remedy, True)
    same(isinstance(error, FileNotFoundError) and isinstance(error, cohbuf.Error), True)
    again = pickle.loads(pickle.dumps(error))
    same((type(again), str(again), again.remedy), (type(error), str(error), error.remedy))
    raises(cohbuf.UnsupportedError, cohbuf.open, "null")


def test_open_without_the_right(fake):
    fake.forbid("bare", 0o400)
    error = raises(cohbuf.AccessError, cohbuf.open, "bare")
    same(isinstance(error, PermissionError), True)
    cohbuf.open("bare", "r").close()
    fake.forbid("bare", 0o600)


def test_from_fd_has_the_rights_of_the_file(memory):
    with cohbuf.from_fd(os.open(f"/dev/{memory}", os.O_RDONLY)) as b:
        same((b.name, memoryview(b).readonly), (memory, True))
        fd = b.fileno()
    same(raises(OSError, os.fstat, fd).errno, errno.EBADF)
    with open("/dev/null", "rb") as other:
        raises(cohbuf.UnsupportedError, cohbuf.from_fd, other.fileno())
        os.fstat(other.fileno())
    same(raises(cohbuf.Error, cohbuf.from_fd, 9999).errno, errno.EBADF)


def open_files():
    return sorted(os.listdir("/proc/self/fd"))


def test_from_fd_that_fails_leaves_the_file(fake):
    before = open_files()
    fd = os.open("/dev/frames", os.O_RDWR)
    fake.fail("mmap", errno.EMFILE)
    same(raises(cohbuf.Error, cohbuf.from_fd, fd).errno, errno.EMFILE)
    os.fstat(fd)
    raises(ValueError, cohbuf.from_fd, (1 << 32) + fd)
    with cohbuf.from_fd(fd) as b:
        raises(OSError, os.fstat, fd)
        same(os.get_inheritable(b.fileno()), False)
    del b
    with open("/dev/null", "rb") as other:
        error = raises(cohbuf.UnsupportedError, cohbuf.from_fd, other.fileno())
        same(f"the file {other.fileno()}:" in str(error), True)
    same(open_files(), before)


def test_from_fd_with_no_file_left(fake):
    fd = os.open("/dev/frames", os.O_RDWR)
    with mock.patch("fcntl.fcntl", side_effect=[os.O_RDWR, OSError(errno.EMFILE, "")]):
        error = raises(cohbuf.Error, cohbuf.from_fd, fd)
    same((error.errno, "ulimit" in error.remedy), (errno.EMFILE, True))
    os.close(fd)


def test_from_fd_keeps_what_execve_closes(memory):
    fd = os.open(f"/dev/{memory}", os.O_RDONLY)
    os.set_inheritable(fd, True)
    with cohbuf.from_fd(fd) as b:
        same(os.get_inheritable(b.fileno()), True)


def test_from_fd_of_one_that_was_sent(pool):
    ours, theirs = socket.socketpair()
    with cohbuf.open(pool) as p, p.alloc(1) as b, ours, theirs:
        b[0:4] = b"sent"
        socket.send_fds(ours, [b"x"], [b.fileno()])
        fd = socket.recv_fds(theirs, 1, 1)[1][0]
        with cohbuf.from_fd(fd) as sent:
            same((sent[0:4], sent.info.flags & Flag.POOLED), (b"sent", Flag.POOLED))


def test_version_is_that_of_the_library():
    same(cohbuf.__version__, cohbuf.version())
    same(cohbuf.version().count("."), 2)
