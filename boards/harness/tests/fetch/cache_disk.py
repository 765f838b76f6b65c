# SPDX-License-Identifier: GPL-2.0-only
"""A part of archive_test: a cache on disks that are too small, or that cannot be made; and
how far a fetch to it is."""

import os
import re
import shlex

from fetching import apart, check_refused, ends, fetch, fetching, ran, says
from made_archive import HOST, deb, sign
from tap import check, expect

TERMINAL_LINE = "\r\x1b[K"


def add_big_tool(archive):
    deb(archive, "bookworm", "big-tool", "1.0", HOST,
        files={"usr/share/big": os.urandom(5_000_000)})
    sign(archive, "bookworm")


def fetch_on_a_disk_of(megabytes, work, hook=None):
    """At work/disk."""
    disk = work / "disk"
    disk.mkdir(exist_ok=True)
    mounted = apart('mount -t tmpfs -o "size=$1m" none "$2"; shift 2', str(megabytes), disk)
    return ran(*mounted, *fetching(disk / "big", "release", "big-tool"), HOOK=hook)


def check_disks(work):
    disk = work / "disk"
    check("archive.disk_that_is_large_enough", ends, fetch_on_a_disk_of(30, work), 0)
    check_refused("archive.disk_that_is_too_small", fetch_on_a_disk_of(8, work),
                  f"big-tool needs 1[0-9] MB, and the disk at {disk} has [3-8] MB free: "
                  ".*CACHE=DIR")
    check_refused("archive.disk_for_what_is_built",
                  fetch_on_a_disk_of(30, work, "disk_more=1000"), "big-tool needs 10[0-9][0-9] MB")
    # Somebody else fills it, after it was asked.
    filled = f"""disk_has() {{ head -c 20M /dev/zero > '{disk}/other' 2> /dev/null || true; }}
        debs_unpack() {{ die 'it went on'; }}"""
    check_refused("archive.disk_that_fills_up", fetch_on_a_disk_of(16, work, filled),
                  f"the disk at {disk} is full .*CACHE=DIR")


def check_caches(work):
    (work / "file").touch()
    check_refused("archive.cache_that_cannot_be_made",
                  ran(*fetching(work / "file/cache/tool", "release", "tool")),
                  f"the cache {work}/file/cache cannot be written: .*CACHE=DIR")
    check_refused("archive.no_home",
                  ran(*fetching("/.cache/cohbuf/tool", "release", "tool"), HOME=None),
                  "HOME is not set: .*CACHE=DIR")


def check_progress(work):
    ended = fetch(work, "release", "big-tool", "tool", PROGRESS_QUIET=0)
    check("archive.progress", ends, ended, 0)
    check("archive.progress_of_the_fetch", says, ended,
          "^cohbuf: big-tool tool: [0-9]+ %, [0-9] of 6 MB$")
    check("archive.progress_of_the_unpacking", says, ended,
          "^cohbuf: unpacking 3 packages: [0-9]+ %, [0-9] of 6 MB$")
    check("archive.progress_has_a_line_each_quarter_only", expect,
          ended.err.count(" of 6 MB") <= 4, ended.err)
    ended = fetch(work, "release", "big-tool")
    check("archive.progress_of_what_is_quick_is_not_told", ends, ended, 0)
    check("archive.progress_of_what_is_quick_is_two_lines", expect,
          ended.err.count("\n") == 2, ended.err)


def check_progress_on_a_terminal(work):
    command = shlex.join(map(str, fetching(work / "terminal/cache", "release", "big-tool")))
    ended = ran("script", "-qefc", command, work / "typescript", PROGRESS_QUIET=0)
    seen = (work / "typescript").read_bytes().decode()
    moves = re.escape(TERMINAL_LINE) + "cohbuf: big-tool: [0-9]* %, [0-9] of 6 MB"
    check("archive.progress_on_a_terminal", ends, ended, 0)
    check("archive.progress_on_a_terminal_is_a_line_that_moves", expect, re.search(moves, seen),
          repr(seen))
    check("archive.progress_on_a_terminal_goes_away", expect,
          seen.rpartition(TERMINAL_LINE)[2].startswith("\nScript done"), repr(seen))


def check_all(work, good):
    add_big_tool(good)
    check_disks(work)
    check_caches(work)
    check_progress(work)
    check_progress_on_a_terminal(work)
