# SPDX-License-Identifier: GPL-2.0-only
"""Buffers that are handed over, copied in, waited for; registers; what goes wrong meanwhile."""

import ctypes
import errno
import os
import select
import signal
import threading
import time

import cohbuf
from cohbuf import Direction
from having import calls, interrupt, raises, same

try:
    import numpy as np
except ImportError:
    np = None


def test_sync_says_which_range(fake, memory):
    with cohbuf.open(memory) as b:
        calls("sync")
        b.sync_for_device()
        b.sync_for_cpu(64, 128, Direction.FROM_DEVICE)
        b.sync_for_device(b.info.size - 64, direction=Direction.TO_DEVICE)
        same(calls("sync"), [f"sync {memory} 0 {b.info.size} 0 2 = 0",
                             f"sync {memory} 64 128 2 1 = 0",
                             f"sync {memory} {b.info.size - 64} 64 1 2 = 0"])


def test_sync_refuses(memory):
    with cohbuf.open(memory) as b:
        same(raises(cohbuf.Error, b.sync_for_cpu, 0, b.info.size + 1).errno, errno.ENXIO)
        same(raises(cohbuf.Error, b.sync_for_device, 0, 0).errno, errno.EINVAL)
        raises(ValueError, b.sync_for_device, -1)
        raises(ValueError, b.sync_for_device, 0, -1)
    with cohbuf.open(memory, "r") as b:
        b.sync_for_device(direction=Direction.TO_DEVICE)
        same(raises(cohbuf.Error, b.sync_for_cpu).errno, errno.EBADF)


def test_copy_moves_the_bytes(engine):
    with cohbuf.open(engine) as b:
        half = b.info.size // 2
        b[0:half] = os.urandom(half)
        done = b.copy(half, 0, half, timeout_ms=10000)
        same(b[half:half * 2], b[0:half])
        same((done.engine, done.transfers > 0, done.duration_ns > 0),
             (b.attribute("engine"), True, True))
        same(raises(cohbuf.Error, b.copy, 0, 0, 64).errno, errno.EINVAL)
        same(raises(cohbuf.Error, b.copy, 0, b.info.size, 64).errno, errno.ENXIO)
        raises(ValueError, b.copy, -1, 0, 64)


def test_copy_has_its_time_limit(fake, engine):
    with cohbuf.open(engine) as b:
        calls("copy")
        fake.fail("copy", errno.ETIMEDOUT)
        error = raises(cohbuf.TimedOutError, b.copy, 4096, 0, 64, timeout_ms=50)
        same(isinstance(error, TimeoutError), True)
        same(calls("copy"), [f"copy {engine} 0 4096 64 50 = ETIMEDOUT"])


def test_copy_goes_on_after_a_signal(fake, engine):
    with cohbuf.open(engine) as b:
        calls("copy")
        fake.fail("copy", errno.EINTR)
        same(b.copy(4096, 0, 64).transfers, 1)
        same([line.split(" = ")[1] for line in calls("copy")], ["EINTR", "0"])


def test_handler_leaves_no_errno_behind(fake):
    """It comes between a call that a signal ended, and the look at its errno."""
    results = [-1, 7]

    def ended():
        ctypes.set_errno(errno.EINTR)
        raises(cohbuf.NotFoundError, cohbuf.find, "none")
        return results.pop(0)

    same(cohbuf._errors.call(ended), 7)


def find(path):
    """Without a look at what goes wrong."""
    return cohbuf._library.lib.cohbuf_find(path, ctypes.create_string_buffer(32))


def test_handler_leaves_no_words_behind(fake):
    """Two come between a call that fails and the look at its words, one between those two."""
    def fails(path, then):
        raises(cohbuf.NotFoundError, cohbuf.find, "before")
        result = find(path)
        then()
        return result

    def within():
        raises(cohbuf.NotFoundError, cohbuf.find, "first")
        error = raises(cohbuf.UnsupportedError, cohbuf._errors.call, fails, b"/dev/zero",
                       lambda: raises(cohbuf.NotFoundError, cohbuf.find, "second"))
        same("/dev/zero" in str(error), True)

    error = raises(cohbuf.UnsupportedError, cohbuf._errors.call, fails, b"/dev/null", within)
    same(("/dev/null" in str(error), "no cohbuf buffer" in error.remedy), (True, True))
    same("none" in str(raises(cohbuf.NotFoundError, cohbuf.find, "none")), True)


def test_signals_leave_errno_and_words_as_they_are(fake, memory):
    def fail(*_):
        raises(cohbuf.NotFoundError, cohbuf.find, "none")

    signal.signal(signal.SIGALRM, fail)
    signal.setitimer(signal.ITIMER_REAL, 1e-3, 1e-3)
    try:
        with cohbuf.open(memory) as b:
            end = time.monotonic() + 0.3
            while time.monotonic() < end:
                error = raises(cohbuf.Error, b.read, b.info.size, 1)
                same((error.errno, "cannot read 1 bytes" in str(error)), (errno.ENXIO, True))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)


