# SPDX-License-Identifier: GPL-2.0-only
"""A Debian of a board's architecture, for tests of packages: it is made once, entered on the
host, where programs of the board are run by qemu-user-static, and shared with the emulated board.
"""

import os
import shutil
import subprocess
import sys

import tap
from contract import TOP
from say import die

HERE = TOP / "boards/deploy/debian"
UNATTENDED = """APT::Get::Assume-Yes "true";
APT::Install-Recommends "{recommends}";
Dpkg::Use-Pty "0";
"""
CLEAN = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive",
         "LC_ALL": "C"}


def enter_own_mounts():
    """What the test mounts is gone with it, however it ends."""
    if os.geteuid() != 0:
        die("a root file system of another architecture can only be entered by root")
    if "COHBUF_OWN_MOUNTS" not in os.environ:
        os.environ["COHBUF_OWN_MOUNTS"] = "yes"
        os.execvp("unshare", ["unshare", "--mount", *sys.argv])
    os.environ["PATH"] += ":/usr/sbin:/sbin"


class Debian:
    """What is in the cache stays as it is: all that is written goes into memory."""

    def __init__(self, board, cached, work):
        self.board, self.cached = board, cached
        self.layer, self.root = work / "layer", work / "layer/root"

    def make(self, *packages):
        tap.run(TOP / "boards/harness/root/emulate", self.board.deb_arch, stderr=None)
        tap.run(TOP / "boards/harness/fetch/fetch", "system", "release", self.board.deb_arch,
                self.cached, *packages, stderr=None)
        self.layer.mkdir()
        tap.run("mount", "-t", "tmpfs", "-o", "size=1g", "tmpfs", self.layer)
        for name in "new", "old", "root":
            (self.layer / name).mkdir()
        tap.run("mount", "-t", "overlay", "-o", f"lowerdir={self.cached}/root,"
                f"upperdir={self.layer}/new,workdir={self.layer}/old", "overlay", self.root)
        tap.run("mount", "-t", "proc", "proc", self.root / "proc")
        # Made in the tools' root it has no devices, and DKMS wants /dev/fd.
        tap.run("mount", "--bind", "/dev", self.root / "dev")

    def leave(self):
        subprocess.run(["umount", "--quiet", self.root / "dev", self.root / "proc", self.root,
                        self.layer], check=False)

    def inside(self, *command, variables=(), **options):
        """Run it in that Debian."""
        clean = [f"{name}={value}" for name, value in CLEAN.items()]
        return tap.run("chroot", self.root, "/usr/bin/env", "-i", *clean, *variables, *command,
                       **options)

    def user_installs(self, folder, commands, recommends="false"):
        """The packages of a folder, which are in /tmp there, by commands of the user "tester"."""
        for old in (self.root / "tmp").glob("*.deb"):
            old.unlink()
        for new in folder.glob("*.deb"):
            shutil.copy(new, self.root / "tmp")
        (self.root / "etc/apt/apt.conf.d/90unattended").write_text(
            UNATTENDED.format(recommends=recommends))
        # Commands come by standard input: apt asks nothing.
        return self.inside("sh", "-e", variables=["USER=tester"],
                           input=f'cd /tmp\nsudo() {{ "$@"; }}\n{commands}')

    def on_board(self, files, command, dtbos=()):
        """The board runs the command, which finds this Debian by in-debian."""
        extra = (f"-virtfs local,path={self.root},mount_tag=debian,security_model=none,"
                 "readonly=on")
        return tap.run(TOP / "boards/harness/boot/run", self.board.build, "--dtbo",
                       " ".join(map(str, dtbos)), "--files",
                       " ".join(map(str, [HERE / "in-debian", *files])), command, status=None,
                       env={"QEMU_EXTRA": extra})
