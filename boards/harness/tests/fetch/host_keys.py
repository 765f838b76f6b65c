# SPDX-License-Identifier: GPL-2.0-only
"""A part of archive_test: hosts without the archive's keys or with old ones, and one that is
set up in a way that a root of apt's own must not see."""

from fetching import MAIN, apart, check_refused, copy_good, ends, fetch, one_error, says
from made_archive import deb, keyring, sign, uri
from tap import check

KEYRING = "usr/share/keyrings/debian-archive-keyring.gpg"


def fetch_with(work, archive, host_keys=""):
    """On a host that has these keys, or none."""
    host = apart(f"""
        mount -t tmpfs none /usr/share/keyrings
        [ -z "$1" ] || cp "$1" /{KEYRING}
        shift""", host_keys)
    return fetch(work, "release", "tool", within=host, KEYRING=None, MIRROR=uri(archive))


def fetch_with_defaults(work, archive):
    host = apart("""
        mount -t tmpfs none /etc/apt
        mkdir /etc/apt/apt.conf.d
        cd /etc/apt/apt.conf.d
        echo 'APT::Default-Release "nowhere";' | tee ../apt.conf > 99default
        echo 'APT::Update::Pre-Invoke { "echo a hook of the host"; };' > 99hook
        cd /""")
    return fetch(work, "release", "tool", within=host, MIRROR=uri(archive))


def add_keyring(archive, key, version):
    deb(archive, MAIN, "debian-archive-keyring", version, "all",
        files={KEYRING: keyring(key)})
    sign(archive, MAIN, key=key)


def check_all(work, good):
    check_refused("archive.host_without_keys_and_archive_without_them_fails",
                  fetch_with(work, good), "gives no keys.*KEYRING=FILE")
    archive = copy_good(work, good, "keys")[MAIN]
    add_keyring(archive, "archive", "1")
    ended = fetch_with(work, archive)
    check("archive.host_without_keys", ends, ended, 0)
    check("archive.host_without_keys_is_told", says, ended,
          "taking them from there, by their fingerprints")
    check("archive.host_with_old_keys", ends,
          fetch_with(work, archive, work / "wrong-keys.gpg"), 0)
    add_keyring(archive, "stranger", "2")
    ended = fetch_with(work, archive)
    check("archive.keys_of_a_stranger_are_not_believed", ends, ended, 1)
    check("archive.keys_of_a_stranger_is_one_line", one_error, ended, "signed by none of the keys")
    check("archive.host_with_defaults_and_hooks", ends, fetch_with_defaults(work, good), 0)
