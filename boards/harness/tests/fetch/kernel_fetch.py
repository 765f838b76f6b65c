# SPDX-License-Identifier: GPL-2.0-only
"""What the parts of kernel_choice_test share: fetches of a kernel, and tests of them. Each
archive is met twice: with an empty cache, and with one that has the kernel, which asks nobody.
"""

import re
import shutil
import tempfile
from pathlib import Path

import tap
from made_kernels import ARCH, FLAVOUR, mirror
from tap import expect

HARNESS = Path(__file__).resolve().parents[2]
FETCH_KERNEL = [HARNESS / "fetch/fetch", "kernel"]
FETCH_HEADERS = [HARNESS / "fetch/fetch", "headers"]
SECONDS = 120


def new_cache(archive):
    return Path(tempfile.mkdtemp(dir=archive.parent, prefix="cache."))


def fetch_kernel(archive, cache, lock="/dev/null", release="", status=0):
    """As make does."""
    return tap.run(*FETCH_KERNEL, ARCH, f"linux-image-{FLAVOUR}", cache / "kernel", "release",
                   release, status=status, timeout=SECONDS,
                   env={"MIRROR": mirror(archive), "KERNEL_LOCK": lock, "CACHE": cache})


def said_once(ran, pattern):
    count = len(re.findall(pattern, ran.err, re.M))
    expect(count == 1, f"this is said {count} times: {pattern}", ran.said)


def included_by(headers):
    """The Makefile of the common headers, which that of the headers finds from where it is."""
    makefile = (headers / "Makefile").read_text()
    found = re.search(r"^include \$\(dir \$\(lastword \$\(MAKEFILE_LIST\)\)\)(.*)$", makefile, re.M)
    expect(found, makefile)
    return headers / found[1]


def is_version(kernel, version):
    """The kernel and its headers are."""
    for file, text in ((kernel / "vmlinuz", f"a kernel {version}\n"),
                       (included_by(kernel / "headers"), f"# the common headers {version}\n")):
        expect(file.read_text() == text, f"{file} is {file.read_text()}")


def asks_nobody(archive, cache, **options):
    """What is in the cache is taken, whatever the archive is."""
    said = fetch_kernel(archive, cache, **options).err
    expect(not said, "with a filled cache:", said)


def takes(archive, version, pattern=None, **options):
    """This version is fetched, and the pattern is said, or nothing of a choice."""
    cache = new_cache(archive)
    ran = fetch_kernel(archive, cache, **options)
    is_version(cache / "kernel", version)
    if pattern:
        said_once(ran, pattern)
    else:
        expect(not re.search("^cohbuf: .*(taking|lock|has no)", ran.err, re.M), ran.err)
    asks_nobody(archive, cache, **options)


def fails(archive, pattern, filled, **options):
    """In one line, and nothing is half-done. filled is a cache that has the kernel."""
    cache = new_cache(archive)
    ran = fetch_kernel(archive, cache, status=1, **options)
    said_once(ran, f"^cohbuf: error: .*{pattern}")
    said_once(ran, "error")
    left = [file for file in cache.iterdir() if file.suffix != ".lock"]
    expect(not left, "what is left:", *left)
    shutil.copytree(filled / "kernel", cache / "kernel", symlinks=True)
    asks_nobody(archive, cache, **options)
