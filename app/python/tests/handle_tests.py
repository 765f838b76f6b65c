# SPDX-License-Identifier: GPL-2.0-only
"""When a buffer is closed: once, after the last use, whatever comes in between."""

import os
import sys
import threading
from contextlib import contextmanager
from unittest import mock

import cohbuf
from cohbuf import _events, _handle
from having import raises, same

LIBRARY = cohbuf._library.lib


def at_each_step(module, make, use, handler):
    """Uses new things that are made, each of them with the handler at another step of the module,
    as of Python 3.9 a signal's can be; until there are no more steps."""
    step, steps = 0, 0
    while step <= steps:
        thing, step, steps = make(), step + 1, 0

        def come_in(frame, event, _, step=step, thing=thing):
            nonlocal steps
            if frame.f_code.co_filename != module.__file__:
                return None
            frame.f_trace_opcodes = True
            steps += event == "opcode"
            if event == "opcode" and steps == step:
                handler(thing)
            return come_in

        sys.settrace(come_in)
        try:
            use(thing)
        finally:
            sys.settrace(None)
    same(steps > 10, True)


@contextmanager
def closed_pointers():
    """Those that the library was to close."""
    closed = []
    with mock.patch.object(LIBRARY, "cohbuf_close", closed.append):
        yield closed


def use_and_close(handle, closed):
    try:
        with handle as pointer:
            same(pointer in closed, False)
    except ValueError:
        same(handle.closed, True)
    handle.close()


def test_handler_that_closes_comes_at_any_step():
    pointers = iter(range(1, 1000))
    with closed_pointers() as closed:
        at_each_step(_handle, lambda: _handle.Handle(next(pointers)),
                     lambda handle: use_and_close(handle, closed), _handle.Handle.close)
        same(closed, list(range(1, next(pointers))))


def test_handler_that_uses_comes_at_any_step():
    def look(handle):
        try:
            with handle as pointer:
                same(pointer in closed, False)
        except ValueError:
            same(handle.closed, True)

    pointers = iter(range(1, 1000))
    with closed_pointers() as closed:
        at_each_step(_handle, lambda: _handle.Handle(next(pointers)),
                     lambda handle: use_and_close(handle, closed), look)
        same(closed, list(range(1, next(pointers))))


def test_handler_that_closes_events_comes_at_any_step():
    numbers = iter(range(1000, 2000))
    with mock.patch.object(os, "close") as close:
        at_each_step(_events, lambda: _events.Events(next(numbers)), _events.Events.close,
                     _events.Events.close)
        same([call.args[0] for call in close.call_args_list], list(range(1000, next(numbers))))


def test_close_waits_for_nobody(memory):
    """A thread that waits inside of a call does not lose the buffer's memory."""
    b = cohbuf.open(memory)
    with another_inside(b) as end:
        fd = b.fileno()
        b.close()
        b.close()
        raises(ValueError, b.check)
        os.fstat(fd)
        end()
        same(raises(OSError, os.fstat, fd).errno, 9)


@contextmanager
def another_inside(buffer):
    """A thread is in a call, until the function that this gives is called."""
    inside, done = threading.Event(), threading.Event()

    def use():
        with buffer._handle as pointer:
            inside.set()
            done.wait()
            # What another thread closed would be free by now.
            same(LIBRARY.cohbuf_check(pointer), 0)

    def end():
        done.set()
        thread.join()

    thread = threading.Thread(target=use)
    thread.start()
    inside.wait()
    try:
        yield end
    finally:
        end()


def status_of_child(function):
    """0 where it does not raise there."""
    child = os.fork()
    if not child:
        status = 1
        try:
            function()
            status = 0
        finally:
            os._exit(status)
    return os.waitpid(child, 0)[1]


def is_closed_for_good(fd):
    same(raises(OSError, os.fstat, fd).errno, 9)


def test_child_closes_what_other_threads_used(memory):
    with cohbuf.open(memory) as b, another_inside(b):
        fd = b.fileno()

        def child():
            b.check()
            b.close()
            is_closed_for_good(fd)

        same(status_of_child(child), 0)
        b.check()


def test_child_has_nothing_that_was_closed_before(memory):
    b = cohbuf.open(memory)
    with another_inside(b):
        fd = b.fileno()
        b.close()
        same(status_of_child(lambda: is_closed_for_good(fd)), 0)
        os.fstat(fd)


def test_child_goes_on_with_its_own_call(memory):
    with cohbuf.open(memory) as b, another_inside(b):
        fd = b.fileno()

        def child():
            b.close()
            os.fstat(fd)
            handle.__exit__()
            is_closed_for_good(fd)

        handle = b._handle
        with handle:
            same(status_of_child(child), 0)
