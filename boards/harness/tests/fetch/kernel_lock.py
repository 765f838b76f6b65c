# SPDX-License-Identifier: GPL-2.0-only
"""A part of kernel_choice_test: boards/kernels/lock is written anew, in a tree with one board,
and compared with the archive."""

import re
import shutil

import tap
from kernel_fetch import HARNESS, SECONDS, said_once, takes
from made_archive import remove
from made_kernels import (ARCH, FLAVOUR, OTHER, SECURITY, add_kernel, add_newer_kernel, add_tools,
                          mirror, new_archive, security_of, sign_both)
from tap import check, expect

# In the tree.
UPDATE_KERNELS = ["boards/harness/fetch/update-kernels"]
LOCK = "boards/kernels/lock"


def make_tree(tree):
    boards = tree / "boards"
    shutil.copytree(HARNESS / "fetch", boards / "harness/fetch")
    for script in HARNESS.glob("*.sh"):
        shutil.copy(script, boards / "harness")
    for folder in "kernels", "emulated/some-board":
        (boards / folder).mkdir(parents=True)
    (tree / LOCK).touch()
    (boards / "kernels/none.mk").touch()
    (boards / "emulated/some-board/board.mk").write_text(
        f"BOARD_ARCH\t:= arm\nBOARD_KERNEL_PACKAGE\t:= linux-image-{FLAVOUR}\n")


def update(tree, archive, *arguments):
    return tap.run(*UPDATE_KERNELS, *arguments, cwd=tree, timeout=SECONDS,
                   env={"MIRROR": mirror(archive)})


def locks(tree, archive, version, pattern):
    """That version is in the lock, and a fetch has nothing to say."""
    said_once(update(tree, archive), pattern)
    lock = (tree / LOCK).read_text()
    expect(f"\nlinux-image-{FLAVOUR} {ARCH} bookworm {version}\n" in lock, lock)
    takes(archive, version, lock=tree / LOCK)


def compares(tree, archive, *patterns, nothing_else=False):
    """With the archive, as TAP."""
    said = update(tree, archive, "--check").out
    for pattern in patterns:
        expect(re.search(pattern, said, re.M), f"it does not say: {pattern}", said)
    expect(not nothing_else or "#" not in said, said)


def check_all(work):
    tree = work / "tree"
    make_tree(tree)
    archive = new_archive(work, "locked")
    security = security_of(archive)
    add_newer_kernel(archive)
    add_tools(archive, "bookworm", OTHER, "6.1.10-1")
    sign_both(archive)
    check("choice.the_lock_is_for_machines_of_all_kinds", locks, tree, archive, "6.1.10-1",
          f"has linux-image-armmp 6.1.20-1 for armhf, but linux-kbuild-6.1 for {OTHER} is "
          "6.1.10-1: taking 6.1.10-1")
    add_tools(security, SECURITY, OTHER, "6.1.20-1")
    sign_both(archive)
    check("choice.the_lock_moves_to_what_is_newest", locks, tree, archive, "6.1.20-1", "is new")
    check("choice.the_lock_is_as_the_archive", compares, tree, archive, "^ok 1 ")
    check("choice.the_lock_is_as_the_archive_and_nothing_is_said", compares, tree, archive,
          nothing_else=True)
    remove(security, SECURITY, "linux-image-6.1.0-2-armmp_")
    check("choice.what_is_only_listed_is_not_locked", locks, tree, archive, "6.1.10-1",
          "lists linux-image-6.1.0-2-armmp 6.1.20-1 for armhf, and does not have it")

    remove(archive, "bookworm", "linux-headers-6.1.0-1-armmp_")
    add_kernel(archive, "bookworm", "6.1.15-1", "6.1.0-15")
    add_tools(archive, "bookworm", OTHER, "6.1.15-1")
    sign_both(archive)
    check("choice.a_lock_that_is_behind_is_told_and_no_failure", compares, tree, archive,
          "^# the archive has no more linux-headers-6.1.0-1-armmp 6.1.10-1 for armhf")
    check("choice.as_there_is_another_set", compares, tree, archive, "^ok 1 ")
    remove(archive, "bookworm", "linux-source-6.1_")
    sign_both(archive)
    check("choice.where_no_set_is_whole_the_lock_fails", compares, tree, archive, "^not ok 1 ")
