#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""The Python module cohbuf, as TAP: with the fake driver, or with buffers that there are.

    PYTHONPATH=app/python:boards/harness/lib app/python/tests/cohbuf_test.py

With the fake (COHBUF_FAKE; python_test of the harness runs it so) the examples in the module's
own texts are run as well. Without, what needs it is skipped, and buffers are written to.
"""

import doctest
import importlib
import pkgutil
from pathlib import Path

import argument_tests
import array_tests
import call_tests
import cohbuf
import demo_tests
import handle_tests
import having
import memory_tests
import open_tests
import tap


def examples(module):
    """Those of its texts."""
    told = []
    tests = doctest.DocTestFinder(exclude_empty=True).find(module)
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS, verbose=False)
    for test in tests:
        runner.run(test, out=told.append)
    tap.expect(not runner.failures, *told)


def run_examples():
    """Of each part; of the whole, the names are those of the parts."""
    names = [part.name for part in pkgutil.iter_modules(cohbuf.__path__)]
    for name in ["cohbuf"] + [f"cohbuf.{name}" for name in sorted(names)]:
        module = importlib.import_module(name)
        if ">>>" in Path(module.__file__).read_text():
            tap.check(f"python.examples_of_{name}", examples, module)


if not cohbuf.names():
    tap.bail("there is no buffer here")
facts = {"fake": having.fake, "memory": having.MEMORY, "engine": having.ENGINE,
         "pool": having.POOL, "registers": having.REGISTERS, "numpy": memory_tests.np}
if having.fake and memory_tests.np:
    run_examples()
else:
    tap.skip("python.examples", "they are about buffers of the fake, and numpy")
if having.fake:
    having.fake.add("bare", 65536, dma_addr=None)
    having.fake.add("vmalloc", 65536, memory="vmalloc")
for tests in (open_tests, call_tests, argument_tests, memory_tests, handle_tests, array_tests,
              demo_tests):
    having.run(tests, facts)
tap.plan()
