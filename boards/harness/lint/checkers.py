# SPDX-License-Identifier: GPL-2.0-only
"""What checkers of sources say: Debian's, and those of the kernel."""

import difflib
import re
import shutil
import tempfile
from pathlib import Path

import tap
from contract import TOP
from project import each, excepted, first_line, lines_of, sources

C_SOURCES = "driver/*.[ch]", "app/*.[ch]", "boards/*.[ch]"
OF_SHELL = re.compile(r"#! ?(/usr)?/bin/(env )?(ba)?sh( |$)|# shellcheck shell=")
HEAD = 5  # lines in which a file says what it is
OF_PYTHON = re.compile(r"#!.*python3")
ASKS_FOR_VERSION = re.compile(r"LINUX_VERSION_CODE|KERNEL_VERSION *\(")
MOST_IN_COMPAT = 10


def copied(files, folder):
    """Copies of the files, where a checker may leave something beside them."""
    for file in files:
        Path(folder, file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(TOP / file, Path(folder, file))


def is_narrow(file):
    """A message is one line, so that a search finds it: the width is that without strings."""
    without_strings = [re.sub(r'"(\\.|[^"\\])*"', '""', line) for line in lines_of(file)]
    wide = [f"{file}:{number}: wider than 100 columns"
            for number, line in enumerate(without_strings, 1) if len(line.expandtabs()) > 100]
    tap.expect(not wide, *wide)


def findings(files, *command, **options):
    """What a checker that takes a second to start says in one run: {FILE: its lines}, and
    under "" what is about none of them."""
    ran = tap.run(*command, *files, status=None, **options)
    found = {"": [] if ran.status in (0, 1) else [f"{command[0]} ends with {ran.status}"]}
    for line in filter(str.strip, ran.said.splitlines()):
        file = line.split(":")[0]
        found.setdefault(file if file in files else "", []).append(line)
    if ran.status and not any(found.values()):
        found[""] = [f"{command[0]} ends with {ran.status}, without a word"]
    return found


def found_nothing(found, file):
    """Of the file, and of none."""
    lines = found.get(file, []) + found[""]
    tap.expect(not lines, *lines)


def passes_checkpatch(found, file):
    """And its lines are narrow, without strings, which checkpatch cannot tell."""
    found_nothing(found[file], file)
    is_narrow(file)


def said_by_checkpatch(kernel, work, files):
    """{FILE: findings()}: those with the same exceptions together."""
    groups = {}
    for file in files:
        groups.setdefault(tuple(excepted("checkpatch", file)), []).append(file)
    found = {}
    for ignored, group in groups.items():
        ignored = ["LONG_LINE", "LONG_LINE_STRING", "LONG_LINE_COMMENT", *ignored]
        said = findings(group, "perl", f"{kernel}/scripts/checkpatch.pl", "--no-tree",
                        "--root", ".", "--no-summary", "--strict", "--terse", "--show-types",
                        "--quiet", "--ignore", ",".join(ignored), "--file", cwd=work)
        found.update((file, said) for file in group)
    return found


def checkpatch(kernel):
    """What it looks for in its root: names in headers, and the compatibles of bindings."""
    files = sources(*C_SOURCES)
    with tempfile.TemporaryDirectory() as work:
        copied(files, work)
        Path(work, "include").mkdir()
        bindings = Path(work, "Documentation/devicetree/bindings")
        shutil.copytree(TOP / "dts/bindings", bindings)
        (bindings / "vendor-prefixes.yaml").write_text('"^cohbuf,.*":\n')
        each("checkpatch", files, passes_checkpatch, said_by_checkpatch(kernel, work, files))


def finds_nothing(kernel, work, patch):
    """What it finds is on standard output; what it says of the patch itself is not ours."""
    options = re.search(r"^// Options: *(.*)", patch.read_text(errors="replace"), re.M)
    ran = tap.run("spatch", "-D", "report", "--very-quiet", "--cocci-file", patch,
                  *(options[1].split() if options else []), "-I", f"{kernel}/include",
                  "-I", f"{work}/driver/include", "--dir", work)
    tap.expect(not ran.out.strip(), ran.out.replace(f"{work}/", ""))


def coccinelle(kernel):
    """The kernel's own semantic patches: a test for each."""
    folder = Path(kernel, "scripts/coccinelle")
    with tempfile.TemporaryDirectory() as work:
        copied(sources("driver/*.[ch]", "boards/harness/boot/guest/modules/*.[ch]"), work)
        for patch in sorted(folder.rglob("*.cocci")):
            name = str(patch.relative_to(folder))
            reports = re.search(r"^virtual report", patch.read_text(errors="replace"), re.M)
            if reports and not excepted("coccinelle", name):
                tap.check(f"coccinelle.{name.removesuffix('.cocci')}", finds_nothing, kernel, work,
                          patch)


def unaligned(text):
    """With one space for any white space that is not at the start of a line: what stands in
    tables is aligned by hand, with tabs, which clang-format cannot do."""
    lines = [re.sub(r"(?<=\S)[ \t]+", " ", line).removesuffix(" ") for line in text.splitlines()]
    return [re.sub(r"^\s+\\$", r"\\", line) for line in lines]


def is_formatted(file):
    ours, formatted = (TOP / file).read_text(), tap.run("clang-format", file).out
    difference = list(difflib.unified_diff(unaligned(ours), unaligned(formatted),
                                           file, f"{file}, formatted", lineterm=""))
    tap.expect(not difference, *difference)


def clang_format():
    each("clang-format", sources("driver/*.[ch]", "app/*.[ch]"), is_formatted)


def kernel_doc(kernel):
    each("kernel-doc", sources(*C_SOURCES), tap.silent, "perl", f"{kernel}/scripts/kernel-doc",
         "-none", "-Werror")


def codespell():
    tap.check("codespell.all_files", tap.silent, "codespell", "--ignore-words-list",
              ",".join(excepted("codespell", "any")), *sources("."))


def compiles_silently(file):
    without = [f"-Wno-{warning}" for warning in excepted("dtc", file)]
    tap.silent("dtc", "-@", *without, "-i", "dts", "-I", "dts", "-O", "dtb",
               "-o", "/dev/null", file)


def dtc():
    """With all its warnings."""
    each("dtc", sources("*.dts", "*.dtso"), compiles_silently)


def shellcheck():
    """Exceptions are in the scripts."""
    files = [file for file in sources(".") if any(map(OF_SHELL.match, lines_of(file)[:HEAD]))]
    each("shellcheck", files, tap.run, "shellcheck", "--external-sources")


def python():
    """Exceptions are in the programs."""
    files = [file for file in sources(".")
             if file.endswith(".py") or OF_PYTHON.match(first_line(file))]
    each("python", files, found_nothing, findings(files, "flake8"))
    # What a program of a user is checked with; other programs here are checked by being run.
    tap.check("python.types", tap.run, "mypy", "--strict", "--python-version", "3.9",
              "--cache-dir=/dev/null", "app/python/cohbuf")


def is_tagged():
    """REUSE takes .reuse/dep5 for an answer; what is a program or a source says it itself."""
    files = sources(".", ":!*.md", ":!*.svg", ":!LICENSES", ":!COPYING*", ":!.reuse")
    untagged = [f"{file}: no SPDX line at its head" for file in files
                if not excepted("spdx", file)
                and not any("SPDX-License-Identifier" in line for line in lines_of(file)[:HEAD])]
    tap.expect(not untagged, *untagged)


def licences():
    tap.check("licences.reuse", tap.run, "reuse", "lint")
    tap.check("licences.spdx_line_of_every_source", is_tagged)


def only_compat_asks():
    asking = [f"{file}: {line}" for file in sources("driver/*", *C_SOURCES, ":!driver/compat.h")
              for line in lines_of(file) if ASKS_FOR_VERSION.search(line)]
    tap.expect(not asking, *asking)


def compat_asks_seldom():
    times = sum(1 for line in lines_of("driver/compat.h")
                if re.match(" *# *(el)?if", line) and ASKS_FOR_VERSION.search(line))
    tap.expect(times <= MOST_IN_COMPAT, f"driver/compat.h asks {times} times")


def versions():
    """Who asks for the kernel's version."""
    tap.check("versions.only_in_compat_h", only_compat_asks)
    tap.check(f"versions.at_most_{MOST_IN_COMPAT}_there", compat_asks_seldom)
