# SPDX-License-Identifier: GPL-2.0-only
"""
What runs on each board of a farm: the programs that "make check" runs. They say what is
right in TAP, and that is all that counts here.
"""
import pytest
from tap.parser import Parser

# Seconds; the programs have limits of their own.
LIMIT = 900


def judge(command, run, record_property):
    """Run it, and fail with the lines that failed."""
    out, err, status = run(command, timeout=LIMIT)
    # A console shows progress as well, each time from the start of the line.
    out = [line.rsplit("\r", 1)[-1] for line in out]
    lines = list(Parser().parse_text("\n".join(out)))
    results = [line for line in lines if line.category == "test"]
    planned = sum(line.expected_tests for line in lines if line.category == "plan")
    bad = [line for line in results if not line.ok]
    skipped = sum(1 for line in results if line.skip)

    record_property("passed", len(results) - len(bad) - skipped)
    record_property("failed", len(bad))
    record_property("skipped", skipped)
    said = [f"not ok {line.number} {line.description}" for line in bad]
    if len(results) != planned or not planned:
        said.append(f"{len(results)} of {planned} tests ran")
    if status and not said:
        said.append(f"it ended with {status}")
    if said:
        pytest.fail("\n".join([f'"{command}":', *said, *out[-20:], *err[-30:]]), pytrace=False)


def test_suite(board, suite, record_property):
    judge(f"./all_test {suite}.", board.run, record_property)


def test_tool(board, record_property):
    judge("./cohbuf test mmapdemo --seconds 1", board.run, record_property)


def test_app(board):
    """The first text may be that of a run before."""
    out = board.run_check("./test_mmap && ./test_mmap", timeout=LIMIT)
    assert out[-2:] == ["Data read from kernel: Modified by user-space",
                        "Data written to shared memory."]
