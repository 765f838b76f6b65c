# SPDX-License-Identifier: GPL-2.0-only
"""An emulated board that nobody has deployed to: an ssh server, and no driver."""

import os
import shutil
import socket
import subprocess
import time

import tap
from contract import TOP, loadable_modules

# What the board does; it ends when told to.
SERVE = """
cp -a sshd/root/. /
chmod 700 /root /root/.ssh
rmmod cohbuf
rm /lib/modules/*/extra/cohbuf*.ko
depmod
for module in sshd/modules/*; do insmod "$module" || exit; done
ip addr add 10.0.2.15/24 dev eth0 && ip link set eth0 up && ip link set lo up || exit
mkdir -p /dev/pts /var/run
mount -t devpts devpts /dev/pts
/usr/sbin/dropbear -R -s -E > /tmp/sshd.log 2>&1 || exit
until [ -e /tmp/done ]; do sleep 1; done
"""
SSH_CONFIG = """
Host board
    HostName 127.0.0.1
    Port {port}
    User root
    IdentityFile {work}/key
    IdentitiesOnly yes
    BatchMode yes
    StrictHostKeyChecking no
    UserKnownHostsFile /dev/null
    LogLevel ERROR
"""
QEMU_EXTRA = ("-netdev user,id=lan,restrict=on,hostfwd=tcp:127.0.0.1:{port}-:22"
              " -device virtio-net-device,netdev=lan")
# Seconds, for a busy machine.
BOOT_LIMIT = 180


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


def make_root(facts, cache, work):
    """The server's files, its modules in an order that can be loaded, and a key for now."""
    fetched, files = cache / "sshd-arm64", work / "sshd"
    tap.run(TOP / "boards/harness/fetch/fetch", "programs", "arm64", fetched, "dropbear-bin",
            stderr=None)
    shutil.copytree(fetched / "root", files / "root", symlinks=True)
    loadable_modules(facts, files / "modules", "virtio_mmio", "virtio_net")
    tap.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", work / "key")
    for folder in "root/.ssh", "etc/dropbear":
        (files / "root" / folder).mkdir(parents=True, exist_ok=True)
    shutil.copy(work / "key.pub", files / "root/root/.ssh/authorized_keys")
    (files / "root/etc/passwd").write_text("root::0:0::/root:/bin/sh\n")
    tap.run("chmod", "-R", "go-w", files / "root/root")
    (work / "serve").write_text(SERVE)


class Board:
    """It runs from "with" on. ssh is the command that has its host "board"."""

    def __init__(self, facts, cache, work):
        self.build, self.work, self.port = facts.build, work, free_port()
        self.ssh = f"ssh -F {work}/ssh_config"
        (work / "ssh_config").write_text(SSH_CONFIG.format(port=self.port, work=work))
        make_root(facts, cache, work)

    def __enter__(self):
        extra = {"QEMU_EXTRA": QEMU_EXTRA.format(port=self.port), "TIMEOUT": "1800"}
        files = f"{self.work}/serve {self.work}/sshd"
        with open(self.work / "board.log", "w") as log:
            self.emulator = subprocess.Popen(
                [TOP / "boards/harness/boot/run", self.build, "--files", files, "sh ./serve"],
                env={**os.environ, **extra}, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        return self

    def __exit__(self, *_):
        self.emulator.terminate()
        self.emulator.wait()

    def log(self):
        return (self.work / "board.log").read_text(errors="replace")

    def run(self, command, status=0):
        return tap.run(*self.ssh.split(), "-n", "board", command, status=status, timeout=60)

    def is_up(self):
        """Wait for its ssh server."""
        end = time.monotonic() + BOOT_LIMIT
        while time.monotonic() < end and self.emulator.poll() is None:
            ran = self.run("true", status=None)
            if ran.status == 0:
                return True
            time.sleep(1)
        tap.diag(ran.said, self.log())
        return False

    def ends_well(self):
        """Told to, and without a complaint."""
        self.run("touch /tmp/done")
        status = self.emulator.wait(60)
        tap.expect(status == 0, f"it ended with {status}", self.log())
