# SPDX-License-Identifier: GPL-2.0-only
"""TAP from Python, for suites that "prove" runs: check() is one test, plan() the last line.

A test is a function that raises Failed (by failed(), run() and the like), or returns False,
where the product does not do what it should. What is printed as a comment is what it said.
"""

import os
import subprocess
import sys
from dataclasses import dataclass

_count = 0


class Failed(Exception):
    """Its text is shown, a comment a line."""


@dataclass
class Ran:
    """A command that has ended: exit status, and what it wrote, as text."""

    status: int
    out: str
    err: str

    @property
    def said(self):
        """Both, for an error message."""
        return self.out + self.err


def failed(*lines):
    """End the test: it has failed, for these reasons."""
    raise Failed("\n".join(str(line) for line in lines))


def expect(condition, *lines):
    """Fail, for these reasons, where the condition is not true."""
    if not condition:
        failed(*lines)


def _shown(text):
    return "".join(f"# {line}\n" for line in text.splitlines())


def _result(passed, name, text=""):
    global _count
    _count += 1
    print(f"{'' if passed else 'not '}ok {_count} - {name}", flush=True)
    if not passed:
        print(_shown(text), end="", flush=True)


def check(name, function, *arguments, **options):
    """One test. True where it passed, for tests that stand on it."""
    try:
        passed, text = function(*arguments, **options) is not False, ""
    except Failed as error:
        passed, text = False, str(error)
    except Exception as error:  # the test itself is broken, which is no pass
        passed, text = False, f"{type(error).__name__}: {error}"
    _result(passed, name, text)
    return passed


def skip(name, reason):
    """A test that does not apply here."""
    _result(True, f"{name} # SKIP {reason}")


def diag(*lines):
    """Comments that are no part of a test."""
    print(_shown("\n".join(str(line) for line in lines)), end="", flush=True)


def plan():
    """The last line."""
    print(f"1..{_count}", flush=True)


def bail(text):
    """End the suite: what it stands on is not there."""
    print(f"Bail out!  {text}", flush=True)
    sys.exit(1)


def run(*command, status=0, env=None, **options):
    """Run a command to its end and return a Ran. It fails the test where its exit status is
    not the one expected; None takes any. env is added to the environment, None as a value
    takes a variable out of it; a text for input= is given to it, or else it has none. Other
    options are those of subprocess.run(); where a timeout (seconds) is over, the test fails.
    """
    environment = {**os.environ, **(env or {})}
    options["env"] = {key: str(value) for key, value in environment.items() if value is not None}
    if "input" not in options:
        options.setdefault("stdin", subprocess.DEVNULL)
    options.setdefault("stdout", subprocess.PIPE)
    options.setdefault("stderr", subprocess.PIPE)
    words = [str(word) for word in command]
    try:
        ended = subprocess.run(words, text=True, errors="replace", check=False, **options)
    except OSError as error:
        failed(f"{words[0]}: {error.strerror}")
    except subprocess.TimeoutExpired as error:
        failed(f"{' '.join(words)}: not ended after {error.timeout} s", error.stdout, error.stderr)
    ran = Ran(ended.returncode, ended.stdout or "", ended.stderr or "")
    if status is not None and ran.status != status:
        failed(f"{' '.join(words)}: exit status {ran.status}, not {status}", ran.said)
    return ran


def silent(*command, **options):
    """For tools that exit with 0 whatever they found: only a run without a word is good."""
    ran = run(*command, **options)
    expect(not ran.said.strip(), ran.said)


def last_line(text):
    """The last line that has anything, "" where there is none."""
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else ""
