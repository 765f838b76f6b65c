# SPDX-License-Identifier: GPL-2.0-only
"""A part of front_door_test: a path that make is given is that of the same file inside, or
one line says that it cannot be."""

from front_door import check_one_line, make, run
from tap import check, expect

# A file that is there for the tools.
SEEN = {
    "file_of_another_folder": "SHARED/program",
    "file_by_a_path_out_of_the_tree": "../program",
    "file_of_the_tree": "program",
    "file_of_the_tree_by_another_path": "OWN/tree/program",
}
# A path in a folder that the tools have their own of: the variable, the goal, what is given.
OF_THE_TOOLS = (
    ("FILES", "run", "SHARED/program OWN/program"),
    ("DTBO", "run", "OWN/tree.dtbo"),
    ("KERNEL_SRC", "deploy", "OWN"),
    ("FARM", "farm", "OWN/program"),
    ("SSH", "deploy", "ssh -i OWN/program"),
    ("QEMU_EXTRA", "run", "-drive if=none,file=OWN/program"),
)


def make_files(at):
    for folder in at.own, at.tree, at.shared:
        (folder / "program").write_text("echo it is here\n")
    (at.shared / "link_to_own").symlink_to(at.own / "program")
    (at.own / "tree").symlink_to(at.tree)
    (at.own / "tree.dtbo").touch()


def check_no_board(at):
    """A board that says what it is, and that its user may not install."""
    ssh = at.shared / "ssh"
    ssh.write_text('#!/bin/sh\nprintf "release=6.1.0\\nmachine=aarch64\\n"\n')
    ssh.chmod(0o755)
    ran = make(at, "deploy", "HOST=board", f"SSH={ssh}")
    # Its status is make's own, which depends on what was built there before.
    check("front_door.board_that_was_not_given_is_none", expect,
          ran.status != 0 and "installing takes root" in ran.out, ran.out)


def check_all(at):
    def path(text):
        return text.replace("SHARED", str(at.shared)).replace("OWN", str(at.own))

    make_files(at)
    for name, file in SEEN.items():
        ran = run(at, f"FILES={path(file)}", "CMD=sh ./program")
        check(f"front_door.{name}", expect,
              ran.status == 0 and "it is here" in ran.out.splitlines(), ran.out)
    for variable, goal, value in OF_THE_TOOLS:
        check_one_line(f"front_door.{variable}_where_the_tools_have_their_own_is_one_line",
                       make(at, goal, "HOST=board", f"{variable}={path(value)}"),
                       f"{variable}: {at.own}[^ ]* is not there for the tools, which have their "
                       "own /var: put it into another place")
    check_one_line("front_door.link_to_what_the_tools_have_their_own_of_is_one_line",
                   run(at, f"FILES={at.shared}/link_to_own"), "which have their own /var")
    check_one_line("front_door.file_that_is_nowhere_is_one_line",
                   run(at, f"FILES={at.own}/none"), f"FILES: there is no {at.own}/none")
    check_no_board(at)
