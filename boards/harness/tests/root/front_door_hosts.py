# SPDX-License-Identifier: GPL-2.0-only
"""A part of front_door_test: machines that lack what the tools take, and goals that take no
tools."""

import re

from front_door import below, check_ends, check_one_line, make, run
from tap import check, expect

SMALL_DISK = "mount -t tmpfs -o size=50m none /mnt"
HAS = r"the disk at /mnt has \d* MB free, and "
# A limit of the user namespace that this makes, and of those below.
NO_NAMESPACES = ["unshare", "--map-user=1000", "--map-group=1000", "--keep-caps", "sh", "-c", """
    echo 0 > /proc/sys/user/max_user_namespaces &&
    exec setpriv --ambient-caps=-all --inh-caps=-all --bounding-set=-all "$@" """, "sh"]


def check_machines(at):
    check_one_line("front_door.cache_that_cannot_be_written", run(at, "CACHE=/proc/none"),
                   "/proc/none cannot be written: name another folder with CACHE=")
    check_one_line("front_door.board_that_is_not_there", run(at, "BOARD=nosuch"),
                   'there is no board "nosuch"; choose one with BOARD=: ')
    check_one_line("front_door.no_home",
                   make(at, "run", HOME=None, XDG_CACHE_HOME=None, CACHE=None),
                   "there is no HOME")
    no_programs = below("mount -t tmpfs -o noexec none /mnt && export TMPDIR=/mnt")
    check_ends("front_door.temporary_folder_without_programs", 0,
               run(at, "CMD=true", f"O={at.work}/out put", within=no_programs))
    check_one_line("front_door.no_room_for_the_tools",
                   make(at, "run", "CACHE=/mnt/cache", within=below(SMALL_DISK)),
                   rf"{HAS}the tools take \d* MB .*CACHE=")
    check_one_line("front_door.no_room_for_what_is_built",
                   make(at, "run", "O=/mnt/out", within=below(SMALL_DISK)),
                   rf"{HAS}what is built takes \d* MB .*O=")
    ran = make(at, "run", within=NO_NAMESPACES)
    check("front_door.no_namespaces_says_what_to_do", expect, ran.status != 0 and re.search(
        "^cohbuf: error: users of this machine may not .*: sudo sysctl -w "
        "user.max_user_namespaces=", ran.out, re.M), ran.out)


def check_no_cache(at):
    none = at.work / "none"
    for name, made, words in (("dry_run_fetches_nothing", "dry_run", ("-n", "run")),
                              ("help_needs_no_cache", "help", ("help",))):
        check_ends(f"front_door.{name}", 0, make(at, *words, CACHE=none))
        check(f"front_door.{made}_makes_no_cache", expect, not none.exists())


def check_all(at):
    check_machines(at)
    check_no_cache(at)
