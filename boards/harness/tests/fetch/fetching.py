# SPDX-License-Identifier: GPL-2.0-only
"""What the parts of archive_test share: the fetching scripts' own shell, fetches of a
package "tool" by it, and what they say."""

import re
import shutil
from pathlib import Path

import tap
from made_archive import HOST, deb, keyring, new_key

HARNESS = Path(__file__).resolve().parents[2]
# An architecture that this machine has not.
OTHER = "arm64" if HOST != "arm64" else "armhf"
MAIN, SECURITY = "bookworm", "bookworm-security"
SECONDS = 120


def sourced(script, *arguments):
    """The command for a script of the shell that has what the fetching scripts have. However
    slow this machine is, only what asks for it sees how far a fetch is."""
    functions = f'. "{HARNESS}/say.sh"; . "{HARNESS}/fetch/apt-root.sh"'
    return ["bash", "-euo", "pipefail", "-c",
            f"{functions}; progress_quiet=${{PROGRESS_QUIET:-60}}\n{script}", "sourced", *arguments]


def fetching(cache, suites, *packages):
    """The command that fetches packages; HOOK of its environment is run between the
    archive's lists and the packages."""
    return sourced(f"""
        cache_begin "$1"
        apt_root "$2" "${{*:3}}" {OTHER}
        eval "${{HOOK:-}}"
        apt_fetch_all "${{@:3}}"
        debs_unpack "$work/root" "$debs"/*.deb
        cache_end""", cache, suites, *packages)


def ran(*command, **env):
    return tap.run(*command, status=None, timeout=SECONDS, env=env)


def fetch(work, suites, *packages, within=(), **env):
    """Fetch into an empty cache, cached(work); within begins the command."""
    shutil.rmtree(work / "cache", ignore_errors=True)
    return ran(*within, *fetching(cached(work), suites, *packages), **env)


def cached(work):
    return work / "cache/new"


def apart(script, *arguments):
    """The beginning of a command that has mounts of its own, made by a script of the shell; as
    any user, or as root where no user may."""
    user = [] if ran("unshare", "--mount", "true").status == 0 else ["--user", "--map-root-user"]
    return ["unshare", *user, "--mount", "sh", "-euc", f'{script}\nexec "$@"', "sh", *arguments]


def add_tool(archive, suite, version):
    """The package, which says its version, and needs tool-data."""
    deb(archive, suite, "tool", version, HOST, "tool-data",
        files={"usr/share/tool": f"{version}\n"})


def make_keys(work):
    """Of a stranger, whom nobody believes, and files that KEYRING and ARCHIVE_KEYS may be."""
    new_key("stranger")
    (work / "more-keys.gpg").write_bytes(keyring("stranger", "archive"))
    (work / "wrong-keys.gpg").write_bytes(keyring("stranger"))
    (work / "armored").write_bytes(keyring("archive", armor=True))
    (work / "no-fingerprints").write_text("no fingerprint\n")


def copy_good(work, good, name):
    """Copies of the good archives, one beside the other, by their suites."""
    folder = work / name
    shutil.copytree(good.parent, folder)
    return {MAIN: folder / "debian", SECURITY: folder / "debian-security"}


# Tests of what has ended.

def ends(ended, status):
    tap.expect(ended.status == status, f"exit status {ended.status}, not {status}", ended.said)


def version_is(cache, version):
    has = (cache / "root/usr/share/tool").read_text().strip()
    tap.expect(has == version, f"the tool is {has}, not {version}")


def says(ended, pattern):
    tap.expect(re.search(pattern, ended.err, re.M), f"it does not say: {pattern}", ended.err)


def one_error(ended, pattern):
    """One line of an error, and nothing of apt's own."""
    says(ended, f"^cohbuf: error: .*{pattern}")
    lines = ended.err.splitlines()
    errors = [line for line in lines if line.startswith("cohbuf: error: ")]
    tap.expect(len(errors) == 1 and all(line.startswith("cohbuf: ") for line in lines), ended.err)


def check_refused(name, ended, pattern):
    """Two tests: it fails, and in one line."""
    tap.check(name, ends, ended, 1)
    tap.check(f"{name.removesuffix('_fails')}_is_one_line", one_error, ended, pattern)
