# SPDX-License-Identifier: GPL-2.0-only
"""Machines that have never seen this project, for hosts_test: root file systems, made by
boards/harness/root/fetch-host, and commands that run there. As root only.
"""

import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import tap
from contract import TOP

ROOT_TOOLS = TOP / "boards/harness/root"


@dataclass
class Machine:
    """Its root file system, and what on-host is told for each command."""

    root: Path
    host: str
    mounts: list = field(default_factory=list)
    environment: dict = field(default_factory=dict)


def fresh(root, host, cache):
    """A new one in the folder root, which has the tree to clone in /srv."""
    arch = tap.run("dpkg", "--print-architecture").out.strip()
    pristine = cache / f"host-{host}-{arch}"
    machine = Machine(root, host)
    subprocess.run([ROOT_TOOLS / "fetch-host", host, arch, pristine], check=True)
    tap.run("rm", "-rf", machine.root)
    tap.run("cp", "-a", "--reflink=auto", pristine / "root", machine.root)
    tap.run("git", "-C", TOP, "bundle", "create", "-q", machine.root / "srv/cohbuf.bundle", "HEAD")
    return machine


def home_of(machine, user):
    """Seen from here."""
    lines = (machine.root / "etc/passwd").read_text().splitlines()
    home = next(fields[5] for fields in (line.split(":") for line in lines) if fields[0] == user)
    return Path(f"{machine.root}{home}")


def on(machine, user, command, **environment):
    """A tap.Ran with all that the command printed, in its order."""
    return tap.run(ROOT_TOOLS / "on-host", machine.root, user, command, *machine.mounts,
                   status=None, stderr=subprocess.STDOUT,
                   env={**machine.environment, **environment})


def listing(machine):
    """All that is on the machine, but for what belongs to its users; that a file came and went
    in /tmp is no news. And its packages."""
    users = [f"{machine.root}/{path}" for path in ("home/*", "root", "srv/*")]
    found = tap.run("find", machine.root, "-xdev", "(", "-path", users[0], "-o", "-path", users[1],
                    "-o", "-path", users[2], ")", "-prune", "-o",
                    "-printf", r"/%P %y %m %U:%G %s %T@ %l\n").out.splitlines()
    files = sorted(re.sub(r"^((/var)?/tmp d .*) [0-9.]+ $", r"\1", line) for line in found)
    status = (machine.root / "var/lib/dpkg/status").read_text()
    return files + re.findall("^(?:Package|Status|Version): .*", status, re.M)


def remove(machine, *patterns):
    for pattern in patterns:
        tap.run("rm", "-rf", *machine.root.glob(pattern))
