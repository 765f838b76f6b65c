# SPDX-License-Identifier: GPL-2.0-only
"""Runs of "make run" and of boot/run, for the tests beside this: each is given the folder
of a board. A run that has ended is a tap.Ran; what a test says of it is a claim, a function
that is given the run and fails the test.
"""

import os
import re
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

import tap
from contract import TOP

if len(sys.argv) != 2:
    sys.exit(sys.modules["__main__"].__doc__)
BUILD = Path(sys.argv[1]).absolute()
BOARD, OUT = BUILD.name, BUILD.parent
_folder = tempfile.TemporaryDirectory()
WORK = Path(_folder.name)

RUN = [TOP / "boards/harness/boot/run", BUILD]
MAKE = ["make", "--no-print-directory", "-C", TOP, f"O={OUT}", f"BOARD={BOARD}"]
# On a busy machine too nothing here takes half of that. It is a program, which ends the board
# as well.
LIMITED = ["timeout", "400"]
# A busy machine may take long to boot a board. An emulator that hangs costs a third of it.
os.environ.setdefault("UP_TIMEOUT", "180")


def ran(*words, **options):
    """However it ends; the options are those of tap.run."""
    return tap.run(*LIMITED, *words, status=None, **options)


def on_board(*words, **options):
    return ran(*RUN, *words, **options)


def make_run(*words, **options):
    return ran(*MAKE, "run", *words, **options)


def check_run(run, name, status, **claims):
    """Tests of one run: its exit status, by this name, and each claim by its own."""
    tap.check(f"run.{name}", tap.expect, run.status == status,
              f"exit status {run.status}, not {status}", run.said)
    for claim_name, claim in claims.items():
        tap.check(f"run.{claim_name}", claim, run)


# Claims

def outputs(text):
    """This is all of the standard output."""
    return lambda run: tap.expect(run.out == text, f"the output is not: {text}", run.said)


def says_only(text):
    """This is all of the standard error, beside what a boot says that takes its time."""
    slow = rf"^cohbuf: (the emulator of )?{BOARD} (is not up after|stands still;) .*\n"
    return lambda run: tap.expect(re.sub(slow, "", run.err, flags=re.M) == text,
                                  f"it does not say only: {text}", run.said)


def has_line(line):
    """This is a line of the standard output."""
    return lambda run: tap.expect(line in run.out.splitlines(), f"no line is: {line}", run.said)


def shows(pattern):
    """A line of the standard error matches."""
    return lambda run: tap.expect(re.search(pattern, run.err, re.M), f"no line is like: {pattern}",
                                  run.said)


def never_says(pattern):
    return lambda run: tap.expect(not re.search(pattern, run.err), f"it says: {pattern}", run.err)


def says_once(text):
    return lambda run: tap.expect(sum(text in line for line in run.err.splitlines()) == 1,
                                  f"it does not say once: {text}", run.err)


def ends_in(text):
    return lambda run: tap.expect(text in tap.last_line(run.err), f"it does not end in: {text}",
                                  run.err)


# Runs that one talks with

@contextmanager
def started(*words, env=None, **streams):
    """A command that goes on meanwhile, a Popen whose streams are not buffered; it has ended
    behind the "with"."""
    with subprocess.Popen([str(word) for word in (*LIMITED, *words)], bufsize=0,
                          env={**os.environ, **(env or {})}, **streams) as process:
        try:
            yield process
        except BaseException:
            process.terminate()
            raise


def read_until(stream, pattern):
    """What it says up to a text that the pattern matches. It ends when LIMITED does."""
    seen = ""
    while not re.search(pattern, seen, re.M):
        piece = os.read(stream.fileno(), 65536)
        tap.expect(piece, f"it does not say: {pattern}", seen)
        seen += piece.decode(errors="replace")
    return seen
