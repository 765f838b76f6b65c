# SPDX-License-Identifier: GPL-2.0-only
"""Made-up Debian archives with kernels in them, for armhf, and the lock of such a kernel. An
archive is a folder; its security archive is beside it."""

import functools
import hashlib
import tempfile
from pathlib import Path

import tap
from made_archive import HOST, deb, sign, uri

# A machine that builds modules, and that the lock does not know.
OTHER = "arm64" if HOST != "arm64" else "amd64"
SECURITY = "bookworm-security"
ARCH, FLAVOUR, KBUILD, SOURCE = "armhf", "armmp", "linux-kbuild-6.1", "linux-source-6.1"
BUSYBOX_VERSION = "1:1.35.0-4"


def security_of(archive):
    return archive.with_name("debian-security")


def mirror(archive):
    """Both, as MIRROR has them."""
    return f"{uri(archive)} {uri(security_of(archive))}"


def add_image_and_headers(archive, suite, version, abi):
    """What Debian builds of a kernel for its architecture."""
    name = f"{abi}-{FLAVOUR}"
    modules, headers = f"lib/modules/{name}", f"usr/src/linux-headers-{name}"
    image = {f"boot/vmlinuz-{name}": f"a kernel {version}\n",
             f"{modules}/modules.order": "", f"{modules}/modules.builtin": ""}
    makefile = f"include /usr/src/linux-headers-{abi}-common/Makefile\n"
    built = {f"{headers}/Makefile": makefile,
             f"{headers}/scripts": Path(f"../../lib/{KBUILD}/scripts")}
    needs = f"linux-headers-{abi}-common (= {version}), {KBUILD} (>= {version}), gcc-12"
    # The last two end as the flavour does, and are another one.
    for package, depends, files in (
            (f"linux-image-{name}", "kmod, linux-base (>= 4.3~)", image),
            (f"linux-headers-{name}", needs, built),
            (f"linux-image-{FLAVOUR}", f"linux-image-{name} (= {version})", {}),
            (f"linux-headers-{abi}-rt-{FLAVOUR}", f"linux-headers-{abi}-common-rt", {}),
            (f"linux-image-{abi}-rt-{FLAVOUR}", "", {})):
        deb(archive, suite, package, version, ARCH, depends, files)


@functools.cache
def modpost_of_armhf():
    """A program that says how long its tables' longs are."""
    source = """
        #include <stdio.h>
        int main(int argc, char **argv) { printf("%zu %s\\n", sizeof(long), argv[argc - 1]); }"""
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder, "modpost")
        tap.run("arm-linux-gnueabihf-gcc", "-x", "c", "-o", program, "-", input=source)
        return program.read_bytes()


def add_tools(archive, suite, arch, version):
    """What runs on a machine that builds modules."""
    folder = f"usr/lib/{KBUILD}/scripts/mod"
    deb(archive, suite, KBUILD, version, arch, files={
        f"{folder}/modpost": f"for {arch}\n",
        f"{folder}/modpost.real-lsb-32": modpost_of_armhf() if arch == ARCH else ""})


def add_common(archive, suite, version, abi):
    """What is for all architectures."""
    common = f"linux-headers-{abi}-common"
    deb(archive, suite, common, version, "all",
        files={f"usr/src/{common}/Makefile": f"# the common headers {version}\n"})
    deb(archive, suite, SOURCE, version, "all")


def add_kernel(archive, suite, version, abi):
    """One that is whole."""
    add_common(archive, suite, version, abi)
    add_image_and_headers(archive, suite, version, abi)
    add_tools(archive, suite, ARCH, version)
    add_tools(archive, suite, HOST, version)


def add_newer_kernel(archive):
    """To the security archive."""
    add_kernel(security_of(archive), SECURITY, "6.1.20-1", "6.1.0-2")


def new_archive(work, name):
    """With one kernel in the release, and a busybox."""
    archive = work / name / "debian"
    deb(archive, "bookworm", "busybox-static", BUSYBOX_VERSION, ARCH,
        files={"bin/busybox": "a busybox\n"})
    add_kernel(archive, "bookworm", "6.1.10-1", "6.1.0-1")
    return archive


def sign_both(archive):
    sign(archive, "bookworm", "bookworm-updates")
    sign(security_of(archive), SECURITY)


def lock_of(archive, version, abi):
    """As update-kernels writes it."""
    lines = [f"linux-image-{FLAVOUR} {ARCH} bookworm {version}"]
    for package, arch, its in (
            ("busybox-static", ARCH, BUSYBOX_VERSION),
            (f"linux-headers-{abi}-{FLAVOUR}", ARCH, version),
            (f"linux-headers-{abi}-common", "all", version),
            (f"linux-image-{abi}-{FLAVOUR}", ARCH, version),
            (KBUILD, HOST, version), (KBUILD, ARCH, version), (SOURCE, "all", version)):
        # An epoch is not in the name.
        file = archive / f"pool/bookworm/{package}_{its.rpartition(':')[2]}_{arch}.deb"
        lines.append(f"\t{package} {arch} {its} {hashlib.sha256(file.read_bytes()).hexdigest()}")
    return "\n".join([*lines, ""])
