# SPDX-License-Identifier: GPL-2.0-only
"""A part of kernel_choice_test: real modules for real headers, in a folder that these were
not made in, on a kernel that has no 32-bit x86."""

import tempfile
from pathlib import Path

import contract
import tap
from made_archive import HOST
from tap import check, expect

HERE = Path(__file__).resolve().parent
SECONDS = 120
# By a part of a kernel's release.
ARCH_OF = {"-armmp": "arm", "-arm64": "arm64"}
# Of elf.h, where it is in a header: bytes 18 and 19.
EM_386 = b"\3\0"
MODULE = """
#include <linux/module.h>
#include <linux/of.h>
static const struct of_device_id hello_of_match[] = { { .compatible = "a,b" }, { } };
MODULE_DEVICE_TABLE(of, hello_of_match);
MODULE_LICENSE("GPL");
"""
EXIT = """void _start(void) { __asm__ volatile("int $0x80" : : "a"(1), "b"(0)); }"""


def refuses_i386(without_i386, folder):
    program = folder / "i386"
    tap.run("gcc", "-m32", "-nostdlib", "-static", "-fno-pie", "-no-pie", "-x", "c",
            "-o", program, "-", input=EXIT)
    # A kernel that has none of it by itself cannot execute the program; any other runs it.
    expect(program.read_bytes()[18:20] == EM_386, "it is for another processor")
    expect(tap.run("sh", "-c", 'exec "$0"', program, status=None).status in (0, 126), "it fails")
    expect(tap.run(without_i386, program, status=None).status != 0, "it runs")


def copy_headers(kernel, folder):
    for part in "src/linux-headers-*", "src/linux-kbuild-*", "lib/linux-kbuild-*":
        for source in (kernel / "root/usr").glob(part):
            target = folder / source.relative_to(kernel)
            target.parent.mkdir(parents=True, exist_ok=True)
            tap.run("cp", "-a", source, target)
    (folder / "headers").symlink_to((kernel / "headers").readlink())


def names(text, *files):
    """Those of the files that have the text."""
    return tap.run("grep", "-rlF", text, *files, status=None).out


def builds_a_module(kernel, arch, without_i386):
    cross = contract.CROSS_OF[arch]
    with tempfile.TemporaryDirectory() as work:
        module, elsewhere = Path(work, "module"), Path(work, kernel.name)
        module.mkdir()
        (module / "hello.c").write_text(MODULE)
        (module / "Kbuild").write_text("obj-m := hello.o\n")
        copy_headers(kernel, elsewhere)
        tap.run(without_i386, "make", "-s", "-C", elsewhere / "headers", f"M={module}",
                f"ARCH={arch}", f"CROSS_COMPILE={cross}", f"CC={cross}gcc", "modules",
                timeout=SECONDS)
        expect((module / "hello.ko").exists(), "there is no module")
        # The headers that it was built with are those of that folder.
        files = [module, *elsewhere.glob("root/usr/src/*/Makefile")]
        expect(not names(f"{kernel}/", *files), names(f"{kernel}/", *files))


def has_no_i386(kernel):
    files = [file for file in kernel.rglob("*") if file.is_file() and not file.is_symlink()]
    starts = {file: file.open("rb").read(20) for file in files if file.stat().st_mode & 0o100}
    programs = {file: start for file, start in starts.items() if start[:4] == b"\x7fELF"}
    expect(programs, "there are no programs")
    found = [file for file, start in programs.items() if start[18:] == EM_386]
    expect(not found, "for 32-bit x86:", *found)


def check_all(work, kernels):
    without_i386 = work / "without_i386"
    tap.run("gcc", "-O2", "-Wall", "-Wextra", "-o", without_i386, HERE / "without_i386.c")
    if HOST == "amd64":
        check("choice.without_i386_refuses_it", refuses_i386, without_i386, work)
    for kernel in map(Path, kernels):
        release = (kernel / "release").read_text().strip()
        for part, arch in ARCH_OF.items():
            if part in release:
                check(f"choice.module_for_{release}", builds_a_module, kernel, arch, without_i386)
                check(f"choice.nothing_of_{release}_is_for_32_bit_x86", has_no_i386, kernel)
