# SPDX-License-Identifier: GPL-2.0-only
"""The demo in Python: what goes wrong is one line."""

import errno
import subprocess
import sys
from pathlib import Path

from having import same

RING = Path(__file__).resolve().parents[2] / "demos/ring.py"


def line_of(*arguments):
    ran = subprocess.run([sys.executable, RING, *arguments], capture_output=True, text=True,
                         timeout=60, check=False)
    lines = ran.stderr.splitlines()
    same((ran.returncode, ran.stdout, len(lines)), (1, "", 1))
    same(lines[0].startswith("ring: "), True)
    return lines[0]


def test_ring_goes_round(fake):
    ran = subprocess.run([sys.executable, RING, "frames"], capture_output=True, text=True,
                         timeout=60, check=False)
    same((ran.returncode, ran.stderr, len(ran.stdout.splitlines())), (0, "", 3))


def test_ring_takes_memory(fake):
    fake.add("small", 4096)
    for name in ("timer", "pool", "small"):
        same(f'"{name}" is no memory' in line_of(name), True)
    same('cannot open "none"' in line_of("none"), True)
    same("names no DMA controller" in line_of("bare"), True)


def test_ring_tells_what_ended_its_thread(fake):
    fake.fail("sync", errno.EINVAL)
    same("handing over 256 bytes" in line_of("frames"), True)
