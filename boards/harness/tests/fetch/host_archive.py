# SPDX-License-Identifier: GPL-2.0-only
"""A part of archive_test: which archive it is, and the way to it, on hosts of all kinds."""

import shutil

from fetching import OTHER, check_refused, ends, one_error, ran, sourced
from tap import check, expect

A, S = "http://a.example/debian", "http://s.example/debian-security"
# What the host's apt has; the archive that is found, and its security archive.
HOSTS = {
    "both": (f"deb {A} bookworm main contrib\ndeb {A} bookworm-updates main\n"
             f"deb {S} bookworm-security main", A, S),
    "one_line": (f"deb {A}/ trixie main", A, f"{A}-security"),
    "snapshot": ("deb http://a.example/archive/debian/20250520T000000Z testing main",
                 "http://a.example/archive/debian/20250520T000000Z",
                 "http://a.example/archive/debian-security/20250520T000000Z"),
    "with_options": ("deb [arch=armhf signed-by=/nowhere.gpg] https://a.example/debian sid main\n"
                     "deb-src http://b.example/debian sid main",
                     "https://a.example/debian", "https://a.example/debian-security"),
    "deb822": (f"""Types: deb deb-src
URIs: {A}
Suites: trixie trixie-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: {S}
Suites: trixie-security
Components: main
""", A, S),
    "list_of_mirrors": (f"deb mirror+file:WORK/mirrors bookworm main\n"
                        f"deb {S} bookworm-security main", A, S),
    "not_what_only_uses_the_name": ("deb cdrom:[Debian GNU/Linux 12]/ bookworm main\n"
                                    "deb http://tools.example/prod bookworm main\n"
                                    f"deb {A} bookworm main", A, f"{A}-security"),
}
OF_OTHERS = ("deb http://u.example/ubuntu noble main\n"
             "deb http://u.example/ubuntu noble-security main\n"
             "deb http://d.example/linux/debian bookworm stable")
M = "http://m.example/debian"
GIVEN = {
    "mirror": ({"MIRROR": M}, M, f"{M}-security"),
    "mirror_of_two": ({"MIRROR": f"{M}/ https://s.example/x"}, M, "https://s.example/x"),
    "handed_in": ({"MIRROR": M, "COHBUF_ARCHIVE": "http://handed.example/in"},
                  "http://handed.example/in", ""),
}
NO_MIRRORS = ("/mnt/debian", "m.example", f"{M} file",
              "http://a.example/ http://b.example/ http://c.example")


def host_apt(work, sources="", conf=""):
    """The environment of a host whose apt has these, and never fetched a list."""
    etc = work / "etc"
    shutil.rmtree(etc, ignore_errors=True)
    for folder in etc / "parts", etc / "auth", work / "state/lists/partial":
        folder.mkdir(parents=True, exist_ok=True)
    file = "parts/debian.sources" if sources.startswith("Types:") else "sources.list"
    (etc / file).write_text(f"{sources}\n".replace("WORK", str(work)))
    (work / "mirrors").write_text(f"# mine\n{A} priority:1\nhttp://b.example/debian\n")
    (etc / "apt.conf").write_text(f"""
        Dir::Etc::sourcelist "{etc}/sources.list";
        Dir::Etc::sourceparts "{etc}/parts";
        Dir::Etc::netrc "{etc}/auth.conf";
        Dir::Etc::netrcparts "{etc}/auth";
        Dir::State::lists "{work}/state/lists";
        {conf}""")
    return {"APT_CONFIG": etc / "apt.conf"}


def found(**env):
    return ran(*sourced('archive_find; echo "$COHBUF_ARCHIVE $COHBUF_ARCHIVE_SECURITY"'), **env)


def check_found(name, env, archive, security):
    ended = found(**env)
    check(f"archive.find_{name}", ends, ended, 0)
    check(f"archive.find_{name}_is_right", expect, ended.out == f"{archive} {security}\n",
          ended.out)


def check_archives(work):
    for name, (sources, *archives) in HOSTS.items():
        check_found(name, host_apt(work, sources), *archives)
    host = host_apt(work, OF_OTHERS)
    check_refused("archive.no_debian_on_the_host_fails", found(**host),
                  "names no archive of Debian.* MIRROR=")
    for name, (env, *archives) in GIVEN.items():
        check_found(name, {**host, **env}, *archives)
    for mirror in NO_MIRRORS:
        ended = found(MIRROR=mirror, **host)
        check("archive.mirror_that_is_none_fails", ends, ended, 1)
        check("archive.mirror_that_is_none_is_named", one_error, ended,
              f"MIRROR: '{mirror.split()[-1]}'")


def check_settings(work):
    """How to get there."""
    settings, certificate = work / "settings", work / "company ca.pem"
    certificate.write_text("a certificate\n")
    host = host_apt(work, conf=f"""
        Acquire::http::Proxy "http://proxy.example:3128";
        Acquire::https::m.example::CaInfo "{certificate}";
        Acquire::Check-Date "false";""")
    (work / "etc/auth.conf").write_text("machine m.example login me password secret\n")
    (work / "etc/auth/more.conf").write_text("machine n.example login me password other\n")
    # What the settings need of the host, they have.
    ended = ran(*sourced(f"""
        archive_find
        archive_settings "$1" /seen/as
        rm -rf "$2"
        COHBUF_ARCHIVE_SETTINGS=$1
        apt_private "$3" {OTHER}
        apt-config dump""", settings, work / "etc", work / "private"),
                MIRROR="https://m.example/debian", **host)
    lines = ended.out.splitlines()

    def has(file, text):
        expect(text in (settings / file).read_text(), f"{file} has no {text}")

    def is_for_its_owner():
        for file in [settings, *settings.rglob("*")]:
            expect(not file.stat().st_mode & 0o077, f"{file} is for others")

    check("archive.settings", ends, ended, 0)
    check("archive.settings_have_the_proxy", expect,
          'Acquire::http::Proxy "http://proxy.example:3128";' in lines, ended.said)
    check("archive.settings_have_certificates_where_they_are_seen", expect,
          'Acquire::https::m.example::CaInfo "/seen/as/1-company ca.pem";' in lines, ended.said)
    check("archive.settings_have_the_certificates", has, "1-company ca.pem", "a certificate\n")
    check("archive.settings_have_passwords", has, "auth/auth.conf", "secret")
    check("archive.settings_have_all_passwords", has, "auth/more.conf", "other")
    check("archive.settings_are_for_their_owner", is_for_its_owner)


def check_detected_proxy(work):
    detect = work / "detect"
    detect.write_text("#!/bin/sh\necho http://found.example:8080\n")
    detect.chmod(0o755)
    host = host_apt(work, conf=f'Acquire::http::Proxy-Auto-Detect "{detect}";')
    ended = ran(*sourced('archive_find; archive_settings "$1"; cat "$1/apt.conf"',
                         work / "settings"), MIRROR=M, **host)
    check("archive.proxy_is_detected", ends, ended, 0)
    check("archive.proxy_that_was_detected_is_kept", expect,
          'Acquire::http::Proxy "http://found.example:8080";' in ended.out.splitlines(), ended.said)


def check_all(work):
    check_archives(work)
    check_settings(work)
    check_detected_proxy(work)
