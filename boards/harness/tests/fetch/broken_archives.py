# SPDX-License-Identifier: GPL-2.0-only
"""A part of archive_test: archives that are broken, or of a stranger. Each is met twice: with
an empty cache, and with one that has what is wanted, which asks nobody."""

import datetime
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field

from fetching import (MAIN, OTHER, SECURITY, add_tool, cached, copy_good, ends, fetch, fetching,
                      one_error, ran, says, version_is)
from made_archive import HOST, break_index, now, remove, sign, uri
from tap import check, expect

RELEASED, UPDATED, LATER = "1:1.0", "1:1.0+deb12u1", "1:1.0+deb12u2"


@dataclass
class Case:
    """said: patterns of what a fetch says, by the end of the test's name. version: what it
    fetches, None where it fails. broken: a function that gets copies of the good archives, by
    their suites. env: in it WORK is the folder, and GOOD the archive that is not broken."""

    name: str
    version: str | None
    said: dict
    broken: Callable | None = None
    env: dict = field(default_factory=dict)


def signed(suite, **how):
    return lambda archives: sign(archives[suite], suite, **how)


def indexes_broken(*architectures):
    return lambda archives: [break_index(archives[SECURITY], SECURITY, arch)
                             for arch in architectures]


def package_lost(archives):
    remove(archives[SECURITY], SECURITY, "tool_")


def package_spoilt(archives):
    for file in archives[SECURITY].glob(f"pool/{SECURITY}/tool_*.deb"):
        file.write_bytes(file.read_bytes() + b"spoilt\n")


def next_is_beside(archives):
    later = archives[SECURITY].with_name("later")
    shutil.copytree(archives[SECURITY], later)
    remove(later, SECURITY, "tool_")
    add_tool(later, SECURITY, LATER)
    sign(later, SECURITY)


def day(number):
    return datetime.datetime(2020, 2, number)


def days_on(number):
    return now() + datetime.timedelta(number)


CASES = [
    Case("nowhere", None, {"is_one_line": "has no bookworm: .*MIRROR=URI"},
         env={"MIRROR": "file:WORK/nowhere/debian"}),
    Case("unreachable", None,
         {"is_one_line": "no new in the cache, .* cannot be reached: .*MIRROR=.*cache-import"},
         env={"MIRROR": "http://127.0.0.1:9/debian"}),
    Case("unreachable_security", RELEASED,
         {"is_told": f"going on without {SECURITY}: .*:9/debian-security cannot be reached"},
         env={"MIRROR": "GOOD http://127.0.0.1:9/debian-security"}),
    Case("past_its_time", UPDATED,
         {"is_told": "past its time, and taken: the archive's bookworm is of 2020-02-01$"},
         signed(MAIN, date=day(1), until=day(8))),
    Case("of_tomorrow", None, {"is_one_line": "is of a later day than .* clock"},
         signed(MAIN, date=days_on(2), until=days_on(9))),
    Case("list_that_does_not_match", UPDATED,
         {"is_told": f"leaving out lists that are not what is signed: {SECURITY}/{OTHER}$"},
         indexes_broken(OTHER)),
    Case("lists_that_do_not_match", RELEASED,
         {"are_told": f"going on without {SECURITY}: .* no list of .* that is what is signed"},
         indexes_broken(OTHER, HOST)),
    Case("lost_package", None,
         {"is_asked_for_once_more": "the archive has changed: asking it again",
          "is_one_line": r"lists tool_1.0\+deb12u1_[a-z0-9]*, but does not have it"},
         package_lost),
    # After its lists were fetched.
    Case("moved_on", LATER, {"is_told": "the archive has changed: asking it again"},
         next_is_beside,
         {"HOOK": "cd WORK/moved_on; rm -r debian-security; mv later debian-security; cd /"}),
    Case("spoilt_package", None, {"is_one_line": r"could not fetch tool_[^ ]* \(.*\): try again"},
         package_spoilt),
    Case("of_a_stranger", None,
         {"is_one_line": "signed by none of the keys that are known: "
                         ".*KEYRING=FILE.*ARCHIVE_KEYS=FILE"},
         signed(MAIN, key="stranger")),
    Case("security_of_a_stranger", RELEASED,
         {"is_told": f"going on without {SECURITY}: .* signed by none"},
         signed(SECURITY, key="stranger")),
    Case("stranger_in_the_keyring", None, {"is_one_line": "signed by none of the keys"},
         signed(MAIN, key="stranger"), {"KEYRING": "WORK/more-keys.gpg"}),
    Case("wrong_keyring", None, {"is_one_line": "signed by none of the keys"},
         env={"KEYRING": "WORK/wrong-keys.gpg"}),
    Case("no_keyring_file", None, {"is_one_line": "there is no .*/none.gpg"},
         env={"KEYRING": "WORK/none.gpg"}),
    Case("no_fingerprint", None, {"is_one_line": "no line of .*no-fingerprints"},
         env={"ARCHIVE_KEYS": "WORK/no-fingerprints"}),
    Case("armored_keyring", UPDATED, {}, env={"KEYRING": "WORK/armored"}),
]


def check_filled_cache(cache, env):
    """It asks nobody."""
    ended = ran(*fetching(cache, "release", "tool"), **env)
    expect(ended.status == 0 and not ended.err, f"exit status {ended.status}", ended.said)
    version_is(cache, UPDATED)


def check_case(work, good, filled, case):
    env = {"MIRROR": "GOOD", **case.env}
    if case.broken:
        archives = copy_good(work, good, case.name)
        case.broken(archives)
        env["MIRROR"] = uri(archives[MAIN])
    env = {variable: value.replace("WORK", str(work)).replace("GOOD", uri(good))
           for variable, value in env.items()}
    name = f"archive.{case.name}"
    check(f"{name}_with_a_filled_cache", check_filled_cache, filled, env)
    ended = fetch(work, "release", "tool", **env)
    check(name, ends, ended, 0 if case.version else 1)
    if case.version:
        check(f"{name}_gives_a_version", version_is, cached(work), case.version)
    for end, pattern in case.said.items():
        check(f"{name}_{end}", one_error if end == "is_one_line" else says, ended, pattern)


def check_all(work, good):
    filled = work / "filled/tool"
    ran(*fetching(filled, "release", "tool"), MIRROR=uri(good))
    for case in CASES:
        check_case(work, good, filled, case)
