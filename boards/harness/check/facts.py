# SPDX-License-Identifier: GPL-2.0-only
"""What the table of suites asks of the boards that are tested: the words of its column ON,
and the names in braces of its commands.
"""

import os
import time
from fnmatch import fnmatch
from pathlib import Path

from contract import TOP, board_env
from say import die

# Boot options of Debian's stock kernels that turn a use of freed memory into a line in the
# log: poisoned slab objects, with sanity checks. And the one that makes an account of who
# allocated what, which is a quarter slower. A .mk of boards/kernels may have others.
CHECKS, ACCOUNT = "slub_debug=FZP", "slub_debug=FZPU"


class Board:
    """One board that was built: OUT/BOARD, as "make board tests BOARD=BOARD" makes it."""

    def __init__(self, out, name):
        self.name, self.build = name, out / name
        if not (self.build / "board.env").exists():
            die(f"there is no {self.build}: run make board tests BOARD={name}")
        self.env = board_env(self.build)
        self.arch = self.env["BOARD_ARCH"]
        self.kernel = Path(self.env["KERNEL"]).parent
        self.kernel_name = self.env.get("KERNEL_NAME", "")
        self.checkers = self.env.get("KERNEL_SUITES", "").split()
        self.own_trees = TOP / "boards/emulated" / name / "refused"

    def says(self, variable, value="yes"):
        """Does its board.mk, or its kernel's .mk, say so?"""
        return self.env.get(variable) == value

    @property
    def is_reference(self):
        return self.says("BOARD_IS_REFERENCE")

    @property
    def is_stock(self):
        """Does it boot the board's own kernel?"""
        return not self.kernel_name

    @property
    def is_slow(self):
        """Is it the 32-bit board, or a kernel of the matrix?"""
        return os.environ.get("STRESS") == "short" or self.arch == "arm"

    def tree(self):
        """Its devicetree and its overlays, as "lint binding" wants them."""
        base = self.build / "base.dtb"
        if not base.exists():
            die(f"there is no {self.build}: run make dtbs BOARD={self.name}")
        return f"{self.name}={base}:{self.env['BOARD_OVERLAYS'].replace(' ', ',')}"

    def wrong_overlays(self):
        """With the nodes that the driver must refuse; without those that say that this
        kernel does not survive them."""
        release = ".".join((self.kernel / "release").read_text().split(".")[:2])
        breaks = [f"// breaks: {release} ", f"// breaks: {release}/{self.arch} "]
        files = [file for folder in ("bad", "refused")
                 for file in sorted((TOP / "dts" / folder).glob("*.dtso"))]
        return [f"{self.build}/{file.parent.name}/{file.stem}.dtbo" for file in files
                if not any(line.startswith(start) for line in file.read_text().splitlines()
                           for start in breaks)]


def words_of(board, boards):
    """The words of the column ON that are true of a board, among those that are tested."""
    beside = not board.is_reference and any(
        other.is_reference and other.arch == board.arch for other in boards)
    once = not (board.arch == "arm" and board.is_stock)
    facts = {
        "each": True, "reference": board.is_reference, "beside": beside,
        "alone": not board.is_reference and not beside,
        "once": once, "slow": board.is_slow,
        "32-bit": board.says("BOARD_RUNS_32_BIT"),
        "engine": not board.says("BOARD_ENGINE_STUCK"),
        "kunit": (board.build / "driver/cohbuf_kunit.ko").exists(),
        "checkers": bool(board.checkers), "own-trees": board.own_trees.is_dir(),
        "arm64": board.arch == "arm64", "stock": board.is_stock,
        "raspberrypi": fnmatch(board.name, "raspi*"),
    }
    return {word for word, true in facts.items() if true} | {
        f"kernel:{suite}" for suite in board.checkers}


def words_of_tree(kind, boards):
    """The same for a suite of the whole tree: KIND, and the words with "with:"."""
    words = {kind} if all(board.is_stock for board in boards) else set()
    return words | {word for word, true in (
        ("with:reference", any(board.is_reference for board in boards)),
        ("with:arm", bool(kernels_of(boards)))) if true}


def names_of(board, variant):
    """What stands in braces in the command of a board's suite; a function is called where a
    command has it."""
    slower = board.env.get("KERNEL_SLOWER", "1")
    compat = variant == "32-bit"
    few = board.checkers or compat or os.environ.get("FEW_BUFFERS", "0") not in ("", "0")
    return {
        "build": board.build, "board": board.name, "slower": slower,
        "programs": board.build / ("compat" if compat else "app"),
        "all_test": f"./all_test -t {slower}",
        "few": "COHBUF_FEW_BUFFERS=1 " if few else "",
        "poison": ("" if compat or (board.is_slow and not board.checkers)
                   else "page_poison=1"),
        "demo_program": [board.build / "compat/test_mmap"] if compat else [],
        "own_trees": board.own_trees.relative_to(TOP),
        "own_overlays": " ".join(f"{board.build}/board/refused/{file.stem}.dtbo"
                                 for file in sorted(board.own_trees.glob("*.dtso"))),
        "wrong_overlays": lambda: " ".join(board.wrong_overlays()),
        "seed": os.environ.get("SEED") or 1,
        "nodes": os.environ.get("NODES") or (75 if board.checkers else 150),
        "unlabelled": 100 if board.checkers else 400,
        "pools": 10 if board.checkers else 40,
        "unbinds": os.environ.get("UNBINDS") or 48,
        "fuzz_seconds": os.environ.get("FUZZ_SECONDS") or 120,
        "fuzz_seed": os.environ.get("FUZZ_SEED") or int(time.time()),
    }


def names_of_tree(out, boards):
    """The same of a suite of the whole tree. What is packaged is for Arm."""
    of_arch = {}
    for board in boards:
        of_arch.setdefault(board.arch, board.build)
    references = [board for board in boards if board.is_reference]
    kernel = boards[0].env if boards else {}
    checks = f"{kernel.get('KERNEL_CHECKS', CHECKS)} {os.environ.get('APPEND', '')}"
    return {
        "checks": checks.strip(), "account": kernel.get("KERNEL_ACCOUNT", ACCOUNT),
        "out": out, "kernels": kernels_of(boards), "trees": trees_of(out, boards),
        "of_arch": [build for arch, build in of_arch.items() if arch in ("arm", "arm64")],
        "reference": references[-1].build if references else "",
        "reference_name": references[-1].name if references else "",
    }


def kernels_of(boards):
    """Folders of the kernels of Arm boards, each once."""
    return list(dict.fromkeys(b.kernel for b in boards if b.arch in ("arm", "arm64")))


def trees_of(out, boards):
    """The first takes the overlays that are written for QEMU virt: it is there whatever
    boards are tested, as check.mk builds it."""
    virt = "qemu-virt-arm64"
    if not boards or not (out / virt / "board.env").exists():
        return []
    return [Board(out, virt).tree()] + [board.tree() for board in boards if board.name != virt]
