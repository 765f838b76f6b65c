# SPDX-License-Identifier: GPL-2.0-only
"""What suites that replay a user's or a distribution's commands share: the commands of the
READMEs, the facts of a board that was built, copies of the tree, and what must come out.
"""

import os
import re
import shutil
import subprocess
import tempfile
import textwrap
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import tap

TOP = Path(__file__).resolve().parents[3]

# A make that started this is not to be seen by those that are tested.
for variable in "MAKEFLAGS", "MAKELEVEL", "MFLAGS":
    os.environ.pop(variable, None)

CROSS_OF = {"arm": "arm-linux-gnueabihf-", "arm64": "aarch64-linux-gnu-"}
DEB_ARCH_OF = {"arm": "armhf", "arm64": "arm64"}
MACHINE_OF = {"arm": "ARM", "arm64": "AArch64"}


@contextmanager
def work_folder(name):
    """A folder that is empty, and gone afterwards. It has the same path each time, as ccache
    knows a file by its path; another where two of that name are used at once."""
    folder = Path(tempfile.gettempdir(), f"cohbuf-{name}")
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        folder = Path(tempfile.mkdtemp())
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def board_env(build):
    """The variables of BUILD/board.env, which the Makefile wrote of board.mk."""
    lines = Path(build, "board.env").read_text()
    names = re.findall(r"^(\w+)=", lines, re.M)
    shell = "".join(f'printf "%s\\0" "${name}";' for name in names)
    said = subprocess.run(["sh", "-c", f'. "$1"; {shell}', "sh", f"{build}/board.env"],
                          check=True, capture_output=True, text=True)
    return dict(zip(names, said.stdout.split("\0")))


@dataclass
class Board:
    """An emulated board that "make board" made, and the kernel that it boots."""

    name: str
    build: Path
    arch: str
    deb_arch: str
    cross: str
    kernel: Path
    release: str
    headers: Path
    base_dtb: Path


def board_facts(build):
    """The Board in the folder BUILD."""
    build = Path(build).resolve()
    env = board_env(build)
    kernel, arch = Path(env["KERNEL"]).parent, env["BOARD_ARCH"]
    return Board(name=env["BOARD"], build=build, arch=arch, deb_arch=DEB_ARCH_OF[arch],
                 cross=CROSS_OF[arch], kernel=kernel,
                 release=(kernel / "release").read_text().strip(),
                 headers=(kernel / "headers").resolve(), base_dtb=build / "base.dtb")


def loadable_modules(board, folder, *modules):
    """Copy modules of the kernel's package, with what they need, into the folder, by names
    in an order that can be loaded."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    files, path = [], os.environ["PATH"] + ":/sbin:/usr/sbin"
    for module in modules:
        said = tap.run("modprobe", "-d", board.kernel / "root", "-S", board.release,
                       "--show-depends", module, env={"PATH": path})
        files += re.findall(r"^insmod (\S+)", said.out, re.M)
    for number, file in enumerate(dict.fromkeys(files), 10):
        shutil.copy(file, folder / f"{number}-{Path(file).name}")


def copy_tree(folder):
    """What a builder gets to see, in a new folder: no file that is built."""
    folder = Path(folder)
    shutil.rmtree(folder, ignore_errors=True)
    built = shutil.ignore_patterns("*.o", "*.ko", "*.cmd", "*.mod*", "Module.symvers", "*.d")
    for part in "app", "driver", "dts", "boards/harness/boot/guest":
        shutil.copytree(TOP / part, folder / part, symlinks=True, ignore=built)
    for licence in TOP.glob("COPYING*"):
        shutil.copy(licence, folder)
    for program in "cohbuf", "test_mmap":
        (folder / "app" / program).unlink(missing_ok=True)


def holds_module(board, folder):
    """One cohbuf.ko below the folder, for this kernel, found by udev; and one of configfs."""
    for name in "cohbuf_configfs.ko", "cohbuf.ko":
        found = list(Path(folder).rglob(f"{name}*"))
        tap.expect(len(found) == 1, f"not one {name} below {folder}: {found}")
    magic = tap.run("modinfo", "-F", "vermagic", found[0]).out
    tap.expect(magic.startswith(board.release + " "), f"it is not for {board.release}: {magic}")
    aliases = tap.run("modinfo", "-F", "alias", found[0]).out.split()
    tap.expect("of:N*T*Ccohbuf,buffer" in aliases, f"udev does not find it: {aliases}")


def built_for(board, file):
    """The file is a program for the board."""
    said = tap.run(board.cross + "readelf", "-h", file).out
    tap.expect(re.search(rf"Machine: *{MACHINE_OF[board.arch]}$", said, re.M), said)


def project_version():
    """As driver/version.h has it."""
    return tap.run("make", "-s", "-C", TOP / "app", "version").out.strip()


def group_of_rule():
    """The group that the udev rule gives the nodes to."""
    rules = (TOP / "app/install/60-cohbuf.rules").read_text()
    return re.search(r'GROUP="([^"]*)"', rules).group(1)


def readme_blocks(file, language="sh"):
    """The blocks of commands of a README, or those of another language, as texts."""
    text = (TOP / file).read_text()
    blocks = re.findall(rf"^ *```{language}\n(.*?)^ *```$", text, re.M | re.S)
    return [textwrap.dedent(block) for block in blocks]


def readme_commands(file, text):
    """The block of commands in FILE that has TEXT. Every block of a README has a suite that
    asks for it: see readme_test."""
    blocks = [block for block in readme_blocks(file) if text in block]
    tap.expect(blocks, f"{file} has no block of commands with: {text}")
    return "".join(blocks)
