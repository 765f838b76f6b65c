# SPDX-License-Identifier: GPL-2.0-only
"""What compilers say: each word is an error."""

import re
import shutil
import tempfile
from pathlib import Path

import tap
from contract import CROSS_OF, TOP, copy_tree, project_version, work_folder
from project import each, sources

HERE = Path(__file__).resolve().parent
GUEST_MODULES = "boards/harness/boot/guest/modules"
# The whole kernel is not built, so its symbols are unknown here; a board's build knows them.
OF_MODPOST = re.compile(
    r"^WARNING: (vmlinux\.o|Module\.symvers)( Module\.symvers)? is missing"
    r'|^WARNING: modpost: (".*undefined!$|suppressed [0-9]+ unresolved)'
    r"|Modules may not have dependencies or modversions"
    r"|^ +You may get many unresolved symbol")

# Whose names are made up where they are exported: dev_printk() and its like, numbers by chance.
EXPORTED_BY_MACROS = re.compile(r"_dev_[a-z]+|get_random_u\d+")


def kmake(*arguments, **options):
    """Arguments as those of the program "kmake"."""
    return tap.run(HERE / "kmake", *arguments, timeout=1800, **options)


def builds_silently(*arguments):
    """But for what modpost has to say."""
    ran = kmake(*arguments, "KBUILD_MODPOST_WARN=1", status=None)
    said = [line for line in ran.said.splitlines() if not OF_MODPOST.search(line)]
    tap.expect(ran.status == 0 and not said, f"make ends with {ran.status}:", *said)


def states(module, field, pattern):
    """A module's field, as a regular expression."""
    values = tap.run("modinfo", "-F", field, module).out.splitlines()
    tap.expect(any(re.fullmatch(pattern, value) for value in values), f"{field}: {values}")


def asks_for_what_is_exported(kernel, arch, module):
    """By a kernel of any configuration: what modpost would say of the whole kernel. Debian's
    may need less than others, as where DMA addresses have 64 bits."""
    asked = re.findall(r" U (\w+)", tap.run(f"{CROSS_OF[arch]}nm", "-u", module).out)
    exported = re.findall(rf"^(?:(?!arch/).*|arch/{arch}/.*):EXPORT_\w+\((\w+)$",
                          Path(kernel, "exported").read_text(), re.M)
    missing = [symbol for symbol in asked
               if symbol not in exported and not EXPORTED_BY_MACROS.fullmatch(symbol)]
    tap.expect(asked and not missing, "no module gets at:", *missing)


def modules(kernel, checker, arch):
    """Driver and modules of the emulated boards, with every warning of the kernel's W=1 or
    read by sparse. Only what is built is read: sparse goes with the compiler."""
    if checker == "sparse":
        compiler, options = "gcc", ["C=2", "CHECK=sparse", "CF=-D__CHECK_ENDIAN__"]
    else:
        compiler, options = checker, ["W=1", "KCFLAGS=-Werror"]
    with work_folder(f"{checker}-{arch}") as work:
        copy_tree(work)
        for name, folder in ("driver", "driver"), ("guest_modules", GUEST_MODULES):
            tap.check(f"{checker}.{arch}.{name}", builds_silently, kernel, compiler, arch,
                      f"M={work}/{folder}", *options, f"COHBUF_DRIVER={work}/driver", "modules")
        if checker != "sparse":
            for module in "cohbuf", "cohbuf_configfs":
                tap.check(f"{checker}.{arch}.{module}_asks_for_what_is_exported",
                          asks_for_what_is_exported, kernel, arch, f"{work}/driver/{module}.ko")
            describes_itself(f"{checker}.{arch}.modinfo_states", f"{work}/driver/cohbuf.ko")


def describes_itself(name, module):
    """By modinfo."""
    for what, field, pattern in (
            ("the_version", "version", re.escape(project_version())),
            ("the_licence", "license", "GPL"),
            ("what_it_is", "description", "[A-Z].*"),
            ("who_made_it", "author", "[A-Z].*"),
            ("the_alias", "alias", r"of:N\*T\*Ccohbuf,bufferC\*")):
        tap.check(f"{name}_{what}", states, module, field, pattern)


def programs(compiler, arch):
    """Tool, test app, tests, and what runs on the emulated boards, as the boards have it:
    semihosting has another instruction in Thumb code."""
    cross = CROSS_OF[arch]
    command = [f"{cross}gcc"] if compiler == "gcc" else ["clang", f"--target={cross[:-1]}"]
    command += ["-marm"] if arch == "arm" else []
    # What stands for the driver is for the machine that builds, of 64 bits.
    found = sources("app/*.c", *[":!app/tests/library/fake*.c"] if arch == "arm" else [])
    with tempfile.TemporaryDirectory() as work:
        objects = [f"{work}/{Path(file).relative_to('app').with_suffix('.o')}"
                   for file in found]
        tap.check(f"programs.{compiler}.{arch}.app", tap.silent,
                  "make", "-s", "-k", "-C", "app", f"CC={' '.join(command)}", "CFLAGS=-O2 -Werror",
                  f"OUT={work}", *objects)
        each(f"programs.{compiler}.{arch}", sources("boards/*.c", f":!{GUEST_MODULES}"), tap.silent,
             *command, "-O2", "-Wall", "-Wextra", "-Werror", "-c", "-o", f"{work}/object")


