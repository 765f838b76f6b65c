# SPDX-License-Identifier: GPL-2.0-only
"""What the parts of front_door_test share: make as a user has it, outside of the tools' root,
and tests of what it says."""

import contextlib
import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import tap
from tap import check, expect

TOP = Path(__file__).resolve().parents[4]
SECONDS = 600
# This is the tools' root, which a make in the tree is not to know.
OF_THE_ROOT = ("MAKELEVEL", "MFLAGS", "APPEND", "O", "BOARD", "COHBUF_ARCHIVE",
               "COHBUF_ARCHIVE_SECURITY", "COHBUF_ARCHIVE_SETTINGS")


@dataclass
class Place:
    """Folders: one to work in, and two of which the root below has its own, and the same. In
    the second is a copy of the tree, in a folder whose path has what shells, make and QEMU
    read."""

    board: str
    cache: Path
    machine: str
    work: Path
    own: Path
    shared: Path

    @property
    def tree(self):
        return self.shared / "an engineer's: a, b"


@contextlib.contextmanager
def place(board):
    """What is built for the board is in the cache."""
    for name in OF_THE_ROOT:
        os.environ.pop(name, None)
    os.environ["MAKEFLAGS"] = " -- COHBUF_ROOT="
    said = tap.run("bash", "-euc", """
        . boards/harness/say.sh; . boards/harness/root/cache.sh
        cache_folder
        printf '%s\\n' "$cache" "$(machine_architecture)" """, cwd=TOP).out
    cache, machine = said.splitlines()
    os.environ["CACHE"] = cache
    with tempfile.TemporaryDirectory() as work, \
            tempfile.TemporaryDirectory(prefix="cohbuf-own.", dir="/var/tmp") as own, \
            tempfile.TemporaryDirectory(prefix="cohbuf-shared.", dir="/tmp") as shared:
        made = Place(board, Path(cache), machine, Path(work), Path(own), Path(shared))
        copy_tree(made.tree)
        yield made


def copy_tree(folder):
    """As it is now."""
    files = tap.run("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", cwd=TOP)
    for file in files.out.split("\0")[:-1]:
        if (TOP / file).exists():
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(TOP / file, folder / file, follow_symlinks=False)


def make(place, *words, within=(), folder=None, **env):
    """In the tree, or in another folder; within begins the command. All of what it says is
    in out."""
    return tap.run(*within, "make", *words, cwd=folder or place.tree, env=env, status=None,
                   timeout=SECONDS, stderr=subprocess.STDOUT)


def run(place, *words, **options):
    return make(place, "run", f"BOARD={place.board}", *words, **options)


def below(script):
    """The beginning of a command, in a namespace with mounts that a script makes."""
    return ["unshare", "--map-root-user", "--mount", "sh", "-c", f'{script} && exec "$@"', "sh"]


def check_ends(name, status, ran):
    check(name, expect, ran.status == status, f"exit status {ran.status}, not {status}", ran.out)


def check_last_word(name, ran, pattern):
    check(name, expect, re.search(pattern, tap.last_line(ran.out)), ran.out)


def check_one_line(name, ran, pattern):
    """An error of one line, before any work, and not followed by make's own."""
    check(name, expect, ran.status != 0 and ran.out.count("\n") == 1
          and re.search(f"^cohbuf: error: .*{pattern}", ran.out), ran.status, ran.out)


def check_there(name, *files):
    check(name, expect, all(file.exists() for file in files), *files)
