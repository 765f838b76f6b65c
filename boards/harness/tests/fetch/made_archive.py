# SPDX-License-Identifier: GPL-2.0-only
"""Debian archives of made-up packages, signed by keys of their own, and broken in the ways
that archives are broken in.

    with workshop() as work:
        deb(work / "debian", "bookworm", "tool", "1.0", "arm64", files={"usr/bin/tool": b"it"})
        sign(work / "debian", "bookworm")
        ... MIRROR=uri(work / "debian")

Packages are in ARCHIVE/pool/SUITE; every index has the packages of "all".
"""

import contextlib
import datetime
import hashlib
import lzma
import os
import re
import shutil
import tempfile
from pathlib import Path

import tap

HOST = tap.run("dpkg", "--print-architecture").out.strip()
# Those that an archive has indexes of.
ARCHITECTURES = sorted({"amd64", "arm64", "armhf", "riscv64", HOST})
# The archive that this machine uses, and how, is not what tests are about.
OF_THIS_MACHINE = ("MIRROR", "KEYRING", "ARCHIVE_KEYS", "COHBUF_ARCHIVE", "COHBUF_ARCHIVE_SECURITY",
                   "COHBUF_ARCHIVE_SETTINGS", "APT_CONFIG", "V", "http_proxy", "https_proxy")


@contextlib.contextmanager
def workshop():
    """A folder to work in. What is signed by the key "archive" is believed, as the
    environment has KEYRING and ARCHIVE_KEYS."""
    for name in OF_THIS_MACHINE:
        os.environ.pop(name, None)
    # Two, as the path of the agent's socket has 107 characters at most.
    with tempfile.TemporaryDirectory() as work, tempfile.TemporaryDirectory() as keys:
        Path(keys, "gpg.conf").write_text("batch\nquiet\ntrust-model always\n")
        os.environ.update(GNUPGHOME=keys, KEYRING=f"{work}/keyring.gpg",
                          ARCHIVE_KEYS=f"{work}/archive-keys")
        try:
            Path(work, "archive-keys").write_text(f"{new_key('archive')} made by a test\n")
            Path(work, "keyring.gpg").write_bytes(keyring("archive"))
            yield Path(work)
        finally:
            tap.run("gpgconf", "--kill", "gpg-agent", status=None)


def _user(key):
    return f"={key} <{key}@example.org>"


def new_key(name):
    """One more key; returns its fingerprint."""
    tap.run("gpg", "--passphrase", "", "--quick-generate-key", _user(name)[1:], "ed25519", "sign",
            "never")
    listed = tap.run("gpg", "--with-colons", "--list-keys", _user(name)).out
    return re.search(r":([0-9A-F]{40}):", listed)[1]


def keyring(*names, armor=False):
    """The public halves of keys, as the bytes of a file."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "keys")
        tap.run("gpg", "--output", file, *(["--armor"] if armor else []), "--export",
                *map(_user, names))
        return file.read_bytes()


def _place(file, content):
    file.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(content, Path):
        file.symlink_to(content)
    elif isinstance(content, bytes):
        file.write_bytes(content)
        file.chmod(0o755)
    else:
        file.write_text(content)


def deb(archive, suite, name, version, arch, depends="", files=None, fields=None):
    """A package. files: what is in them, by their paths: a text, the bytes of a program, or
    the Path that a link leads to. fields: more of its control file."""
    files = files or {}
    pool = archive / "pool" / suite
    pool.mkdir(parents=True, exist_ok=True)
    size = sum(len(content) for content in files.values() if not isinstance(content, Path))
    control = {"Package": name, "Version": version, "Architecture": arch,
               "Maintainer": "a test <test@example.org>", "Description": "made by a test",
               "Installed-Size": size // 1024 + 1, "Depends": depends, **(fields or {})}
    with tempfile.TemporaryDirectory() as tree:
        os.chmod(tree, 0o755)
        for path, content in files.items():
            _place(Path(tree, path), content)
        _place(Path(tree, "DEBIAN/control"),
               "".join(f"{field}: {value}\n" for field, value in control.items() if value))
        tap.run("dpkg-deb", "--root-owner-group", "-Znone", "--build", tree, pool)


def sign(archive, *suites, key="archive", date=None, until=None):
    """Indexes of the packages that are there now, and a signature on them. The dates are
    datetimes, of today if none is given."""
    for suite in suites:
        (archive / "pool" / suite).mkdir(parents=True, exist_ok=True)
        dists = archive / "dists" / suite
        shutil.rmtree(dists, ignore_errors=True)
        sums = [line for arch in ARCHITECTURES for line in _index(archive, suite, dists, arch)]
        fields = {"Origin": "Debian", "Label": "Debian", "Suite": suite, "Codename": suite,
                  "Date": _date(date or now()), "Architectures": " ".join(["all", *ARCHITECTURES]),
                  "Components": "main"}
        if until:
            fields["Valid-Until"] = _date(until)
        # Taken only where it is asked for, as Debian's.
        if suite.endswith("-backports"):
            fields.update({"NotAutomatic": "yes", "ButAutomaticUpgrades": "yes"})
        release = [f"{field}: {value}" for field, value in fields.items()]
        tap.run("gpg", "--local-user", _user(key), "--clearsign", "--output", dists / "InRelease",
                input="\n".join([*release, "SHA256:", *sums, ""]))


def _index(archive, suite, dists, arch):
    """Writes the index of an architecture; returns the lines that are signed of it."""
    packages = tap.run("apt-ftparchive", "--arch", arch, "packages", f"pool/{suite}",
                       cwd=archive).out.encode()
    packed = lzma.compress(packages, preset=1)
    folder = f"main/binary-{arch}"
    (dists / folder).mkdir(parents=True)
    (dists / folder / "Packages.xz").write_bytes(packed)
    # What is signed has both; what is there is the packed one, as in Debian's.
    for name, content in (("Packages", packages), ("Packages.xz", packed)):
        yield f" {hashlib.sha256(content).hexdigest()} {len(content)} {folder}/{name}"


def now():
    return datetime.datetime.now(datetime.timezone.utc)


def _date(date):
    return date.strftime("%a, %d %b %Y %H:%M:%S UTC")


def uri(archive):
    return f"file:{archive}".replace(" ", "%20")


def remove(archive, suite, name):
    """Remove packages from the pool, by the beginning of their files' names. Until it is signed
    anew, the archive lists them and does not have them."""
    found = list((archive / "pool" / suite).glob(f"{name}*.deb"))
    tap.expect(found, f"there is no {name} in {suite}")
    for file in found:
        file.unlink()


def break_index(archive, suite, arch):
    """It does not match what was signed."""
    with open(archive / f"dists/{suite}/main/binary-{arch}/Packages.xz", "ab") as index:
        index.write(lzma.compress(b"not what was signed\n"))