def test_copy_without_an_engine(fake):
    raises(cohbuf.UnsupportedError, cohbuf.open("bare").copy, 4096, 0, 64)


def test_events_are_counted(memory):
    with cohbuf.open(memory) as b, b.events() as one, b.events() as two:
        one.post(3)
        two.post()
        same((one.wait(1), two.wait(1), one.wait(0)), (4, 4, 0))
        same(select.select([one], [], [], 0)[0], [])
        one.post()
        same(select.select([one], [], [], 0)[0], [one])
        same(raises(cohbuf.Error, one.post, 0).errno, errno.EINVAL)
    raises(ValueError, one.wait)
    raises(ValueError, one.fileno)
    with cohbuf.open(memory, "r") as b, b.events() as events:
        same(raises(cohbuf.Error, events.post).errno, errno.EBADF)


def test_wait_ends_when_its_time_is_over(memory):
    with cohbuf.open(memory) as b, b.events() as events:
        start = time.monotonic()
        same(events.wait(0.05), 0)
        same(0.05 <= time.monotonic() - start < 5, True)


def test_wait_goes_on_where_another_thread_was_faster(memory):
    with cohbuf.open(memory) as b, b.events() as events:
        counts = [0, 5]
        events._wait_once = lambda seconds: counts.pop(0)
        same(events.wait(60), 5)


def test_wait_lets_other_threads_run(memory):
    with cohbuf.open(memory) as b, b.events() as events:
        thread = threading.Thread(target=events.post, args=(7,))
        signal.setitimer(signal.ITIMER_REAL, 30)
        thread.start()
        same(events.wait(), 7)
        thread.join()
        signal.setitimer(signal.ITIMER_REAL, 0)


def after_a_signal(handler, function):
    """Of a program that handles it while it waits."""
    signal.signal(signal.SIGALRM, handler)
    signal.setitimer(signal.ITIMER_REAL, 0.05)
    try:
        return function()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)


def test_wait_goes_on_after_a_signal(memory):
    with cohbuf.open(memory) as b, b.events() as events:
        same(after_a_signal(lambda *_: events.post(2), events.wait), 2)


def test_wait_ends_by_what_a_handler_raises(memory):
    def give_up(*_):
        raise KeyError("given up")

    with cohbuf.open(memory) as b, b.events() as events:
        raises(KeyError, after_a_signal, give_up, events.wait)


def test_wait_ends_with_the_unbind(fake, memory):
    with cohbuf.open(memory) as b, b.events() as events:
        events.post()
        thread = threading.Timer(0.05, fake.unbind, [memory])
        same(events.wait(), 1)
        thread.start()
        raises(cohbuf.UnboundError, events.wait, 60)
        thread.join()
        fake.bind(memory)


def test_interrupts_are_let_through_one_by_one(fake, registers):
    with cohbuf.open(registers) as b, b.interrupts() as interrupts:
        interrupt(registers)
        same(interrupts.wait(0), 0)
        interrupts.post()
        interrupt(registers)
        interrupt(registers)
        same((interrupts.wait(1), interrupts.wait(0)), (1, 0))
        same(raises(cohbuf.Error, interrupts.post, 2).errno, errno.EINVAL)
    raises(cohbuf.UnsupportedError, cohbuf.open("frames").interrupts)


def test_registers_are_read_by_one_access(fake, registers):
    with cohbuf.open(registers) as b:
        calls("read")
        b.write(8, 0x11223344)
        same((b.read(8), b.read(8, 2), b.read(8, 1), b.read(8, 8)),
             (0x11223344, 0x3344, 0x44, 0x11223344))
        same(calls("read"), [f"read {registers} 8 {width} = 0" for width in (4, 2, 1, 8)])
        b.write(8, -1, 2)
        same(b.read(8), 0x1122ffff)
        b.write(8, 0xfffffffe)
        same(b.read(8), 0xfffffffe)
        same(raises(cohbuf.Error, b.read, 2).errno, errno.EINVAL)
        same(raises(cohbuf.Error, b.read, 0, 3).errno, errno.EINVAL)
        raises(OverflowError, b.write, 8, 0x10000, 2)


def test_registers_are_no_bytes(fake, registers):
    with cohbuf.open(registers) as b:
        fake.calls()
        raises(TypeError, memoryview, b)
        raises(TypeError, b.map)
        raises(TypeError, b.map, 0, 64)
        for width in (0, -1):
            raises(ValueError, b.read, 0, width)
            raises(ValueError, b.write, 0, 0, width)
        same(fake.calls(), [])


def test_registers_take_numbers_of_numpy(registers, numpy):
    with cohbuf.open(registers) as b:
        b.write(np.int64(8), np.uint32(5), np.int32(4))
        same(b.read(np.int64(8), np.int32(4)), 5)
        raises(TypeError, b.write, 8, 5.0)