def is_for_users(file):
    """One file, which a user may do anything with, and the command that compiles it."""
    text, name = (TOP / file).read_text(), Path(file).stem
    for wanted in ("// SPDX-License-Identifier: 0BSD\n", f"/*\n * {name} - ",
                   "\n#include <cohbuf.h>\n",
                   f" {name}.c -o {name} $(pkg-config --cflags --libs cohbuf)\n"):
        tap.expect(wanted in text, f"{file} does not have: {wanted}")
    tap.expect(not re.search('#include ("|<linux/cohbuf.h>)', text), f"{file} includes more")


def demos():
    """As who copies them may compile them; and the library's header for C++."""
    found, include = sources("app/demos/*.c"), ["-Iapp/lib", "-Idriver/include/uapi"]
    strict = ["-O2", "-Wall", "-Wextra", "-pedantic", "-Werror", "-fsyntax-only", *include]
    each("demos.is_for_users", found, is_for_users)
    for compiler in "gcc", *(f"{cross}gcc" for cross in CROSS_OF.values()), "clang":
        each(f"demos.{compiler}", found, tap.silent, compiler, "-std=c11", *strict)
    for standard in "c++11", "c++20":
        tap.check(f"demos.header_of_the_library.{standard}", tap.silent, "clang",
                  "-x", "c++", f"-std={standard}", *strict, "app/lib/cohbuf.h")


def linked_tree(kernel, tree, build):
    """The tree of the cache stays as it is: links to all of it, but for what will change."""
    (tree / "drivers").mkdir(parents=True)
    for entry in kernel.iterdir():
        if entry.name != "drivers" and not entry.name.startswith(("gcc-", "clang-")):
            (tree / entry.name).symlink_to(entry)
    for entry in (kernel / "drivers").iterdir():
        if entry.is_dir():
            (tree / "drivers" / entry.name).symlink_to(entry)
    for file in "Kconfig", "Makefile":
        shutil.copy(kernel / "drivers" / file, tree / "drivers")
    shutil.copytree(kernel / build, tree / build, symlinks=True)


def configured(tree, arch, line):
    """The configuration has that line, once Kconfig has seen it."""
    kmake(tree, "gcc", arch, "olddefconfig")
    config = (tree / f"gcc-{arch}/.config").read_text().splitlines()
    tap.expect(line in config, f"no such line: {line}")


def builds_with(tree, arch, value, target):
    """CONFIG_COHBUF=VALUE, with configfs, and nothing left of another."""
    build = tree / f"gcc-{arch}"
    shutil.rmtree(build / "drivers/cohbuf", ignore_errors=True)
    config = [line for line in (build / ".config").read_text().splitlines()
              if "CONFIG_COHBUF" not in line]
    (build / ".config").write_text("\n".join([
        *config, f"CONFIG_COHBUF={value}", f"CONFIG_COHBUF_CONFIGFS={value}", ""]))
    configured(tree, arch, f"CONFIG_COHBUF={value}")
    configured(tree, arch, f"CONFIG_COHBUF_CONFIGFS={value}")
    builds_silently(tree, "gcc", arch, "W=1", "KCFLAGS=-Werror", target)


def has_driver(tree, arch, file):
    """By its file operations."""
    said = tap.run(f"{CROSS_OF[arch]}nm", tree / f"gcc-{arch}/drivers/cohbuf" / file).out
    tap.expect(re.search(r"\bcohbuf_fops\b", said), f"{file} has no cohbuf_fops")


def in_tree(kernel, arch):
    """A copy of driver/ in a kernel tree, with a line in its Kconfig and one in its Makefile."""
    with work_folder(f"in-tree-{arch}") as work:
        tree = work / "tree"
        linked_tree(Path(kernel).resolve(), tree, f"gcc-{arch}")
        tap.run(TOP / "boards/harness/build/into-tree", tree)
        name = f"in-tree.{arch}"
        tap.check(f"{name}.kconfig_offers_it", configured, tree, arch, "# CONFIG_COHBUF is not set")
        tap.check(f"{name}.built_in", builds_with, tree, arch, "y", "drivers/cohbuf/")
        tap.check(f"{name}.built_in_has_the_driver", has_driver, tree, arch, "built-in.a")
        tap.check(f"{name}.module", builds_with, tree, arch, "m", "drivers/cohbuf/cohbuf.ko")
        tap.check(f"{name}.module_has_the_driver", has_driver, tree, arch, "cohbuf.ko")
