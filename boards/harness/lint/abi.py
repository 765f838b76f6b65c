# SPDX-License-Identifier: GPL-2.0-only
"""Whether programs that were built with the library can go on with it: what it exports, and the
types of that, against what is recorded in app/lib/abi.
"""

import sys
import tempfile
from pathlib import Path

import tap
from contract import CROSS_OF, DEB_ARCH_OF, TOP

RECORDS = TOP / "app/lib/abi"
# All types that programs see are of the driver's ABI; that of the library alone is opaque.
PUBLIC = TOP / "driver/include/uapi"
RENEW = 'make tools-shell TOOLS=lint RUN="boards/harness/lint/lint abi renew"'


def record_of(arch):
    return RECORDS / f"libcohbuf-{DEB_ARCH_OF[arch]}.abi"


def described(arch, work):
    """As text of this tree's library: without a path or a line, and of types only what the
    headers show."""
    said = tap.run("make", "-s", "-C", TOP / "app", f"OUT={work}", f"CC={CROSS_OF[arch]}gcc",
                   "CPPFLAGS=", "CFLAGS=-g -O2", "LDFLAGS=", "library")
    shared = next(Path(work).glob("libcohbuf.so.*.*.*"), None)
    tap.expect(shared, said.said)
    return tap.run("abidw", "--no-corpus-path", "--no-comp-dir-path", "--no-show-locs",
                   "--type-id-style", "hash", "--drop-private-types", "--headers-dir", PUBLIC,
                   shared).out


def is_what_is_recorded(arch, work):
    new = Path(work, "new.abi")
    new.write_text(described(arch, work))
    ran = tap.run("abidiff", record_of(arch), new, status=None)
    tap.expect(not ran.status and not ran.said.strip(), ran.said,
               f"where that is meant, for a version that is not out yet: {RENEW}")


def renew():
    for arch in CROSS_OF:
        with tempfile.TemporaryDirectory() as work:
            record_of(arch).write_text(described(arch, work))


def abi(what=""):
    """Each function, and each type of one, is as it is recorded, and nothing is missing there."""
    if what:
        sys.exit(renew() if what == "renew" else "abi: renew, or nothing")
    for arch in CROSS_OF:
        with tempfile.TemporaryDirectory() as work:
            tap.check(f"abi.{arch}.is_what_is_recorded", is_what_is_recorded, arch, work)
